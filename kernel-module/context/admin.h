/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: administration of contexts
 */
#ifndef _SECURITY_CLIP_CONTEXT_ADMIN_H
#define _SECURITY_CLIP_CONTEXT_ADMIN_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;

enum clip_reason clip_admin_check_maker(void);
int clip_admin_create(struct clip_context_args *args,
		      struct clip_context **out);
int clip_admin_open(struct clip_context_args *args, struct clip_context **out);
int clip_admin_get(struct clip_context_args *args);
int clip_admin_narrow(struct clip_context_args *args);
int clip_admin_delete(struct clip_context_args *args);
int clip_admin_set_level(struct clip_context_args *args);
int clip_admin_permissive(struct clip_permissive *args);
int clip_admin_set_update(struct clip_context_args *args);

#endif /* _SECURITY_CLIP_CONTEXT_ADMIN_H */
