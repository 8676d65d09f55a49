// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privileges that the attack surface requires
 *
 * These rules look at no task. privilege/surface.c and privilege/keys.c decide
 * whether they apply.
 */
#include "core/common.h"

#include <linux/string.h>
#include <uapi/linux/bpf.h>

#include "privilege/surface_rules.h"

/**
 * clip_surface_anon_needs - Get the privilege for creating an anonymous inode
 * @name: name of the kind of the inode
 *
 * Return: CLIP_PRIV_*, or 0.
 */
u64 clip_surface_anon_needs(const char *name)
{
	if (!strcmp(name, "[io_uring]"))
		return CLIP_PRIV_IO_URING;
	if (!strcmp(name, "[userfaultfd]"))
		return CLIP_PRIV_USERFAULTFD;
	return 0;
}

/**
 * clip_surface_bpf_needs - Get the privilege for a command of bpf(2)
 * @cmd: BPF_*
 * @attr: the kernel's copy of the arguments
 *
 * On a stock Linux, every user may load a filter for its own sockets. With a
 * token, the filter would be loaded with the authority of another user.
 *
 * Return: CLIP_PRIV_*, or 0.
 */
u64 clip_surface_bpf_needs(int cmd, const union bpf_attr *attr)
{
	if (cmd == BPF_PROG_LOAD &&
	    attr->prog_type == BPF_PROG_TYPE_SOCKET_FILTER &&
	    !(attr->prog_flags & BPF_F_TOKEN_FD))
		return 0;
	return CLIP_PRIV_BPF;
}

/**
 * clip_surface_key_needs - Get the privilege for a use of a key
 * @use: the use
 *
 * A key that can be found from the caller's own keyrings counts as the
 * caller's. Such a key must not be linked, however: KEYCTL_GET_PERSISTENT links
 * the keyring of any user as if it were the caller's. Keys of root are excepted
 * from this, because the kernel keeps its own keys as root's.
 *
 * Three uses need nothing of the key itself: KEY_NEED_UNLINK concerns the
 * keyring that contains the key, KEY_AUTHTOKEN_OVERRIDE comes with a token that
 * the kernel issued to complete this very key, and KEY_DEFER_PERM_CHECK is
 * followed by another check.
 *
 * Return: CLIP_PRIV_*, or 0.
 */
u64 clip_surface_key_needs(const struct clip_key_use *use)
{
	switch (use->need) {
	case KEY_NEED_UNLINK:
	case KEY_AUTHTOKEN_OVERRIDE:
	case KEY_DEFER_PERM_CHECK:
		return 0;
	default:
		break;
	}
	if (use->own)
		return 0;
	if (use->possessed && (use->need != KEY_NEED_LINK || use->roots))
		return 0;
	return CLIP_PRIV_KEYS;
}
