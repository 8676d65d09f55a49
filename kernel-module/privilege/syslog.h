/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: privileges for the kernel's log and for single devices
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_SYSLOG_H
#define _SECURITY_CLIP_PRIVILEGE_SYSLOG_H

#include <linux/fs.h>

int clip_need_privilege(const char *operation, u64 needs);
int clip_node_gate(const struct inode *inode);
void clip_add_node_hooks(void);

#endif /* _SECURITY_CLIP_PRIVILEGE_SYSLOG_H */
