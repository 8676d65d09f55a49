/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: restrictions on chrooted tasks
 */
#ifndef _SECURITY_CLIP_CHROOT_CONFINE_H
#define _SECURITY_CLIP_CHROOT_CONFINE_H

#include <linux/sched.h>
#include <linux/types.h>

#include "core/latch.h"
#include "core/task_blob.h"

struct cred;
struct dentry;
struct file;
struct inode;
struct path;
struct posix_acl;

/**
 * clip_is_chrooted - Is the current task chrooted, and does that matter?
 *
 * The caller checks separately whether the task holds CHROOT.
 *
 * Return: true if its root was changed and the latch is set.
 */
static __always_inline bool clip_is_chrooted(void)
{
	return clip_latched(CLIP_LATCH_CHROOT) &&
	       READ_ONCE(clip_task(current)->chrooted);
}

bool clip_chroot_may_leave(void);
bool clip_chroot_outside(const struct path *path);
int clip_chroot_check_open(struct file *file);
int clip_chroot_check_node(umode_t mode, unsigned int dev);
int clip_chroot_check_acl(const struct inode *inode, const struct posix_acl *acl);
int clip_chroot_check_move(const struct dentry *moved,
			   const struct dentry *from, const struct dentry *to);
bool clip_chroot_capable(const struct cred *cred, int cap, unsigned int opts);

#endif /* _SECURITY_CLIP_CHROOT_CONFINE_H */
