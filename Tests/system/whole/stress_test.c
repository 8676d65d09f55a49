// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing the store while programs start: no warning and no wrong verdict.
 *
 * Each commit replaces all entries of a context by new ones for the same files.
 * At every moment one file is listed with its right digest and a grant, another
 * with a wrong digest, and a third is allowed by its digest. A task that
 * executes them must get the grant from the first, EACCES from the second and
 * nothing from the third, each time and in whichever generation. Contexts are
 * made and deleted while tasks are in them: when one is deleted, nothing runs
 * there any more.
 *
 * CLIP_STRESS_SECONDS is the duration; the debug kernel deserves a minute.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/stress"
#define GOOD	DIR "/good"
#define BAD	DIR "/bad"
#define CHURN	DIR "/churn"
#define TINY	DIR "/tiny"
#define XID	5000
#define SHORT	5001	/* a context that does not live long */
#define LEVEL	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)
#define RUNNERS	3
#define OTHERS	4

struct counters {
	unsigned long runs, commits, created, contexts;
	unsigned long no_grant, bad_ran, failed_commit, odd, outlived;
};

FIXTURE(stress)
{
	struct rule good, bad, tiny;
	int fd;
	struct counters *counters;
	time_t end;
};

FIXTURE_SETUP(stress)
{
	const char *seconds = getenv("CLIP_STRESS_SECONDS");

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, GOOD, 0755));
	ASSERT_EQ(0, copy_file(PROBE, BAD, 0755));
	ASSERT_EQ(0, rule_for(&self->good, GOOD, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&self->bad, BAD, CLIP_ENTRY_EXE));
	self->good.effective = BIND;
	self->good.permitted = BIND;
	self->bad.digest[0] ^= 1;
	self->good.context = XID;
	self->bad.context = XID;
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/tiny", TINY, 0755));
	ASSERT_EQ(0, allow_rule(&self->tiny, TINY, XID));
	self->fd = context_create(XID, LEVEL, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	self->counters = mmap(NULL, sizeof(*self->counters),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->counters);
	self->end = time(NULL) + (seconds ? atoi(seconds) : 10);
}

FIXTURE_TEARDOWN(stress)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static int enter(void *fd)
{
	return ioctl(*(int *)fd, CLIP_IOC_ENTER, 0) ? errno : 0;
}

static void run_programs(struct counters *c, int fd, time_t end)
{
	while (time(NULL) < end) {
		const struct probe good = probe_run_fn(GOOD, USER_ID, enter,
						       &fd);
		const struct probe bad = probe_run_fn(BAD, USER_ID, enter, &fd);
		const int tiny = exec_in_context(fd, TINY);

		count(&c->runs);
		if (good.error || good.effective != BIND)
			count(&c->no_grant);
		if (bad.error == 0)
			count(&c->bad_ran);
		else if (bad.error != EACCES)
			count(&c->odd);
		if (tiny)
			count(&c->odd);
	}
}

/* Replaces everything. A flag without effect makes the entries new. */
static void replace_store(struct counters *c, struct rule good,
			  struct rule bad, struct rule tiny, time_t end)
{
	for (unsigned int i = 0; time(NULL) < end; i++) {
		struct rule rules[3] = { good, bad, tiny };

		rules[0].flags |= i % 2 ? CLIP_ENTRY_LIB : 0;
		rules[1].flags |= i % 2 ? CLIP_ENTRY_LIB : 0;
		if (commit_rules(rules, 3, CLIP_COMMIT_REPLACE, 0, NULL))
			count(&c->failed_commit);
		count(&c->commits);
	}
}

/* Makes, lists, runs and deletes files, so that the reaper has work. */
static void churn_files(struct counters *c, time_t end)
{
	while (time(NULL) < end) {
		struct rule rule;

		if (copy_file("/usr/lib/clip/tests/tiny", CHURN, 0755) ||
		    rule_for(&rule, CHURN, CLIP_ENTRY_EXE))
			continue;
		rule.context = XID;
		load(&rule);
		exec_in_child(CHURN);
		unlink(CHURN);
		count(&c->created);
	}
}

/* Runs a program until it is refused; the context is deleted meanwhile. */
static int run_until_refused(void *path)
{
	int err;

	for (int i = 0; i < 10000; i++) {
		err = exec_in_child(path);
		if (err)
			return err;
	}
	return 0;
}

static void come_and_go(struct counters *c, time_t end)
{
	while (time(NULL) < end) {
		int fd = context_create(SHORT, LEVEL, ALL_CAPS, 0), status;
		pid_t pid;

		if (fd < 0 || allow(TINY, SHORT)) {
			count(&c->odd);
			continue;
		}
		pid = fork();
		if (pid == 0)
			_exit(do_in_context(fd, run_until_refused, TINY));
		usleep(random() % 3000);
		if (context_delete(SHORT))
			count(&c->odd);
		/*
		 * A new context with the same number is another one, and does
		 * not help the old one's tasks.
		 */
		close(fd);
		fd = context_create(SHORT, LEVEL, ALL_CAPS, 0);
		allow(TINY, SHORT);
		waitpid(pid, &status, 0);
		/* 255: the context was deleted before the child entered. */
		if (!WIFEXITED(status) || (WEXITSTATUS(status) != EACCES &&
					   WEXITSTATUS(status) != 255))
			count(&c->outlived);
		if (exec_in_context(fd, TINY) || context_delete(SHORT))
			count(&c->odd);
		close(fd);
		count(&c->contexts);
	}
}

/* Queries and reads all the time, as a monitor would. */
static void watch(time_t end)
{
	char buffer[4096];

	while (time(NULL) < end) {
		int fd = open(CLIP_SECURITYFS_PATH "/entries", O_RDONLY);

		while (read(fd, buffer, sizeof(buffer)) > 0)
			;
		close(fd);
		fd = open(CLIP_SECURITYFS_PATH "/digests", O_RDONLY);
		while (read(fd, buffer, sizeof(buffer)) > 0)
			;
		close(fd);
		query(GOOD, CLIP_QUERY_VERIFY, NULL);
		status_value("entries");
	}
}

TEST_F_TIMEOUT(stress, replace_under_an_exec_storm, 600)
{
	struct counters *c = self->counters;
	pid_t pids[RUNNERS + OTHERS];
	const struct rule rules[3] = { self->good, self->bad, self->tiny };
	struct clip_info info;

	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_REPLACE, 0, NULL));
	for (int i = 0; i < RUNNERS + OTHERS; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (pids[i])
			continue;
		if (i < RUNNERS)
			run_programs(c, self->fd, self->end);
		else if (i == RUNNERS)
			replace_store(c, self->good, self->bad, self->tiny,
				      self->end);
		else if (i == RUNNERS + 1)
			churn_files(c, self->end);
		else if (i == RUNNERS + 2)
			come_and_go(c, self->end);
		else
			watch(self->end);
		_exit(0);
	}
	for (int i = 0; i < RUNNERS + OTHERS; i++) {
		int status;

		EXPECT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	TH_LOG("%lu rounds, %lu commits, %lu files, %lu contexts", c->runs,
	       c->commits, c->created, c->contexts);
	EXPECT_LT(0, c->runs);
	EXPECT_LT(0, c->commits);
	EXPECT_LT(0, c->created);
	EXPECT_LT(0, c->contexts);
	EXPECT_EQ(0, c->outlived);
	EXPECT_EQ(0, c->no_grant);
	EXPECT_EQ(0, c->bad_ran);
	EXPECT_EQ(0, c->odd);
	EXPECT_EQ(0, c->failed_commit);
	/* Nothing is left over: in the end only these entries exist. */
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_REPLACE, 0, NULL));
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(2, info.entries);
	EXPECT_EQ(1, info.digests);
	EXPECT_EQ(3, info.contexts);
}

TEST_HARNESS_MAIN
