// SPDX-License-Identifier: GPL-2.0-only
/* libclip: plans that are refused, failures that leave nothing, descriptors. */
#include "contexts.h"
#include "files.h"
#include "process.h"

#include <libclip.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/libclip"
#define NUMBER	2501

FIXTURE(libclip)
{
	struct clip_jail jail;
	struct clip_failure failure;
};

FIXTURE_SETUP(libclip)
{
	static char *const arguments[] = { "/busybox", "sh", "-c", "exit 7", NULL };
	static char *const environment[] = { NULL };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file("/usr/bin/busybox", DIR "/busybox", 0755));
	ASSERT_EQ(0, mkdir(DIR "/sub", 0755));
	clip_jail_init(&self->jail);
	self->jail.arguments = arguments;
	self->jail.environment = environment;
	self->jail.context = clip_ctx_create(NUMBER, 1, 0, 0, &self->failure);
	ASSERT_LE(0, self->jail.context);
}

FIXTURE_TEARDOWN(libclip)
{
	close(self->jail.context);
	clip_ctx_delete(NUMBER, NULL);
	umount2(DIR, MNT_DETACH);
}

/* The number of mounts and of processes, which a failure must not change. */
static long mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "r");
	long lines = 0;
	int c;

	while (file && (c = getc(file)) != EOF)
		lines += c == '\n';
	if (file)
		fclose(file);
	return lines;
}

static int no_child_is_left(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/*
 * A plan with a root directory. The guest may run from its initramfs, which
 * pivot_root cannot leave, so these tests stop before.
 */
TEST_F(libclip, failures_name_their_step_and_leave_nothing)
{
	static const struct clip_mount missing[] = {
		{ .kind = CLIP_MOUNT_BIND, .source = "/nowhere", .target = "/sub" },
	};
	const long before = mounts();

	self->jail.namespaces = CLONE_NEWNS | CLONE_NEWPID;
	self->jail.root = DIR "/nothing";
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_EQ(ENOENT, self->failure.code);
	EXPECT_STREQ("root", self->failure.step);
	EXPECT_TRUE(no_child_is_left());
	self->jail.root = DIR;
	self->jail.mounts = missing;
	self->jail.mount_count = 1;
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("mount", self->failure.step);
	EXPECT_STREQ("/nowhere, to be mounted at /sub: No such file or directory", self->failure.text);
	EXPECT_TRUE(no_child_is_left());
	EXPECT_EQ(before, mounts());
}

TEST_F(libclip, a_link_in_the_tree_does_not_lead_out)
{
	static const struct clip_mount linked[] = {
		{ .kind = CLIP_MOUNT_NEW, .type = "tmpfs", .target = "/link/tmp" },
	};

	/* Seen from the tree, /tmp is not there. */
	ASSERT_EQ(0, symlink("/", DIR "/link"));
	self->jail.namespaces = CLONE_NEWNS;
	self->jail.root = DIR;
	self->jail.mounts = linked;
	self->jail.mount_count = 1;
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("the mount point /link/tmp, inside the tree: No such file or directory", self->failure.text);
}

TEST_F(libclip, plans_that_contradict_themselves)
{
	self->jail.root = DIR;
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("plan", self->failure.step);
	self->jail.root = NULL;
	self->jail.host_name = "a";
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("plan", self->failure.step);
	self->jail.host_name = NULL;
	self->jail.namespaces = CLONE_NEWUSER;
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("plan", self->failure.step);
	self->jail.namespaces = 0;
	self->jail.size--;
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("plan", self->failure.step);
}

static int stages;

static int count_stages(enum clip_stage stage, pid_t process, void *data)
{
	stages += stage;
	return process > 0 && data ? 0 : EINVAL;
}

static int refuse(enum clip_stage stage, pid_t process, void *data)
{
	return stage == CLIP_STAGE_TREE ? EDOM : 0;
}

/*
 * The harness shares memory with its children, which leads out of a context: the
 * tests of vsctl enter contexts, and these do without.
 */
TEST_F(libclip, a_way_out_in_hand)
{
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("context", self->failure.step);
	EXPECT_EQ(EBUSY, self->failure.code);
	EXPECT_EQ(-1, clip_jail_self(&self->jail, &self->failure));
	EXPECT_STREQ("plan", self->failure.step);
	self->jail.arguments = NULL;
	self->jail.environment = NULL;
	EXPECT_EQ(-1, clip_jail_self(&self->jail, &self->failure));
	EXPECT_EQ(EBUSY, self->failure.code);
	EXPECT_TRUE(no_child_is_left());
}

TEST_F(libclip, a_program_and_its_stages)
{
	static char *const arguments[] = { "/usr/bin/busybox", "sh", "-c", "exit 7", NULL };
	static char *const missing[] = { "/nowhere", NULL };
	pid_t process;

	close(self->jail.context);
	self->jail.context = -1;
	self->jail.arguments = arguments;
	process = clip_jail_start(&self->jail, count_stages, &stages, &self->failure);
	ASSERT_LT(0, process);
	EXPECT_EQ(CLIP_STAGE_NAMESPACES + CLIP_STAGE_TREE, stages);
	EXPECT_EQ(7, clip_jail_wait(process, &self->failure));
	EXPECT_EQ(-1, clip_jail_start(&self->jail, refuse, NULL, &self->failure));
	EXPECT_EQ(EDOM, self->failure.code);
	self->jail.arguments = missing;
	EXPECT_EQ(-1, clip_jail_start(&self->jail, NULL, NULL, &self->failure));
	EXPECT_STREQ("program", self->failure.step);
	EXPECT_EQ(ENOENT, self->failure.code);
	EXPECT_TRUE(no_child_is_left());
}

TEST_F(libclip, process_1_passes_the_status_on)
{
	static char *const arguments[] = { "/usr/bin/busybox", "sh", "-c", "exit 9", NULL };
	pid_t process;

	close(self->jail.context);
	self->jail.context = -1;
	self->jail.arguments = arguments;
	self->jail.namespaces = CLONE_NEWPID;
	self->jail.flags = CLIP_JAIL_END_WITH_PROGRAM;
	process = clip_jail_start(&self->jail, NULL, NULL, &self->failure);
	ASSERT_LT(0, process);
	EXPECT_EQ(9, clip_jail_wait(process, &self->failure));
	self->jail.arguments = NULL;
	process = clip_jail_start(&self->jail, NULL, NULL, &self->failure);
	ASSERT_LT(0, process);
	EXPECT_EQ(0, kill(process, 0));
	EXPECT_EQ(0, kill(process, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, clip_jail_wait(process, &self->failure));
}

TEST_F(libclip, itself)
{
	struct clip_jail jail;
	const pid_t child = fork();

	clip_jail_init(&jail);
	jail.user = 65534;
	jail.group = 65534;
	if (child == 0) {
		/* What refuses does so in the caller, which is as it was. */
		jail.view = "/nowhere";
		if (clip_jail_self(&jail, NULL) != -1 || getuid())
			_exit(1);
		jail.view = NULL;
		jail.arguments = self->jail.arguments;
		if (clip_jail_self(&jail, NULL) != -1)
			_exit(2);
		jail.arguments = NULL;
		if (clip_jail_self(&jail, NULL) != 0)
			_exit(3);
		/* This is the child; its status is passed on. */
		_exit(getuid() == 65534 && clip_ctx_open(NUMBER, NULL) < 0 ? 21 : 4);
	}
	EXPECT_EQ(21, clip_jail_wait(child, &self->failure));
}

TEST_F(libclip, contexts)
{
	struct clip_ctx_state state;

	EXPECT_EQ(-1, clip_ctx_create(NUMBER, 1, 0, 0, &self->failure));
	EXPECT_EQ(EEXIST, self->failure.code);
	EXPECT_STREQ("context", self->failure.step);
	EXPECT_EQ(0, clip_ctx_state(NUMBER, &state, &self->failure));
	EXPECT_EQ(NUMBER, state.number);
	EXPECT_EQ(-1, clip_ctx_open(NUMBER + 1, &self->failure));
	EXPECT_EQ(ENOENT, self->failure.code);
	EXPECT_EQ(-1, clip_ctx_open(NUMBER + 1, NULL));
}

TEST(close_all_but_some)
{
	const pid_t child = fork();

	if (child == 0) {
		int kept[] = { 200, 1, 50, 50 };

		dup2(1, 50);
		dup2(1, 60);
		dup2(1, 200);
		dup2(1, 201);
		if (clip_close_all_but(kept, 4) < 0)
			_exit(1);
		_exit(fcntl(50, F_GETFD) == 0 && fcntl(200, F_GETFD) == 0 && fcntl(1, F_GETFD) == 0 &&
		      fcntl(60, F_GETFD) < 0 && fcntl(201, F_GETFD) < 0 && fcntl(0, F_GETFD) < 0 ? 21 : 2);
	}
	EXPECT_EQ(21, clip_jail_wait(child, NULL));
}

TEST_HARNESS_MAIN
