/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: root's capabilities at exec
 */
#ifndef _SECURITY_CLIP_EXEC_ROOT_H
#define _SECURITY_CLIP_EXEC_ROOT_H

#include <linux/cred.h>
#include <linux/types.h>

struct file;
struct linux_binprm;

/**
 * struct clip_root - What a task may have as root
 * @mask: the most capabilities, as in the entries
 * @extra: those beyond kernel_cap_t that it has
 */
struct clip_root {
	u64 mask;
	u64 extra;
};

struct clip_root clip_root_rights(const struct cred *new);
void clip_root_limit(struct cred *new);
void clip_root_bound(struct cred *new);
int clip_root_ignore_setuid(struct linux_binprm *bprm,
			    const struct file *file);
void clip_root_ignore_file_caps(struct linux_binprm *bprm,
				const struct file *file);
int clip_root_ignore_file(struct linux_binprm *bprm, const struct file *file);

#endif /* _SECURITY_CLIP_EXEC_ROOT_H */
