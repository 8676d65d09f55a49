/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what the current task needs a privilege for
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_REQUIRE_H
#define _SECURITY_CLIP_PRIVILEGE_REQUIRE_H

#include <linux/types.h>

int clip_need_privilege(const char *operation, u64 needs);
int clip_gate(const char *act, u64 needs);

#endif /* _SECURITY_CLIP_PRIVILEGE_REQUIRE_H */
