/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what the files of an exec would give it
 *
 * An exec of a script looks at several files: the script, its interpreter, and
 * if that is a script too, the interpreter's interpreter. What comes of them is
 * collected here, and counts only once the last one is known.
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
 * struct clip_grant - the files verified so far, taken together
 * @entry: of the file that began it; holds a reference. For messages
 * @inode: the file verified last. For comparison only
 * @caps: capabilities to grant
 * @root: most that root keeps of the capabilities it has anyway
 * @privileges: CLIP_PRIV_* to grant
 * @flags: CLIP_ENTRY_* to go by
 * @task_flags: CLIP_TASK_* that the task gets even if the masks shrink
 * @reason: %CLIP_REASON_NONE, or why nothing is to be granted
 * @script: the entry says SCRIPT: the files that follow are interpreters
 * @follow_reason: why nothing can be granted if another file follows
 * @interpreter: the name of the one that may follow, or NULL
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
void clip_grant_limit(struct clip_grant *offer, u32 flags,
		      const struct clip_caps *caps, u64 privileges);
enum clip_reason clip_grant_obstacle(const struct file *file,
				     const struct clip_entry *entry);
void clip_grant_free(struct clip_grant *offer);

DEFINE_FREE(clip_grant_free, struct clip_grant *, clip_grant_free(_T))

#endif /* _SECURITY_CLIP_EXEC_OFFER_H */
