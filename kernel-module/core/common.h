/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what every file of the module needs
 */
#ifndef _SECURITY_CLIP_CORE_COMMON_H
#define _SECURITY_CLIP_CORE_COMMON_H

#define CLIP_NAME "clip"

/* Tests and people find our lines in the log by this prefix. */
#ifdef pr_fmt
#undef pr_fmt
#endif
#define pr_fmt(fmt) CLIP_NAME ": " fmt

#endif /* _SECURITY_CLIP_CORE_COMMON_H */
