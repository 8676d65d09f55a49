// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events over generic netlink, and audit records (LG-*): who gets which, what
 * is in them, and what they cost nobody who does not listen.
 */
#include "active.h"
#include "actor.h"
#include "audit.h"
#include "contexts.h"
#include "device.h"
#include "digest.h"
#include "events.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/events"
#define A	DIR "/a"	/* a copy of the probe */
#define RAISED	DIR "/raised"	/* a listed actor */
#define MAPPER	DIR "/mapper"
#define LIB	DIR "/lib"
#define SOURCE	"/etc/verictl.d/so \"me\n"
#define LINE	71
#define COMM	"a \"\x1b\xff="
#define LIMIT	100		/* events of a group in a second */

/* Loads a rule as the tool does: with the name of its file, and the line. */
static int load_from(const struct rule *rule, const char *source, uint32_t line)
{
	const size_t more = strlen(source) + 1;
	struct clip_image_header *header;
	struct clip_image_entry *entry;
	char *image;
	size_t size;
	int err;

	image = image_make(rule, 1, &size);
	image = realloc(image, size + more);
	memcpy(image + size, source, more);
	header = (void *)image;
	entry = (void *)(header + 1);
	entry->source_offset = header->strings_size;
	entry->source_length = more - 1;
	entry->source_line = line;
	header->strings_size += more;
	header->total_size += more;
	image_seal(image, size + more);
	err = commit_image(image, size + more, CLIP_COMMIT_ADD, 0, NULL);
	free(image);
	return err;
}

/* Runs a program with two user ids and an odd name; the errno of its exec. */
static int run(const char *path, const char *const *args, pid_t *pid)
{
	char *const argv[] = { (char *)path, (char *)(args ? args[0] : NULL),
			       (char *)(args ? args[1] : NULL), NULL };
	int status;

	*pid = fork();
	if (*pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		if (setgid(USER_ID) || setresuid(USER_ID, USER_ID + 1, -1))
			_exit(126);
		prctl(PR_SET_NAME, COMM);
		execv(path, argv);
		_exit(errno);
	}
	waitpid(*pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

FIXTURE(events)
{
	struct rule rule;	/* of A, NET_BIND_SERVICE */
	struct stat st;		/* of A */
	struct actor raised;
	int events, grants;
};

FIXTURE_SETUP(events)
{
	struct rule rule;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, stat(A, &self->st));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_EQ(0, copy_file(ACTOR, RAISED, 0755));
	ASSERT_EQ(0, rule_for(&rule, RAISED, CLIP_ENTRY_EXE));
	rule.effective = BIND;
	rule.permitted = BIND;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, actor_start(&self->raised, RAISED, USER_ID));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	self->grants = listen_to(CLIP_GENL_GROUP_GRANTS);
	ASSERT_LE(0, self->grants);
}

FIXTURE_TEARDOWN(events)
{
	actor_stop(&self->raised);
	close(self->events);
	close(self->grants);
	umount2(DIR, MNT_DETACH);
}

/* Who did it, as run() does it. */
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

/* On which file; the numbers of a device as stat(2) gives them. */
#define EXPECT_FILE(event, name, stat) do { \
	EXPECT_EQ(major((stat)->st_dev), \
		  event_number(event, CLIP_EVENT_A_DEV_MAJOR)); \
	EXPECT_EQ(minor((stat)->st_dev), \
		  event_number(event, CLIP_EVENT_A_DEV_MINOR)); \
	EXPECT_EQ((long long)(stat)->st_ino, \
		  event_number(event, CLIP_EVENT_A_INODE)); \
	EXPECT_TRUE(event_text_is(event, CLIP_EVENT_A_PATH, name)); \
} while (0)

static unsigned int major(dev_t dev)
{
	return dev >> 8 & 0xfff;
}

static unsigned int minor(dev_t dev)
{
	return (dev & 0xff) | (dev >> 12 & 0xfff00);
}

/* A refused signal. When its event is there, those of before are too. */
static int refused_signal(pid_t target, int times)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int wrong = setgid(USER_ID) || setuid(USER_ID);

		while (times--)
			wrong |= !kill(target, 0) || errno != EPERM;
		_exit(wrong);
	}
	waitpid(pid, &status, 0);
	return status ? 0 : pid;
}

/* Waits until all that happened before has been told. */
#define SETTLE() do { \
	struct event marker; \
	EXPECT_NE(0, refused_signal(self->raised.pid, 1)); \
	EXPECT_EQ(0, event_wait(self->events, &marker, CLIP_EVENT_TASK)); \
} while (0)

TEST_F(events, family)
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

/* EX-07: a file that is not what its entry says. */
TEST_F(events, refused_exec)
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
	EXPECT_EQ(EACCES, run(A, NULL, &pid));
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
	/* It was told, and nothing else. */
	EXPECT_EQ(state.generation, store_state().generation);
	EXPECT_EQ(state.entries, store_state().entries);
	SETTLE();
	EXPECT_EQ(0, event_count(self->grants, CLIP_EVENT_EXEC));
	/* Nothing is told of a file that is not listed. */
	ASSERT_EQ(0, unload(A));
	EXPECT_EQ(0, run(A, NULL, &pid));
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	while (!event_read(self->events, &event, WAIT_MS) &&
	       event_number(&event, CLIP_EVENT_A_KIND) != CLIP_EVENT_TASK)
		EXPECT_EQ(CLIP_EVENT_ADMIN, event_number(&event, CLIP_EVENT_A_KIND));
}

/* A name that is gone is no name, and could be that of another file. */
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
TEST_F(events, refused_map)
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
	EXPECT_EQ(-SIGKILL, run(MAPPER, args, &pid));
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
	EXPECT_EQ(-SIGKILL, run(MAPPER, args, &pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_MAP));
	EXPECT_EQ(CLIP_REASON_DIGEST_MISMATCH,
		  event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_WANTED, rule.digest, 32));
	rule.digest[31] ^= 1;
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_FOUND, rule.digest, 32));

	/* Memory without a file. */
	EXPECT_EQ(-SIGKILL, run(MAPPER, (const char *[]) { "anon", "-" },
				&pid));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_MAP));
	EXPECT_EQ(CLIP_REASON_WX_MEMORY, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_INODE));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_PATH));

	/* What may be mapped is, and nothing is told of it. */
	ASSERT_EQ(0, unload(LIB));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, run(MAPPER, args, &pid));
	SETTLE();
	EXPECT_EQ(0, event_count(self->events, CLIP_EVENT_MAP));
}

static void *signal_thread(void *data)
{
	static long tid;

	tid = kill(*(pid_t *)data, SIGKILL) ? gettid() : 0;
	return &tid;
}

/* SG-05: the thread that acts is named, and whom it acts on. */
TEST_F(events, refused_act)
{
	struct event event;
	pthread_t thread;
	int fds[2];
	long *tid, told = 0;
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

		told = atol(text);
		got;
	}));
	ASSERT_LT(0, told);
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_TRUE(event_text_is(&event, CLIP_EVENT_A_ACT, "signal"));
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(told, event_number(&event, CLIP_EVENT_A_TID));
	EXPECT_NE(pid, told);
	EXPECT_EQ(self->raised.pid, event_number(&event, CLIP_EVENT_A_TARGET));
	EXPECT_EQ(USER_ID, event_number(&event, CLIP_EVENT_A_UID));
	EXPECT_EQ(CLIP_REASON_PERMISSION, event_number(&event, CLIP_EVENT_A_REASON));
	EXPECT_EQ(EPERM, event_number(&event, CLIP_EVENT_A_ERROR));
	EXPECT_EQ(1, event_number(&event, CLIP_EVENT_A_ENFORCED));
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, event_number(&event, CLIP_EVENT_A_CONTEXT));
	EXPECT_FALSE(event_has(&event, CLIP_EVENT_A_INODE));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	/* To everybody at once: the kernel holds the lock of all tasks. */
	pid = fork();
	if (pid == 0)
		_exit(setgid(USER_ID) || setuid(USER_ID) ||
		      kill(-1, SIGUSR1) != -1);
	waitpid(pid, NULL, 0);
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_EQ(pid, event_number(&event, CLIP_EVENT_A_PID));
	EXPECT_EQ(self->raised.pid, event_number(&event, CLIP_EVENT_A_TARGET));
	EXPECT_EQ(0, ask(&self->raised, "signals"));
	/* To itself it may, and nothing is told. */
	EXPECT_EQ(0, ask(&self->raised, "kill %d %d", self->raised.pid,
			 SIGUSR1));
	EXPECT_EQ(1, ask(&self->raised, "signals"));
	SETTLE();
	EXPECT_EQ(0, event_count(self->events, CLIP_EVENT_TASK));
}

/* TR-*: what is refused, and what is done, to the rules. */
TEST_F(events, commits)
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

	/* One without the right to. */
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

	/* A dry run, and what is there already, change nothing. */
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

/* EX-08: it runs, without its grant. */
TEST_F(events, not_granted)
{
	struct event event;
	pid_t pid;

	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	ASSERT_EQ(0, mount(NULL, DIR, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL));
	EXPECT_EQ(0, run(A, NULL, &pid));
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

/* EX-23, EX-24: what went well, for those who want to know. */
TEST_F(events, grants_have_a_group_of_their_own)
{
	struct event event;
	pid_t pid;

	self->rule.privileges = CLIP_PRIV_NETCLIENT;
	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	EXPECT_EQ(0, run(A, NULL, &pid));
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

	/* One that grants nothing is checked, and no more. */
	ASSERT_EQ(0, unload(A));
	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = 0;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, run(A, NULL, &pid));
	ASSERT_EQ(0, event_read(self->grants, &event, WAIT_MS));
	EXPECT_EQ(CLIP_EVENT_EXEC, event_number(&event, CLIP_EVENT_A_KIND));
	SETTLE();
	EXPECT_EQ(0, event_count(self->grants, CLIP_EVENT_GRANT));
}

/* Without a listener nothing is built, counted or kept for later. */
TEST_F(events, nobody_listens)
{
	long long told, refused;
	struct event event;

	close(self->events);
	told = status_value("events");
	refused = status_value("refused.permission");
	EXPECT_NE(0, refused_signal(self->raised.pid, 5 * LIMIT));
	EXPECT_EQ((refused < 0 ? 0 : refused) + 5 * LIMIT,
		  status_value("refused.permission"));
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_read(self->events, &event, WAIT_MS));
	EXPECT_EQ(CLIP_EVENT_TASK, event_number(&event, CLIP_EVENT_A_KIND));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_DROPPED));
	EXPECT_EQ(told + 1, status_value("events"));
}

/* All are told, or told to have been left out; so are other groups'. */
TEST_F(events, a_storm_is_bounded)
{
	const long long dropped_before = status_value("events_dropped");
	const long long told_before = status_value("events");
	const int storm = 50 * LIMIT;
	long long told = 0, dropped = 0, last = 0;
	struct timespec begin, end;
	struct event event;
	pid_t marker, pid;

	ASSERT_EQ(0, load(&self->rule));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	EXPECT_NE(0, refused_signal(self->raised.pid, storm));
	clock_gettime(CLOCK_MONOTONIC, &end);
	/* The other group has room all the same. */
	EXPECT_EQ(0, run(A, NULL, &pid));
	ASSERT_EQ(0, event_wait(self->grants, &event, CLIP_EVENT_GRANT));
	EXPECT_EQ(0, event_number(&event, CLIP_EVENT_A_DROPPED));
	/* And in the next second there is room again. */
	sleep(2);
	marker = refused_signal(self->raised.pid, 1);
	ASSERT_LT(0, marker);
	do {
		ASSERT_EQ(0, event_wait(self->events, &event,
					CLIP_EVENT_TASK));
		told++;
		dropped += event_number(&event, CLIP_EVENT_A_DROPPED);
		EXPECT_TRUE(!last || event_number(&event, CLIP_EVENT_A_SEQUENCE) ==
				     last + 1);
		last = event_number(&event, CLIP_EVENT_A_SEQUENCE);
	} while (event_number(&event, CLIP_EVENT_A_PID) != marker);
	TH_LOG("%lld told, %lld dropped", told, dropped);
	EXPECT_LT(0, dropped);
	EXPECT_EQ(storm + 1, told + dropped);
	EXPECT_GE((end.tv_sec - begin.tv_sec + 3) * LIMIT, told);
	EXPECT_EQ(dropped, status_value("events_dropped") - dropped_before);
	/* The commit, the check and the grant. */
	EXPECT_EQ(told + 3, status_value("events") - told_before);
}

/* A listener that does not read loses what is new, and sees that it did. */
TEST_F(events, slow_listener)
{
	int fd = genl_socket(), size = 1, overrun = 0;
	long long last = 0, gap = 0;
	struct family family;
	struct event event;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_EQ(0, family_get(fd, &family));
	ASSERT_EQ(0, join_group(fd, family.events));
	sleep(1);
	EXPECT_NE(0, refused_signal(self->raised.pid, 30));
	for (int i = 0; i < 30; i++)
		ASSERT_EQ(0, event_wait(self->events, &event,
					CLIP_EVENT_TASK));
	for (int err; (err = event_read(fd, &event, 0)) != EAGAIN;) {
		overrun += err == ENOBUFS;
		if (!err)
			last = event_number(&event, CLIP_EVENT_A_SEQUENCE);
	}
	EXPECT_EQ(1, overrun);
	EXPECT_LT(0, last);
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_wait(fd, &event, CLIP_EVENT_TASK));
	gap = event_number(&event, CLIP_EVENT_A_SEQUENCE) - last;
	EXPECT_LT(1, gap);
	close(fd);
}

/* ----------------------------------------------------------------- audit */

/* One record a refusal, of each sort; what went well leaves none. */
TEST_F(events, audit_records)
{
	static const char *const args[] = { "anon", "-" };
	int audit = audit_listen(true);
	char text[8192], part[256];
	struct rule rule;
	pid_t pid;

	ASSERT_LE(0, audit);
#define EXPECT_PART(...) do { \
	snprintf(part, sizeof(part), __VA_ARGS__); \
	EXPECT_NE(NULL, strstr(text, part)) \
		TH_LOG("no '%s' in: %s", part, text); \
} while (0)
	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	EXPECT_EQ(0, run(A, NULL, &pid));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, run(A, NULL, &pid));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=exec reason=digest-mismatch errno=%d enforced=1 ",
		    EACCES);
	EXPECT_PART(" context=0 pid=%d uid=%d auid=%u ", pid, USER_ID, -1);
	/* Odd names are in hexadecimal: "a \"", escape, 0xff, "=". */
	EXPECT_PART(" comm=6120221BFF3D path=\"%s\" ", A);
	EXPECT_PART(" ino=%lu ", self->st.st_ino);
	EXPECT_PART(" wanted=%02x%02x", self->rule.digest[0],
		    self->rule.digest[1]);
	EXPECT_PART(" found=");
	EXPECT_PART(" rule=2F6574632F7665726963746C2E642F736F20226D650A ");
	EXPECT_PART(" line=%d ", LINE);
	EXPECT_PART(" res=0");

	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/mapper", MAPPER, 0755));
	ASSERT_EQ(0, rule_for(&rule, MAPPER, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_NEEDLIBS));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(-SIGKILL, run(MAPPER, args, &pid));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=map reason=wx-memory errno=%d ", EACCES);

	pid = refused_signal(self->raised.pid, 1);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=signal reason=permission errno=%d ", EPERM);
	EXPECT_PART(" pid=%d ", pid);
	EXPECT_PART(" target=%d ", self->raised.pid);

	rule.flags = 1U << 31;
	EXPECT_EQ(EINVAL, load(&rule));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=commit reason=bad-flags errno=%d ", EINVAL);

	/* Off is off: the next record is that of what comes after it. */
	close(audit_listen(false));
	EXPECT_EQ(EINVAL, load(&rule));
	close(audit_listen(true));
	pid = refused_signal(self->raised.pid, 1);
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" pid=%d ", pid);
	close(audit_listen(false));
	close(audit);
}

/* ------------------------------------------------------ who may listen */

/* The rest of a child: listen, say so, and say what came when told to. */
static void listener(int in, int out, int fd)
{
	struct event event;
	char byte = 0;

	if (write(out, &byte, 1) != 1 || read(in, &byte, 1) != 1)
		_exit(1);
	_exit(event_read(fd, &event, 0) == EAGAIN ? 0 : 2);
}

/* The kernel may tell this namespace of events in that one. */
static int name_namespace(int netns)
{
	struct {
		struct nlmsghdr nlh;
		struct rtgenmsg rtgen;
		char pad[3];
		struct nlattr attr_id;
		uint32_t id;
		struct nlattr attr_fd;
		uint32_t fd;
	} request = {
		.nlh = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_NEWNSID,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.attr_id = { 8, NETNSA_NSID }, .id = 5,
		.attr_fd = { 8, NETNSA_FD }, .fd = netns,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	char answer[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)answer;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0 ||
	    recv(fd, answer, sizeof(answer), 0) < 0)
		return errno;
	close(fd);
	return nlh->nlmsg_type == NLMSG_ERROR ?
	       -((struct nlmsgerr *)NLMSG_DATA(nlh))->error : 0;
}

FIXTURE(access)
{
	struct family family;
	struct actor raised;
	int events;
};

FIXTURE_SETUP(access)
{
	struct rule rule;
	int fd = genl_socket();

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ACTOR, RAISED, 0755));
	ASSERT_EQ(0, rule_for(&rule, RAISED, CLIP_ENTRY_EXE));
	rule.effective = BIND;
	rule.permitted = BIND;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, actor_start(&self->raised, RAISED, USER_ID));
	ASSERT_EQ(0, family_get(fd, &self->family));
	close(fd);
	self->events = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, self->events);
}

FIXTURE_TEARDOWN(access)
{
	actor_stop(&self->raised);
	close(self->events);
	umount2(DIR, MNT_DETACH);
}

FIXTURE_VARIANT(access)
{
	uid_t uid;
	int unshare;
	int lookup;		/* errno of asking for the family by name */
	int join;		/* errno of joining by number */
};

FIXTURE_VARIANT_ADD(access, ordinary_user) {
	.uid = USER_ID, .join = EPERM,
};

FIXTURE_VARIANT_ADD(access, user_namespace) {
	.uid = USER_ID, .unshare = CLONE_NEWUSER, .join = EPERM,
};

FIXTURE_VARIANT_ADD(access, root_of_user_namespace) {
	.unshare = CLONE_NEWUSER, .join = EPERM,
};

/* Whoever owns a network namespace may join any group in it. */
FIXTURE_VARIANT_ADD(access, net_namespace) {
	.uid = USER_ID, .unshare = CLONE_NEWUSER | CLONE_NEWNET,
	.lookup = ENOENT,
};

FIXTURE_VARIANT_ADD(access, net_namespace_of_root) {
	.unshare = CLONE_NEWNET, .lookup = ENOENT,
};

/* LG-*: who has no right to listen gets nothing, by whatever way. */
TEST_F(access, no_right)
{
	const int wanted = variant->join;
	int to[2], from[2], status, on = 1;
	struct event event;
	char byte = 0;
	pid_t pid;

	ASSERT_EQ(0, pipe(to));
	ASSERT_EQ(0, pipe(from));
	pid = fork();
	if (pid == 0) {
		int netns = open("/proc/self/ns/net", O_RDONLY), fd;
		struct family family;

		if (variant->uid && (setgid(variant->uid) ||
				     setuid(variant->uid)))
			_exit(10);
		if (variant->unshare && unshare(variant->unshare))
			_exit(11);
		fd = genl_socket();
		if (family_get(fd, &family) != variant->lookup)
			_exit(12);
		if (join_group(fd, self->family.events) != wanted ||
		    join_group(fd, self->family.grants) != wanted)
			_exit(13);
		if (variant->unshare & CLONE_NEWNET &&
		    (setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on,
				sizeof(on)) || name_namespace(netns)))
			_exit(14);
		listener(to[0], from[1], fd);
	}
	close(from[1]);
	EXPECT_EQ(1, read(from[0], &byte, 1));
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	/* Messages go to all listeners one by one: the last is the marker. */
	EXPECT_NE(0, refused_signal(self->raised.pid, 1));
	ASSERT_EQ(0, event_wait(self->events, &event, CLIP_EVENT_TASK));
	EXPECT_EQ(1, write(to[1], &byte, 1));
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
