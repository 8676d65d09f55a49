/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: registration
 */
#ifndef _SECURITY_CLIP_CORE_SETUP_H
#define _SECURITY_CLIP_CORE_SETUP_H

#include <linux/lsm_hooks.h>

/* True once the hooks are in place; every later initcall asks first. */
extern bool clip_initialized;

extern struct lsm_blob_sizes clip_blob_sizes;
extern const struct lsm_id clip_lsm_id;

#endif /* _SECURITY_CLIP_CORE_SETUP_H */
