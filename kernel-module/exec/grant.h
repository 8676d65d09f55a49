/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: applying a pending grant to an exec
 */
#ifndef _SECURITY_CLIP_EXEC_GRANT_H
#define _SECURITY_CLIP_EXEC_GRANT_H

#include <linux/types.h>

struct clip_entry;
struct clip_grant;
struct file;
struct linux_binprm;

/**
 * enum clip_unsafe_rule - The part of a grant that a reachable task may get
 * @CLIP_UNSAFE_ALL: everything: no other task can reach the task
 * @CLIP_UNSAFE_CUT: all privileges, and the capabilities that it had before
 * @CLIP_UNSAFE_PLAIN: the privileges that need no guarding
 * @CLIP_UNSAFE_NOTHING: nothing at all
 */
enum clip_unsafe_rule {
	CLIP_UNSAFE_ALL,
	CLIP_UNSAFE_CUT,
	CLIP_UNSAFE_PLAIN,
	CLIP_UNSAFE_NOTHING,
};

enum clip_unsafe_rule clip_unsafe_rule(unsigned int unsafe, u32 flags,
				       bool global_init);
bool clip_unsafe_jit(unsigned int unsafe, enum clip_unsafe_rule rule);
bool clip_grant_is_plain(const struct linux_binprm *bprm,
			 const struct file *file,
			 const struct clip_entry *entry);
void clip_grant_set_plain(struct cred *new, u32 flags);
void clip_grant_apply(struct linux_binprm *bprm, const struct file *file,
		      const struct clip_grant *offer);

#endif /* _SECURITY_CLIP_EXEC_GRANT_H */
