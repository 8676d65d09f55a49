/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: which privilege a way into the kernel's depths needs
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_SURFACE_RULES_H
#define _SECURITY_CLIP_PRIVILEGE_SURFACE_RULES_H

#include <linux/key.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

union bpf_attr;

/**
 * struct clip_key_use - what somebody wants of a key
 * @own: the key is the caller's own, by user id
 * @roots: it is root's
 * @possessed: it was found from the caller's own keyrings
 * @need: what for
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
