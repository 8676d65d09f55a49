// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acts of one task on another one: signals, tracing, priorities, limits, and
 * files of procfs. context.c and raised.c have the rows.
 */
#include "tasks.h"

#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

/*
 * Executes a copy of this program, which waits as long as this task lives. It
 * is in a group of its own, because the group of the act is killed at the end,
 * and that may be refused.
 */
static pid_t start(const char *path)
{
	char numbers[2][16], byte;
	char *const argv[] = {
		(char *)path, "--wait", numbers[0], numbers[1], NULL,
	};
	int ready[2], life[2];
	pid_t pid;

	if (pipe(ready) || pipe(life))
		_exit(NOT_THERE);
	snprintf(numbers[0], 16, "%d", ready[1]);
	snprintf(numbers[1], 16, "%d", life[0]);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		close(ready[0]);
		close(life[1]);
		execve(path, argv, argv + 4);
		_exit(1);
	}
	close(ready[1]);
	close(life[0]);
	/* A number below 0 would stand for many tasks. */
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		_exit(NOT_THERE);
	close(ready[0]);
	return pid;
}

int be_target(char *const words[])
{
	const int ready = atoi(words[0]), life = atoi(words[1]);
	char byte;

	/* What the controls send. */
	for (int i = 1; i < 32; i++)
		signal(i, SIG_IGN);
	if (write(ready, "x", 1) != 1)
		return 1;
	close(ready);
	while (read(life, &byte, 1) < 0)
		;
	return 0;
}

pid_t target(const char *what)
{
	pid_t pid;

	if (!strcmp(what, "victim"))
		return victim.pid;
	if (strcmp(what, "own"))
		return start(what);
	pid = fork();
	if (pid == 0) {
		signal(SIGUSR1, SIG_IGN);
		for (;;)
			pause();
	}
	usleep(20000);
	return pid;
}

/* ----------------------------------------------------------------- signals */

int by_kill(const char *what)
{
	return TRY(kill, target(what), SIGUSR1);
}

int by_kill_0(const char *what)
{
	return TRY(kill, target(what), 0);
}

int by_tkill(const char *what)
{
	return TRY(tkill, target(what), SIGUSR1);
}

int by_tgkill(const char *what)
{
	const pid_t pid = target(what);

	return TRY(tgkill, pid, pid, SIGUSR1);
}

int by_pidfd(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY(pidfd_send_signal, fd, SIGUSR1, 0, 0);
}

int by_queue(const char *what)
{
	/* Number, error and code come first in both kinds of programs. */
	const int info[32] = { SIGUSR1, 0, SI_QUEUE };

	return TRY(rt_sigqueueinfo, target(what), SIGUSR1, COPY(info));
}

/* _IO(0xff, 10), PIDFD_GET_UTS_NAMESPACE, which Debian's headers lack. */
int ask_namespace(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY_FD(ioctl, fd, 0xff0a, 0);
}

int join_by_pidfd(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY(setns, fd, CLONE_NEWUTS);
}

/* ------------------------------------------------- tracing and priorities */

int robust_list(const char *what)
{
	return TRY(get_robust_list, target(what), (long)low(8),
		   (long)low(8));
}

int change_attributes(const char *what)
{
	/* Size, policy, flags, nice and more, as in struct sched_attr. */
	const uint32_t attr[12] = { sizeof(attr) };

	return TRY(sched_setattr, target(what), COPY(attr), 0);
}

int by_seize(const char *what)
{
	const pid_t pid = target(what);
	const int err = TRY(ptrace, PTRACE_SEIZE, pid, 0, 0);

	if (!err) {
		ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		waitpid(pid, NULL, 0);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	return err;
}

int take_descriptor(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY_FD(pidfd_getfd, fd, 0, 0);
}

int read_memory(const char *what)
{
	char byte, *from = (char *)read_memory;
	struct iovec mine = { &byte, 1 }, theirs = { from, 1 };

	return syscall(SYS_process_vm_readv, target(what), &mine, 1, &theirs,
		       1, 0) < 0 ? errno : 0;
}

int change_priority(const char *what)
{
	return TRY(setpriority, PRIO_PROCESS, target(what), 1);
}

int change_affinity(const char *what)
{
	const long mask = 3;

	return TRY(sched_setaffinity, target(what), sizeof(mask), COPY(mask));
}

int change_scheduler(const char *what)
{
	const int zero = 0;

	return TRY(sched_setscheduler, target(what), SCHED_OTHER, COPY(zero));
}

int change_limit(const char *what)
{
	const struct rlimit limit = { 1000, 1000 };

	return TRY(prlimit64, target(what), RLIMIT_NPROC, COPY(limit), 0);
}

int change_io_priority(const char *what)
{
	return TRY(ioprio_set, 1, target(what), 2 << 13);
}

int by_attach(const char *what)
{
	const pid_t pid = target(what);
	const int err = TRY(ptrace, PTRACE_ATTACH, pid, 0, 0);

	if (!err) {
		waitpid(pid, NULL, 0);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	return err;
}

static int words[2];

int write_memory(const char *what)
{
	struct iovec mine = { words, 4 }, theirs = { words + 1, 4 };

	return syscall(SYS_process_vm_writev, target(what), &mine, 1, &theirs,
		       1, 0) < 0 ? errno : 0;
}

int compare_objects(const char *what)
{
	return TRY(kcmp, getpid(), target(what), KCMP_FS, 0, 0);
}

int write_score(const char *what)
{
	const pid_t pid = target(what);
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), PROC "%d/oom_score_adj", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = TRY(pwrite64, fd, T("500"), 3, 0);
	close(fd);
	return err;
}

int look_at_group(const char *what)
{
	return TRY(getpgid, target(what));
}

int look_at_session(const char *what)
{
	return TRY(getsid, target(what));
}

int look_at_scheduler(const char *what)
{
	return TRY(sched_getscheduler, target(what));
}

int look_at_io_priority(const char *what)
{
	return TRY(ioprio_get, 1, target(what));
}

int look_at_limits(const char *what)
{
	return TRY(prlimit64, target(what), RLIMIT_NPROC, 0, (long)low(16));
}

/* ------------------------------------------------- files of its directory */

static int open_of_process(const char *what, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), PROC "%d/%s", target(what), name);
	return TRY_FD(openat, AT_FDCWD, T(path), flags | O_CLOEXEC, 0);
}

int open_memory(const char *what)
{
	return open_of_process(what, "mem", O_RDONLY);
}

int open_environment(const char *what)
{
	return open_of_process(what, "environ", O_RDONLY);
}

int open_score(const char *what)
{
	return open_of_process(what, "oom_score_adj", O_WRONLY);
}

int open_status(const char *what)
{
	return open_of_process(what, "status", O_RDONLY);
}

int open_map(const char *what)
{
	return open_of_process(what, "maps", O_RDONLY);
}

int open_descriptors(const char *what)
{
	return open_of_process(what, "fd/", O_RDONLY);
}

int open_root(const char *what)
{
	return open_of_process(what, "root/", O_RDONLY);
}
