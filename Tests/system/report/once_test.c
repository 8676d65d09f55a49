// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every kind of report of kernel-module/report/rules.c (fault 19): a refusal
 * reaches the counter, the log, the listeners and audit once each, and the same
 * act where it is allowed reaches none of them.
 */
#include "active.h"
#include "audit.h"
#include "device/table.h"
#include "events_fixture.h"
#include "latch.h"
#include "log.h"
#include "loop.h"
#include "script/interpret.h"

#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define XID	2001

static const struct clip_device_rule device_rules[] = {
	LOOP_RULE(0, 0, 2, 0), LOOP_RULE(1, 0, 2, R | W),
};

/* A context with wx_memory, and the table of devices. */
static int confined = -1, table = -1;

/* Both are changed before context 0 is active: this takes no privilege. */
__attribute__((constructor(200))) static void prepare_before_main(void)
{
	confined = context_create(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_WX_MEMORY,
				  ALL_CAPS, CLIP_PRIV_ALL);
	table = change_table(CLIP_COMMIT_REPLACE, device_rules,
			     ARRAY_SIZE(device_rules), NULL);
}

/* What has received how many reports so far. */
struct reported {
	long long refused, ungranted, log, events, audit;
};

static struct reported now(FIXTURE_DATA(events) *self, int audit)
{
	static const char *const lines[] = { "clip: ", ": reason=", NULL };
	static long long events, records;
	struct event event;
	char text[8192];

	while (!event_read(self->events, &event, 300))
		events += event_number(&event, CLIP_EVENT_A_ERROR) > 0 ||
			  event_number(&event, CLIP_EVENT_A_KIND) ==
			  CLIP_EVENT_UNGRANTED;
	while (audit_read(audit, text, sizeof(text), 100))
		records++;
	return (struct reported) {
		.refused = status_value("refused"),
		.ungranted = status_value("ungranted"),
		.log = log_count(lines), .events = events, .audit = records,
	};
}

/* The acts: each returns 0 or an errno value. */

static int exec_changed(FIXTURE_DATA(events) *self)
{
	return probe_run(DIR "/changed", USER_ID).error;
}

static int exec_good(FIXTURE_DATA(events) *self)
{
	return probe_run(A, USER_ID).error;
}

static int ask_changed(FIXTURE_DATA(events) *self)
{
	return ask_open(DIR "/changed");
}

static int ask_good(FIXTURE_DATA(events) *self)
{
	return ask_open(A);
}

static int run_mapper(const char *verb)
{
	const char *const args[] = { verb, LIB };
	pid_t pid;

	return run_oddly(MAPPER, args, &pid);
}

static int map_unlisted(FIXTURE_DATA(events) *self)
{
	return -run_mapper("map");
}

static int map_readable(FIXTURE_DATA(events) *self)
{
	return run_mapper("mapr");
}

static int map_anonymous(void *protection)
{
	return mmap(NULL, 4096, *(int *)protection,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ?
	       errno : 0;
}

static int write_and_execute(FIXTURE_DATA(events) *self)
{
	int protection = PROT_READ | PROT_WRITE | PROT_EXEC;

	return do_in_context(confined, map_anonymous, &protection);
}

static int write_alone(FIXTURE_DATA(events) *self)
{
	int protection = PROT_READ | PROT_WRITE;

	return do_in_context(confined, map_anonymous, &protection);
}

static int commit_bad(FIXTURE_DATA(events) *self)
{
	struct rule rule = self->rule;

	rule.flags = 1U << 31;
	return load(&rule);
}

/* The answer of a dry run is no refusal, and nothing would be changed. */
static int commit_bad_dry(FIXTURE_DATA(events) *self)
{
	struct rule rule = self->rule;

	rule.flags = 1U << 31;
	return commit_rules(&rule, 1, CLIP_COMMIT_ADD, CLIP_COMMIT_DRY_RUN,
			    NULL) == EINVAL ? 0 : -1;
}

static int change_level(FIXTURE_DATA(events) *self)
{
	return set_level(CLIP_CONTEXT_ADMIN, 0);
}

static int read_level(FIXTURE_DATA(events) *self)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_ADMIN };

	return context_call(CLIP_IOC_CONTEXT_GET, &args);
}

static int signal_raised(FIXTURE_DATA(events) *self)
{
	return refused_signal(self->raised.pid, 1) ? EPERM : 0;
}

static int signal_self(FIXTURE_DATA(events) *self)
{
	return kill(getpid(), 0) ? errno : 0;
}

static int run_ungranted(FIXTURE_DATA(events) *self)
{
	return probe_run(DIR "/nosuid/a", USER_ID).error;
}

static int new_namespace(FIXTURE_DATA(events) *self)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) ? errno : 0);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int own_files(FIXTURE_DATA(events) *self)
{
	return unshare(CLONE_FILES) ? errno : 0;
}

static int use_socket(int family)
{
	struct sockaddr address = { .sa_family = family };
	int fd = socket(family, SOCK_STREAM, 0), err;

	if (fd < 0)
		return errno;
	err = bind(fd, &address, family == AF_UNIX ? sizeof(sa_family_t) :
						     sizeof(struct sockaddr_in));
	err = err ? errno : 0;
	close(fd);
	return err;
}

static int use_internet(FIXTURE_DATA(events) *self)
{
	return use_socket(AF_INET);
}

static int use_local(FIXTURE_DATA(events) *self)
{
	return use_socket(AF_UNIX);
}

/* The context has no addresses. */
static int make_socket(void *family)
{
	return socket(*(int *)family, SOCK_DGRAM, 0) < 0 ? errno : 0;
}

static int confined_internet(FIXTURE_DATA(events) *self)
{
	return do_in_context(confined, make_socket, &(int) { AF_INET });
}

static int confined_local(FIXTURE_DATA(events) *self)
{
	return do_in_context(confined, make_socket, &(int) { AF_UNIX });
}

static int open_device(FIXTURE_DATA(events) *self)
{
	return try_open(loop_node(0), O_RDONLY);
}

static int open_other_device(FIXTURE_DATA(events) *self)
{
	return try_open(loop_node(1), O_RDONLY);
}

static int mount_flags(unsigned long flags)
{
	int err = mount("tmpfs", DIR, "tmpfs", flags, NULL) ? errno : 0;

	if (!err)
		umount2(DIR, MNT_DETACH);
	return err;
}

static int mount_executable(FIXTURE_DATA(events) *self)
{
	return mount_flags(0);
}

static int mount_harmless(FIXTURE_DATA(events) *self)
{
	return mount_flags(MS_NOEXEC | MS_NOSUID | MS_NODEV);
}

/* One row for each kind of report that is a refusal, or is logged. */
static const struct row {
	const char *kind;	/* CLIP_REPORT_* */
	const char *latch;	/* set before the row, or NULL */
	int (*refused)(FIXTURE_DATA(events) *self);
	int (*allowed)(FIXTURE_DATA(events) *self);
	int error;
	bool ungranted;		/* no refusal: the program runs */
} rows[] = {
	{ "EXEC", NULL, exec_changed, exec_good, EACCES, false },
	{ "CHECK", NULL, ask_changed, ask_good, EACCES, false },
	{ "MAP", NULL, map_unlisted, map_readable, SIGKILL, false },
	{ "MEMORY", NULL, write_and_execute, write_alone, EACCES, false },
	{ "COMMIT", NULL, commit_bad, commit_bad_dry, EINVAL, false },
	{ "ADMIN", NULL, change_level, read_level, EPERM, false },
	{ "TASK", NULL, signal_raised, signal_self, EPERM, false },
	{ "ADDRESS", NULL, confined_internet, confined_local, EAFNOSUPPORT,
	  false },
	{ "UNGRANTED", NULL, run_ungranted, exec_good, 0, true },
	{ "PRIVILEGE", "unshare", new_namespace, own_files, EPERM, false },
	{ "SOCKET", "network", use_internet, use_local, EPERM, false },
	{ "DEVICE", "mount", open_device, open_other_device, EPERM, false },
	{ "MOUNT", NULL, mount_executable, mount_harmless, EPERM, false },
};

/* The program is killed while its content is read: it was not refused. */
TEST_F(events, killed_exec_is_no_refusal)
{
	struct reported before, after;
	int audit = audit_listen(true), status;
	pid_t pid;

	ASSERT_LE(0, audit);
	ASSERT_EQ(0, load(&self->rule));
	/* A hole takes no memory, and much time. */
	ASSERT_EQ(0, truncate(A, 64LL << 30));
	before = now(self, audit);
	pid = fork();
	if (pid == 0) {
		execl(A, A, NULL);
		_exit(errno);
	}
	usleep(300000);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	after = now(self, audit);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	/* Left alone it is refused. */
	ASSERT_EQ(0, truncate(A, 100));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_EQ(before.refused + 1, now(self, audit).refused);
	close(audit_listen(false));
	close(audit);
}

/* Comes last: its latches stay. */
TEST_F(events, each_refusal_is_reported_once)
{
	int audit = audit_listen(true);
	struct reported before, after;
	struct rule rule;

	ASSERT_LE(0, audit);
	ASSERT_LE(0, confined);
	ASSERT_EQ(0, table);
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, copy_file(PROBE, DIR "/changed", 0755));
	ASSERT_EQ(0, rule_for(&rule, DIR "/changed", CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, append_byte(DIR "/changed"));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/mapper", MAPPER, 0755));
	ASSERT_EQ(0, copy_file(PROBE, LIB, 0755));
	ASSERT_EQ(0, rule_for(&rule, MAPPER, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_CHECKLIBS));
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, mkdir(DIR "/nosuid", 0755));
	ASSERT_EQ(0, mount(DIR, DIR "/nosuid", NULL, MS_BIND, NULL));
	ASSERT_EQ(0, mount(NULL, DIR "/nosuid", NULL,
			   MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		if (row->latch)
			ASSERT_EQ(0, set_latch(row->latch,
					       !strcmp(row->latch, "mount") ?
					       "0" : "1"));
		before = now(self, audit);
		EXPECT_EQ(0, row->allowed(self)) TH_LOG("%s", row->kind);
		after = now(self, audit);
		EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)))
			TH_LOG("allowed %s: refused %+lld, ungranted %+lld, log %+lld, events %+lld, audit %+lld",
			       row->kind, after.refused - before.refused,
			       after.ungranted - before.ungranted,
			       after.log - before.log,
			       after.events - before.events,
			       after.audit - before.audit);
		before = after;
		EXPECT_EQ(row->error, row->refused(self))
			TH_LOG("%s", row->kind);
		after = now(self, audit);
		before.refused += !row->ungranted;
		before.ungranted += row->ungranted;
		before.audit += !row->ungranted;
		before.log++;
		before.events++;
		EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)))
			TH_LOG("%s, beyond one: refused %+lld, ungranted %+lld, log %+lld, events %+lld, audit %+lld",
			       row->kind, after.refused - before.refused,
			       after.ungranted - before.ungranted,
			       after.log - before.log,
			       after.events - before.events,
			       after.audit - before.audit);
	}
	close(audit_listen(false));
	close(audit);
}

TEST_HARNESS_MAIN
