// SPDX-License-Identifier: GPL-2.0-only
/*
 * PROCFD (PR-06, PC-01, PC-02): what procfs shows of tasks of other users, and
 * of undumpable or raised tasks.
 */
#include "active.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "holders.h"
#include "image.h"

#include <linux/securebits.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"

#define PROGRAM	"/usr/lib/clip/tests/privilege_actor"
#define DIR	"/tmp/procfd"

static const struct holder holders[] = {
	{ DIR "/none", 0, 0, true },
	{ DIR "/others", ALL_BUT(CLIP_PRIV_PROCFD), 0, false },
	{ DIR "/procfd", CLIP_PRIV_PROCFD, 0, false },
};

#define HOLDERS	ARRAY_SIZE(holders)
#define SEARCH	(1ULL << CAP_DAC_READ_SEARCH)

/*
 * Modes of files do not stop these holders, so that only the module's rules
 * remain.
 */
static const struct holder searchers[] = {
	{ DIR "/search", 0, SEARCH, false },
	{ DIR "/procfdsearch", CLIP_PRIV_PROCFD, SEARCH, false },
	{ DIR "/tracesearch", 0, SEARCH | 1ULL << CAP_SYS_PTRACE, false },
};

/* This task is raised and of another user, and so undumpable. */
static const struct holder raised = { DIR "/raised", CLIP_PRIV_KSYSLOG,
				      KILL, false };

static const uid_t uids[] = { 0, USER_ID + 1 };

HOLDERS_RUN(PROGRAM)

FIXTURE(procfd)
{
	struct actor targets[2];
};

FIXTURE_SETUP(procfd)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, make_exchange());
	for (size_t i = 0; i < HOLDERS; i++)
		ASSERT_EQ(0, make_holder(&holders[i]));
	for (size_t i = 0; i < 3; i++)
		ASSERT_EQ(0, make_holder(&searchers[i]));
	ASSERT_EQ(0, make_holder(&raised));
	ASSERT_EQ(0, actor_start(&self->targets[0], DIR "/none", USER_ID));
	ASSERT_EQ(0, actor_start(&self->targets[1], raised.path, USER_ID));
	/*
	 * Programs that this test executes from now on get nothing for being
	 * root.
	 */
	ASSERT_EQ(0, disable_root_capabilities());
}

FIXTURE_TEARDOWN(procfd)
{
	actor_stop(&self->targets[0]);
	actor_stop(&self->targets[1]);
	umount2(DIR, MNT_DETACH);
}

/* Looking at tasks of other users and at raised tasks. */
TEST_F(procfd, looking_needs_the_privilege)
{
	static const char * const looks[] = {
		"readlink /proc/%d/exe", "readlink /proc/%d/cwd",
		"readlink /proc/%d/root", "open /proc/%d/exe",
		"open /proc/%d/maps", "open /proc/%d/smaps",
	};

	for (size_t h = 0; h < 2 * HOLDERS; h++) {
		const struct holder *holder = &holders[h / 2];
		const bool held = holder->privileges & CLIP_PRIV_PROCFD;
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, holder->path, uids[h % 2]));
		for (size_t i = 0; i < 12; i++) {
			const pid_t pid = self->targets[i % 2].pid;
			char command[64];

			snprintf(command, sizeof(command), looks[i / 2], pid);
			EXPECT_EQ(held ? 0 : EACCES, ask(&actor, "%s", command)) {
				TH_LOG("%s by %s, uid %u, target %zu", command,
				       holder->path, uids[h % 2], i % 2);
			}
		}
		actor_stop(&actor);
	}
}

/* The privilege permits looking only. */
TEST_F(procfd, nothing_besides)
{
	for (size_t h = 0; h < 2; h++) {
		struct actor actor;

		ASSERT_EQ(0, actor_start(&actor, DIR "/procfd", uids[h]));
		for (size_t i = 0; i < 2; i++) {
			const pid_t pid = self->targets[i].pid;

			EXPECT_EQ(EACCES, ask(&actor, "open /proc/%d/mem", pid));
			EXPECT_EQ(EACCES, ask(&actor, "openrw /proc/%d/mem",
					      pid));
			EXPECT_EQ(EACCES, ask(&actor, "open /proc/%d/environ",
					      pid));
			EXPECT_EQ(EACCES, ask(&actor, "open /proc/%d/io", pid));
			EXPECT_EQ(EPERM, ask(&actor, "attach %d", pid));
			EXPECT_EQ(EPERM, ask(&actor, "vmread %d", pid));
			EXPECT_EQ(EPERM, ask(&actor, "takefd %d 0", pid));
		}
		/*
		 * The actor is undumpable, so that for the kernel its own files
		 * belong to root.
		 */
		EXPECT_EQ(uids[h] ? EACCES : 0,
			  ask(&actor, "open /proc/self/mem"));
		EXPECT_EQ(uids[h] ? EACCES : 0,
			  ask(&actor, "open /proc/self/environ"));
		EXPECT_EQ(uids[h] ? EACCES : 0,
			  ask(&actor, "open /proc/self/io"));
		EXPECT_EQ(0, ask(&actor, "open /proc/self/maps"));
		EXPECT_EQ(EPERM, ask(&actor, "inherit %d", CAP_SYS_PTRACE));
		EXPECT_EQ(0, ask(&actor, "ring"));
		EXPECT_EQ(EACCES, ask(&actor, "open /proc/%d/maps",
				      self->targets[0].pid));
		actor_stop(&actor);
	}
}

/* The error of opening a file, or else of reading it. */
static long read_file(struct actor *actor, const char *name, pid_t pid)
{
	long err = ask(actor, "keepfile /proc/%d/%s", pid, name);

	if (err)
		return err;
	err = ask(actor, "read");
	ask(actor, "close");
	return err;
}

/*
 * PC-01: PROCFD does not open private files where modes would permit it.
 * CAP_SYS_PTRACE does, for a task that is not raised. Some files refuse when
 * they are opened, others when they are read.
 */
TEST_F(procfd, private_files)
{
	static const char * const files[] = {
		"io", "task/%d/io", "environ", "mem",
	};

	for (size_t i = 0; i < 2 * 4; i++) {
		const pid_t pid = self->targets[i % 2].pid;
		const bool memory = !strcmp(files[i / 2], "mem");
		struct actor actor;
		char name[32];

		snprintf(name, sizeof(name), files[i / 2], pid);
		for (size_t h = 0; h < 4; h++) {
			const struct holder *holder = &searchers[h / 2];

			ASSERT_EQ(0, actor_start(&actor, holder->path,
						 uids[h % 2]));
			EXPECT_EQ(EACCES, read_file(&actor, name, pid)) {
				TH_LOG("%s by %s, uid %u, target %zu", name,
				       holder->path, uids[h % 2], i % 2);
			}
			EXPECT_EQ(h < 2 ? EACCES : 0,
				  read_file(&actor, "maps", pid));
			actor_stop(&actor);
		}
		/*
		 * Reading address 0 of a memory that may be opened fails: it is
		 * not mapped.
		 */
		ASSERT_EQ(0, actor_start(&actor, searchers[2].path, uids[1]));
		EXPECT_EQ(i % 2 ? EACCES : memory ? EIO : 0,
			  read_file(&actor, name, pid)) {
			TH_LOG("%s by %s, target %zu", name, searchers[2].path,
			       i % 2);
		}
		actor_stop(&actor);
	}
}

/* A task may read its own files. */
TEST_F(procfd, own_private_files)
{
	struct actor actor;

	for (size_t h = 0; h < 2; h++) {
		ASSERT_EQ(0, actor_start(&actor, searchers[1].path, uids[h]));
		EXPECT_EQ(0, read_file(&actor, "io", actor.pid));
		EXPECT_EQ(0, read_file(&actor, "environ", actor.pid));
		actor_stop(&actor);
	}
}

TEST_HARNESS_MAIN
