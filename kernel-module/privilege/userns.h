/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the bounding set of capabilities of a context
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_USERNS_H
#define _SECURITY_CLIP_PRIVILEGE_USERNS_H

struct cred;
struct user_namespace;

int clip_context_capable(const struct cred *cred, struct user_namespace *ns,
			 int cap);

#endif /* _SECURITY_CLIP_PRIVILEGE_USERNS_H */
