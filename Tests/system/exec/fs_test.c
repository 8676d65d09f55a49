// SPDX-License-Identifier: GPL-2.0-only
/*
 * On which filesystems an entry checks, and on which it grants.
 */
#include "active.h"
#include "device.h"
#include "digest.h"
#include "files.h"
#include "image.h"
#include "loop.h"
#include "process.h"

#include <linux/fsverity.h>
#include <linux/loop.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define TOP	"/tmp/fs"
#define DIR	TOP "/mnt"
#define A	DIR "/a"
#define EXT4	"/usr/lib/clip/tests/ext4.img"
#define VFAT	"/usr/lib/clip/tests/vfat.img"

FIXTURE(fs)
{
	struct rule rule;
	int loop;
};

enum kind { TMPFS, RAMFS, EXT4FS, OVERLAY };

FIXTURE_VARIANT(fs)
{
	enum kind kind;
	bool trusted;
};

FIXTURE_VARIANT_ADD(fs, tmpfs) { .kind = TMPFS, .trusted = true };
FIXTURE_VARIANT_ADD(fs, ramfs) { .kind = RAMFS, .trusted = true };
FIXTURE_VARIANT_ADD(fs, ext4) { .kind = EXT4FS, .trusted = true };
FIXTURE_VARIANT_ADD(fs, overlayfs) { .kind = OVERLAY, .trusted = false };

FIXTURE_SETUP(fs)
{
	char device[32];

	self->loop = -1;
	ASSERT_EQ(0, private_tmpfs(TOP, 0));
	ASSERT_EQ(0, mkdir(DIR, 0755));
	switch (variant->kind) {
	case TMPFS:
		ASSERT_EQ(0, mount("t", DIR, "tmpfs", 0, "mode=755"));
		break;
	case RAMFS:
		ASSERT_EQ(0, mount("r", DIR, "ramfs", 0, "mode=755"));
		break;
	case EXT4FS:
		ASSERT_EQ(0, copy_file(EXT4, TOP "/img", 0600));
		self->loop = loop_attach(TOP "/img", device, sizeof(device));
		ASSERT_LE(0, self->loop);
		ASSERT_EQ(0, mount(device, DIR, "ext4", 0, NULL));
		break;
	case OVERLAY:
		ASSERT_EQ(0, mkdir(TOP "/lower", 0755));
		ASSERT_EQ(0, mkdir(TOP "/upper", 0755));
		ASSERT_EQ(0, mkdir(TOP "/work", 0755));
		ASSERT_EQ(0, mount("o", DIR, "overlay", 0, "lowerdir=" TOP
				   "/lower,upperdir=" TOP "/upper,workdir="
				   TOP "/work"));
		break;
	}
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
}

FIXTURE_TEARDOWN(fs)
{
	umount2(DIR, MNT_DETACH);
	if (self->loop >= 0)
		ioctl(self->loop, LOOP_CLR_FD);
	umount2(TOP, MNT_DETACH);
}

/*
 * Fault 2: an entry identifies its file on the filesystems of a list. On others
 * it is refused, the store stays as it was, and the file runs as unlisted.
 */
#define LOAD_WHERE_IDENTIFIED() do { \
	const struct store_state before_ = store_state(); \
	\
	if (!variant->trusted) { \
		EXPECT_EQ(EOPNOTSUPP, load(&self->rule)); \
		EXPECT_EQ(before_.generation, store_state().generation); \
		EXPECT_EQ(before_.entries, store_state().entries); \
		EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL)); \
		EXPECT_PLAIN(probe_run(A, USER_ID)); \
		return; \
	} \
	ASSERT_EQ(0, load(&self->rule)); \
} while (0)

TEST_F(fs, grants_only_where_trusted)
{
	const long long ungranted = status_value("ungranted");
	struct probe p;

	LOAD_WHERE_IDENTIFIED();
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(BIND, p.permitted);
	EXPECT_EQ(0, p.bound);
	EXPECT_EQ(1, p.secure);
	EXPECT_EQ(ungranted, status_value("ungranted"));
}

TEST_F(fs, verifies_everywhere)
{
	LOAD_WHERE_IDENTIFIED();
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

/* A verdict is cached only on filesystems where all writers are detected. */
TEST_F(fs, caches_only_where_trusted)
{
	long long verified;

	LOAD_WHERE_IDENTIFIED();
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	verified = status_value("verified");
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(verified, status_value("verified"));
}

TEST_F(fs, umount_ends_its_entries)
{
	const struct store_state before = store_state();

	LOAD_WHERE_IDENTIFIED();
	EXPECT_EQ(before.entries + 1, store_state().entries);
	ASSERT_EQ(0, umount(DIR));
	EXPECT_EQ(before.entries, store_state().entries);
}

/*
 * ST-18, intent: a new filesystem with the numbers of an old one has no entry.
 */
TEST_F(fs, same_numbers_on_a_later_mount)
{
	char device[32];

	LOAD_WHERE_IDENTIFIED();
	ASSERT_EQ(0, umount(DIR));
	if (variant->kind == EXT4FS) {
		/* The inode, generation and device numbers are the same. */
		snprintf(device, sizeof(device), "/dev/loop%d", ({
			struct loop_info64 info;

			ioctl(self->loop, LOOP_GET_STATUS64, &info);
			(int)info.lo_number;
		}));
		ASSERT_EQ(0, mount(device, DIR, "ext4", 0, NULL));
	} else {
		ASSERT_EQ(0, mount("t", DIR, "tmpfs", 0, "mode=755"));
		ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	}
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_EQ(0, probe_run(A, USER_ID).permitted);
}

/* CA-04: eviction from the inode cache ends the verdict, not the entry. */
TEST_F(fs, eviction_changes_nothing)
{
	LOAD_WHERE_IDENTIFIED();
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	sync();
	ASSERT_EQ(0, write_text("/proc/sys/vm/drop_caches", "3"));
	EXPECT_EQ(CLIP_STATE_LISTED, query(A, 0, NULL));
	EXPECT_EQ(BIND, probe_run(A, USER_ID).permitted);
	ASSERT_EQ(0, append_byte(A));
	sync();
	ASSERT_EQ(0, write_text("/proc/sys/vm/drop_caches", "3"));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

FIXTURE(verity)
{
	struct rule rule;
	int loop;
};

FIXTURE_VARIANT(verity)
{
	uint32_t hash, other;
	uint16_t algorithm, size;
};

FIXTURE_VARIANT_ADD(verity, sha256) {
	.hash = FS_VERITY_HASH_ALG_SHA256, .other = FS_VERITY_HASH_ALG_SHA512,
	.algorithm = CLIP_ALGO_FSVERITY_SHA256, .size = 32,
};

FIXTURE_VARIANT_ADD(verity, sha512) {
	.hash = FS_VERITY_HASH_ALG_SHA512, .other = FS_VERITY_HASH_ALG_SHA256,
	.algorithm = CLIP_ALGO_FSVERITY_SHA512, .size = 64,
};

FIXTURE_SETUP(verity)
{
	char device[32];

	ASSERT_EQ(0, private_tmpfs(TOP, 0));
	ASSERT_EQ(0, mkdir(DIR, 0755));
	ASSERT_EQ(0, copy_file(EXT4, TOP "/img", 0600));
	self->loop = loop_attach(TOP "/img", device, sizeof(device));
	ASSERT_LE(0, self->loop);
	ASSERT_EQ(0, mount(device, DIR, "ext4", 0, NULL));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, DIR "/twin", 0755));
	ASSERT_EQ(0, enable_verity(DIR "/twin", variant->hash));
	self->rule = (struct rule) {
		.path = A, .flags = CLIP_ENTRY_EXE,
		.effective = BIND, .permitted = BIND,
		.algorithm = variant->algorithm,
		.digest_size = variant->size,
	};
	/* The same content has the same digest, with fs-verity or without. */
	ASSERT_EQ(0, measure_verity(DIR "/twin", self->rule.digest,
				    variant->size));
}

FIXTURE_TEARDOWN(verity)
{
	umount2(DIR, MNT_DETACH);
	ioctl(self->loop, LOOP_CLR_FD);
	umount2(TOP, MNT_DETACH);
}

TEST_F(verity, digest_is_taken_from_the_filesystem)
{
	const long long hashed = status_value("hashed_bytes");

	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, enable_verity(A, variant->hash));
	EXPECT_EQ(BIND, probe_run(A, USER_ID).permitted);
	/* The file was not read for this: it takes constant time. */
	EXPECT_EQ(hashed, status_value("hashed_bytes"));
	EXPECT_NE(0, append_byte(A));
	/* Another digest stands for another content. */
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

/* The right content is not enough: the filesystem must provide the digest. */
TEST_F(verity, file_without_verity_is_refused)
{
	const long long before = status_value("refused.no-fsverity");

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.no-fsverity"));
	ASSERT_EQ(0, enable_verity(A, variant->hash));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

TEST_F(verity, other_hash_algorithm_is_refused)
{
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, enable_verity(A, variant->other));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

/* A digest of the content works for such a file too. */
TEST_F(verity, content_digest_of_a_verity_file)
{
	struct rule rule;

	ASSERT_EQ(0, enable_verity(A, variant->hash));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

TEST(verity_on_other_filesystems)
{
	const struct rule rule = {
		.path = A, .flags = CLIP_ENTRY_EXE,
		.algorithm = CLIP_ALGO_FSVERITY_SHA256, .digest_size = 32,
	};

	ASSERT_EQ(0, private_tmpfs(TOP, 0));
	ASSERT_EQ(0, mkdir(DIR, 0755));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, unload(A));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

/* FAT has no number that identifies a file, so that nothing can be listed. */
TEST(vfat_cannot_be_listed)
{
	struct outcome outcome;
	struct rule rule;
	char device[32];
	int loop;

	ASSERT_EQ(0, private_tmpfs(TOP, 0));
	ASSERT_EQ(0, mkdir(DIR, 0755));
	ASSERT_EQ(0, copy_file(VFAT, TOP "/img", 0600));
	loop = loop_attach(TOP "/img", device, sizeof(device));
	ASSERT_LE(0, loop);
	ASSERT_EQ(0, mount(device, DIR, "vfat", 0, NULL));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	EXPECT_EQ(EOPNOTSUPP, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0,
					   &outcome));
	EXPECT_EQ(CLIP_REASON_UNTRUSTED_FS, outcome.results[0].reason);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	umount(DIR);
	ioctl(loop, LOOP_CLR_FD);
}

TEST_HARNESS_MAIN
