// SPDX-License-Identifier: GPL-2.0-only
/*
 * What procfs shows of tasks of different contexts, and permits to do to them
 * (VIS-02, PTR-05, WAT-02, WAT-04, WAT-05).
 */
#include "actor.h"
#include "reach_fixture.h"

#include "kselftest_harness.h"

/* ---------------------------------------------------------------- procfs */

/* VIS-02, PTR-05, WAT-01, WAT-02 */
TEST_F(reach, procfs)
{
	/* The last two are checked like attaching. */
	static const char *const files[] = {
		"status", "stat", "statm", "cmdline", "comm", "limits", "maps",
		"smaps", "environ", "auxv", "wchan", "io", "oom_score",
		"mountinfo", "mounts", "cgroup", "sessionid", "loginuid",
		"numa_maps", "personality", "syscall",
	};
	const size_t attach = ARRAY_SIZE(files) - 2;
	char path[64];

	FOR_EACH_PAIR(p) {
		const bool same = p->target == &self->a2;

		for (size_t i = 0; i < ARRAY_SIZE(files) * 2; i++) {
			/* The same holds for the number of the thread. */
			if (i % 2)
				snprintf(path, sizeof(path),
					 "/proc/%d/task/%d/%s", p->target->pid,
					 p->target->pid, files[i / 2]);
			else
				snprintf(path, sizeof(path), "/proc/%d/%s",
					 p->target->pid, files[i / 2]);
			/* Some of these files are missing in some kernels. */
			if (access(path, F_OK))
				continue;
			EXPECT_EQ(!p->see ? EACCES :
				  i / 2 >= attach && !same ? EPERM : 0,
				  ask(p->actor, "open %s", path)) {
				TH_LOG("%s", path);
			}
		}
		/* Directories: reading one is EISDIR. */
		EXPECT_EQ(p->see ? EISDIR : EACCES,
			  ask(p->actor, "open /proc/%d", p->target->pid));
		EXPECT_EQ(p->see ? EISDIR : EACCES,
			  ask(p->actor, "open /proc/%d/fd", p->target->pid));
		EXPECT_EQ(p->see ? EISDIR : EACCES,
			  ask(p->actor, "open /proc/%d/task", p->target->pid));
	}
	/* Memory can be opened within a context only. */
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/mem", self->b.pid));
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/mem", self->host.pid));
	EXPECT_EQ(EACCES, ask(&self->watch, "open /proc/%d/mem", self->a.pid));
	EXPECT_EQ(EACCES, ask(&self->host, "open /proc/%d/mem", self->a.pid));
	EXPECT_EQ(EIO, ask(&self->a, "open /proc/%d/mem", self->a2.pid));
	EXPECT_EQ(EIO, ask(&self->a, "open /proc/self/mem"));
	EXPECT_EQ(EACCES, ask(&self->a, "open /proc/%d/stack", self->b.pid));
	EXPECT_EQ(EACCES, ask(&self->watch, "open /proc/%d/stack",
			      self->a.pid));
	EXPECT_EQ(0, ask(&self->a, "open /proc/%d/stack", self->a2.pid));
	/* A task's own files, and those that belong to no task. */
	EXPECT_EQ(0, ask(&self->a, "open /proc/self/status"));
	EXPECT_EQ(0, ask(&self->a, "open /proc/version"));
	EXPECT_EQ(0, ask(&self->watch, "open /proc/self/maps"));
}

/* PTR-05: links of procfs are read. */
TEST_F(reach, procfs_links)
{
	static const char *const links[] = {
		"cwd", "root", "exe", "ns/mnt", "fd/0",
	};
	FOR_EACH_PAIR(p)
		for (size_t i = 0; i < ARRAY_SIZE(links); i++)
			EXPECT_EQ(p->see ? 0 : EACCES,
				  ask(p->actor, "readlink /proc/%d/%s",
				      p->target->pid, links[i]));
}

/* PTR-05, WAT-04, WAT-05: links of procfs are followed. */
TEST_F(reach, procfs_links_followed)
{
	static const struct {
		const char *name;
		long got;	/* the errno of opening and reading it */
	} links[] = {
		{ "root/etc/passwd", 0 }, { "cwd", EISDIR }, { "exe", 0 },
		{ "ns/mnt", EINVAL }, { "ns/uts", EINVAL },
	};

	FOR_EACH_PAIR(p)
		for (size_t i = 0; i < ARRAY_SIZE(links); i++)
			EXPECT_EQ(p->reach ? links[i].got : EACCES,
				  ask(p->actor, "open /proc/%d/%s",
				      p->target->pid, links[i].name));
	EXPECT_EQ(EACCES, ask(&self->watch, "openwrite /proc/%d/%s",
			      self->a.pid, "root/tmp/x"));
	/*
	 * The top directory has ordinary links, which lead to the reader
	 * itself.
	 */
	EXPECT_EQ(0, ask(&self->watch, "open /proc/self/stat"));
	EXPECT_EQ(0, ask(&self->watch, "open /proc/thread-self/stat"));
	/* Links of other filesystems are not restricted. */
	ASSERT_EQ(0, symlink("/etc/passwd", DIR "/link"));
	EXPECT_EQ(0, ask(&self->watch, "open " DIR "/link"));
}

/*
 * WAT-02, WAT-04: a task of WATCH cannot change anything by writing to procfs.
 */
TEST_F(reach, procfs_written)
{
	static const char *const files[] = {
		"oom_score_adj", "comm", "coredump_filter", "clear_refs",
		"timerslack_ns", "sched", "autogroup",
	};
	char path[64];

	FOR_EACH_PAIR(p)
		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			snprintf(path, sizeof(path), "/proc/%d/%s",
				 p->target->pid, files[i]);
			if (access(path, W_OK))
				continue;
			EXPECT_EQ(p->reach ? 0 : EACCES,
				  ask(p->actor, "openwrite %s", path)) {
				TH_LOG("%s", path);
			}
		}
	EXPECT_EQ(0, ask(&self->watch, "openwrite /proc/self/comm"));
}

/* For a directory that was opened before, the files below are checked again. */
TEST_F(reach, procfs_from_a_directory_opened_before)
{
	char path[64];
	int directory;

	snprintf(path, sizeof(path), "/proc/%d", self->b.pid);
	directory = open(path, O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, directory);
	ASSERT_EQ(50, dup2(directory, 50));
	ASSERT_EQ(0, fcntl(self->fd_a, F_SETFD, 0));
	ASSERT_EQ(0, actor_start(&self->other, ACTOR, 0));
	EXPECT_EQ(0, ask(&self->other, "open /proc/self/fd/50/status"));
	ASSERT_EQ(0, ask(&self->other, "enter %d", self->fd_a));
	EXPECT_EQ(EACCES, ask(&self->other, "open /proc/self/fd/50/status"));
	EXPECT_EQ(EACCES, ask(&self->other, "open /proc/self/fd/50/maps"));
	EXPECT_EQ(EACCES, ask(&self->other, "readlink /proc/self/fd/50/cwd"));
	close(directory);
	close(50);
}

TEST_HARNESS_MAIN
