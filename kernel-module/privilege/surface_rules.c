// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: which privilege a way into the kernel's depths needs
 *
 * None of this looks at a task. Whether it is asked for at all is for privilege/surface.c
 * and privilege/keys.c.
 */
#include "core/common.h"

#include <linux/string.h>
#include <uapi/linux/bpf.h>

#include "privilege/surface_rules.h"

/**
 * clip_surface_anon_needs - privilege for making a file that has no name
 * @name: of its kind
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
 * clip_surface_bpf_needs - privilege for a command of bpf(2)
 * @cmd: BPF_*
 * @attr: its arguments, the kernel's copy
 *
 * A filter for one's own sockets is what everybody may have on a stock Linux.
 * With a token, it would be loaded with somebody else's rights.
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
 * clip_surface_key_needs - privilege for a use of a key
 * @use: the use
 *
 * What can be found from one's own keyrings is not somebody else's, but it is
 * no way to get there: KEYCTL_GET_PERSISTENT links any user's keyring as if it
 * were the caller's. What the kernel keeps, it keeps as root's.
 *
 * The last three ask for nothing of the key: taking it out of a keyring is a
 * matter of the keyring, the second comes with a token that the kernel gave to
 * complete this very key, and the third asks again.
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
