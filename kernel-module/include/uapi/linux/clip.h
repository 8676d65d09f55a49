/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * clip: the interface of /dev/veriexec
 *
 * Every structure that is passed to the kernel begins with its size, so that it
 * can grow: a shorter structure comes from an older tool, and the tail of a
 * longer one must be zero. Unknown flag bits are refused with EINVAL.
 */
#ifndef _UAPI_LINUX_CLIP_H
#define _UAPI_LINUX_CLIP_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Incremented when a request or a structure changes incompatibly for tools. */
#define CLIP_ABI_VERSION	1

#define CLIP_DEVICE_PATH	"/dev/veriexec"
#define CLIP_SECURITYFS_PATH	"/sys/kernel/security/clip"

/*
 * Digest algorithms: their numbers in an image, and their bits in
 * clip_info.algorithms. Numbers 1 and 2 are for old rule files only, and are
 * supported if the kernel is built with SECURITY_CLIP_LEGACY_DIGESTS.
 */
#define CLIP_ALGO_MD5		1
#define CLIP_ALGO_SHA1		2
#define CLIP_ALGO_SHA256	3
#define CLIP_ALGO_SHA384	4
#define CLIP_ALGO_SHA512	5
/*
 * The fs-verity digest of the file, as returned by FS_IOC_MEASURE_VERITY. It is
 * compared without reading the file; the filesystem then verifies each page
 * that it reads.
 */
#define CLIP_ALGO_FSVERITY_SHA256	6
#define CLIP_ALGO_FSVERITY_SHA512	7

#define CLIP_DIGEST_MAX		64	/* bytes, the size of SHA-512 */

/* The purpose of an entry, and the conditions under which it applies. */
#define CLIP_ENTRY_EXE		(1U << 0)	/* e: used at exec */
#define CLIP_ENTRY_LIB		(1U << 1)	/* l: library or ELF loader */
#define CLIP_ENTRY_NEEDROOT	(1U << 2)	/* r: uid and euid must be 0 */
#define CLIP_ENTRY_NEEDLIBS	(1U << 3)	/* N: libraries must be listed */
#define CLIP_ENTRY_CHECKLIBS	(1U << 4)	/* L: ... and must match */
#define CLIP_ENTRY_INHERIT	(1U << 8)	/* I: force the inheritable set */
#define CLIP_ENTRY_SCRIPT	(1U << 9)	/* s: grants to the interpreter */
#define CLIP_ENTRY_KTHREAD	(1U << 10)	/* k: only for a kernel thread */
#define CLIP_ENTRY_INTERP	(1U << 11)	/* i: interpreter, no grant alone */
#define CLIP_ENTRY_UNSAFE	(1U << 12)	/* u: also if traced or shared */
#define CLIP_ENTRY_JIT		(1U << 13)	/* j: may execute written memory */
#define CLIP_ENTRY_RESTRICT	(1U << 14)	/* R: asks before it interprets */
#define CLIP_ENTRY_INDIRECT	(1U << 15)	/* O: only runs scripts by #! */

#define CLIP_ENTRY_ALL \
	(CLIP_ENTRY_EXE | CLIP_ENTRY_LIB | CLIP_ENTRY_NEEDROOT | \
	 CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS | CLIP_ENTRY_INHERIT | \
	 CLIP_ENTRY_SCRIPT | CLIP_ENTRY_KTHREAD | CLIP_ENTRY_INTERP | \
	 CLIP_ENTRY_UNSAFE | CLIP_ENTRY_JIT | CLIP_ENTRY_RESTRICT | \
	 CLIP_ENTRY_INDIRECT)

/* Privileges, with the letter of the rule language. */
#define CLIP_PRIV_CHROOT	(1ULL << 0)	/* C */
#define CLIP_PRIV_VERICTL	(1ULL << 1)	/* V */
#define CLIP_PRIV_NETCLIENT	(1ULL << 2)	/* c */
#define CLIP_PRIV_NETSERVER	(1ULL << 3)	/* s */
#define CLIP_PRIV_NETOTHER	(1ULL << 4)	/* n */
#define CLIP_PRIV_PROCFD	(1ULL << 5)	/* P */
#define CLIP_PRIV_SIGUSR	(1ULL << 6)	/* S */
#define CLIP_PRIV_RECVSIG	(1ULL << 7)	/* r */
#define CLIP_PRIV_NETLINK	(1ULL << 8)	/* N */
#define CLIP_PRIV_KSYSLOG	(1ULL << 9)	/* k */
#define CLIP_PRIV_IMMORTAL	(1ULL << 10)	/* I */
#define CLIP_PRIV_KEEPPRIV	(1ULL << 11)	/* K */
#define CLIP_PRIV_XFRMSP	(1ULL << 12)	/* X */
#define CLIP_PRIV_XFRMSA	(1ULL << 13)	/* x */
#define CLIP_PRIV_FIRMWARE	(1ULL << 14)	/* F */
#define CLIP_PRIV_PREINIT	(1ULL << 15)	/* i: accepted, never granted */
#define CLIP_PRIV_DRM		(1ULL << 16)	/* d */
#define CLIP_PRIV_FUSE		(1ULL << 17)	/* f */
#define CLIP_PRIV_NETLINK_AUDIT	(1ULL << 18)	/* A */
#define CLIP_PRIV_UNSHARE	(1ULL << 19)	/* U */
/* The following are required only if kernel.clip.require has their bit. */
#define CLIP_PRIV_IO_URING	(1ULL << 20)	/* R */
#define CLIP_PRIV_BPF		(1ULL << 21)	/* B */
#define CLIP_PRIV_USERNS	(1ULL << 22)	/* u */
#define CLIP_PRIV_PERF		(1ULL << 23)	/* p */
#define CLIP_PRIV_USERFAULTFD	(1ULL << 24)	/* D */
#define CLIP_PRIV_KEXEC		(1ULL << 25)	/* E */
#define CLIP_PRIV_MODULE	(1ULL << 26)	/* M */
#define CLIP_PRIV_KEYS		(1ULL << 27)	/* y */
#define CLIP_PRIV_RAW		(1ULL << 28)	/* w */
#define CLIP_PRIV_NFT		(1ULL << 29)	/* T */

#define CLIP_PRIV_ALL		((1ULL << 30) - 1)

/* The letters of the rule language, by bit of CLIP_PRIV_*. */
#define CLIP_PRIV_LETTERS	"CVcsnPSrNkIKXxFidfAURBupDEMywT"

/*
 * Privileges that do not make their holder a protected task, because every task
 * may do on a stock Linux what they allow.
 */
#define CLIP_PRIV_PLAIN \
	(CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER | CLIP_PRIV_NETOTHER | \
	 CLIP_PRIV_RECVSIG | CLIP_PRIV_USERNS)

/*
 * The capability CONTEXT has no bit in kernel_cap_t. In the 64-bit masks of an
 * entry it is bit 63, which kernel_cap_t never uses.
 */
#define CLIP_CAP_CONTEXT	63

/* Contexts. The first two exist from boot on and cannot be deleted. */
#define CLIP_CONTEXT_ADMIN	0U		/* the host */
#define CLIP_CONTEXT_WATCH	1U		/* sees all, changes nothing */
#define CLIP_CONTEXT_OWN	0xffffffffU	/* that of the caller */

/*
 * The level of a context: to what extent its rules can still be changed, and
 * what is enforced in it. The first nine bits have the numbers of the old
 * interface.
 */
#define CLIP_LEVEL_ACTIVE		(1U << 0)	/* entries apply at exec */
#define CLIP_LEVEL_LVL_IMMUTABLE	(1U << 2)	/* level: only stricter */
#define CLIP_LEVEL_SELF_IMMUTABLE	(1U << 3)	/* entries: not by itself */
#define CLIP_LEVEL_ADMIN_IMMUTABLE	(1U << 4)	/* ... not by context 0 */
#define CLIP_LEVEL_UPDATE_IMMUTABLE	(1U << 5)	/* ... not by UPDATE */
#define CLIP_LEVEL_CTX_IMMUTABLE	(1U << 6)	/* 0: no create, delete */
#define CLIP_LEVEL_CTXSET_IMMUTABLE	(1U << 7)	/* bounds: not narrowed */
#define CLIP_LEVEL_ENFORCE_MNTRO	(1U << 8)	/* no entry if read-only */
#define CLIP_LEVEL_ENFORCE_INHERIT	(1U << 9)	/* load: FSETID in I */
#define CLIP_LEVEL_ENFORCE_EXEC		(1U << 10)	/* only listed files run */
#define CLIP_LEVEL_ENFORCE_LIB		(1U << 11)	/* ... are mapped executable */
#define CLIP_LEVEL_ENFORCE_SCRIPT	(1U << 12)	/* ... are interpreted */
#define CLIP_LEVEL_PERMISSIVE		(1U << 13)	/* report, not refuse */
#define CLIP_LEVEL_SEAL			(1U << 14)	/* entries, level: final */
#define CLIP_LEVEL_WX_MEMORY		(1U << 15)	/* written: not run */

#define CLIP_LEVEL_ALL			0xfffdU

/* The names of the rule language, by bit. */
#define CLIP_LEVEL_NAMES \
	[0] = "active", [2] = "lvl_immutable", [3] = "self_immutable", \
	[4] = "admin_immutable", [5] = "update_immutable", \
	[6] = "ctx_immutable", [7] = "ctxset_immutable", \
	[8] = "enforce_mntro", [9] = "enforce_inherit", \
	[10] = "enforce_exec", [11] = "enforce_lib", \
	[12] = "enforce_script", [13] = "permissive", [14] = "seal", \
	[15] = "wx_memory",

/*
 * Reasons why an act was refused, an entry was skipped, or nothing was granted.
 * This is the only table of reasons: kernel messages, the results of commits
 * and queries, and the tools all use these numbers. Numbers are never reused.
 */
enum clip_reason {
	CLIP_REASON_NONE = 0,
	CLIP_REASON_NO_ENTRY = 1,
	CLIP_REASON_DIGEST_MISMATCH = 2,
	CLIP_REASON_NOT_ROOT = 3,
	CLIP_REASON_NOSUID_MOUNT = 4,
	CLIP_REASON_UNSAFE_TASK = 5,
	CLIP_REASON_IO_ERROR = 6,
	CLIP_REASON_NO_MEMORY = 7,
	CLIP_REASON_BEING_WRITTEN = 8,
	CLIP_REASON_UNTRUSTED_FS = 9,
	CLIP_REASON_USER_NAMESPACE = 10,
	CLIP_REASON_NOT_KTHREAD = 11,
	CLIP_REASON_INTERPRETER = 12,
	CLIP_REASON_CONTEXT_INACTIVE = 13,
	CLIP_REASON_NO_CONTEXT = 14,
	CLIP_REASON_NO_FILE = 15,
	CLIP_REASON_NOT_REGULAR = 16,
	CLIP_REASON_BAD_PATH = 17,
	CLIP_REASON_BAD_FLAGS = 18,
	CLIP_REASON_BAD_PRIVILEGES = 19,
	CLIP_REASON_BAD_CAPABILITIES = 20,
	CLIP_REASON_BAD_DIGEST = 21,
	CLIP_REASON_UNSUPPORTED_FLAGS = 22,
	CLIP_REASON_UNSUPPORTED_ALGORITHM = 23,
	CLIP_REASON_EXISTS = 24,
	CLIP_REASON_DUPLICATE = 25,
	CLIP_REASON_BAD_IMAGE = 26,
	CLIP_REASON_CHECKSUM = 27,
	CLIP_REASON_PERMISSION = 28,
	CLIP_REASON_SCRIPT = 29,
	CLIP_REASON_WX_MEMORY = 30,
	CLIP_REASON_LIB_NOT_LISTED = 31,
	CLIP_REASON_LIB_MISMATCH = 32,
	CLIP_REASON_NO_FSVERITY = 33,
	CLIP_REASON_NOT_ALLOWED = 34,
	CLIP_REASON_OTHER_CONTEXT = 35,
	CLIP_REASON_IMMUTABLE = 36,
	CLIP_REASON_READ_ONLY = 37,
	CLIP_REASON_OVER_BOUND = 38,
	CLIP_REASON_BAD_LEVEL = 39,
	CLIP_REASON_NO_PRIVILEGE = 40,
	CLIP_REASON_NOT_ALONE = 41,
	CLIP_REASON_OPEN_FILE = 42,
	CLIP_REASON_NO_EXEC_PERMISSION = 43,
	CLIP_REASON_BAD_DEVICE = 44,
	CLIP_REASON_DEVICE_TIE = 45,
	CLIP_REASON_DEVICE = 46,
	CLIP_REASON_MOUNT = 47,
	CLIP_REASON_UNTRUSTED_PATH = 48,
	CLIP_REASON_HIDDEN_TAIL = 49,
	CLIP_REASON_IN_USE = 50,
	CLIP_REASON_INDIRECT = 51,
	CLIP_REASON_SIGNATURE = 52,
	CLIP_REASON_OLD_VERSION = 53,
	CLIP_REASON_ADDRESS = 54,
	CLIP_REASON_NO_NETWORK = 55,
	CLIP_REASON_CLEAR_TRAFFIC = 56,
	CLIP_REASON_RECEIVED = 57,
	CLIP_REASON_TOO_MANY = 58,
	CLIP_REASON_ENTERED = 59,
	CLIP_REASON_CONFIDENTIALITY = 60,
	CLIP_REASON_BASE_USERNS = 61,
	__CLIP_REASON_MAX
};

/* Initialises an array of names, indexed by enum clip_reason. */
#define CLIP_REASON_NAMES \
	[CLIP_REASON_NONE] = "none", \
	[CLIP_REASON_NO_ENTRY] = "no-entry", \
	[CLIP_REASON_DIGEST_MISMATCH] = "digest-mismatch", \
	[CLIP_REASON_NOT_ROOT] = "not-root", \
	[CLIP_REASON_NOSUID_MOUNT] = "nosuid-mount", \
	[CLIP_REASON_UNSAFE_TASK] = "unsafe-task", \
	[CLIP_REASON_IO_ERROR] = "io-error", \
	[CLIP_REASON_NO_MEMORY] = "no-memory", \
	[CLIP_REASON_BEING_WRITTEN] = "being-written", \
	[CLIP_REASON_UNTRUSTED_FS] = "untrusted-filesystem", \
	[CLIP_REASON_USER_NAMESPACE] = "user-namespace", \
	[CLIP_REASON_NOT_KTHREAD] = "not-kernel-thread", \
	[CLIP_REASON_INTERPRETER] = "interpreter", \
	[CLIP_REASON_CONTEXT_INACTIVE] = "context-inactive", \
	[CLIP_REASON_NO_CONTEXT] = "no-context", \
	[CLIP_REASON_NO_FILE] = "no-file", \
	[CLIP_REASON_NOT_REGULAR] = "not-regular-file", \
	[CLIP_REASON_BAD_PATH] = "bad-path", \
	[CLIP_REASON_BAD_FLAGS] = "bad-flags", \
	[CLIP_REASON_BAD_PRIVILEGES] = "bad-privileges", \
	[CLIP_REASON_BAD_CAPABILITIES] = "bad-capabilities", \
	[CLIP_REASON_BAD_DIGEST] = "bad-digest", \
	[CLIP_REASON_UNSUPPORTED_FLAGS] = "unsupported-flags", \
	[CLIP_REASON_UNSUPPORTED_ALGORITHM] = "unsupported-algorithm", \
	[CLIP_REASON_EXISTS] = "exists", \
	[CLIP_REASON_DUPLICATE] = "duplicate", \
	[CLIP_REASON_BAD_IMAGE] = "bad-image", \
	[CLIP_REASON_CHECKSUM] = "bad-checksum", \
	[CLIP_REASON_PERMISSION] = "permission", \
	[CLIP_REASON_SCRIPT] = "script", \
	[CLIP_REASON_WX_MEMORY] = "wx-memory", \
	[CLIP_REASON_LIB_NOT_LISTED] = "lib-not-listed", \
	[CLIP_REASON_LIB_MISMATCH] = "lib-mismatch", \
	[CLIP_REASON_NO_FSVERITY] = "no-fsverity", \
	[CLIP_REASON_NOT_ALLOWED] = "not-allowed", \
	[CLIP_REASON_OTHER_CONTEXT] = "other-context", \
	[CLIP_REASON_IMMUTABLE] = "immutable", \
	[CLIP_REASON_READ_ONLY] = "read-only", \
	[CLIP_REASON_OVER_BOUND] = "over-bound", \
	[CLIP_REASON_BAD_LEVEL] = "bad-level", \
	[CLIP_REASON_NO_PRIVILEGE] = "no-privilege", \
	[CLIP_REASON_NOT_ALONE] = "not-alone", \
	[CLIP_REASON_OPEN_FILE] = "open-file", \
	[CLIP_REASON_NO_EXEC_PERMISSION] = "no-exec-permission", \
	[CLIP_REASON_BAD_DEVICE] = "bad-device", \
	[CLIP_REASON_DEVICE_TIE] = "device-tie", \
	[CLIP_REASON_DEVICE] = "device", \
	[CLIP_REASON_MOUNT] = "mount", \
	[CLIP_REASON_UNTRUSTED_PATH] = "untrusted-path", \
	[CLIP_REASON_HIDDEN_TAIL] = "hidden-tail", \
	[CLIP_REASON_IN_USE] = "in-use", \
	[CLIP_REASON_INDIRECT] = "only-for-scripts", \
	[CLIP_REASON_SIGNATURE] = "signature", \
	[CLIP_REASON_OLD_VERSION] = "old-version", \
	[CLIP_REASON_ADDRESS] = "address", \
	[CLIP_REASON_NO_NETWORK] = "no-network", \
	[CLIP_REASON_CLEAR_TRAFFIC] = "clear-traffic", \
	[CLIP_REASON_RECEIVED] = "received", \
	[CLIP_REASON_TOO_MANY] = "too-many", \
	[CLIP_REASON_ENTERED] = "entered", \
	[CLIP_REASON_CONFIDENTIALITY] = "confidentiality", \
	[CLIP_REASON_BASE_USERNS] = "base-user-namespace",

/*
 * The compiled image: header, entries and string table, without any bytes
 * between or after them. All numbers are little-endian. Strings end with a NUL
 * byte that their length does not include, and contain no other.
 *
 * Version 2 has allow digests in blocks. Behind the header comes struct
 * clip_image_digests, which counts as a part of it, and between entries and
 * strings come the blocks and then their digests. In version 3, blocks can have
 * the sizes of the files as well. Version 1 has no blocks. All versions are
 * accepted.
 */
#define CLIP_IMAGE_MAGIC	"CLIPIMG"	/* eight bytes with its NUL */
#define CLIP_IMAGE_VERSION_PLAIN	1	/* without blocks */
#define CLIP_IMAGE_VERSION_BLOCKS	2	/* without sizes of files */
#define CLIP_IMAGE_VERSION	3
#define CLIP_IMAGE_MAX_SIZE	(256U << 20)	/* bytes */
#define CLIP_IMAGE_MAX_ENTRIES	(1U << 20)	/* with the digests in blocks */
#define CLIP_SIGNATURE_MAX_SIZE	(64U << 10)	/* bytes of a signature */
#define CLIP_PATH_MAX		4095		/* bytes, without the NUL */

/**
 * struct clip_image_header - The first 64 bytes of an image
 * @magic: %CLIP_IMAGE_MAGIC
 * @version: %CLIP_IMAGE_VERSION, or one of the earlier ones
 * @header_size: size of this structure; from version 2 on that of struct
 *	clip_image_digests as well
 * @total_size: size of the whole image in bytes, including this header
 * @entry_count: number of entries, at most %CLIP_IMAGE_MAX_ENTRIES
 * @entry_size: size of struct clip_image_entry
 * @entries_offset: offset of the entries in the image; equals @header_size
 * @strings_offset: offset of the string table in the image, where the entries
 *	end, or from version 2 on the digests
 * @strings_size: size of the string table in bytes, up to the end of the image
 * @checksum: CRC-32 (IEEE 802.3, as in gzip) of the whole image, computed with
 *	this field set to zero. It detects accidental damage only.
 * @policy_version: number of the policy, which its author raises with each
 *	change; 0 if it has none
 */
struct clip_image_header {
	__u8 magic[8];
	__le32 version;
	__le32 header_size;
	__le64 total_size;
	__le32 entry_count;
	__le32 entry_size;
	__le64 entries_offset;
	__le64 strings_offset;
	__le64 strings_size;
	__le32 checksum;
	__le32 policy_version;
};

/**
 * struct clip_image_digests - Bytes 64 to 95 of an image from version 2 on
 * @block_count: number of blocks
 * @block_size: size of struct clip_image_block
 * @blocks_offset: offset of the blocks in the image, where the entries end
 * @digests_offset: offset of the digests in the image, where the blocks end
 * @digests_size: bytes of the digests, lines and sizes of all blocks
 */
struct clip_image_digests {
	__le32 block_count;
	__le32 block_size;
	__le64 blocks_offset;
	__le64 digests_offset;
	__le64 digests_size;
};

/**
 * struct clip_image_block - The allow digests of one rule file, 24 bytes
 *
 * The digests of a block follow those of the block before, without padding, and
 * behind the digests come as many numbers of 32 bits: the lines in the rule
 * file, which the kernel does not look at. With %CLIP_BLOCK_SIZES, as many
 * numbers of 32 bits follow: the sizes of the files that have these digests, or
 * %CLIP_SIZE_UNKNOWN. In results, the digests of all blocks are numbered behind
 * the entries.
 *
 * Where each digest of an algorithm has a size, a file of another size is
 * refused without being read. Sizes are looked at when digests are added. A
 * digest that is added again keeps its size if none is given.
 *
 * @context: context number, or %CLIP_CONTEXT_OWN
 * @algorithm: CLIP_ALGO_*
 * @digest_size: size of a digest of @algorithm
 * @count: number of digests, not 0
 * @source_offset: offset of the name of the rule file in the string table
 * @source_length: length of that name in bytes; 0 if it is unknown
 * @flags: CLIP_BLOCK_*; zero in version 2
 */
struct clip_image_block {
	__le32 context;
	__le16 algorithm;
	__le16 digest_size;
	__le32 count;
	__le32 source_offset;
	__le32 source_length;
	__le32 flags;
};

/* clip_image_block.flags */
#define CLIP_BLOCK_SIZES	(1U << 0)	/* sizes of the files follow */
#define CLIP_BLOCK_ALL		CLIP_BLOCK_SIZES

#define CLIP_SIZE_UNKNOWN	0xffffffffU	/* also of files that are larger */

/**
 * struct clip_image_entry - One rule, 128 bytes
 *
 * A rule with a path is an entry for the file at that path. A rule with
 * @path_length 0 is an allow digest: every regular file with this digest may
 * run in the context, and is granted nothing. Flags, masks and privileges must
 * then be zero.
 *
 * @context: context number, or %CLIP_CONTEXT_OWN
 * @flags: CLIP_ENTRY_*
 * @cap_effective: effective capability mask, bit 63 is CONTEXT
 * @cap_permitted: permitted capability mask, bit 63 is CONTEXT
 * @cap_inheritable: inheritable capability mask, bit 63 is CONTEXT
 * @privileges: CLIP_PRIV_*
 * @path_offset: offset of the path in the string table; the path is absolute
 * @path_length: length of the path in bytes, at most %CLIP_PATH_MAX; 0 for an
 *	allow digest
 * @source_offset: offset of the name of the rule file in the string table
 * @source_length: length of that name in bytes; 0 if it is unknown
 * @source_line: line in the rule file, from 1; 0 if it is unknown
 * @algorithm: CLIP_ALGO_*
 * @digest_size: bytes used in @digest, the size of a digest of @algorithm
 * @digest: digest of the file, padded with zeros
 */
struct clip_image_entry {
	__le32 context;
	__le32 flags;
	__le64 cap_effective;
	__le64 cap_permitted;
	__le64 cap_inheritable;
	__le64 privileges;
	__le32 path_offset;
	__le32 path_length;
	__le32 source_offset;
	__le32 source_length;
	__le32 source_line;
	__le16 algorithm;
	__le16 digest_size;
	__u8 digest[CLIP_DIGEST_MAX];
};

/* clip_info.features */
#define CLIP_FEATURE_EXEC	(1ULL << 0)	/* digests checked at exec */
#define CLIP_FEATURE_CAPS	(1ULL << 1)	/* capabilities granted at exec */
#define CLIP_FEATURE_NAMES	(1ULL << 2)	/* paths kept for display */
#define CLIP_FEATURE_LIBS	(1ULL << 3)	/* libraries checked when mapped */
#define CLIP_FEATURE_CONTEXTS	(1ULL << 4)	/* contexts can be created */
#define CLIP_FEATURE_ALLOW	(1ULL << 5)	/* allow digests, enforce_exec */
#define CLIP_FEATURE_EVENTS	(1ULL << 6)	/* events over netlink */
#define CLIP_FEATURE_SIGNED	(1ULL << 7)	/* signatures checked */
#define CLIP_FEATURE_NAMES_LIST \
	[0] = "exec", [1] = "caps", [2] = "names", [3] = "libs", \
	[4] = "contexts", [5] = "allow", [6] = "events", [7] = "signed",

/**
 * struct clip_info - Features and state of this kernel; CLIP_IOC_INFO
 * @size: in: size that the caller knows; out: size that the kernel knows
 * @abi_version: out: %CLIP_ABI_VERSION
 * @image_version: out: %CLIP_IMAGE_VERSION
 * @context: out: the caller's context, or %CLIP_CONTEXT_OWN if it has none
 * @features: out: CLIP_FEATURE_*
 * @algorithms: out: bit n is set if algorithm number n is supported
 * @flags_known: out: entry flags that a commit accepts
 * @flags_enforced: out: those of @flags_known that are fully enforced
 * @privileges_known: out: privileges that a commit accepts
 * @privileges_enforced: out: privileges that this kernel checks, some of them
 *	only after a latch of kernel.clip is set
 * @capabilities: out: capability bits that a commit accepts
 * @generation: out: number of commits that have taken effect
 * @entries: out: entries in force, over all contexts
 * @entry_bytes: out: kernel memory of those entries, without the table
 * @table_bytes: out: kernel memory of the hash tables
 * @name_bytes: out: kernel memory of the paths kept for display
 * @levels_enforced: out: CLIP_LEVEL_* that can be set
 * @contexts: out: number of contexts
 * @digests: out: allow digests in force, over all contexts
 * @digest_bytes: out: kernel memory of those digests
 * @update_context: out: number of the update context, 0 if it is not set
 * @reserved: out: 0
 */
struct clip_info {
	__u32 size;
	__u32 abi_version;
	__u32 image_version;
	__u32 context;
	__u64 features;
	__u64 algorithms;
	__u64 flags_known;
	__u64 flags_enforced;
	__u64 privileges_known;
	__u64 privileges_enforced;
	__u64 capabilities;
	__u64 generation;
	__u64 entries;
	__u64 entry_bytes;
	__u64 table_bytes;
	__u64 name_bytes;
	__u32 levels_enforced;
	__u32 contexts;
	__u64 digests;
	__u64 digest_bytes;
	__u32 update_context;
	__u32 reserved;
};

/* clip_commit.mode */
#define CLIP_COMMIT_ADD		1	/* an identical entry may exist */
/* Drops all other entries of the contexts in the image, and of the caller's. */
#define CLIP_COMMIT_REPLACE	2
/* Only context and path matter. Drops what rules for that path have made. */
#define CLIP_COMMIT_REMOVE	3

/* clip_commit.flags */
#define CLIP_COMMIT_SKIP_MISSING	(1U << 0)	/* missing files */
#define CLIP_COMMIT_SKIP_CONTEXTS	(1U << 1)	/* missing contexts */
#define CLIP_COMMIT_DRY_RUN		(1U << 2)	/* check only */
/*
 * When adding, a file may already have one other entry, and may match either of
 * the two. When removing, only the entry with this digest is removed. Used for
 * a file that is about to be overwritten; see the chapter on updates.
 */
#define CLIP_COMMIT_BESIDE		(1U << 3)
/*
 * With CLIP_COMMIT_REPLACE: drops all other entries of every context. It takes
 * the right to change each context that has any.
 */
#define CLIP_COMMIT_ALL_CONTEXTS	(1U << 4)

/* clip_result.flags */
#define CLIP_RESULT_SKIPPED	(1U << 0)	/* skipped on request */

/**
 * struct clip_result - Result for one entry that was refused or skipped
 * @index: number of the entry in the image, from 0
 * @error: errno value, positive
 * @reason: enum clip_reason
 * @flags: CLIP_RESULT_*
 */
struct clip_result {
	__u32 index;
	__u32 error;
	__u32 reason;
	__u32 flags;
};

/**
 * struct clip_commit - One transaction; CLIP_IOC_COMMIT
 * @size: in: size of this structure
 * @mode: in: CLIP_COMMIT_ADD, _REPLACE or _REMOVE
 * @flags: in: CLIP_COMMIT_SKIP_*, CLIP_COMMIT_DRY_RUN, CLIP_COMMIT_BESIDE,
 *	%CLIP_COMMIT_ALL_CONTEXTS
 * @results_capacity: in: number of results that fit at @results
 * @image: in: address of the image
 * @image_size: in: size of the image in bytes
 * @results: in: address of an array of struct clip_result, or 0
 * @generation: out: generation of the store after this call
 * @error_offset: out: offset in the image of the first error in its format
 * @results_count: out: entries refused or skipped; may exceed the capacity
 * @added: out: entries that came into force
 * @removed: out: entries that are no longer in force
 * @unchanged: out: entries that were already in force
 * @skipped: out: entries skipped on request of the caller
 * @reason: out: enum clip_reason of the first refusal
 * @signature: in: address of a CMS signature of the image, or 0
 * @signature_size: in: size of the signature in bytes, or 0
 *
 * Either the whole image takes effect, at one moment for every reader, or
 * nothing changes. The output fields are written in both cases, unless the
 * request itself is invalid: a wrong size, mode or flag, or a missing right.
 */
struct clip_commit {
	__u32 size;
	__u32 mode;
	__u32 flags;
	__u32 results_capacity;
	__aligned_u64 image;
	__aligned_u64 image_size;
	__aligned_u64 results;
	__aligned_u64 generation;
	__aligned_u64 error_offset;
	__u32 results_count;
	__u32 added;
	__u32 removed;
	__u32 unchanged;
	__u32 skipped;
	__u32 reason;
	__aligned_u64 signature;
	__aligned_u64 signature_size;
};

/* clip_query.flags */
#define CLIP_QUERY_VERIFY	(1U << 0)	/* hash, unless cached */

/* clip_query.state */
#define CLIP_STATE_UNLISTED	0	/* no entry */
#define CLIP_STATE_LISTED	1	/* entry; not verified, or not by exec */
#define CLIP_STATE_VERIFIED	2	/* entry, and the file matches it */
#define CLIP_STATE_REFUSED	3	/* exec would fail */
#define CLIP_STATE_ALLOWED	4	/* no entry, but its digest is allowed */

/**
 * struct clip_query - Predicted result of an exec; CLIP_IOC_QUERY
 * @size: in: size of this structure
 * @fd: in: a descriptor of the file, open for reading
 * @context: in: context number or %CLIP_CONTEXT_OWN; out: the number
 * @flags: in: CLIP_QUERY_VERIFY
 * @state: out: CLIP_STATE_*
 * @reason: out: enum clip_reason: the reason why exec would fail; with
 *	%CLIP_STATE_LISTED, the condition of the entry that the caller does not
 *	meet; otherwise the reason why no task would be granted anything
 * @error: out: errno value with which exec would fail, positive, or 0
 * @entry_flags: out: CLIP_ENTRY_*
 * @cap_effective: out: effective capability mask of the entry
 * @cap_permitted: out: permitted capability mask of the entry
 * @cap_inheritable: out: inheritable capability mask of the entry
 * @privileges: out: privileges of the entry
 * @generation: out: generation of the store to which the result applies
 * @algorithm: out: CLIP_ALGO_*
 * @digest_size: out: bytes used in @wanted and @found
 * @wanted: out: digest of the entry
 * @found: out: digest of the file if it was computed now, otherwise zeros
 * @level: out: CLIP_LEVEL_* of the context; with %CLIP_LEVEL_PERMISSIVE, a
 *	refusal given here would be reported but not enforced
 * @reserved: out: 0
 */
struct clip_query {
	__u32 size;
	__s32 fd;
	__u32 context;
	__u32 flags;
	__u32 state;
	__u32 reason;
	__u32 error;
	__u32 entry_flags;
	__aligned_u64 cap_effective;
	__aligned_u64 cap_permitted;
	__aligned_u64 cap_inheritable;
	__aligned_u64 privileges;
	__aligned_u64 generation;
	__u32 algorithm;
	__u32 digest_size;
	__u8 wanted[CLIP_DIGEST_MAX];
	__u8 found[CLIP_DIGEST_MAX];
	__u32 level;
	__u32 reserved;
};

/* The longest time for which an exception can be made: one day. */
#define CLIP_EXCEPTION_SECONDS_MAX	86400U
/* Exceptions at a time, over all contexts. */
#define CLIP_EXCEPTIONS_MAX		64U

/**
 * struct clip_exception - An allow digest that ends by itself;
 *	CLIP_IOC_EXCEPTION
 * @size: in: size of this structure
 * @context: in: context number or %CLIP_CONTEXT_OWN; out: the number
 * @seconds: in: for how long, at most %CLIP_EXCEPTION_SECONDS_MAX; 0 ends the
 *	exception now. A digest that has an exception gets the new end
 * @reason: out: enum clip_reason of a refusal
 * @algorithm: in: CLIP_ALGO_*
 * @digest_size: in: bytes used in @digest, the size of a digest of @algorithm
 * @digest: in: digest of the file, padded with zeros
 *
 * It takes the right to change the entries of the context, and counts as an
 * allow digest there: files with this digest may run and are granted nothing.
 * It is no part of the rules: no commit removes it, and it ends with the time,
 * with the context or at the next boot. Programs that run then go on.
 */
struct clip_exception {
	__u32 size;
	__u32 context;
	__u32 seconds;
	__u32 reason;
	__u32 algorithm;
	__u32 digest_size;
	__u8 digest[CLIP_DIGEST_MAX];
};

/**
 * struct clip_permissive - The level word permissive for some time;
 *	CLIP_IOC_PERMISSIVE
 * @size: in: size of this structure
 * @context: in: context number or %CLIP_CONTEXT_OWN; out: the number
 * @seconds: in: for how long, at most %CLIP_EXCEPTION_SECONDS_MAX; 0 removes
 *	the word now
 * @reason: out: enum clip_reason of a refusal
 *
 * It takes the right to set the level, and a level that lets the word be set.
 * The kernel removes the word when the time is over; the time in which the
 * machine sleeps does not count. A SET_LEVEL without the word takes the end away.
 */
struct clip_permissive {
	__u32 size;
	__u32 context;
	__u32 seconds;
	__u32 reason;
};

/**
 * struct clip_run_allowed - What the caller starts may run files that no rule
 *	allows, for some time; CLIP_IOC_RUN_ALLOWED
 * @size: in: size of this structure
 * @seconds: in: for how long, at most %CLIP_EXCEPTION_SECONDS_MAX; 0 ends it
 *	for the caller, which every task may ask for
 * @reason: out: enum clip_reason of a refusal
 * @reserved: in, out: 0
 *
 * It takes the right to change the entries of context 0, in which the caller
 * must live. The caller has one thread and no tracer. Its children inherit the
 * mark, over exec, too. Such a file is reported as permitted and is granted
 * nothing. A file that has an entry and does not match it is refused as before. A
 * program that gains rights and a task that enters a context lose the mark. The
 * time in which the machine sleeps counts.
 */
struct clip_run_allowed {
	__u32 size;
	__u32 seconds;
	__u32 reason;
	__u32 reserved;
};

/**
 * struct clip_ask - Would the caller be able to execute a file? CLIP_IOC_ASK
 * @size: in: size of this structure
 * @fd: in: a descriptor of the file, open for reading
 * @error: out: errno value with which exec would fail, positive, or 0
 * @reason: out: enum clip_reason of the refusal; with @error 0, of a refusal
 *	that would not be enforced
 *
 * Every user may ask, on a device that is open for reading only. The answer is
 * about the caller's own context. Like exec, the question takes a file that the
 * caller may execute: -EACCES otherwise.
 */
struct clip_ask {
	__u32 size;
	__s32 fd;
	__u32 error;
	__u32 reason;
};

/**
 * struct clip_context_args - A context; CLIP_IOC_CONTEXT_*
 * @size: in: size of this structure
 * @xid: in: number of the context, or %CLIP_CONTEXT_OWN for that of the caller
 *	where this makes sense; out: the number
 * @level: in, out: CLIP_LEVEL_*
 * @reason: out: enum clip_reason of a refusal
 * @cap_bound: in, out: bounding set of capabilities that its entries can grant,
 *	and that are effective in it; bit 63 is CONTEXT
 * @priv_bound: in, out: CLIP_PRIV_*, bounding set of privileges that its
 *	entries can grant
 * @serial: out: a number that is never assigned to another context
 * @entries: out: entries in force
 * @digests: out: allow digests in force
 *
 * CREATE reads @xid, @level and both bounding sets, and returns a descriptor of
 * the new context. OPEN reads @xid and returns a descriptor. NARROW removes
 * bits from both bounding sets, and never adds any. DELETE reads @xid.
 * SET_LEVEL reads @xid and @level. SET_UPDATE reads @xid. GET reads @xid and
 * fills in the rest. A caller that does not know a field leaves it zero.
 */
struct clip_context_args {
	__u32 size;
	__u32 xid;
	__u32 level;
	__u32 reason;
	__aligned_u64 cap_bound;
	__aligned_u64 priv_bound;
	__aligned_u64 serial;
	__aligned_u64 entries;
	__aligned_u64 digests;
};

#define CLIP_IOC_MAGIC		0xc1
#define CLIP_IOC_INFO		_IOWR(CLIP_IOC_MAGIC, 0, struct clip_info)
#define CLIP_IOC_COMMIT		_IOWR(CLIP_IOC_MAGIC, 1, struct clip_commit)
#define CLIP_IOC_QUERY		_IOWR(CLIP_IOC_MAGIC, 2, struct clip_query)
#define CLIP_IOC_CONTEXT_CREATE	_IOWR(CLIP_IOC_MAGIC, 3, struct clip_context_args)
#define CLIP_IOC_CONTEXT_OPEN	_IOWR(CLIP_IOC_MAGIC, 4, struct clip_context_args)
#define CLIP_IOC_CONTEXT_GET	_IOWR(CLIP_IOC_MAGIC, 5, struct clip_context_args)
#define CLIP_IOC_CONTEXT_NARROW	_IOWR(CLIP_IOC_MAGIC, 6, struct clip_context_args)
#define CLIP_IOC_CONTEXT_DELETE	_IOWR(CLIP_IOC_MAGIC, 7, struct clip_context_args)
#define CLIP_IOC_SET_LEVEL	_IOWR(CLIP_IOC_MAGIC, 8, struct clip_context_args)
#define CLIP_IOC_SET_UPDATE	_IOWR(CLIP_IOC_MAGIC, 9, struct clip_context_args)
/*
 * On the descriptor of a context, by a single-threaded process of context 0.
 * Moves the process and its future children into that context, permanently.
 */
#define CLIP_IOC_ENTER		_IO(CLIP_IOC_MAGIC, 10)
#define CLIP_IOC_EXCEPTION	_IOWR(CLIP_IOC_MAGIC, 11, struct clip_exception)
#define CLIP_IOC_ASK		_IOWR(CLIP_IOC_MAGIC, 12, struct clip_ask)
#define CLIP_IOC_PERMISSIVE	_IOWR(CLIP_IOC_MAGIC, 13, struct clip_permissive)
#define CLIP_IOC_RUN_ALLOWED	_IOWR(CLIP_IOC_MAGIC, 14, struct clip_run_allowed)

#include "clip_addresses.h"
#include "clip_contexts.h"
#include "clip_devices.h"
#include "clip_events.h"

#endif /* _UAPI_LINUX_CLIP_H */
