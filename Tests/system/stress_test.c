// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing the store while programs start: no report, no wrong verdict.
 *
 * Each commit replaces the whole store, by new entries for the same files. At
 * every moment one file is listed with its right digest and a grant, another
 * with a wrong digest. Whoever executes meanwhile must get the grant from the
 * one and EACCES from the other, each time, whichever generation he meets.
 *
 * CLIP_STRESS_SECONDS says for how long; the debug kernel deserves a minute.
 */
#include "common.h"

#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/stress"
#define GOOD	DIR "/good"
#define BAD	DIR "/bad"
#define CHURN	DIR "/churn"
#define RUNNERS	3

struct counters {
	unsigned long runs, commits, created;
	unsigned long no_grant, bad_ran, failed_commit, odd;
};

FIXTURE(stress)
{
	struct rule good, bad;
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
	self->counters = mmap(NULL, sizeof(*self->counters),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->counters);
	self->end = time(NULL) + (seconds ? atoi(seconds) : 10);
}

FIXTURE_TEARDOWN(stress)
{
	umount2(DIR, MNT_DETACH);
}

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static void run_programs(struct counters *c, time_t end)
{
	while (time(NULL) < end) {
		const struct probe good = probe_run(GOOD, USER_ID);
		const struct probe bad = probe_run(BAD, USER_ID);

		count(&c->runs);
		if (good.error || good.effective != BIND)
			count(&c->no_grant);
		if (bad.error == 0)
			count(&c->bad_ran);
		else if (bad.error != EACCES)
			count(&c->odd);
	}
}

/* Replaces everything; a flag that means nothing makes the entries new. */
static void replace_store(struct counters *c, struct rule good,
			  struct rule bad, time_t end)
{
	for (unsigned int i = 0; time(NULL) < end; i++) {
		struct rule rules[2] = { good, bad };

		rules[0].flags |= i % 2 ? CLIP_ENTRY_LIB : 0;
		rules[1].flags |= i % 2 ? CLIP_ENTRY_LIB : 0;
		if (commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL))
			count(&c->failed_commit);
		count(&c->commits);
	}
}

/* Files that come, are listed, run and go: for the reaper to have work. */
static void churn_files(struct counters *c, time_t end)
{
	while (time(NULL) < end) {
		struct rule rule;

		if (copy_file("/usr/lib/clip/tests/tiny", CHURN, 0755) ||
		    rule_for(&rule, CHURN, CLIP_ENTRY_EXE))
			continue;
		load(&rule);
		probe_run(CHURN, 0);
		unlink(CHURN);
		count(&c->created);
	}
}

/* Asks and reads all the time, as a monitor would. */
static void watch(time_t end)
{
	char buffer[4096];

	while (time(NULL) < end) {
		int fd = open(CLIP_SECURITYFS_PATH "/entries", O_RDONLY);

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
	pid_t pids[RUNNERS + 3];
	const struct rule rules[2] = { self->good, self->bad };

	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	for (int i = 0; i < RUNNERS + 3; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (pids[i])
			continue;
		if (i < RUNNERS)
			run_programs(c, self->end);
		else if (i == RUNNERS)
			replace_store(c, self->good, self->bad, self->end);
		else if (i == RUNNERS + 1)
			churn_files(c, self->end);
		else
			watch(self->end);
		_exit(0);
	}
	for (int i = 0; i < RUNNERS + 3; i++) {
		int status;

		EXPECT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	TH_LOG("%lu rounds, %lu commits, %lu files", c->runs, c->commits,
	       c->created);
	EXPECT_LT(0, c->runs);
	EXPECT_LT(0, c->commits);
	EXPECT_LT(0, c->created);
	EXPECT_EQ(0, c->no_grant);
	EXPECT_EQ(0, c->bad_ran);
	EXPECT_EQ(0, c->odd);
	EXPECT_EQ(0, c->failed_commit);
	/* Nothing piles up: at last only these two are there. */
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, NULL));
	EXPECT_EQ(2, store_state().entries);
}

TEST_HARNESS_MAIN
