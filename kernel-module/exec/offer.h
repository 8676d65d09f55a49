/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: collecting the pending grant of an exec
 *
 * The exec of a script reads several files: the script, its interpreter, and if
 * the interpreter is a script too, the interpreter's interpreter. Their rights
 * are collected in a pending grant, which counts only once the last file is
 * known.
 */
#ifndef _SECURITY_CLIP_EXEC_OFFER_H
#define _SECURITY_CLIP_EXEC_OFFER_H

#include <linux/cleanup.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "core/caps.h"

struct clip_entry;
struct inode;
struct linux_binprm;

/**
 * struct clip_grant - The pending grant of the files verified so far
 * @entry: entry of the file that started the grant, for messages. The grant
 *	holds a reference to it.
 * @inode: the file verified last. Only the pointer is compared; it may not be
 *	dereferenced.
 * @caps: capabilities to grant
 * @root: upper limit for the capabilities that root has anyway
 * @privileges: CLIP_PRIV_* to grant
 * @flags: CLIP_ENTRY_* that apply to the exec
 * @task_flags: CLIP_TASK_* that the task gets even if the masks shrink
 * @reason: %CLIP_REASON_NONE, or why nothing is to be granted
 * @script: the entry says SCRIPT: the files that follow are interpreters
 * @follow_reason: why nothing can be granted if another file follows
 * @interpreter: name of the interpreter that may follow, or NULL. The grant
 *	owns the string.
 */
struct clip_grant {
	struct clip_entry *entry;
	const struct inode *inode;
	struct clip_caps caps;
	struct clip_caps root;
	u64 privileges;
	u32 flags;
	u32 task_flags;
	enum clip_reason reason;
	bool script;
	enum clip_reason follow_reason;
	char *interpreter;
};

int clip_grant_update(struct clip_grant **pending,
		      const struct linux_binprm *bprm,
		      struct clip_entry *entry);
void clip_grant_make(struct clip_grant *offer, const struct linux_binprm *bprm,
		     struct clip_entry *entry);
void clip_grant_limit(struct clip_grant *offer, u32 flags,
		      const struct clip_caps *caps, u64 privileges);
enum clip_reason clip_grant_place(const struct file *file);
enum clip_reason clip_grant_obstacle(const struct file *file,
				     const struct clip_entry *entry);
void clip_grant_free(struct clip_grant *offer);

DEFINE_FREE(clip_grant_free, struct clip_grant *, clip_grant_free(_T))

#endif /* _SECURITY_CLIP_EXEC_OFFER_H */
