// SPDX-License-Identifier: GPL-2.0-only
/*
 * AT_EXECVE_CHECK, O_MAYEXEC and the securebits of interpreters, as every
 * program sees them, with no rule in force. The first and the last are those of
 * Linux 6.14 (script-execution.md 1.1, 1.2). Two things are better here: a user
 * namespace does not lift the bits, and a check does not disturb other threads.
 */
#include "device.h"
#include "files.h"
#include "interpret.h"
#include "process.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define PLACE	"/tmp/checkabi"
#define NOEXEC	PLACE "/noexec"
#define FILE_X	PLACE "/x"		/* may be executed */
#define FILE_R	PLACE "/r"		/* has no x bit */
#define TEXT	"#!/nothing/here\n"

FIXTURE(check) { };

FIXTURE_SETUP(check)
{
	ASSERT_EQ(0, private_tmpfs(PLACE, 0));
	ASSERT_EQ(0, mkdir(NOEXEC, 0755));
	ASSERT_EQ(0, put_file(FILE_X, TEXT, strlen(TEXT)));
	ASSERT_EQ(0, put_file(FILE_R, TEXT, strlen(TEXT)));
	ASSERT_EQ(0, chmod(FILE_X, 0755));
	ASSERT_EQ(0, chmod(FILE_R, 0644));
	ASSERT_EQ(0, mount("tmpfs", NOEXEC, "tmpfs", MS_NOEXEC, NULL));
	ASSERT_EQ(0, put_file(NOEXEC "/x", TEXT, strlen(TEXT)));
	ASSERT_EQ(0, chmod(NOEXEC "/x", 0755));
}

FIXTURE_TEARDOWN(check)
{
	umount2(PLACE, MNT_DETACH);
}

/* The file format does not matter, and nothing is executed. */
TEST_F(check, file_that_may_be_executed)
{
	EXPECT_EQ(0, ask_exec_path(FILE_X));
	EXPECT_EQ(0, ask_exec_path(PROBE));
	ASSERT_EQ(0, put_file(PLACE "/empty", "", 0));
	ASSERT_EQ(0, chmod(PLACE "/empty", 0755));
	EXPECT_EQ(0, ask_exec_path(PLACE "/empty"));
}

TEST_F(check, file_that_may_not)
{
	int fds[2];

	EXPECT_EQ(EACCES, ask_exec_path(FILE_R));
	EXPECT_EQ(EACCES, ask_exec_path(NOEXEC "/x"));
	EXPECT_EQ(EACCES, ask_exec_path(PLACE));
	EXPECT_EQ(EACCES, ask_exec_path("/dev/null"));
	EXPECT_EQ(EACCES, ask_exec_path("/proc/self/status"));
	ASSERT_EQ(0, pipe(fds));
	EXPECT_EQ(EACCES, ask_exec(fds[0]));
	close(fds[0]);
	close(fds[1]);
}

/* The mount of the descriptor counts, not that of the filesystem. */
TEST_F(check, mount_of_the_descriptor)
{
	ASSERT_EQ(0, mkdir(PLACE "/bind", 0755));
	ASSERT_EQ(0, mount(NOEXEC, PLACE "/bind", NULL, MS_BIND, NULL));
	EXPECT_EQ(EACCES, ask_exec_path(PLACE "/bind/x"));
	ASSERT_EQ(0, mount(NULL, PLACE "/bind", NULL, MS_BIND | MS_REMOUNT,
			   NULL));
	EXPECT_EQ(0, ask_exec_path(PLACE "/bind/x"));
	EXPECT_EQ(EACCES, ask_exec_path(NOEXEC "/x"));
}

TEST_F(check, file_open_for_writing)
{
	int fd = open(FILE_X, O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(ETXTBSY, ask_exec(fd));
	EXPECT_EQ(ETXTBSY, ask_exec_path(FILE_X));
	close(fd);
	EXPECT_EQ(0, ask_exec_path(FILE_X));
	/* The check has excluded no writer. */
	EXPECT_EQ(0, try_open(FILE_X, O_WRONLY));
}

TEST_F(check, other_descriptors)
{
	int fd = memfd_create("check", MFD_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, ask_exec(fd));
	close(fd);
	fd = open(FILE_X, O_PATH | O_CLOEXEC);
	EXPECT_EQ(0, ask_exec(fd));
	close(fd);
	EXPECT_EQ(EBADF, ask_exec(-1));
}

TEST_F(check, flags)
{
	char *const none[] = { NULL };
	const int fd = open(FILE_X, O_RDONLY | O_CLOEXEC);

	EXPECT_EQ(-1, syscall(SYS_execveat, fd, "", none, none,
			      AT_EXECVE_CHECK));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, syscall(SYS_execveat, fd, "", none, none,
			      AT_EMPTY_PATH | AT_EXECVE_CHECK | 0x20000));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, syscall(SYS_execveat, AT_FDCWD, FILE_X, none, none,
			     AT_EXECVE_CHECK));
	close(fd);
}

static int as_user(int (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setgid(USER_ID) || setuid(USER_ID) ? 99 : act());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int set_bits(unsigned long bits)
{
	return prctl(PR_SET_SECUREBITS, bits) ? errno : 0;
}

#define KEEP_CAPS	0x10	/* SECBIT_KEEP_CAPS: takes CAP_SETPCAP */

/* script-execution.md 1.1: what takes no capability, and what does. */
static int user_sets_bits(void)
{
	MUST(EPERM, set_bits(0));	/* changes nothing */
	MUST(0, set_bits(SECBIT_EXEC_RESTRICT_FILE));
	MUST(0, set_bits(SECBITS_EXEC & ~SECBIT_EXEC_RESTRICT_FILE_LOCKED &
			 ~SECBIT_EXEC_DENY_INTERACTIVE_LOCKED));
	MUST(EPERM, set_bits(KEEP_CAPS));
	MUST(EPERM, set_bits(SECBIT_EXEC_RESTRICT_FILE | KEEP_CAPS));
	MUST(EPERM, set_bits(0x1000));
	/* An unlocked bit can be cleared again. */
	MUST(0, set_bits(SECBIT_EXEC_DENY_INTERACTIVE));
	MUST(0, set_bits(SECBITS_EXEC));
	MUST(EPERM, set_bits(SECBITS_EXEC & ~SECBIT_EXEC_RESTRICT_FILE));
	MUST(EPERM, set_bits(SECBITS_EXEC & ~SECBIT_EXEC_RESTRICT_FILE_LOCKED));
	MUST(EPERM, set_bits(0));
	MUST(SECBITS_EXEC, prctl(PR_GET_SECUREBITS));
	return 0;
}

TEST(securebits_of_a_user)
{
	EXPECT_EQ(0, as_user(user_sets_bits));
}

static int root_sets_bits(int unused)
{
	MUST(0, set_bits(0));
	MUST(0, set_bits(KEEP_CAPS | SECBIT_EXEC_RESTRICT_FILE |
			 SECBIT_EXEC_RESTRICT_FILE_LOCKED));
	MUST(EPERM, set_bits(KEEP_CAPS));
	return 0;
}

TEST(securebits_of_root)
{
	EXPECT_EQ(0, in_child(0, root_sets_bits));
}

static int set_all(void *data)
{
	return set_bits(SECBITS_EXEC);
}

TEST(securebits_cross_exec)
{
	EXPECT_EQ(0, probe_run(PROBE, USER_ID).securebits);
	EXPECT_EQ(SECBITS_EXEC,
		  probe_run_fn(PROBE, USER_ID, set_all, NULL).securebits);
}

static int enter_namespace(void)
{
	MUST(0, set_bits(SECBITS_EXEC));
	MUST(0, unshare(CLONE_NEWUSER));
	MUST(SECBITS_EXEC, prctl(PR_GET_SECUREBITS));
	/* Root of the namespace cannot lift what is locked. */
	MUST(EPERM, set_bits(0));
	return 0;
}

/* Stock kernels clear the bits here, even locked ones. */
TEST(user_namespace_keeps_the_bits)
{
	EXPECT_EQ(0, as_user(enter_namespace));
}

static int join_namespace(int fd)
{
	MUST(0, set_bits(SECBITS_EXEC));
	MUST(0, setns(fd, CLONE_NEWUSER));
	MUST(SECBITS_EXEC, prctl(PR_GET_SECUREBITS));
	return 0;
}

TEST(setns_keeps_the_bits)
{
	int fd = user_namespace_fd(0, 0);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, in_child(fd, join_namespace));
	close(fd);
}

static volatile bool asked_enough;

static void *ask_again(void *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (!asked_enough)
		ask_exec(fd);
	close(fd);
	return NULL;
}

static void *nothing(void *unused)
{
	return unused;
}

/* On stock kernels, half of these threads cannot be created. */
TEST_F(check, threads_are_created_meanwhile)
{
	pthread_t asking, thread;
	int failed = 0;

	ASSERT_EQ(0, pthread_create(&asking, NULL, ask_again, FILE_X));
	for (int i = 0; i < 500; i++) {
		if (pthread_create(&thread, NULL, nothing, NULL)) {
			failed++;
			continue;
		}
		pthread_join(thread, NULL);
	}
	asked_enough = true;
	pthread_join(asking, NULL);
	EXPECT_EQ(0, failed);
}

/* --------------------------------------------------------- O_MAYEXEC */

TEST_F(check, open_asks_for_the_mount_alone)
{
	EXPECT_EQ(0, ask_open(FILE_X));
	EXPECT_EQ(0, ask_open(FILE_R));
	EXPECT_EQ(EACCES, ask_open(NOEXEC "/x"));
	EXPECT_EQ(0, try_open(NOEXEC "/x", O_RDONLY));
	EXPECT_EQ(ENOENT, ask_open(PLACE "/missing"));
}

TEST_F(check, open_takes_regular_files)
{
	ASSERT_EQ(0, mkfifo(PLACE "/fifo", 0600));
	ASSERT_EQ(0, symlink("x", PLACE "/link"));
	EXPECT_EQ(EACCES, ask_open(PLACE));
	EXPECT_EQ(EACCES, ask_open("/dev/null"));
	EXPECT_EQ(-EACCES, open_to_interpret(PLACE "/fifo", O_NONBLOCK));
	EXPECT_EQ(0, ask_open(PLACE "/link"));
	EXPECT_EQ(-ELOOP, open_to_interpret(PLACE "/link", O_NOFOLLOW));
}

TEST_F(check, open_is_for_reading)
{
	static const uint64_t bad[] = {
		O_WRONLY, O_RDWR, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC,
		O_PATH, O_DIRECTORY, O_RDONLY | O_APPEND, 3, 1ULL << 61,
	};

	for (size_t n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
		EXPECT_EQ(-EINVAL, open_to_interpret(FILE_X, bad[n])) {
			TH_LOG("flags %#llx", (unsigned long long)bad[n]);
		}
	}
}

/* Nothing is enforced here, so that no writer is excluded. */
TEST_F(check, open_keeps_no_writer_off)
{
	const int fd = open_to_interpret(FILE_X, O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, try_open(FILE_X, O_WRONLY));
	close(fd);
}

TEST_HARNESS_MAIN
