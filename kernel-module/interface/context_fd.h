/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: descriptors of contexts
 */
#ifndef _SECURITY_CLIP_INTERFACE_CONTEXT_FD_H
#define _SECURITY_CLIP_INTERFACE_CONTEXT_FD_H

struct clip_context;
struct file;

struct file *clip_context_file(void);
void clip_context_file_set(struct file *file, struct clip_context *ctx);

#endif /* _SECURITY_CLIP_INTERFACE_CONTEXT_FD_H */
