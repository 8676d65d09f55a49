// SPDX-License-Identifier: GPL-2.0-only
/*
 * A marked process tree, which may run files that no rule allows for some time.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define AT_EXECVE_CHECK	0x10000

#define DIR	"/opt/run-allowed"
#define A	DIR "/a"
#define B	DIR "/b"
#define LEVEL	DIR "/admin"	/* listed: sets the level back */
#define SHELL	DIR "/sh"	/* listed, without rights */
#define GRANTED	DIR "/granted"	/* listed, with rights */
#define OVER	"/opt/run-allowed-over"
#define EMPTY	"/opt/run-allowed-empty"
#define XID	3301
#define TINY	"/usr/lib/clip/tests/tiny"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

static int mark(uint32_t seconds, uint32_t *reason)
{
	struct clip_run_allowed args = {
		.size = sizeof(args), .seconds = seconds,
	};
	const int err = device_call(CLIP_IOC_RUN_ALLOWED, &args);

	if (reason)
		*reason = args.reason;
	return err;
}

/* The status as of a shell. */
static int run_args(const char *path, char *const argv[])
{
	const pid_t pid = fork();
	int status = -1;

	if (!pid) {
		execv(path, argv);
		_exit(errno == EACCES ? 126 : 127);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int run(const char *path)
{
	return run_args(path, (char *[]){ (char *)path, NULL });
}

static int shell(const char *interpreter, const char *command)
{
	return run_args(interpreter,
			(char *[]){ "sh", "-c", (char *)command, NULL });
}

/* What @act says of @path in a child that has given up the mark. */
static int unmarked(int (*act)(const char *), const char *path)
{
	const pid_t pid = fork();
	int status = -1;

	if (!pid)
		_exit(mark(0, NULL) ? 200 : act(path));
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int shell_runs_a(const char *interpreter)
{
	return shell(interpreter, A);
}

static int map_code(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	const int err = at == MAP_FAILED ? errno : 0;

	close(fd);
	if (!err)
		munmap(at, 4096);
	return err;
}

/* A mapping that is made executable later. */
static int protect_code(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	const int err = mprotect(at, 4096, PROT_READ | PROT_EXEC) ? errno : 0;

	close(fd);
	munmap(at, 4096);
	return err;
}

/* AT_EXECVE_CHECK, as an interpreter asks. */
static int check_code(const char *path)
{
	char *const none[] = { NULL };

	return syscall(SYS_execveat, AT_FDCWD, path, none, none,
		       AT_EXECVE_CHECK) ? errno : 0;
}

/* The error that CLIP_IOC_ASK foretells, as every user may ask. */
static int foretold(const char *path)
{
	struct clip_ask ask = { .size = sizeof(ask) };
	int err;

	ask.fd = open(path, O_RDONLY | O_CLOEXEC);
	err = device_call(CLIP_IOC_ASK, &ask);
	close(ask.fd);
	if (err)
		return 100 + err;
	/* A refusal that is lifted keeps its reason. */
	return !ask.error && ask.reason != CLIP_REASON_NOT_ALLOWED ?
		       100 : (int)ask.error;
}

/* DIR is the layer below. */
static int mount_overlay(void)
{
	mkdir(OVER, 0755);
	mkdir(EMPTY, 0755);
	return mount("overlay", OVER, "overlay", 0,
		     "lowerdir=" DIR ":" EMPTY) ? errno : 0;
}

static void unmount_overlay(void)
{
	umount2(OVER, MNT_DETACH);
	rmdir(EMPTY);
	rmdir(OVER);
}

/* errno of tracing a task, which is left alone afterwards. */
static int trace(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_ATTACH, pid, 0, 0))
		return errno;
	waitpid(pid, &status, __WALL);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return 0;
}

static int unmarked_trace(pid_t target)
{
	const pid_t pid = fork();
	int status = -1;

	if (!pid)
		_exit(mark(0, NULL) ? 200 : trace(target));
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int ask_without_right(int fd)
{
	uint32_t reason;

	return mark(9, &reason) == EPERM && reason == CLIP_REASON_PERMISSION ?
	       0 : 1;
}

static int set_level_by_entry(uint32_t level)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", level);
	return run_args(LEVEL, (char *[]){ LEVEL, "level", "0", number, NULL });
}

/* The caller is marked while context 0 is not active, which enforces then. */
static int begin(uint32_t seconds)
{
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	return copy_file(TINY, A, 0755) ?: copy_file(TINY, B, 0755) ?:
	       append_byte(B) ?: copy_file("/bin/sh", SHELL, 0755) ?:
	       copy_file("/bin/sh", GRANTED, 0755) ?:
	       copy_file("/usr/lib/clip/tests/admin", LEVEL, 0755) ?:
	       list_file(LEVEL, 0, CLIP_ENTRY_EXE, 0, CLIP_PRIV_VERICTL) ?:
	       list_file(GRANTED, 0, CLIP_ENTRY_EXE, BIND, 0) ?:
	       list_file(SHELL, 0, CLIP_ENTRY_EXE, 0, 0) ?:
	       list_file(B, 0, CLIP_ENTRY_EXE, 0, 0) ?:
	       mark(seconds, NULL) ?: set_level(0, ENFORCE);
}

static int end(void)
{
	const int err = set_level_by_entry(0);
	static const char *const listed[] = { LEVEL, GRANTED, SHELL, B };

	for (int i = 0; i < 4; i++) {
		unload(listed[i]);
		unlink(listed[i]);
	}
	unlink(A);
	rmdir(DIR);
	return err ?: mark(0, NULL);
}

FIXTURE(marked) { };

FIXTURE_SETUP(marked)
{
	ASSERT_EQ(0, begin(600));
}

FIXTURE_TEARDOWN(marked)
{
	EXPECT_EQ(0, end());
}

TEST_F(marked, runs_what_no_rule_allows)
{
	const struct store_state before = store_state();
	const long long permitted = status_value("permitted");

	EXPECT_EQ(126, unmarked(run, A));
	EXPECT_EQ(permitted, status_value("permitted"));
	EXPECT_EQ(0, run(A));
	EXPECT_EQ(permitted + 1, status_value("permitted"));
	EXPECT_EQ(126, unmarked(run, A));
	EXPECT_EQ(before.generation, store_state().generation);
	EXPECT_EQ(before.entries, store_state().entries);
}

TEST_F(marked, is_inherited_over_fork_and_exec)
{
	EXPECT_EQ(0, shell(SHELL, A " && (" A ")"));
	EXPECT_EQ(126, unmarked(shell_runs_a, SHELL));
}

/* A file that has an entry and does not match it is refused as ever. */
TEST_F(marked, changed_file_is_refused)
{
	EXPECT_EQ(0, run(B));
	ASSERT_EQ(0, append_byte(B));
	EXPECT_EQ(126, run(B));
}

/* The entry is that of the file in the layer, whatever leads to it. */
TEST_F(marked, changed_file_below_an_overlay_is_refused)
{
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, mount_overlay());
	EXPECT_EQ(126, run(B));
	EXPECT_EQ(126, run(OVER "/b"));
	/* The twin: a file in the same layer that has none. */
	EXPECT_EQ(0, run(OVER "/a"));
	EXPECT_EQ(126, unmarked(run, OVER "/a"));
	unmount_overlay();
}

TEST_F(marked, question_knows_of_it)
{
	const long long permitted = status_value("permitted");
	const long long refused = status_value("refused");

	EXPECT_EQ(EACCES, unmarked(foretold, A));
	EXPECT_EQ(0, foretold(A));
	ASSERT_EQ(0, append_byte(B));
	EXPECT_EQ(EACCES, foretold(B));
	EXPECT_EQ(EACCES, unmarked(foretold, B));
	EXPECT_EQ(permitted, status_value("permitted"));
	EXPECT_EQ(refused, status_value("refused"));
}

/* A program that gets rights from its entry, and what it starts, is not. */
TEST_F(marked, ends_with_a_grant)
{
	EXPECT_EQ(126, shell(GRANTED, A));
	/* The twin: a listed program without any. */
	EXPECT_EQ(0, shell(SHELL, A));
	/* And the mark of the one who started it stays. */
	EXPECT_EQ(0, run(A));
}

/* What no rule allows gets nothing, whatever its attributes say. */
TEST_F(marked, grants_nothing)
{
	struct probe probe;

	ASSERT_EQ(0, copy_file(PROBE, DIR "/setuid", 0755));
	ASSERT_EQ(0, chmod(DIR "/setuid", 04755));
	probe = probe_run(DIR "/setuid", USER_ID);
	EXPECT_EQ(0, probe.error);
	EXPECT_EQ(USER_ID, probe.euid);
	EXPECT_EQ(0, probe.effective);
	EXPECT_EQ(0, probe.permitted);
	unlink(DIR "/setuid");
}

TEST_F(marked, is_asked_for_with_the_right_to_load)
{
	EXPECT_EQ(0, in_child(-1, ask_without_right));
	EXPECT_EQ(0, run(A));
}

/* A tracer could make the traced task run what the tracer may not. */
TEST_F(marked, is_not_traced_by_others)
{
	int status, gate[2];
	pid_t child;

	ASSERT_EQ(0, pipe(gate));
	child = fork();
	if (!child) {
		pause();
		_exit(0);
	}
	EXPECT_EQ(EPERM, unmarked_trace(child));
	/* The twin: by one of the tree, and of one that is not marked. */
	EXPECT_EQ(0, trace(child));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	child = fork();
	if (!child) {
		mark(0, NULL);
		close(gate[0]);
		close(gate[1]);
		pause();
		_exit(0);
	}
	close(gate[1]);
	/* Its end of the pipe is closed when the mark is gone. */
	EXPECT_EQ(0, read(gate[0], &status, 1));
	close(gate[0]);
	EXPECT_EQ(0, unmarked_trace(child));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

FIXTURE(mark_libs) { };

FIXTURE_SETUP(mark_libs)
{
	ASSERT_EQ(0, begin(600));
	ASSERT_EQ(0, set_level_by_entry(ENFORCE | CLIP_LEVEL_ENFORCE_LIB |
					CLIP_LEVEL_ENFORCE_SCRIPT));
}

FIXTURE_TEARDOWN(mark_libs)
{
	EXPECT_EQ(0, end());
}

TEST_F(mark_libs, maps_what_no_rule_allows)
{
	EXPECT_EQ(EACCES, unmarked(map_code, A));
	EXPECT_EQ(0, map_code(A));
	EXPECT_EQ(EACCES, unmarked(protect_code, A));
	EXPECT_EQ(0, protect_code(A));
	ASSERT_EQ(0, append_byte(B));
	EXPECT_EQ(EACCES, map_code(B));
	EXPECT_EQ(EACCES, protect_code(B));
}

TEST_F(mark_libs, interprets_what_no_rule_allows)
{
	EXPECT_EQ(EACCES, unmarked(check_code, A));
	EXPECT_EQ(0, check_code(A));
	ASSERT_EQ(0, append_byte(B));
	EXPECT_EQ(EACCES, check_code(B));
}

TEST_F(mark_libs, changed_file_below_an_overlay)
{
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, mount_overlay());
	EXPECT_EQ(EACCES, map_code(OVER "/b"));
	EXPECT_EQ(EACCES, protect_code(OVER "/b"));
	EXPECT_EQ(EACCES, check_code(OVER "/b"));
	EXPECT_EQ(0, map_code(OVER "/a"));
	EXPECT_EQ(0, protect_code(OVER "/a"));
	EXPECT_EQ(0, check_code(OVER "/a"));
	EXPECT_EQ(EACCES, unmarked(map_code, OVER "/a"));
	unmount_overlay();
}

/* The kernel ends it without a question to the running programs. */
FIXTURE(mark_time) { };

FIXTURE_SETUP(mark_time)
{
	ASSERT_EQ(0, begin(5));
}

FIXTURE_TEARDOWN(mark_time)
{
	EXPECT_EQ(0, end());
}

TEST_F(mark_time, ends_by_itself)
{
	int status = 0;

	EXPECT_EQ(0, run(A));
	for (int i = 0; i < 600 && !status; i++) {
		usleep(100000);
		status = run(A);
	}
	EXPECT_EQ(126, status);
	EXPECT_EQ(126, shell(SHELL, A));
}

FIXTURE(mark_request)
{
	int fd;
};

FIXTURE_SETUP(mark_request)
{
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(mark_request)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	unlink(A);
	rmdir(DIR);
}

static int mark_and_enter(int fd)
{
	if (mark(600, NULL))
		return 200;
	return context_enter(fd) ? 201 : run(A);
}

TEST_F(mark_request, counts_in_one_context)
{
	EXPECT_EQ(126, in_child(self->fd, mark_and_enter));
}

static int mark_as_user(int fd)
{
	struct clip_run_allowed args = { .size = sizeof(args), .seconds = 9 };
	const int device = device_open();

	if (setuid(USER_ID))
		return 255;
	return ioctl(device, CLIP_IOC_RUN_ALLOWED, &args) ?
	       (args.reason == CLIP_REASON_PERMISSION ? errno : 254) : 0;
}

static int mark_while_traced(int fd)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0))
		return 255;
	return mark(9, NULL);
}

TEST_F(mark_request, arguments_and_callers)
{
	struct clip_run_allowed args = { .size = sizeof(args), .seconds = 9 };

	EXPECT_EQ(EPERM, in_child(-1, mark_as_user));
	EXPECT_EQ(EBUSY, in_child(-1, mark_while_traced));
	EXPECT_EQ(EINVAL, mark(CLIP_EXCEPTION_SECONDS_MAX + 1, NULL));
	args.reserved = 1;
	EXPECT_EQ(EINVAL, device_call(CLIP_IOC_RUN_ALLOWED, &args));
	EXPECT_EQ(0, mark(CLIP_EXCEPTION_SECONDS_MAX, NULL));
	EXPECT_EQ(0, mark(0, NULL));
}

TEST_HARNESS_MAIN
