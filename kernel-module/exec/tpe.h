/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: trusted path execution
 */
#ifndef _SECURITY_CLIP_EXEC_TPE_H
#define _SECURITY_CLIP_EXEC_TPE_H

#include <linux/mnt_idmapping.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct file;

void clip_tpe_lock(void);
u32 clip_tpe_gid(void);
int clip_tpe_set_gid(u32 gid);

bool clip_tpe_only_root_can_write(kuid_t stored, vfsuid_t seen, umode_t mode);
int clip_tpe_check_exec(struct file *file);
int clip_tpe_check_map(struct file *file);
int clip_tpe_check_backing(struct file *file);

#endif /* _SECURITY_CLIP_EXEC_TPE_H */
