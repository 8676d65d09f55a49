// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a context refuses is refused while memory is exhausted, too: for each act
 * and each N, the Nth allocation or copy of user memory of the act fails, until the
 * act does not get that far. The act may then fail in another way, and must not
 * succeed. What is allowed is allowed once there is no fault (faults 11 and 31).
 */
#include "contexts.h"
#include "device.h"
#include "fault.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define PLACE		"/tmp/fault_hooks"
#define LISTED		PLACE "/listed"
#define UNLISTED	PLACE "/unlisted"
#define CHANGED		PLACE "/changed"
#define PLAIN		PLACE "/plain"
#define SCRIPT		PLACE "/script"
#define TINY		"/usr/lib/clip/tests/tiny"
#define XID		4079
#define MOST		400	/* more faults than an act has places for */
#define CHECK		0x10000	/* AT_EXECVE_CHECK */

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

/* ---------------------------------------------------------------- acts */

static int run(const char *path)
{
	return error_of(execve(path, (char *[]) { "x", NULL },
			       (char *[]) { NULL }));
}

static int run_listed(void) { return run(LISTED); }
static int run_unlisted(void) { return run(UNLISTED); }
static int run_changed(void) { return run(CHANGED); }
static int map_listed(void) { return map_executable(LISTED); }
static int map_unlisted(void) { return map_executable(UNLISTED); }
static int protect_unlisted(void) { return protect_executable(UNLISTED); }
static int write_plain(void) { return try_open(PLAIN, O_WRONLY); }
static int write_sealed(void) { return try_open(LISTED, O_WRONLY); }
static int cut_sealed(void) { return error_of(truncate(LISTED, 1)); }
static int open_devctl(void) { return try_open(CLIP_DEVCTL_PATH, O_RDWR); }
static int open_latch(void)
{
	return try_open("/proc/sys/kernel/clip/network", O_WRONLY);
}

static int run_memfd(void)
{
	static char program[65536];
	const int in = open(LISTED, O_RDONLY), fd = memfd_create("x", 0);
	const ssize_t size = read(in, program, sizeof(program));

	if (size <= 0 || write(fd, program, size) != size)
		return EIO;
	return error_of(syscall(SYS_execveat, fd, "", (char *[]) { "x", NULL },
				(char *[]) { NULL }, AT_EMPTY_PATH));
}

static int check_script(void)
{
	return error_of(syscall(SYS_execveat, AT_FDCWD, SCRIPT, NULL, NULL,
				CHECK));
}

static int map_both(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ?
		       errno : 0;
}

static int protect_written(void)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return errno;
	*page = 1;
	return error_of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int signal_outside(void) { return error_of(kill(getppid(), 0)); }

static int trace_outside(void)
{
	return error_of(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
}

static int bind_address(void)
{
	const struct sockaddr_in any = { .sin_family = AF_INET };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? errno :
	       error_of(bind(fd, (const void *)&any, sizeof(any)));
}

static int read_log(void)
{
	char text[64];

	return error_of(klogctl(3, text, sizeof(text)));
}

static int make_pair(void)
{
	int pair[2];

	return error_of(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static const struct act {
	const char *name;
	int (*call)(void);
	int error;		/* without a fault */
} acts[] = {
	{ "exec of a listed file", run_listed, 0 },
	{ "exec of an unlisted file", run_unlisted, EACCES },
	{ "exec of a changed file", run_changed, EACCES },
	{ "exec of a file in memory", run_memfd, EACCES },
	{ "check of an unlisted script", check_script, EACCES },
	{ "executable mapping of a listed file", map_listed, 0 },
	{ "executable mapping of an unlisted file", map_unlisted, EACCES },
	{ "mprotect of an unlisted file", protect_unlisted, EACCES },
	{ "writable and executable memory", map_both, EACCES },
	{ "mprotect of written memory", protect_written, EACCES },
	{ "open for writing", write_plain, 0 },
	{ "open of a sealed file for writing", write_sealed, ETXTBSY },
	{ "truncation of a sealed file", cut_sealed, ETXTBSY },
	{ "open of /dev/devctl", open_devctl, EACCES },
	{ "open of a latch", open_latch, EACCES },
	{ "signal to a task outside", signal_outside, EPERM },
	{ "trace of a task outside", trace_outside, EPERM },
	{ "address that is not given", bind_address, EAFNOSUPPORT },
	{ "message of the kernel", read_log, EPERM },
	{ "pair of sockets", make_pair, 0 },
};

/* ---------------------------------------------------------------- driver */

FIXTURE(hooks)
{
	int fd;
};

FIXTURE_SETUP(hooks)
{
	ASSERT_EQ(0, fault_prepare());
	ASSERT_EQ(0, private_tmpfs(PLACE, 0));
	ASSERT_EQ(0, copy_file(TINY, LISTED, 0755));
	ASSERT_EQ(0, copy_file(TINY, UNLISTED, 0755));
	ASSERT_EQ(0, copy_file(TINY, CHANGED, 0755));
	ASSERT_EQ(0, copy_file("/etc/passwd", PLAIN, 0644));
	ASSERT_EQ(0, append_byte(UNLISTED));
	ASSERT_EQ(0, write_script(SCRIPT, "/bin/sh"));
	self->fd = context_create(XID, CLIP_LEVEL_ACTIVE, ALL_CAPS, 0);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, list_file(LISTED, XID, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, list_file(CHANGED, XID, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, append_byte(CHANGED));
	ASSERT_EQ(0, append_byte(CHANGED));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_ENFORCE_EXEC |
			       CLIP_LEVEL_ENFORCE_LIB |
			       CLIP_LEVEL_ENFORCE_SCRIPT |
			       CLIP_LEVEL_WX_MEMORY));
	/* The seal begins. */
	ASSERT_EQ(0, exec_in_context(self->fd, LISTED));
}

FIXTURE_TEARDOWN(hooks)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(PLACE, MNT_DETACH);
}

/*
 * The result of an act in the context with the @nth fault in it, none if it is 0:
 * an errno value, or 128 and a signal. @happened says whether there was a fault.
 */
static int with_fault(int fd, const struct act *act, unsigned int nth,
		      bool *happened)
{
	siginfo_t info;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		keep_only(fd);
		if (context_enter(fd))
			_exit(255);
		close(fd);
		raise(SIGSTOP);
		_exit(act->call());
	}
	if (pid < 0 || waitpid(pid, &status, WUNTRACED) != pid ||
	    !WIFSTOPPED(status))
		return 254;
	if ((nth && fault_arm_process(pid, nth)) || kill(pid, SIGCONT))
		return 253;
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		return 252;
	*happened = nth && fault_happened(pid);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

TEST_F_TIMEOUT(hooks, a_fault_permits_nothing, 600)
{
	struct store_state before = store_state(), after;

	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		const struct act *act = &acts[i];
		bool happened = true;
		unsigned int nth, others = 0;
		int err;

		EXPECT_EQ(act->error, with_fault(self->fd, act, 0, &happened)) {
			TH_LOG("%s", act->name);
		}
		happened = true;
		for (nth = 1; happened && nth < MOST; nth++) {
			err = with_fault(self->fd, act, nth, &happened);
			EXPECT_TRUE(err || !act->error) {
				TH_LOG("%s, fault %u: allowed", act->name, nth);
			}
			/* Without a fault the answer is the usual one. */
			if (!happened) {
				EXPECT_EQ(act->error, err) {
					TH_LOG("%s after %u faults", act->name, nth);
				}
			}
			others += err != act->error;
		}
		TH_LOG("%s: %u places, %u other results", act->name, nth - 2,
		       others);
		EXPECT_FALSE(happened);
	}
	after = store_state();
	EXPECT_EQ(before.generation, after.generation);
	EXPECT_EQ(before.entries, after.entries);
}

TEST_HARNESS_MAIN
