/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: which bits this kernel accepts and which of them have their effect
 */
#ifndef _SECURITY_CLIP_CORE_LIMITS_H
#define _SECURITY_CLIP_CORE_LIMITS_H

#include <linux/bits.h>
#include <linux/capability.h>
#include <uapi/linux/clip.h>

/* Those that kernel.clip.require can ask for. */
#define CLIP_PRIVS_REQUIRABLE \
	(CLIP_PRIV_IO_URING | CLIP_PRIV_BPF | CLIP_PRIV_USERNS | \
	 CLIP_PRIV_PERF | CLIP_PRIV_USERFAULTFD | CLIP_PRIV_KEXEC | \
	 CLIP_PRIV_MODULE | CLIP_PRIV_KEYS | CLIP_PRIV_RAW | CLIP_PRIV_NFT)

/*
 * Some only behind a latch of core/latch.c. The other privileges are granted and
 * kept, but nothing asks for them.
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

/* The word for scripts comes with the system calls that ask about them. */
#define CLIP_LEVELS_ENFORCED	(CLIP_LEVEL_ALL & ~CLIP_LEVEL_ENFORCE_SCRIPT)

#define CLIP_CAPS_ACCEPTED	(CAP_VALID_MASK | BIT_ULL(CLIP_CAP_CONTEXT))

#endif /* _SECURITY_CLIP_CORE_LIMITS_H */
