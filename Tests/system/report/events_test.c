// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events over generic netlink (LG-*): the attributes of each kind.
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "digest.h"
#include "events.h"
#include "events_fixture.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"

/* The task in the event is that of run_oddly(). */
#define EXPECT_ACTOR(event, process) do { \
	EXPECT_EQ(CLIP_GENL_VERSION, (event)->version); \
	EXPECT_EQ(CLIP_GENL_CMD_EVENT, (event)->command); \
	EXPECT_EQ(process, event_number(event, CLIP_EVENT_A_PID)); \
	EXPECT_EQ(process, event_number(event, CLIP_EVENT_A_TID)); \
	EXPECT_EQ(USER_ID, event_number(event, CLIP_EVENT_A_UID)); \
	EXPECT_EQ(USER_ID + 1, event_number(event, CLIP_EVENT_A_EUID)); \
	EXPECT_TRUE(event_text_is(event, CLIP_EVENT_A_COMM, COMM)); \
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, event_number(event, CLIP_EVENT_A_CONTEXT)); \
	EXPECT_TRUE(event_has(event, CLIP_EVENT_A_SERIAL)); \
	EXPECT_EQ(1, event_number(event, CLIP_EVENT_A_ENFORCED)); \
} while (0)

/* The file in the event; device numbers are as stat(2) returns them. */
#define EXPECT_FILE(event, name, stat) do { \
	EXPECT_EQ(major((stat)->st_dev), \
		  event_number(event, CLIP_EVENT_A_DEV_MAJOR)); \
	EXPECT_EQ(minor((stat)->st_dev), \
		  event_number(event, CLIP_EVENT_A_DEV_MINOR)); \
	EXPECT_EQ((long long)(stat)->st_ino, \
		  event_number(event, CLIP_EVENT_A_INODE)); \
	EXPECT_TRUE(event_text_is(event, CLIP_EVENT_A_PATH, name)); \
} while (0)

TEST_F(events, family_and_its_groups)
{
	struct clip_info info;
	struct family family;
	int fd = genl_socket();

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, family_get(fd, &family));
	EXPECT_EQ(CLIP_GENL_VERSION, family.version);
	EXPECT_EQ(3, family.groups);
	EXPECT_LT(0, family.events);
	EXPECT_LT(0, family.grants);
	EXPECT_LT(0, family.creations);
	EXPECT_NE(family.events, family.grants);
	EXPECT_NE(family.creations, family.grants);
	EXPECT_NE(family.creations, family.events);
	close(fd);
	ASSERT_EQ(0, get_info(&info));
	EXPECT_TRUE(info.features & CLIP_FEATURE_EVENTS);
	EXPECT_LE(0, status_value("events"));
	EXPECT_LE(0, status_value("events_dropped"));
}

/* EX-07: a file that does not match its entry. */
TEST_F(events, refused_exec_is_reported)
{
	struct store_state state;
	struct timespec now;
	struct event event;
	uint8_t found[32];
	pid_t pid;

	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	ASSERT_EQ(0, append_byte(A));
	ASSERT_EQ(0, sha256_file(A, found));
	state = store_state();
	clock_gettime(CLOCK_REALTIME, &now);
	EXPECT_EQ(EACCES, run_oddly(A, NULL, &pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_EXEC));
	EXPECT_ACTOR(&event, pid);
	EXPECT_FILE(&event, A, &self->st);
	EXPECT_EQ(CLIP_REASON_DIGEST_MISMATCH,
		  event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EACCES, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(CLIP_ALGO_SHA256, event_number(&event, CLIP_EVENT_A_ALGORITHM));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_WANTED, self->rule.digest,
			     32));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_FOUND, found, 32));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_SOURCE, SOURCE));
	EXPECT_EQ(LINE, event_number(&event, CLIP_EVENT_A_LINE));
	EXPECT_LE(now.tv_sec * 1000000000LL + now.tv_nsec - 1000000000LL,
		  event_number(&event, CLIP_EVENT_A_TIME));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_ACT));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_TARGET));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_CAP_EFFECTIVE));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_GENERATION));
	/* The refusal was only reported: the store is unchanged. */
	EXPECT_EQ(state.generation, store_state().generation);
	EXPECT_EQ(state.entries, store_state().entries);
	SETTLE();
	EXPECT_EQ(0, event_count(self->grants, CLIP_EVENT_EXEC));
	/* A file that is not listed is not reported. */
	ASSERT_EQ(0, unload(A));
	EXPECT_EQ(0, run_oddly(A, NULL, &pid));
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	while (!event_read(self->events, &event, WAIT_MS) &&
	       event_number(&event, CLIP_EVENT_A_KIND) != CLIP_EVENT_TASK)
		EXPECT_EQ(CLIP_EVENT_ADMIN, event_number(&event, CLIP_EVENT_A_KIND));
}

/*
 * The path of a deleted file is left out, because it could belong to another
 * file now.
 */
TEST_F(events, deleted_file_has_no_path)
{
	struct event event;
	int fd, status;
	pid_t pid;

	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	fd = open(A, O_PATH);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, link(A, DIR "/other"));
	ASSERT_EQ(0, unlink(A));
	pid = fork();
	if (pid == 0) {
		fexecve(fd, (char *[]) { "a", NULL }, (char *[]) { NULL });
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	EXPECT_EQ(EACCES, WEXITSTATUS(status));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_EXEC));
	EXPECT_EQ((long long)self->st.st_ino,
		  event_number(&event, CLIP_EVENT_A_INODE));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_PATH));
}

/* LB-03, LB-04 */
TEST_F(events, refused_map_is_reported)
{
	static const char *const args[] = { "map", LIB };
	struct event event;
	struct rule rule;
	struct stat st;
	pid_t pid;

	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/mapper", MAPPER, 0755));
	ASSERT_EQ(0, copy_file(PROBE, LIB, 0755));
	ASSERT_EQ(0, stat(LIB, &st));
	ASSERT_EQ(0, rule_for(&rule, MAPPER, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_CHECKLIBS));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(-SIGKILL, run_oddly(MAPPER, args, &pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_MAP));
	EXPECT_FILE(&event, LIB, &st);
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(CLIP_REASON_LIB_NOT_LISTED,
		  event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EACCES, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(1, event_number(&event, CLIP_EVENT_A_ENFORCED));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_WANTED));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_FOUND));

	ASSERT_EQ(0, rule_for(&rule, LIB, CLIP_ENTRY_LIB));
	rule.digest[31] ^= 1;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(-SIGKILL, run_oddly(MAPPER, args, &pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_MAP));
	EXPECT_EQ(CLIP_REASON_DIGEST_MISMATCH,
		  event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_WANTED, rule.digest, 32));
	rule.digest[31] ^= 1;
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_FOUND, rule.digest, 32));

	/* Memory without a file. */
	EXPECT_EQ(-SIGKILL, run_oddly(MAPPER, (const char *[]) { "anon", "-" },
				&pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_MAP));
	EXPECT_EQ(CLIP_REASON_WX_MEMORY, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_INODE));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_PATH));

	/* A permitted mapping is made and not reported. */
	ASSERT_EQ(0, unload(LIB));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, run_oddly(MAPPER, args, &pid));
	SETTLE();
	EXPECT_EQ(0, event_count(self->events, CLIP_EVENT_MAP));
}

static void *signal_thread(void *data)
{
	static long tid;

	tid = kill(*(pid_t *)data, SIGKILL) ? gettid() : 0;
	return &tid;
}

/* SG-05: the event names the thread that acts and its target. */
TEST_F(events, refused_act_is_reported)
{
	struct event event;
	pthread_t thread;
	int fds[2];
	long *tid, reported = 0;
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	if (pid == 0) {
		if (setgid(USER_ID) || setuid(USER_ID) ||
		    pthread_create(&thread, NULL, signal_thread,
				   &self->raised.pid) ||
		    pthread_join(thread, (void **)&tid))
			_exit(1);
		dprintf(fds[1], "%10ld", *tid);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	ASSERT_EQ(10, ({
		char text[11] = "";
		ssize_t got = read(fds[0], text, 10);

		reported = atol(text);
		got;
	}));
	ASSERT_LT(0, reported);
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "signal"));
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(reported, event_number(&event, CLIP_EVENT_A_TID));
	EXPECT_NE(pid, reported);
	EXPECT_EQ(self->raised.pid, event_number(&event, CLIP_EVENT_A_TARGET));
	EXPECT_EQ(USER_ID, event_number(&event, CLIP_EVENT_A_UID));
	EXPECT_EQ(CLIP_REASON_PERMISSION, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EPERM, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(1, event_number(&event, CLIP_EVENT_A_ENFORCED));
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, event_number(&event, CLIP_EVENT_A_CONTEXT));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_INODE));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	/*
	 * A signal to all tasks at once: the kernel holds the lock of all
	 * tasks.
	 */
	pid = fork();
	if (pid == 0)
		_exit(setgid(USER_ID) || setuid(USER_ID) ||
		      kill(-1, SIGUSR1) != -1);
	waitpid(pid, NULL, 0);
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(self->raised.pid, event_number(&event, CLIP_EVENT_A_TARGET));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	/* A permitted signal to itself is not reported. */
	EXPECT_EQ(0, ask(&self->raised, "kill %d %d", self->raised.pid,
			 SIGUSR1));
	EXPECT_EQ(1, ask(&self->raised, "signals"));
	SETTLE();
	EXPECT_EQ(0, event_count(self->events, CLIP_EVENT_TASK));
}

/* TR-*: commits that are refused, and those that change the rules. */
TEST_F(events, commits_are_reported)
{
	struct store_state state = store_state();
	struct rule bad = self->rule;
	struct event event;
	int status;
	pid_t pid;

	bad.flags = 1U << 31;
	EXPECT_EQ(EINVAL, load(&bad));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_ADMIN));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "commit"));
	EXPECT_EQ(CLIP_REASON_BAD_FLAGS, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EINVAL, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(UPDATE_CONTEXT, event_number(&event, CLIP_EVENT_A_CONTEXT));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_UID));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_GENERATION));
	EXPECT_EQ(state.generation, store_state().generation);

	/* A commit by a task without the right to it. */
	pid = fork();
	if (pid == 0) {
		struct clip_commit commit = {
			.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
		};
		int fd = device_open();

		_exit(fd < 0 || setgid(USER_ID) || setuid(USER_ID) ||
		      !ioctl(fd, CLIP_IOC_COMMIT, &commit) || errno != EPERM);
	}
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_ADMIN));
	EXPECT_EQ(CLIP_REASON_PERMISSION, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EPERM, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));

	/* A dry run and a repeated rule change nothing. */
	EXPECT_EQ(0, commit_rules(&self->rule, 1, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_DRY_RUN, NULL));
	EXPECT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_ADMIN));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "commit"));
	EXPECT_EQ(CLIP_REASON_NONE, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ((long long)state.generation + 1,
		  event_number(&event, CLIP_EVENT_A_GENERATION));
	SETTLE();
	EXPECT_EQ(0, event_count(self->events, CLIP_EVENT_ADMIN));
}

/* EX-08: the program runs without its grant. */
TEST_F(events, missing_grant_is_reported)
{
	struct event event;
	pid_t pid;

	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	ASSERT_EQ(0, mount(NULL, DIR, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL));
	EXPECT_EQ(0, run_oddly(A, NULL, &pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_UNGRANTED));
	EXPECT_ACTOR(&event, pid);
	EXPECT_FILE(&event, A, &self->st);
	EXPECT_EQ(CLIP_REASON_NOSUID_MOUNT,
		  event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_SOURCE, SOURCE));
	SETTLE();
	EXPECT_EQ(0, event_count(self->grants, CLIP_EVENT_GRANT));
}

/* EX-23, EX-24: successful checks and grants go to a group of their own. */
TEST_F(events, grants_have_a_group_of_their_own)
{
	struct event event;
	pid_t pid;

	self->rule.privileges = CLIP_PRIV_NETCLIENT;
	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	EXPECT_EQ(0, run_oddly(A, NULL, &pid));
	ASSERT_EQ(0, event_wait(self->grants, &event, CLIP_EVENT_EXEC));
	EXPECT_ACTOR(&event, pid);
	EXPECT_FILE(&event, A, &self->st);
	EXPECT_EQ(CLIP_REASON_NONE, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_WANTED, self->rule.digest,
			     32));
	ASSERT_EQ(0, event_wait(self->grants, &event, CLIP_EVENT_GRANT));
	EXPECT_ACTOR(&event, pid);
	EXPECT_FILE(&event, A, &self->st);
	EXPECT_EQ((long long)BIND, event_number(&event, CLIP_EVENT_A_CAP_EFFECTIVE));
	EXPECT_EQ((long long)BIND, event_number(&event, CLIP_EVENT_A_CAP_PERMITTED));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_CAP_INHERITABLE));
	EXPECT_EQ((long long)CLIP_PRIV_NETCLIENT,
		  event_number(&event, CLIP_EVENT_A_PRIVILEGES));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_SOURCE, SOURCE));
	EXPECT_EQ(LINE, event_number(&event, CLIP_EVENT_A_LINE));
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	while (!event_read(self->events, &event, WAIT_MS) &&
	       event_number(&event, CLIP_EVENT_A_KIND) != CLIP_EVENT_TASK)
		EXPECT_EQ(CLIP_EVENT_ADMIN, event_number(&event, CLIP_EVENT_A_KIND));

	/* An entry that grants nothing causes only the event of the check. */
	ASSERT_EQ(0, unload(A));
	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = 0;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, run_oddly(A, NULL, &pid));
	ASSERT_EQ(0, event_read(self->grants, &event, WAIT_MS));
	EXPECT_EQ(CLIP_EVENT_EXEC, event_number(&event, CLIP_EVENT_A_KIND));
	SETTLE();
	EXPECT_EQ(0, event_count(self->grants, CLIP_EVENT_GRANT));
}

TEST_HARNESS_MAIN
