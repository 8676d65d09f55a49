/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the latches under kernel.clip
 */
#ifndef _SECURITY_CLIP_CORE_LATCH_H
#define _SECURITY_CLIP_CORE_LATCH_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/capability.h>
#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

/* The bits that this kernel accepts, and those of them that it enforces. */

/* The privileges of kernel.clip.network and of kernel.clip.xfrm. */
#define CLIP_PRIV_NET \
	(CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER | CLIP_PRIV_NETOTHER)
#define CLIP_PRIV_XFRM	(CLIP_PRIV_XFRMSP | CLIP_PRIV_XFRMSA)

/* The privileges that can be required through kernel.clip.require. */
#define CLIP_PRIVS_REQUIRABLE \
	(CLIP_PRIV_IO_URING | CLIP_PRIV_BPF | CLIP_PRIV_USERNS | \
	 CLIP_PRIV_PERF | CLIP_PRIV_USERFAULTFD | CLIP_PRIV_KEXEC | \
	 CLIP_PRIV_MODULE | CLIP_PRIV_KEYS | CLIP_PRIV_RAW | CLIP_PRIV_NFT)

/*
 * Some of them are checked only when a latch is set. All other privileges are
 * granted and kept, but never checked.
 */
#define CLIP_PRIVS_ENFORCED \
	(CLIP_PRIV_VERICTL | CLIP_PRIV_SIGUSR | CLIP_PRIV_RECVSIG | \
	 CLIP_PRIV_PROCFD | CLIP_PRIV_IMMORTAL | CLIP_PRIV_KEEPPRIV | \
	 CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER | CLIP_PRIV_NETOTHER | \
	 CLIP_PRIV_NETLINK | CLIP_PRIV_NETLINK_AUDIT | \
	 CLIP_PRIV_XFRMSP | CLIP_PRIV_XFRMSA | \
	 CLIP_PRIV_KSYSLOG | CLIP_PRIV_UNSHARE | \
	 CLIP_PRIV_CHROOT | CLIP_PRIV_FUSE | CLIP_PRIV_DRM | CLIP_PRIV_FIRMWARE | \
	 CLIP_PRIVS_REQUIRABLE)

/* The flag for scripts waits for the system calls that check them. */
#define CLIP_LEVELS_ENFORCED	CLIP_LEVEL_ALL

#define CLIP_CAPS_ACCEPTED	(CAP_VALID_MASK | BIT_ULL(CLIP_CAP_CONTEXT))

/* Bits of clip_latches. A bit that is set stays set. */
enum clip_latch {
	CLIP_LATCH_NOSUID_ROOT,	/* set-uid bits of root are ignored */
	CLIP_LATCH_EXEC_PERMISSION, /* executable mappings need permission x */
	CLIP_LATCH_NETWORK,	/* sockets need a privilege of CLIP_PRIV_NET */
	CLIP_LATCH_NETLINK,	/* netlink needs NETLINK, NETLINK_AUDIT */
	CLIP_LATCH_XFRM,	/* IPsec needs XFRMSP, XFRMSA */
	CLIP_LATCH_SYSLOG,	/* the kernel log needs KSYSLOG */
	CLIP_LATCH_UNSHARE,	/* namespaces need UNSHARE */
	CLIP_LATCH_CHROOT,	/* chrooted tasks are confined to their root */
	CLIP_LATCH_FUSE,	/* FUSE filesystems need FUSE */
	CLIP_LATCH_DEVMEM,	/* /dev/mem needs DRM */
	CLIP_LATCH_MOUNT,	/* the device table is enforced and final */
	CLIP_LATCH_DEVICES_STRICT, /* ... and unlisted devices are refused */
	CLIP_LATCH_LISTED_MODULES, /* kernel modules must be listed files */
	CLIP_LATCH_WX_MEMORY,	/* memory is writable or executable */
	CLIP_LATCH_TPE,		/* users execute what only root can write */
	CLIP_LATCH_FIRMWARE,	/* giving firmware to drivers needs FIRMWARE */
	CLIP_LATCH_DRM,		/* being DRM master needs DRM */
	CLIP_LATCH_SIGNED,	/* commits need a signature */
	__CLIP_LATCH_MAX
	/*
	 * The bits above are those of kernel.clip.require. Each has the number
	 * of its privilege, so that a single load tests any of them.
	 */
};

/* Written by clip_set_latches() only, which wakes the hooks that a latch needs. */
extern unsigned long clip_latches;

/* The latches that restrict the use of some kinds of sockets. */
#define CLIP_LATCHES_OF_SOCKET_KINDS \
	(BIT(CLIP_LATCH_NETLINK) | BIT(CLIP_LATCH_XFRM) | CLIP_PRIV_RAW)

/* The latches that restrict the use of sockets. */
#define CLIP_LATCHES_OF_SOCKETS \
	(BIT(CLIP_LATCH_NETWORK) | CLIP_LATCHES_OF_SOCKET_KINDS)

/* The latches that restrict what is executed, or mapped executable. */
#define CLIP_LATCHES_OF_CODE \
	(BIT(CLIP_LATCH_EXEC_PERMISSION) | BIT(CLIP_LATCH_MOUNT) | \
	 BIT(CLIP_LATCH_WX_MEMORY) | BIT(CLIP_LATCH_TPE))

void clip_set_latches(unsigned long bits);

static __always_inline bool clip_latched(enum clip_latch latch)
{
	return test_bit(latch, &clip_latches);
}

static __always_inline bool clip_required(u64 privilege)
{
	return READ_ONCE(clip_latches) & privilege;
}

/* Are devices and mounts locked for the current task? */
static inline bool clip_mount_applies(void)
{
	return unlikely(clip_latched(CLIP_LATCH_MOUNT)) &&
	       !(current->flags & PF_KTHREAD);
}

/* Capability masks with the bits of an entry. Bits are only ever removed. */
extern atomic64_t clip_rootcap;
extern atomic64_t clip_capbound;

u64 clip_latch_required(void);

/* The capabilities that root has at exec, as a mask with the bits of an entry. */
static inline u64 clip_latch_rootcap(void)
{
	return atomic64_read(&clip_rootcap);
}

/* The capabilities that entries can grant. */
static inline u64 clip_latch_capbound(void)
{
	return atomic64_read(&clip_capbound);
}

extern bool clip_code_levels;

/**
 * clip_code_checked - Does anything check which code runs?
 *
 * Return: true once one of the latches for this is set, or since a context has
 * had a level that enforces such a check; it never becomes false again.
 */
static inline bool clip_code_checked(void)
{
	return READ_ONCE(clip_code_levels) ||
	       clip_latched(CLIP_LATCH_WX_MEMORY) ||
	       clip_latched(CLIP_LATCH_TPE) ||
	       clip_latched(CLIP_LATCH_EXEC_PERMISSION);
}

void clip_note_level(u32 level);

/* Enables the checks at open. The first feature that needs them turns it on. */
DECLARE_STATIC_KEY_FALSE(clip_opens_checked);

void clip_check_opens(void);

#endif /* _SECURITY_CLIP_CORE_LATCH_H */
