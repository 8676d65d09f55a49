/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: guarding the path between a script and its interpreter
 */
#ifndef _SECURITY_CLIP_EXEC_SCRIPT_H
#define _SECURITY_CLIP_EXEC_SCRIPT_H

#include <linux/types.h>

struct linux_binprm;

const char *clip_script_interpreter(const char *buf, size_t size,
				    size_t *length);
bool clip_script_mode_guarded(umode_t mode, unsigned int height);
int clip_script_guarded(const struct linux_binprm *bprm);

#endif /* _SECURITY_CLIP_EXEC_SCRIPT_H */
