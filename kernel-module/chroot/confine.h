/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what a task with another root is kept from
 */
#ifndef _SECURITY_CLIP_CHROOT_CONFINE_H
#define _SECURITY_CLIP_CHROOT_CONFINE_H

#include <linux/sched.h>
#include <linux/types.h>

#include "core/latch.h"
#include "core/task_blob.h"

struct cred;
struct file;
struct path;

/**
 * clip_is_jailed - has the current task another root, and does that matter?
 *
 * Whether it holds CHROOT is another question.
 *
 * Return: whether it has, and the latch is set.
 */
static __always_inline bool clip_is_jailed(void)
{
	return clip_latched(CLIP_LATCH_CHROOT) &&
	       READ_ONCE(clip_task(current)->chrooted);
}

bool clip_jail_may_leave(void);
bool clip_jail_outside(const struct path *path);
int clip_jail_open(struct file *file);
int clip_jail_node(umode_t mode, unsigned int dev);
bool clip_jail_keeps(const struct cred *cred, int cap, unsigned int opts);

#endif /* _SECURITY_CLIP_CHROOT_CONFINE_H */
