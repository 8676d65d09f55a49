/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privileges that the attack surface requires
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_SURFACE_RULES_H
#define _SECURITY_CLIP_PRIVILEGE_SURFACE_RULES_H

#include <linux/key.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

union bpf_attr;

/**
 * struct clip_key_use - Facts about the use of a key
 * @own: the caller owns the key, by user id
 * @roots: root owns the key
 * @possessed: the key was found from the caller's own keyrings
 * @need: the requested kind of access
 */
struct clip_key_use {
	bool own;
	bool roots;
	bool possessed;
	enum key_need_perm need;
};

u64 clip_surface_anon_needs(const char *name);
u64 clip_surface_bpf_needs(int cmd, const union bpf_attr *attr);
u64 clip_surface_key_needs(const struct clip_key_use *use);

#endif /* _SECURITY_CLIP_PRIVILEGE_SURFACE_RULES_H */
