// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: reading and writing the latches under /proc/sys/kernel/clip
 */
#include "core/common.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/sysctl.h>

#include "core/latch.h"
#include "device/table.h"
#include "exec/tpe.h"
#include "interface/sysctl.h"

/**
 * clip_sysctl_parse - Parse the number that was written to a latch
 * @text: hexadecimal digits with or without "0x", optionally surrounded by
 *	white space
 * @size: number of bytes in @text, which need not end with a NUL byte
 * @most: largest valid value
 * @value: receives the number, on success
 *
 * Return: 0, or -EINVAL.
 */
int clip_sysctl_parse(const char *text, size_t size, u64 most, u64 *value)
{
	char copy[32];
	u64 number;

	if (size >= sizeof(copy) || memchr(text, '\0', size))
		return -EINVAL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (kstrtou64(strim(copy), 16, &number) || number > most)
		return -EINVAL;
	*value = number;
	return 0;
}

static int show(const char *text, int write, void *buffer, size_t *lenp,
		loff_t *ppos)
{
	const struct ctl_table line = {
		.data = (void *)text, .maxlen = strlen(text) + 1,
	};

	return proc_dostring(&line, write, buffer, lenp, ppos);
}

/**
 * clip_sysctl_parse_half - Parse a number that was written to half of a mask
 * @text: a decimal, octal ("0") or hexadecimal ("0x") number, optionally with a
 *	sign and surrounded by white space
 * @size: number of bytes in @text, which need not end with a NUL byte
 * @value: receives the 32 bits, on success
 *
 * SY-03. The numbers were signed ones of 32 bits, so a half with the highest
 * bit can be written in two ways.
 *
 * Return: 0, or -EINVAL.
 */
int clip_sysctl_parse_half(const char *text, size_t size, u32 *value)
{
	char copy[32];
	s64 number;

	if (size >= sizeof(copy) || memchr(text, '\0', size))
		return -EINVAL;
	memcpy(copy, text, size);
	copy[size] = '\0';
	if (kstrtos64(strim(copy), 0, &number) || number < S32_MIN ||
	    number > U32_MAX)
		return -EINVAL;
	*value = number;
	return 0;
}

/* SY-02: A task that may load modules can do anything else as well. */
static int may_write(loff_t pos)
{
	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	/* Partial writes are not supported. */
	return pos ? -EINVAL : 0;
}

static int read_new(const void *buffer, size_t size, loff_t *ppos, u64 most,
		    u64 *value)
{
	int err = may_write(*ppos);

	if (!err)
		err = clip_sysctl_parse(buffer, size, most, value);
	if (!err)
		*ppos += size;
	return err;
}

static int mask_handler(const struct ctl_table *table, int write, void *buffer,
			size_t *lenp, loff_t *ppos)
{
	atomic64_t *mask = table->data;
	char text[32];
	u64 value;
	int err;

	if (write) {
		err = read_new(buffer, *lenp, ppos, U64_MAX, &value);
		if (!err)
			atomic64_and(value, mask);
		return err;
	}
	snprintf(text, sizeof(text), "%#llx", (u64)atomic64_read(mask));
	return show(text, write, buffer, lenp, ppos);
}

/*
 * The names of the original, for boot scripts that use them: half of a mask
 * each, as a signed number. They are other views of the same masks.
 */
static int half_handler(const struct ctl_table *table, int write, void *buffer,
			size_t *lenp, loff_t *ppos)
{
	const unsigned int shift = (uintptr_t)table->extra1;
	atomic64_t *mask = table->data;
	char text[16];
	u32 value;
	int err;

	if (write) {
		err = may_write(*ppos) ?:
		      clip_sysctl_parse_half(buffer, *lenp, &value);
		if (err)
			return err;
		atomic64_and((u64)value << shift | ~((u64)U32_MAX << shift),
			     mask);
		*ppos += *lenp;
		return 0;
	}
	snprintf(text, sizeof(text), "%d",
		 (s32)((u64)atomic64_read(mask) >> shift));
	return show(text, write, buffer, lenp, ppos);
}

/* Writing 1 sets the latch, writing 0 leaves it unchanged. */
static int latch_handler(const struct ctl_table *table, int write,
			 void *buffer, size_t *lenp, loff_t *ppos)
{
	const enum clip_latch latch = (uintptr_t)table->extra1;
	u64 value;
	int err;

	if (write) {
		err = read_new(buffer, *lenp, ppos, 1, &value);
		if (!err && value) {
			clip_check_opens();
			clip_set_latches(BIT(latch));
		}
		return err;
	}
	return show(clip_latched(latch) ? "1" : "0", write, buffer, lenp, ppos);
}

/* A clear bit leaves its latch unchanged. An unknown bit is an error. */
static int require_handler(const struct ctl_table *table, int write,
			   void *buffer, size_t *lenp, loff_t *ppos)
{
	char text[32];
	u64 value;
	int err;

	if (write) {
		err = read_new(buffer, *lenp, ppos, U64_MAX, &value);
		if (err)
			return err;
		if (value & ~CLIP_PRIVS_REQUIRABLE)
			return -EINVAL;
		clip_set_latches(value);
		return 0;
	}
	snprintf(text, sizeof(text), "%#llx",
		 READ_ONCE(clip_latches) & CLIP_PRIVS_REQUIRABLE);
	return show(text, write, buffer, lenp, ppos);
}

#define HALF(name, mask, shift) { \
	.procname = (name), .data = &(mask), .mode = 0600, \
	.proc_handler = half_handler, .extra1 = (void *)(uintptr_t)(shift), \
}

#define ONE_BIT(name, latch) { \
	.procname = (name), .mode = 0600, .proc_handler = latch_handler, \
	.extra1 = (void *)(uintptr_t)(latch), \
}

/* "0 empty" says that a table without rules is meant. */
static bool asks_for_empty(const char *text, size_t *size)
{
	static const char word[] = "empty";
	size_t end = *size;

	while (end && isspace(text[end - 1]))
		end--;
	if (end <= strlen(word) || !isspace(text[end - strlen(word) - 1]) ||
	    memcmp(text + end - strlen(word), word, strlen(word)))
		return false;
	*size = end - strlen(word);
	return true;
}

/*
 * This latch keeps its historical meaning: it reads 1 as long as the controls
 * are off, and writing 0 sets it. What boot scripts have always written must
 * keep its effect, unless they have failed to load any rule before.
 */
static int mount_handler(const struct ctl_table *table, int write,
			 void *buffer, size_t *lenp, loff_t *ppos)
{
	size_t size = *lenp;
	loff_t pos = *ppos;
	bool empty;
	u64 value;
	int err;

	if (!write)
		return show(clip_latched(CLIP_LATCH_MOUNT) ? "0" : "1", write,
			    buffer, lenp, ppos);
	empty = asks_for_empty(buffer, &size);
	err = read_new(buffer, size, &pos, empty ? 0 : 1, &value);
	if (!err && !value) {
		clip_check_opens();
		err = clip_device_table_lock(empty);
	}
	if (!err)
		*ppos += *lenp;
	return err;
}

static int tpe_handler(const struct ctl_table *table, int write, void *buffer,
		       size_t *lenp, loff_t *ppos)
{
	u64 value;
	int err;

	if (write) {
		err = read_new(buffer, *lenp, ppos, 1, &value);
		if (!err && value)
			clip_tpe_lock();
		return err;
	}
	return show(clip_latched(CLIP_LATCH_TPE) ? "1" : "0", write, buffer,
		    lenp, ppos);
}

/* The number is decimal, as in all other tools that write a group id. */
static int tpe_gid_handler(const struct ctl_table *table, int write,
			   void *buffer, size_t *lenp, loff_t *ppos)
{
	char text[16];
	u32 gid;
	int err;

	if (!write) {
		snprintf(text, sizeof(text), "%u", clip_tpe_gid());
		return show(text, write, buffer, lenp, ppos);
	}
	if (!capable(CAP_SYS_MODULE))
		return -EPERM;
	if (*ppos || *lenp >= sizeof(text) || memchr(buffer, '\0', *lenp))
		return -EINVAL;
	memcpy(text, buffer, *lenp);
	text[*lenp] = '\0';
	if (kstrtou32(strim(text), 10, &gid))
		return -EINVAL;
	err = clip_tpe_set_gid(gid);
	if (!err)
		*ppos += *lenp;
	return err;
}

static struct ctl_table clip_sysctls[] = {
	{
		.procname = "rootcap",
		.data = &clip_rootcap,
		.maxlen = sizeof(clip_rootcap),
		.mode = 0600,
		.proc_handler = mask_handler,
	}, {
		.procname = "capbound",
		.data = &clip_capbound,
		.maxlen = sizeof(clip_capbound),
		.mode = 0600,
		.proc_handler = mask_handler,
	},
	HALF("rootcap0", clip_rootcap, 0),
	HALF("rootcap1", clip_rootcap, 32),
	HALF("capbound0", clip_capbound, 0),
	HALF("capbound1", clip_capbound, 32),
	ONE_BIT("nosuid_root", CLIP_LATCH_NOSUID_ROOT),
	ONE_BIT("exec_permission", CLIP_LATCH_EXEC_PERMISSION),
	ONE_BIT("network", CLIP_LATCH_NETWORK),
	ONE_BIT("netlink", CLIP_LATCH_NETLINK),
	ONE_BIT("xfrm", CLIP_LATCH_XFRM),
	ONE_BIT("syslog", CLIP_LATCH_SYSLOG),
	ONE_BIT("unshare", CLIP_LATCH_UNSHARE),
	ONE_BIT("chroot", CLIP_LATCH_CHROOT),
	ONE_BIT("fuse", CLIP_LATCH_FUSE),
	ONE_BIT("devmem", CLIP_LATCH_DEVMEM),
	ONE_BIT("firmware", CLIP_LATCH_FIRMWARE),
	ONE_BIT("drm", CLIP_LATCH_DRM),
#ifdef CONFIG_SECURITY_CLIP_SIGNED
	ONE_BIT("signed", CLIP_LATCH_SIGNED),
#endif
	ONE_BIT("listed_modules", CLIP_LATCH_LISTED_MODULES),
	ONE_BIT("devices_strict", CLIP_LATCH_DEVICES_STRICT),
	ONE_BIT("wx_memory", CLIP_LATCH_WX_MEMORY),
	{
		.procname = "mount", .mode = 0600,
		.proc_handler = mount_handler,
	}, {
		.procname = "tpe", .mode = 0600,
		.proc_handler = tpe_handler,
	}, {
		.procname = "tpe_gid", .mode = 0600,
		.proc_handler = tpe_gid_handler,
	}, {
		.procname = "require",
		.mode = 0600,
		.proc_handler = require_handler,
	},
};

static int __init clip_sysctl_init(void)
{
	if (!clip_initialized)
		return 0;
	if (!register_sysctl("kernel/clip", clip_sysctls))
		pr_err("no memory for the sysctls\n");
	return 0;
}
fs_initcall(clip_sysctl_init);
