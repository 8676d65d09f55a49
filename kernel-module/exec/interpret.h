/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: files that an interpreter is going to execute
 */
#ifndef _SECURITY_CLIP_EXEC_INTERPRET_H
#define _SECURITY_CLIP_EXEC_INTERPRET_H

struct file;
struct linux_binprm;

int clip_interpret_check(const struct linux_binprm *bprm);
int clip_interpret_open(struct file *file);
void clip_interpret_release(struct file *file);

#endif /* _SECURITY_CLIP_EXEC_INTERPRET_H */
