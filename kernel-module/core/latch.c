// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the latches under kernel.clip
 *
 * A latch is a one-way sysctl: it can be made stricter, but not laxer until the
 * next boot. This holds for every task; there is no exception for init. All
 * latches start as lax as possible, so init cannot set anything that other
 * tasks cannot.
 *
 * Two latches are masks that are ANDed with the written value, and one is a
 * mask that is ORed with it. Each of the others is one bit in clip_latches: a
 * name in enum clip_latch and a line in the table of interface/sysctl.c.
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/jump_label.h>

#include "core/asleep.h"
#include "core/latch.h"

atomic64_t clip_rootcap = ATOMIC64_INIT(CLIP_CAPS_ACCEPTED);
atomic64_t clip_capbound = ATOMIC64_INIT(CLIP_CAPS_ACCEPTED);

DEFINE_STATIC_KEY_FALSE(clip_opens_checked);

unsigned long clip_latches __read_mostly;

bool clip_code_levels __read_mostly;

static_assert(CLIP_PRIVS_REQUIRABLE <= ULONG_MAX);
static_assert(!(CLIP_PRIVS_REQUIRABLE & (BIT_ULL(__CLIP_LATCH_MAX) - 1)));

/**
 * clip_latch_required - Get the privileges that any latch requires
 *
 * Return: A mask of CLIP_PRIV_*.
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
 * clip_note_level - Note whether a level checks which code runs
 * @level: CLIP_LEVEL_*, before it is in force
 *
 * Memory has no context, and a task of any context may hold what fills the
 * memory of another one. One such level therefore counts for all contexts, and
 * until the next boot.
 *
 * Context: May sleep.
 */
void clip_note_level(u32 level)
{
	if (level & CLIP_LEVEL_ACTIVE)
		clip_wake_hooks(CLIP_WAKE_CODE);
	if ((level & CLIP_LEVEL_ACTIVE) &&
	    (level & (CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_ENFORCE_LIB |
		      CLIP_LEVEL_WX_MEMORY)))
		clip_wake_hooks(CLIP_WAKE_HELD_CODE);
	if (level & CLIP_LEVEL_WX_MEMORY)
		clip_wake_hooks(CLIP_WAKE_WX);
	if ((level & CLIP_LEVEL_ACTIVE) && !(level & CLIP_LEVEL_PERMISSIVE) &&
	    (level & (CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_ENFORCE_LIB |
		      CLIP_LEVEL_WX_MEMORY)))
		WRITE_ONCE(clip_code_levels, true);
}

/**
 * clip_set_latches - Set latches
 * @bits: bits of clip_latches
 *
 * Context: May sleep.
 */
void clip_set_latches(unsigned long bits)
{
	unsigned long bit;

	if (bits & CLIP_LATCHES_OF_SOCKETS)
		clip_wake_hooks(CLIP_WAKE_SOCKETS);
	if (bits & CLIP_LATCHES_OF_SOCKET_KINDS)
		clip_wake_hooks(CLIP_WAKE_SOCKET_KINDS);
	if (bits & CLIP_LATCHES_OF_CODE) {
		clip_wake_hooks(CLIP_WAKE_CODE);
		clip_wake_hooks(CLIP_WAKE_CODE_LATCH);
	}
	if (bits & BIT(CLIP_LATCH_WX_MEMORY))
		clip_wake_hooks(CLIP_WAKE_WX);
	for_each_set_bit(bit, &bits, BITS_PER_LONG)
		set_bit(bit, &clip_latches);
}

/**
 * clip_check_opens - Check each opening of a file from now on
 *
 * As long as no task has entered a context, no latch is set, and no task has
 * PROCFD or FIRMWARE, no opening can be refused. Until then the checks cost
 * nothing.
 *
 * Context: May sleep.
 */
void clip_check_opens(void)
{
	static_branch_enable(&clip_opens_checked);
}
