// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a context sees of procfs: of the files that belong to no task those of a
 * list (PRC-01, PRC-02, PRC-03), of the directories of tasks its own (VIS-02),
 * and what is hidden from context 0 (VIS-04). The tasks share all namespaces.
 */
#include "actor.h"
#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"

#include <dirent.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#define PLACE	"/tmp/procfs"
#define A	2001
#define B	2002

FIXTURE(procfs)
{
	int a, b, watch;
	struct actor in_a, in_b;
};

FIXTURE_SETUP(procfs)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(PLACE, 0));
	self->a = context_create(A, 0, ALL_CAPS, CLIP_PRIV_ALL);
	self->b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, self->watch);
	ASSERT_EQ(0, context_setup(self->b, CLIP_CONTEXT_HIDDEN, 0, 0, NULL));
	ASSERT_EQ(0, actor_start_in(&self->in_a, self->a, ACTOR, 0));
	ASSERT_EQ(0, actor_start_in(&self->in_b, self->b, ACTOR, 0));
}

FIXTURE_TEARDOWN(procfs)
{
	actor_stop(&self->in_a);
	actor_stop(&self->in_b);
	close(self->a);
	close(self->b);
	close(self->watch);
	context_delete(A);
	context_delete(B);
	umount2(PLACE, MNT_DETACH);
}

static const char *const shown[] = {
	"cpuinfo", "devices", "filesystems", "loadavg", "meminfo", "stat",
	"uptime", "version", "sys/kernel/osrelease", "sys/kernel/pid_max",
	"sys/vm/overcommit_memory", "mounts", "self/status", "self/net/dev",
	"thread-self/stat", "net/route", "sys/net/core/somaxconn", "cgroups",
};

static bool is_shown(const char *name)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++)
		if (!strcmp(name, shown[i]))
			return true;
	return !strcmp(name, "asound");
}

static int opens_shown(void *data)
{
	char path[128];

	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		snprintf(path, sizeof(path), "/proc/%s", shown[i]);
		MUST(0, try_open(path, O_RDONLY));
	}
	return 0;
}

/* Every file at the top, whatever this kernel has. */
static int opens_the_top(void *data)
{
	const int wanted = *(const int *)data;
	DIR *top = opendir("/proc");
	struct dirent *entry;
	char path[300];

	MUST(1, top != NULL);
	while ((entry = readdir(top))) {
		if (entry->d_type != DT_REG || is_shown(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s", entry->d_name);
		/* A few have no readers, or ask for a capability first. */
		const int err = try_open(path, O_RDONLY | O_NONBLOCK);

		if (err != wanted && err != EPERM && err != EIO) {
			fprintf(stderr, "# %s: %d\n", path, err);
			return 1;
		}
	}
	closedir(top);
	return 0;
}

static int opens_deeper(void *data)
{
	static const char *const hidden[] = {
		"/proc/irq/default_smp_affinity", "/proc/sysvipc/shm",
		"/proc/fs/ext4", "/proc/bus/pci/devices",
		"/proc/tty/drivers", "/proc/pressure/cpu",
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		const int err = try_open(hidden[i], O_RDONLY);
		struct stat info;

		if (err && err != EACCES && err != ENOENT)
			return 1;
		if (!err && !stat(hidden[i], &info) && S_ISREG(info.st_mode)) {
			fprintf(stderr, "# %s is shown\n", hidden[i]);
			return 1;
		}
	}
	return 0;
}

TEST_F(procfs, global_files_by_a_list)
{
	int refused_with = EACCES, nothing = 0;

	EXPECT_EQ(0, opens_shown(NULL));
	EXPECT_EQ(0, do_in_context(self->a, opens_shown, NULL));
	EXPECT_EQ(0, do_in_context(self->watch, opens_shown, NULL));
	EXPECT_EQ(0, opens_the_top(&nothing));
	EXPECT_EQ(0, do_in_context(self->a, opens_the_top, &refused_with));
	EXPECT_EQ(0, do_in_context(self->watch, opens_the_top, &nothing));
	EXPECT_EQ(0, do_in_context(self->a, opens_deeper, NULL));
	EXPECT_EQ(0, try_open("/proc/sysvipc/shm", O_RDONLY));
}

/* The files of a task's network namespace are that task's. */
static int opens_net_of(void *data)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/net/dev", *(int *)data);
	return try_open(path, O_RDONLY);
}

TEST_F(procfs, network_of_a_task)
{
	int self_pid = self->in_a.pid, init = 1;

	EXPECT_EQ(0, do_in_context(self->a, opens_net_of, &self_pid));
	EXPECT_EQ(EACCES, do_in_context(self->a, opens_net_of, &init));
	EXPECT_EQ(EACCES, do_in_context(self->b, opens_net_of, &self_pid));
	EXPECT_EQ(0, do_in_context(self->watch, opens_net_of, &self_pid));
	EXPECT_EQ(0, opens_net_of(&init));
}

/* NET-17: tables of the sockets of a network namespace. */
static int opens_socket_tables(void *data)
{
	static const char *const names[] = {
		"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw",
		"raw6", "icmp", "unix", "packet", "netlink", "ptype",
		"sctp/assocs", "sctp/eps", "sctp/remaddr",
	};
	const int wanted = *(const int *)data;
	const long long before = refused(CLIP_REASON_OTHER_CONTEXT);
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "/proc/%s/net/%s",
			 i & 1 ? "self" : "thread-self", names[i]);
		MUST(wanted, try_open(path, O_RDONLY));
	}
	MUST(before + (wanted ? (long long)(sizeof(names) / sizeof(*names)) : 0),
	     refused(CLIP_REASON_OTHER_CONTEXT));
	return 0;
}

static int opens_them_in_a_new_namespace(void *data)
{
	MUST(0, unshare(CLONE_NEWNET) ? errno : 0);
	return opens_socket_tables(data);
}

TEST_F(procfs, sockets_of_all_contexts)
{
	int refused_with = EACCES, nothing = 0;

	EXPECT_EQ(0, opens_socket_tables(&nothing));
	EXPECT_EQ(0, do_in_context(self->a, opens_socket_tables,
				   &refused_with));
	EXPECT_EQ(0, do_in_context(self->watch, opens_socket_tables, &nothing));
	EXPECT_EQ(0, do_in_context(self->a, opens_them_in_a_new_namespace,
				   &nothing));
}

/* O_CREAT makes nothing here, and is no act on the kernel. */
static int opens_with_creat(void *data)
{
	const long long before = refused(CLIP_REASON_OTHER_CONTEXT);
	char path[64];

	/* Names that the kernel has not looked up before. */
	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", getpid());
	MUST(0, try_open(path, O_WRONLY | O_CREAT));
	snprintf(path, sizeof(path), "/proc/%d/comm", getpid());
	MUST(0, try_open(path, O_RDWR | O_CREAT | O_TRUNC));
	MUST(EEXIST, try_open("/proc/self/comm", O_RDWR | O_CREAT | O_EXCL));
	MUST(ENOENT, try_open("/proc/self/nothing", O_RDWR | O_CREAT));
	MUST(EACCES, try_open("/sys/kernel/nothing", O_RDWR | O_CREAT));
	MUST(before, refused(CLIP_REASON_OTHER_CONTEXT));
	return 0;
}

static int makes_names(void *data)
{
	const long long before = refused(CLIP_REASON_OTHER_CONTEXT);

	/* The twin: what would change something is refused, and is counted. */
	MUST(EACCES, mkdir("/sys/kernel/nothing", 0755) ? errno : 0);
	MUST(before + 1, refused(CLIP_REASON_OTHER_CONTEXT));
	MUST(EACCES, mknod("/sys/kernel/nothing", S_IFIFO | 0600, 0) ? errno : 0);
	MUST(before + 2, refused(CLIP_REASON_OTHER_CONTEXT));
	MUST(EACCES, try_open("/proc/sys/kernel/core_pattern",
			      O_WRONLY | O_CREAT));
	MUST(before + 3, refused(CLIP_REASON_OTHER_CONTEXT));
	return 0;
}

TEST_F(procfs, opened_with_o_creat)
{
	EXPECT_EQ(0, opens_with_creat(NULL));
	EXPECT_EQ(0, do_in_context(self->a, opens_with_creat, NULL));
	EXPECT_EQ(0, do_in_context(self->a, makes_names, NULL));
}

/* ------------------------------------------------------ directories of tasks */

static int looks_at(void *data)
{
	const char *const names[] = { "", "/stat", "/fd", "/task" };
	struct stat info;
	char path[64];
	int err = -1;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "/proc/%d%s", *(int *)data,
			 names[i]);
		const int one = stat(path, &info) ? errno : 0;

		if (err >= 0 && one != err)
			return 100 + i;
		err = one;
	}
	return err;
}

TEST_F(procfs, directories_of_others_are_not_there)
{
	int a = self->in_a.pid, init = 1;

	EXPECT_EQ(0, do_in_context(self->a, looks_at, &a));
	EXPECT_EQ(ENOENT, do_in_context(self->a, looks_at, &init));
	EXPECT_EQ(ENOENT, do_in_context(self->b, looks_at, &a));
	EXPECT_EQ(0, do_in_context(self->watch, looks_at, &a));
	EXPECT_EQ(0, looks_at(&a));
}

static int lists(void *data)
{
	const int pid = *(const int *)data;
	struct dirent *entry;
	DIR *top;
	bool found = false;

	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) ||
	    mount("proc", PLACE, "proc", 0, "hidepid=ptraceable"))
		return 100;
	top = opendir(PLACE);
	while ((entry = readdir(top)))
		found = found || atoi(entry->d_name) == pid;
	closedir(top);
	return found;
}

/* VIS-01 */
TEST_F(procfs, others_are_not_listed_with_hidepid)
{
	int a = self->in_a.pid, init = 1;

	EXPECT_EQ(1, do_in_context(self->a, lists, &a));
	EXPECT_EQ(0, do_in_context(self->a, lists, &init));
	EXPECT_EQ(0, do_in_context(self->b, lists, &a));
}

static int opens_status_of(void *data)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", *(int *)data);
	return try_open(path, O_RDONLY);
}

static int reads_environment_of(void *data)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/environ", *(int *)data);
	return try_open(path, O_RDONLY);
}

TEST_F(procfs, hidden_from_context_0)
{
	int a = self->in_a.pid, b = self->in_b.pid;

	EXPECT_EQ(0, opens_status_of(&a));
	EXPECT_EQ(0, reads_environment_of(&a));
	EXPECT_EQ(0, looks_at(&a));
	EXPECT_EQ(EACCES, opens_status_of(&b));
	EXPECT_EQ(EACCES, reads_environment_of(&b));
	EXPECT_EQ(ENOENT, looks_at(&b));
	/* WATCH sees all, and the context itself. */
	EXPECT_EQ(0, do_in_context(self->watch, opens_status_of, &b));
	EXPECT_EQ(0, do_in_context(self->b, opens_status_of, &b));
	/* It can still be ended. */
	EXPECT_EQ(0, kill(b, 0));
	EXPECT_EQ(0, context_kill(self->b, 0, NULL, NULL));
}

TEST_HARNESS_MAIN
