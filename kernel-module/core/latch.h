/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the latches under kernel.clip
 */
#ifndef _SECURITY_CLIP_CORE_LATCH_H
#define _SECURITY_CLIP_CORE_LATCH_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* Bits of clip_latches: switched on once and for all. */
enum clip_latch {
	CLIP_LATCH_NOSUID_ROOT,	/* root's set-uid bits are ignored */
	CLIP_LATCH_EXEC_PERMISSION, /* mapping executable takes permission x */
	CLIP_LATCH_NETWORK,	/* sockets need NETCLIENT, NETSERVER, NETOTHER */
	CLIP_LATCH_NETLINK,	/* netlink needs NETLINK, NETLINK_AUDIT */
	CLIP_LATCH_XFRM,	/* IPsec needs XFRMSP, XFRMSA */
	CLIP_LATCH_SYSLOG,	/* the kernel's log needs KSYSLOG */
	CLIP_LATCH_UNSHARE,	/* namespaces need UNSHARE */
	CLIP_LATCH_CHROOT,	/* chroot(2) closes what leads outside */
	CLIP_LATCH_FUSE,	/* FUSE needs FUSE */
	CLIP_LATCH_DEVMEM,	/* /dev/mem needs DRM */
	CLIP_LATCH_MOUNT,	/* devices: the table is enforced, and final */
	CLIP_LATCH_DEVICES_STRICT, /* ... and allows nothing on those it lacks */
	CLIP_LATCH_LISTED_MODULES, /* kernel modules are listed files */
	CLIP_LATCH_WX_MEMORY,	/* memory is writable or executable */
	CLIP_LATCH_TPE,		/* users run what only root can write */
	CLIP_LATCH_FIRMWARE,	/* giving firmware to drivers needs FIRMWARE */
	CLIP_LATCH_DRM,		/* ruling over graphics cards needs DRM */
	__CLIP_LATCH_MAX
	/*
	 * Behind them come those of kernel.clip.require, each with the number
	 * of its privilege, so that one load answers every question.
	 */
};

extern unsigned long clip_latches;

static __always_inline bool clip_latched(enum clip_latch latch)
{
	return test_bit(latch, &clip_latches);
}

static __always_inline bool clip_required(u64 privilege)
{
	return READ_ONCE(clip_latches) & privilege;
}

u64 clip_sysctl_required(void);
u64 clip_sysctl_rootcap(void);
u64 clip_sysctl_capbound(void);

int clip_sysctl_parse(const char *text, size_t size, u64 most, u64 *value);

#endif /* _SECURITY_CLIP_CORE_LATCH_H */
