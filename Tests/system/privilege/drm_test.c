// SPDX-License-Identifier: GPL-2.0-only
/*
 * Graphics cards (PR-17): the requests for which their core requires
 * CAP_SYS_ADMIN. The first tests leave the latch kernel.clip.drm off.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "holders.h"
#include "latch.h"
#include "programs/drm_device.h"

#include <linux/fs.h>
#include <linux/random.h>
#include <linux/securebits.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/drm"
#define CARD	"/dev/dri/card0"
#define ADMIN	(1ULL << CAP_SYS_ADMIN)

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_DRM), 0, false },
	{ DIR "/admin", 0, ADMIN, false },
	{ DIR "/drm", CLIP_PRIV_DRM, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)

static const uid_t uids[] = { 0, USER_ID };

HOLDERS_RUN(PROGRAM)

static int setup(void)
{
	int err = make_holders(DIR, holders, HOLDERS);

	return err ?: chmod(CARD, 0666) ? errno : 0;
}

/*
 * Only the master of a card gets as far as the error that there is no such
 * magic.
 */
static bool is_master(int card)
{
	struct card_magic none = {};

	return ioctl(card, CARD_AUTH_MAGIC, &none) && errno == EINVAL;
}

/*
 * A task that opens a card without a master becomes its master, and may drop
 * that.
 */
static void masters(struct __test_metadata *_metadata, bool latched)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool may = (holder->privileges & CLIP_PRIV_DRM) ||
				 (holder->capabilities && !latched);
		const int card = open(CARD, O_RDWR | O_CLOEXEC);
		struct actor actor;

		ASSERT_TRUE(is_master(card));
		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		ASSERT_EQ(0, ask(&actor, "keep " CARD));
		EXPECT_EQ(may ? EBUSY : EACCES,
			  ask(&actor, "ioctl %u", (unsigned int)CARD_SET_MASTER)) {
			TH_LOG("%s, uid %u", holder->path, uids[h % 2]);
		}
		EXPECT_TRUE(is_master(card));
		ASSERT_EQ(0, ioctl(card, CARD_DROP_MASTER, 0));
		EXPECT_EQ(may ? 0 : EACCES,
			  ask(&actor, "ioctl %u", (unsigned int)CARD_SET_MASTER));
		EXPECT_EQ(may ? EBUSY : 0,
			  ioctl(card, CARD_SET_MASTER, 0) ? errno : 0);
		EXPECT_EQ(!may, is_master(card));
		EXPECT_EQ(may ? 0 : EACCES,
			  ask(&actor, "ioctl %u", (unsigned int)CARD_DROP_MASTER));
		EXPECT_EQ(!may, is_master(card));
		actor_stop(&actor);
		close(card);
	}
}

/* Some requests require the capability of the master, too. */
static void reserved(struct __test_metadata *_metadata, bool latched)
{
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool may = (holder->privileges & CLIP_PRIV_DRM) ||
				 (holder->capabilities && !latched);
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		ASSERT_EQ(0, ask(&actor, "keep " CARD));
		EXPECT_EQ(EINVAL, ask(&actor, "ioctl %u",
				      (unsigned int)CARD_AUTH_MAGIC));
		EXPECT_EQ(may ? 0 : EACCES,
			  ask(&actor, "ioctl %u",
			      (unsigned int)CARD_BLOCK)) {
			TH_LOG("%s, uid %u", holder->path, uids[h % 2]);
		}
		actor_stop(&actor);
	}
}

/* Framebuffers, which the master shows on the screen. */
static void framebuffers(struct __test_metadata *_metadata, bool latched)
{
	const int card = open(CARD, O_RDWR | O_CLOEXEC);
	struct card_buffer dumb = {
		.width = 64, .height = 64, .bits = 32,
	};
	struct card_framebuffer fb = {
		.width = 64, .height = 64, .bits = 32, .depth = 24,
	};

	ASSERT_TRUE(is_master(card));
	ASSERT_EQ(0, ioctl(card, CARD_CREATE_BUFFER, &dumb));
	fb.handle = dumb.handle;
	fb.pitch = dumb.pitch;
	ASSERT_EQ(0, ioctl(card, CARD_ADD_FRAMEBUFFER, &fb));
	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool may = (holder->privileges & CLIP_PRIV_DRM) ||
				 (holder->capabilities && !latched);
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		ASSERT_EQ(0, ask(&actor, "keep " CARD));
		EXPECT_EQ(may ? 0 : EACCES, ask(&actor, "getfb %u", fb.id)) {
			TH_LOG("%s, uid %u", holder->path, uids[h % 2]);
		}
		actor_stop(&actor);
	}
	close(card);
}

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, latch("drm"));
	ASSERT_EQ(0, disable_root_capabilities());
}

FIXTURE_TEARDOWN(off)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(off, masters)
{
	masters(_metadata, false);
}

TEST_F(off, reserved)
{
	reserved(_metadata, false);
}

TEST_F(off, framebuffers)
{
	framebuffers(_metadata, false);
}

static const char * const beyond[] = {
	"other hostname", "other swapon", "other fanotify", "other opentree",
	"other fsopen", "other pivot", "other tmpfs", "other bind",
	"other private", "other remount", "other umount", "unshare 0x04000000",
	"other ioprio", "inherit 21", "ambient 21",
};

/* CAP_SYS_ADMIN does many things, by ioctl(2) too, and on this file as well. */
TEST_F(off, nothing_besides)
{
	struct actor actor;

	for (size_t h = 0; h < 2; h++) {
		ASSERT_EQ(0, actor_start(&actor, DIR "/drm", uids[h]));
		ASSERT_EQ(0, ask(&actor, "keep " CARD));
		ASSERT_EQ(0, ask(&actor, "ioctl %u",
				 (unsigned int)CARD_BLOCK));
		for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
			EXPECT_EQ(EPERM, ask(&actor, "%s", beyond[i])) {
				TH_LOG("%s, uid %u", beyond[i], uids[h]);
			}
		}
		EXPECT_EQ(EPERM, ask(&actor, "ioctl %u",
				     (unsigned int)FIFREEZE));
		ASSERT_EQ(0, ask(&actor, "keepfile /dev/random"));
		EXPECT_EQ(EPERM, ask(&actor, "ioctl %u", (unsigned int)RNDCLEARPOOL));
		actor_stop(&actor);
	}
	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	ASSERT_EQ(0, ask(&actor, "keep " CARD));
	EXPECT_EQ(EOPNOTSUPP, ask(&actor, "ioctl %u",
				  (unsigned int)FIFREEZE));
	ASSERT_EQ(0, ask(&actor, "keepfile /dev/random"));
	EXPECT_EQ(0, ask(&actor, "ioctl %u", (unsigned int)RNDCLEARPOOL));
	actor_stop(&actor);
}

/* A card that was passed on does not give the rights of its opener. */
TEST_F(off, passed_on_descriptors)
{
	const int card = open(CARD, O_RDWR | O_CLOEXEC);
	struct actor holder, actor;

	ASSERT_TRUE(is_master(card));
	ASSERT_EQ(0, actor_start(&holder, DIR "/drm", USER_ID));
	ASSERT_EQ(0, actor_start(&actor, DIR "/others", USER_ID));
	ASSERT_EQ(0, ask(&holder, "keep " CARD));
	ASSERT_EQ(0, ask(&holder, "give"));
	ASSERT_EQ(0, ask(&actor, "take"));
	EXPECT_EQ(EBUSY, ask(&holder, "ioctl %u", (unsigned int)CARD_SET_MASTER));
	EXPECT_EQ(EACCES, ask(&actor, "ioctl %u", (unsigned int)CARD_SET_MASTER));
	/* Nor does the privilege work through io_uring. */
	EXPECT_EQ(0, ask(&holder, "ring"));
	EXPECT_EQ(EACCES, ask(&holder, "ioctl %u", (unsigned int)CARD_SET_MASTER));
	actor_stop(&actor);
	actor_stop(&holder);
	close(card);
}

FIXTURE(drm) {};

/* Root has all its capabilities where the privilege is required. */
FIXTURE_SETUP(drm)
{
	ASSERT_EQ(0, setup());
	ASSERT_EQ(0, set_latch("drm", "1"));
}

FIXTURE_TEARDOWN(drm)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(drm, masters)
{
	const long long before = status_value("refused.no-privilege");

	masters(_metadata, true);
	EXPECT_LT(before, status_value("refused.no-privilege"));
}

TEST_F(drm, reserved)
{
	reserved(_metadata, true);
}

TEST_F(drm, framebuffers)
{
	framebuffers(_metadata, true);
}

/* A holder of the capability keeps everything else that it permits. */
TEST_F(drm, nothing_else_needs_it)
{
	struct actor actor;

	ASSERT_EQ(0, actor_start(&actor, DIR "/admin", USER_ID));
	ASSERT_EQ(0, ask(&actor, "keep " CARD));
	EXPECT_EQ(EACCES, ask(&actor, "ioctl %u",
			      (unsigned int)CARD_BLOCK));
	EXPECT_EQ(EOPNOTSUPP, ask(&actor, "ioctl %u",
				  (unsigned int)FIFREEZE));
	ASSERT_EQ(0, ask(&actor, "keepfile /dev/random"));
	EXPECT_EQ(0, ask(&actor, "ioctl %u", (unsigned int)RNDCLEARPOOL));
	EXPECT_EQ(0, ask(&actor, "other hostname"));
	actor_stop(&actor);
}

TEST_HARNESS_MAIN
