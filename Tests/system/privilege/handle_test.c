// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are opened by a handle (MI-03), and the devices for memory (MI-01,
 * PR-17).
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "latch.h"

#include <linux/major.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/handle"
#define XID	77

static int open_handle(void *path)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, fd, dir, err;

	if (name_to_handle_at(AT_FDCWD, path, &u.handle, &mount_id, 0))
		return 200;
	dir = open(path, O_RDONLY | O_CLOEXEC);
	fd = open_by_handle_at(dir, &u.handle, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : 0;
	close(fd);
	close(dir);
	return err;
}

/* With every capability, in context 0 and in another one. */
TEST(open_by_handle)
{
	char path[] = DIR "/file";
	int fd;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file("/proc/version", path, 0644));
	EXPECT_EQ(0, open_handle(path));
	fd = context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, fd);
	EXPECT_EQ(EPERM, do_in_context(fd, open_handle, path));
	close(fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

#define RAWIO	(1ULL << CAP_SYS_RAWIO)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_DRM), RAWIO, false },
	{ DIR "/drm", CLIP_PRIV_DRM, RAWIO, false },
	{ DIR "/uncapable", CLIP_PRIV_DRM, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

FIXTURE(memory) {};

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, set_level(CLIP_CONTEXT_ADMIN, 0));
	ASSERT_EQ(0, hash_program(PROGRAM));
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, make_exchange());
	for (size_t i = 0; i < HOLDERS; i++)
		ASSERT_EQ(0, make_holder(&holders[i]));
	ASSERT_EQ(0, mknod(DIR "/mem", S_IFCHR, makedev(MEM_MAJOR, 1)));
	ASSERT_EQ(0, mknod(DIR "/null", S_IFCHR, makedev(MEM_MAJOR, 3)));
	ASSERT_EQ(0, mknod(DIR "/port", S_IFCHR, makedev(MEM_MAJOR, 4)));
	ASSERT_EQ(0, chmod(DIR "/mem", 0666));
	ASSERT_EQ(0, chmod(DIR "/null", 0666));
	ASSERT_EQ(0, chmod(DIR "/port", 0666));
	ASSERT_EQ(0, set_level(CLIP_CONTEXT_ADMIN, CLIP_LEVEL_ACTIVE));
}

FIXTURE_TEARDOWN(memory)
{
	umount2(DIR, MNT_DETACH);
}

/*
 * MI-01: before and after the latch. The kernel's own check of CAP_SYS_RAWIO
 * stays.
 */
TEST_F(memory, acts)
{
	ASSERT_EQ(0, latch("devmem"));
	for (int latched = 0; latched < 2; latched++) {
		if (latched)
			ASSERT_EQ(0, set_latch("devmem", "1"));
		for (size_t h = 0; h < 2 * HOLDERS; h++) {
			const struct holder *holder = &holders[h / 2];
			const uid_t uid = uids[h % 2];
			const bool capable = !uid || holder->capabilities;
			const bool held = holder->privileges & CLIP_PRIV_DRM;
			struct actor actor;

			ASSERT_EQ(0, actor_start(&actor, holder->path, uid));
			EXPECT_EQ(capable && (held || !latched) ? 0 : EPERM,
				  ask(&actor, "open " DIR "/mem")) {
				TH_LOG("%s, uid %u", holder->path, uid);
			}
			/*
			 * There is no such device; the refusal comes before
			 * that error.
			 */
			EXPECT_EQ(latched ? EPERM : ENXIO,
				  ask(&actor, "open " DIR "/port"));
			EXPECT_EQ(0, ask(&actor, "open " DIR "/null"));
			EXPECT_EQ(latched ? EPERM : ENXIO,
				  ask(&actor, "openask " DIR "/port"));
			EXPECT_EQ(0, ask(&actor, "openask " DIR "/null"));
			actor_stop(&actor);
		}
	}
}

TEST_HARNESS_MAIN
