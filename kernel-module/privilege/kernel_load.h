/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privileges for loading kernel modules or another kernel
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_KERNEL_LOAD_H
#define _SECURITY_CLIP_PRIVILEGE_KERNEL_LOAD_H

struct cred;

int clip_module_capable(const struct cred *cred);

#endif /* _SECURITY_CLIP_PRIVILEGE_KERNEL_LOAD_H */
