// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that obeys commands, one in each line of standard input, and
 * answers each with one number: 0, an errno value, or a result. It stays alive
 * in between, so that other tasks can act on it. Tests list copies of it, to
 * show what a raised task and a plain one can do to each other.
 */
#include "socket_actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/clip.h>
#include <linux/io_uring.h>
#include <linux/ioprio.h>
#include <linux/perf_event.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	signals++;
}

static int capset_hex(uint64_t effective, uint64_t permitted,
		      uint64_t inheritable)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ effective, permitted, inheritable },
		{ effective >> 32, permitted >> 32, inheritable >> 32 },
	};

	return syscall(SYS_capset, &header, data);
}

static long send_by_pidfd(pid_t pid, int number)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	long err;

	if (fd < 0)
		return errno;
	err = result(syscall(SYS_pidfd_send_signal, fd, number, NULL, 0));
	close(fd);
	return err;
}

static long take_descriptor(pid_t pid, int number)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	long err;

	if (fd < 0)
		return errno;
	err = result(syscall(SYS_pidfd_getfd, fd, number, 0));
	close(fd);
	return err;
}

static long enter_namespaces(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	long err;

	if (fd < 0)
		return errno;
	err = result(setns(fd, CLONE_NEWUTS));
	close(fd);
	return err;
}

static long advise(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	struct iovec nothing = { (void *)0x1000, 0 };
	long err;

	if (fd < 0)
		return errno;
	err = result(syscall(SYS_process_madvise, fd, &nothing, 1,
			     MADV_COLD, 0));
	close(fd);
	return err;
}

static long count_clock(pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1, .exclude_hv = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, pid, -1, -1, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static long robust_list(pid_t pid)
{
	void *head;
	size_t length;

	return result(syscall(SYS_get_robust_list, pid, &head, &length));
}

static int pause_as(void *user)
{
	/* The call of the C library would change this task's threads, too. */
	if (syscall(SYS_setresuid, (long)user, (long)user, (long)user))
		_exit(1);
	for (;;)
		pause();
}

/* Another process of this memory, without the ids of this one. */
static long make_sharer(long user)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t pid = clone(pause_as, stack + sizeof(stack), CLONE_VM | SIGCHLD,
			  (void *)user);

	usleep(100000);
	return pid < 0 ? -errno : pid;
}

/* Questions about a task; VIS-06. */
static long look(long what, pid_t pid)
{
	struct sched_param param;
	struct rlimit limit;
	cpu_set_t cpus;

	switch (what) {
	case 0:
		return result(sched_getscheduler(pid));
	case 1:
		return result(getpgid(pid));
	case 2:
		return result(getsid(pid));
	case 3:
		return result(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid));
	case 4:
		return result(sched_getaffinity(pid, sizeof(cpus), &cpus));
	case 5:
		return result(sched_getparam(pid, &param));
	case 6:
		return result(syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL,
				      &limit));
	default:
		return -1;
	}
}

static long bind_port(int port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	long err = result(bind(fd, (const struct sockaddr *)&address,
			       sizeof(address)));

	close(fd);
	return err;
}

/* One of the three sets, as 64 bits. */
static uint64_t capset_get(int which)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	syscall(SYS_capget, &header, data);
	if (which == 0)
		return data[0].effective | (uint64_t)data[1].effective << 32;
	if (which == 1)
		return data[0].permitted | (uint64_t)data[1].permitted << 32;
	return data[0].inheritable | (uint64_t)data[1].inheritable << 32;
}

static long trace(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL))
		return errno;
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	waitpid(pid, &status, __WALL);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 0;
}

/* Whether a child may let itself be traced by this task. */
static long traceme(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static long child_traceme(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(traceme());
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static long set_limit(pid_t pid, long value)
{
	struct rlimit limit;

	if (syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, &limit))
		return errno;
	limit.rlim_cur = value;
	return result(syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, &limit, NULL));
}

static long get_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}

/* Whether an address of the task can be read. Any error but EPERM means yes. */
static long read_memory(pid_t pid)
{
	char byte;
	struct iovec local = { &byte, 1 }, remote = { (void *)0x1000, 1 };

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) == 1)
		return 0;
	return errno == EFAULT ? 0 : errno;
}

static long write_memory(pid_t pid)
{
	char byte = 0;
	struct iovec local = { &byte, 1 }, remote = { (void *)0x1000, 1 };

	if (process_vm_writev(pid, &local, 1, &remote, 1, 0) == 1)
		return 0;
	return errno == EFAULT ? 0 : errno;
}

/* Opens for writing, and writes nothing. */
static long try_write(const char *path)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Opens a file and reads a byte: some files of procfs check only then. */
static long try_open(const char *path)
{
	int fd = open(path, O_RDONLY);
	char byte;
	long got;

	if (fd < 0)
		return errno;
	got = result(read(fd, &byte, 1));
	close(fd);
	return got;
}

/* Opens a file for later; the answer is a descriptor, or an errno below 0. */
static long hold(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static long write_held(int fd, long value)
{
	char text[32];
	const int length = snprintf(text, sizeof(text), "%ld", value);

	return pwrite(fd, text, length, 0) == length ? 0 : errno;
}

/* How many of some bytes of a file can be read, or an errno below 0. */
static long read_held(int fd)
{
	char bytes[8];
	const ssize_t got = read(fd, bytes, sizeof(bytes));

	return got < 0 ? -errno : got;
}

static long make_ring(unsigned int flags)
{
	struct io_uring_params params = { .flags = flags };
	int fd = syscall(SYS_io_uring_setup, 1, &params);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static long try_readlink(const char *path)
{
	char target[64];

	return result(readlink(path, target, sizeof(target)));
}

static int pair[2];	/* a stream: data written to [1] arrives at [0] */

static long set_owner(long pid, int type)
{
	struct f_owner_ex owner = { .type = type, .pid = pid };

	return result(fcntl(pair[0], F_SETOWN_EX, &owner));
}

static long set_owner_by_ioctl(int request, int pid)
{
	return result(ioctl(pair[0], request, &pid));
}

static long run(const char *verb, const char *rest)
{
	long a = 0, b = 0, c = 0;
	int which;

	sscanf(rest, "%li %li %li", &a, &b, &c);
#define IS(name) (!strcmp(verb, name))
	if (IS("kill"))
		return result(kill(a, b));
	if (IS("tgkill"))
		return result(syscall(SYS_tgkill, a, a, b));
	if (IS("queue"))
		return result(sigqueue(a, b, (union sigval) {}));
	if (IS("pidkill"))
		return send_by_pidfd(a, b);
	if (IS("getfd"))
		return take_descriptor(a, b);
	if (IS("signals"))
		return signals;
	if (IS("setnice"))
		return result(setpriority(PRIO_PROCESS, a, b));
	if (IS("getnice"))
		return getpriority(PRIO_PROCESS, a);
	if (IS("setsched"))
		return result(sched_setscheduler(a, b, &(struct sched_param) {}));
	if (IS("getsched"))
		return sched_getscheduler(a);
	if (IS("setaffinity"))
		return result(sched_setaffinity(a, sizeof(b), (cpu_set_t *)&b));
	if (IS("setioprio"))
		return result(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, a, b));
	if (IS("getioprio"))
		return syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, a);
	if (IS("setlimit"))
		return set_limit(a, b);
	if (IS("getlimit"))
		return get_limit();
	if (IS("trace"))
		return trace(a);
	if (IS("traceme"))
		return traceme();
	if (IS("childtraceme"))
		return child_traceme();
	if (IS("read"))
		return read_memory(a);
	if (IS("open"))
		return try_open(rest);
	if (IS("hold"))
		return hold(rest, O_RDONLY);
	if (IS("holdwrite"))
		return hold(rest, O_WRONLY);
	if (IS("writeheld"))
		return write_held(a, b);
	if (IS("readheld"))
		return read_held(a);
	if (IS("ring"))
		return make_ring(a);
	if (IS("readlink"))
		return try_readlink(rest);
	if (IS("setdumpable"))
		return result(prctl(PR_SET_DUMPABLE, a));
	if (IS("getdumpable"))
		return prctl(PR_GET_DUMPABLE);
	if (IS("getpdeath"))
		return prctl(PR_GET_PDEATHSIG, &which) ? -1 : which;
	if (IS("setpdeath"))
		return result(prctl(PR_SET_PDEATHSIG, a));
	if (IS("setsid"))
		return result(setsid());
	if (IS("secure"))
		return getauxval(AT_SECURE);
	if (IS("setids"))
		return result(setresuid(a, b, c));
	if (IS("ambient"))
		return result(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, a, 0,
				    0));
	if (IS("keepcaps"))
		return result(prctl(PR_SET_KEEPCAPS, a));
	if (IS("securebits"))
		return result(prctl(PR_SET_SECUREBITS, a));
	if (IS("getsecurebits"))
		return prctl(PR_GET_SECUREBITS);
	if (IS("sharer"))
		return make_sharer(a);
	if (IS("setcaps"))
		return result(capset_hex(a, b, c));
	if (IS("getcaps"))
		return capset_get(a);
	if (IS("userns"))
		return result(unshare(CLONE_NEWUSER));
	if (IS("pair"))
		return result(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (IS("usepair")) {
		pair[0] = a;
		pair[1] = b;
		return 0;
	}
	if (IS("pairfd"))
		return pair[a];
	if (IS("setown"))
		return result(fcntl(pair[0], F_SETOWN, a));
	if (IS("setownex"))
		return set_owner(a, F_OWNER_TID);
	if (IS("getown"))
		return fcntl(pair[0], F_GETOWN);
	if (IS("setsig"))
		return result(fcntl(pair[0], F_SETSIG, a));
	if (IS("getsig"))
		return fcntl(pair[0], F_GETSIG);
	if (IS("fiosetown"))
		return set_owner_by_ioctl(FIOSETOWN, a);
	if (IS("siocspgrp"))
		return set_owner_by_ioctl(SIOCSPGRP, a);
	if (IS("async"))
		return result(fcntl(pair[0], F_SETFL, O_ASYNC));
	if (IS("write"))
		return result(write(pair[1], "x", 1));
	if (IS("enter"))
		return result(ioctl(a, CLIP_IOC_ENTER, 0));
	if (IS("setns"))
		return enter_namespaces(a);
	if (IS("newns"))
		return result(unshare(CLONE_NEWNS));
	if (IS("madvise"))
		return advise(a);
	if (IS("perf"))
		return count_clock(a);
	if (IS("robust"))
		return robust_list(a);
	if (IS("writevm"))
		return write_memory(a);
	if (IS("openwrite"))
		return try_write(rest);
	if (IS("look"))
		return look(a, b);
	if (IS("chroot"))
		return result(chroot("/"));
	if (IS("bind"))
		return bind_port(a);
	if (IS("alarm"))
		return result(timerfd_create(CLOCK_BOOTTIME_ALARM, 0));
	if (IS("exec")) {
		char *const argv[] = { (char *)rest, NULL };

		execv(rest, argv);
		return errno;
	}
	if (IS("exit"))
		exit(0);
	return -1;
}

int main(void)
{
	struct sigaction action = { .sa_handler = count_signal,
				    .sa_flags = SA_RESTART };

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGIO, &action, NULL);
	return obey(run);
}
