// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the latches under kernel.clip
 *
 * Each can be made stricter and never laxer, until the next boot, by nobody:
 * there is no exception for init. They start as lax as can be, so there is
 * nothing that init could set and others could not.
 *
 * Two are masks, to which is ANDed what is written, and one is a mask to which
 * it is ORed. The others are one bit in clip_latches: a name in enum
 * clip_latch, a line in the table of interface/sysctl.c.
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/jump_label.h>

#include "core/latch.h"

atomic64_t clip_rootcap = ATOMIC64_INIT(CLIP_CAPS_ACCEPTED);
atomic64_t clip_capbound = ATOMIC64_INIT(CLIP_CAPS_ACCEPTED);

DEFINE_STATIC_KEY_FALSE(clip_opens_checked);

unsigned long clip_latches __read_mostly;

static_assert(CLIP_PRIVS_REQUIRABLE <= ULONG_MAX);
static_assert(!(CLIP_PRIVS_REQUIRABLE & (BIT_ULL(__CLIP_LATCH_MAX) - 1)));

/**
 * clip_latch_rootcap - capabilities that root has at exec
 *
 * Return: a mask as in the entries.
 */
u64 clip_latch_rootcap(void)
{
	return atomic64_read(&clip_rootcap);
}

/**
 * clip_latch_capbound - capabilities that entries can grant
 *
 * Return: a mask as in the entries.
 */
u64 clip_latch_capbound(void)
{
	return atomic64_read(&clip_capbound);
}

/**
 * clip_latch_required - privileges that a latch asks for
 *
 * Return: CLIP_PRIV_*.
 */
u64 clip_latch_required(void)
{
	u64 required = READ_ONCE(clip_latches) & CLIP_PRIVS_REQUIRABLE;

	if (clip_latched(CLIP_LATCH_NETWORK))
		required |= CLIP_PRIV_NET;
	if (clip_latched(CLIP_LATCH_NETLINK))
		required |= CLIP_PRIV_NETLINK | CLIP_PRIV_NETLINK_AUDIT;
	if (clip_latched(CLIP_LATCH_XFRM))
		required |= CLIP_PRIV_XFRM;
	if (clip_latched(CLIP_LATCH_SYSLOG))
		required |= CLIP_PRIV_KSYSLOG;
	if (clip_latched(CLIP_LATCH_UNSHARE))
		required |= CLIP_PRIV_UNSHARE;
	if (clip_latched(CLIP_LATCH_CHROOT))
		required |= CLIP_PRIV_CHROOT;
	if (clip_latched(CLIP_LATCH_FUSE))
		required |= CLIP_PRIV_FUSE;
	if (clip_latched(CLIP_LATCH_FIRMWARE))
		required |= CLIP_PRIV_FIRMWARE;
	if (clip_latched(CLIP_LATCH_DEVMEM) || clip_latched(CLIP_LATCH_DRM))
		required |= CLIP_PRIV_DRM;
	return required;
}

/**
 * clip_check_opens - from now on, look at each opening of a file
 *
 * As long as no task has entered a context, no latch is set and nobody has
 * PROCFD or FIRMWARE, there is nothing to be found: the look costs nothing
 * until then.
 *
 * Context: may sleep.
 */
void clip_check_opens(void)
{
	static_branch_enable(&clip_opens_checked);
}
