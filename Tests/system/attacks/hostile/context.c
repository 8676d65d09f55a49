// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a context, against the tasks, objects and interfaces of another one (X,
 * U, faults 13 and 14). What is refused there is done in context 0 as the
 * control, and to what is the task's own as the twin.
 */
#include "hostile.h"

#include "process.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

/* The victim, or a child of this task. */
static pid_t target(const char *what)
{
	pid_t pid;

	if (!strcmp(what, "victim"))
		return victim.pid;
	pid = fork();
	if (pid == 0) {
		signal(SIGUSR1, SIG_IGN);
		for (;;)
			pause();
	}
	usleep(20000);
	return pid;
}

static int by_kill(const char *what)
{
	return TRY(kill, target(what), SIGUSR1);
}

static int by_kill_0(const char *what)
{
	return TRY(kill, target(what), 0);
}

static int by_tkill(const char *what)
{
	return TRY(tkill, target(what), SIGUSR1);
}

static int by_tgkill(const char *what)
{
	const pid_t pid = target(what);

	return TRY(tgkill, pid, pid, SIGUSR1);
}

static int by_pidfd(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY(pidfd_send_signal, fd, SIGUSR1, 0, 0);
}

static int by_queue(const char *what)
{
	/* Number, error and code come first in both kinds of programs. */
	const int info[32] = { SIGUSR1, 0, SI_QUEUE };

	return TRY(rt_sigqueueinfo, target(what), SIGUSR1, COPY(info));
}

/* _IO(0xff, 10), PIDFD_GET_UTS_NAMESPACE, which Debian's headers lack. */
static int ask_namespace(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY_FD(ioctl, fd, 0xff0a, 0);
}

static int join_by_pidfd(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY(setns, fd, CLONE_NEWUTS);
}

static int robust_list(const char *what)
{
	return TRY(get_robust_list, target(what), (long)low(8),
		   (long)low(8));
}

static int change_attributes(const char *what)
{
	/* Size, policy, flags, nice and more, as in struct sched_attr. */
	const uint32_t attr[12] = { sizeof(attr) };

	return TRY(sched_setattr, target(what), COPY(attr), 0);
}

static int by_seize(const char *what)
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

static int take_descriptor(const char *what)
{
	const int fd = syscall(SYS_pidfd_open, target(what), 0);

	return fd < 0 ? errno : TRY_FD(pidfd_getfd, fd, 0, 0);
}

static int read_memory(const char *what)
{
	char byte, *from = (char *)read_memory;
	struct iovec mine = { &byte, 1 }, theirs = { from, 1 };

	return syscall(SYS_process_vm_readv, target(what), &mine, 1, &theirs,
		       1, 0) < 0 ? errno : 0;
}

static int change_priority(const char *what)
{
	return TRY(setpriority, PRIO_PROCESS, target(what), 1);
}

static int change_affinity(const char *what)
{
	const long mask = 3;

	return TRY(sched_setaffinity, target(what), sizeof(mask), COPY(mask));
}

static int change_scheduler(const char *what)
{
	const int zero = 0;

	return TRY(sched_setscheduler, target(what), SCHED_OTHER, COPY(zero));
}

static int change_limit(const char *what)
{
	const struct rlimit limit = { 1000, 1000 };

	return TRY(prlimit64, target(what), RLIMIT_NPROC, COPY(limit), 0);
}

static int change_io_priority(const char *what)
{
	return TRY(ioprio_set, 1, target(what), 2 << 13);
}

/* ------------------------------------------------- files of its directory */

static int open_of_process(const char *what, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), PROC "%d/%s", target(what), name);
	return TRY_FD(openat, AT_FDCWD, T(path), flags | O_CLOEXEC, 0);
}

static int open_memory(const char *what)
{
	return open_of_process(what, "mem", O_RDONLY);
}

static int open_environment(const char *what)
{
	return open_of_process(what, "environ", O_RDONLY);
}

static int open_score(const char *what)
{
	return open_of_process(what, "oom_score_adj", O_WRONLY);
}

static int open_status(const char *what)
{
	return open_of_process(what, "status", O_RDONLY);
}

static int open_root(const char *what)
{
	return open_of_process(what, "root/", O_RDONLY);
}

/* ------------------------------------------------------ objects of System V */

static int attach_memory(const char *what)
{
	const int id = strcmp(what, "victim") ?
		       shmget(IPC_PRIVATE, 4096, 0600) : victim.shm;

	return TRY(shmat, id, 0, 0);
}

static int send_message(const char *what)
{
	const int id = strcmp(what, "victim") ?
		       msgget(IPC_PRIVATE, 0600) : victim.msg;
	/* A type, in the size of both kinds of programs. */
	const long message[2] = { 0x0000000100000001, 0 };

	return TRY(msgsnd, id, COPY(message), 0, IPC_NOWAIT);
}

static int read_semaphore(const char *what)
{
	const int id = strcmp(what, "victim") ?
		       semget(IPC_PRIVATE, 1, 0600) : victim.sem;

	return TRY(semctl, id, 0, GETVAL, 0);
}

static int lock_memory(const char *what)
{
	const int id = strcmp(what, "victim") ?
		       shmget(IPC_PRIVATE, 4096, 0600) : victim.shm;

	return TRY(shmctl, id, SHM_LOCK, 0);
}

/* -------------------------------------------------------- abstract sockets */

/* To the neighbour, which has one of each type, or to a socket of its own. */
static int connect_to(const char *what, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(sa_family_t) + 1 + strlen(what);
	const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	const int own = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int err = 0;

	memcpy(address.sun_path + 1, what, strlen(what));
	if (!strcmp(what, "own") &&
	    (bind(own, (void *)&address, size) ||
	     (type == SOCK_STREAM && listen(own, 1))))
		err = errno;
	err = err ?: TRY(connect, fd, COPY(address), size);
	close(own);
	close(fd);
	return err;
}

static int connect_stream(const char *what)
{
	return connect_to(what, SOCK_STREAM);
}

static int connect_datagrams(const char *what)
{
	return connect_to(what, SOCK_DGRAM);
}

static int make_namespace(const char *what)
{
	return TRY(unshare, strcmp(what, "user") ? CLONE_NEWUTS :
						   CLONE_NEWUSER);
}

/* ------------------------------------------------------ the kernel's files */

static int write_file(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_WRONLY | O_CLOEXEC, 0);
}

static int truncate_file(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_RDONLY | O_TRUNC, 0);
}

static int read_device(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_RDONLY | O_CLOEXEC, 0);
}

static int mode_of_file(const char *what)
{
	struct stat st;

	return stat(what, &st) ? errno :
	       TRY(fchmodat, AT_FDCWD, T(what), st.st_mode & 07777);
}

static int own_comm(const char *what)
{
	return TRY_FD(openat, AT_FDCWD, T(what), O_RDONLY, 0);
}

#define ELSEWHERE	(IN(CONTEXT) | IN(WATCH))

#define TASK(id, name, call, act, err, why, places) \
	{ id, name, CALL_##call, act, "victim", "own", NULL, err, \
	  CLIP_REASON_##why, NO_FS, places, BY_THE_PLACE, {} }
/* Before its next exec, no task of a context is traced. */
#define TRACE(id, name, call, act, err, why, where, watch) \
	{ id, name, CALL_##call, act, "victim", "own", NULL, err, \
	  CLIP_REASON_##why, NO_FS, where, BY_THE_PLACE | AFRESH, \
	  { { .places = IN(WATCH), .error = err, \
	      .reason = CLIP_REASON_##watch } } }
/* WATCH has no capability that Linux asks for first. */
#define CHANGE(id, name, call, act) \
	{ id, name, CALL_##call, act, "victim", "own", NULL, EPERM, \
	  CLIP_REASON_PERMISSION, NO_FS, ELSEWHERE, BY_THE_PLACE, \
	  { { .places = IN(WATCH), .error = EPERM } } }
#define INTERFACE(id, name, call, act, path) \
	{ id, name, CALL_##call, act, path, PROC "self/status", own_comm, \
	  EACCES, CLIP_REASON_OTHER_CONTEXT, NO_FS, ELSEWHERE, BY_THE_PLACE, \
	  {} }

const struct row context_rows[] = {
	TASK("X-01", "kill", kill, by_kill, EPERM, PERMISSION, ELSEWHERE),
	TASK("X-01", "kill_0", kill, by_kill_0, EPERM, PERMISSION, ELSEWHERE),
	TASK("X-01", "tkill", tkill, by_tkill, EPERM, PERMISSION, ELSEWHERE),
	TASK("X-01", "tgkill", tgkill, by_tgkill, EPERM, PERMISSION,
	     ELSEWHERE),
	TASK("X-05", "pidfd_send_signal", pidfd_send_signal, by_pidfd, EPERM,
	     PERMISSION, ELSEWHERE),
	TASK("X-01", "rt_sigqueueinfo", rt_sigqueueinfo, by_queue, EPERM,
	     PERMISSION, ELSEWHERE),
	TRACE("X-05", "pidfd_namespace", ioctl, ask_namespace, EACCES,
	      PERMISSION, IN(CONTEXT), PERMISSION),
	/* As following a link of procfs: not to tasks of its own either. */
	{ "X-05", "pidfd_namespace_by_watch", CALL_ioctl, ask_namespace,
	  "victim", PROC "self/status", own_comm, EACCES,
	  CLIP_REASON_OTHER_CONTEXT, NO_FS, IN(WATCH), BY_THE_PLACE, {} },
	TRACE("X-05", "setns_by_pidfd", setns, join_by_pidfd, EPERM,
	      PERMISSION, IN(CONTEXT), PERMISSION),
	TRACE("L-05", "get_robust_list", get_robust_list, robust_list, EPERM,
	      PERMISSION, IN(CONTEXT), PERMISSION),
	CHANGE("L-13", "sched_setattr", sched_setattr, change_attributes),
	TRACE("X-05", "pidfd_getfd", pidfd_getfd, take_descriptor, EPERM,
	      PERMISSION, ELSEWHERE, PERMISSION),
	TRACE("X-04", "ptrace", ptrace, by_seize, EPERM, PERMISSION, ELSEWHERE,
	      PERMISSION),
	TRACE("X-04", "process_vm_readv", NONE, read_memory, EPERM, PERMISSION,
	      ELSEWHERE, PERMISSION),
	CHANGE("L-13", "setpriority", setpriority, change_priority),
	CHANGE("L-13", "sched_setaffinity", sched_setaffinity, change_affinity),
	CHANGE("L-13", "sched_setscheduler", sched_setscheduler, change_scheduler),
	CHANGE("L-13", "ioprio_set", ioprio_set, change_io_priority),
	TASK("L-13", "prlimit64", prlimit64, change_limit, EPERM, PERMISSION,
	     ELSEWHERE),
	TRACE("X-06", "open_memory", openat, open_memory, EACCES,
	      OTHER_CONTEXT, ELSEWHERE, PERMISSION),
	TRACE("X-06", "open_environment", openat, open_environment, EACCES,
	      OTHER_CONTEXT, IN(CONTEXT), PERMISSION),
	TASK("X-06", "open_status", openat, open_status, EACCES, OTHER_CONTEXT,
	     IN(CONTEXT)),
	TASK("X-06", "open_score", openat, open_score, EACCES, OTHER_CONTEXT,
	     ELSEWHERE),
	TRACE("X-06", "open_root", openat, open_root, EACCES, PERMISSION,
	      IN(CONTEXT), PERMISSION),
	TASK("X-08", "shmat", shmat, attach_memory, EACCES, OTHER_CONTEXT,
	     ELSEWHERE),
	TASK("X-08", "shmctl", shmctl, lock_memory, EACCES, OTHER_CONTEXT,
	     ELSEWHERE),
	TASK("X-08", "msgsnd", msgsnd, send_message, EACCES, OTHER_CONTEXT,
	     ELSEWHERE),
	TASK("X-08", "semctl", semctl, read_semaphore, EACCES, OTHER_CONTEXT,
	     IN(CONTEXT)),
	/* Of a context that is not context 0 either. */
	{ "X-09", "abstract_stream", CALL_connect, connect_stream, "stream",
	  "own", NULL, ECONNREFUSED, CLIP_REASON_OTHER_CONTEXT, NO_FS,
	  ELSEWHERE, BY_THE_PLACE, {} },
	{ "X-09", "abstract_datagrams", CALL_connect, connect_datagrams,
	  "datagrams", "own", NULL, ECONNREFUSED, CLIP_REASON_OTHER_CONTEXT,
	  NO_FS, ELSEWHERE, BY_THE_PLACE, {} },
	{ "K-08", "user_namespace", CALL_unshare, make_namespace, "user",
	  "uts", NULL, EPERM, CLIP_REASON_NO_PRIVILEGE, NO_FS, IN(CONTEXT),
	  BY_THE_PLACE, {} },
	INTERFACE("X-22", "terminal", openat, read_device, DEV "ttyS0"),
	INTERFACE("X-22", "console", openat, write_file, DEV "console"),
	INTERFACE("U-03", "core_pattern", openat, write_file,
		  PROC "sys/kernel/core_pattern"),
	INTERFACE("U-02", "modprobe_path", openat, write_file,
		  PROC "sys/kernel/modprobe"),
	INTERFACE("U-03", "poweroff_cmd", openat, write_file,
		  PROC "sys/kernel/poweroff_cmd"),
	INTERFACE("F-13", "sysrq", openat, write_file, PROC "sysrq-trigger"),
	INTERFACE("F-13", "core_pattern_by_truncation", openat, truncate_file,
		  PROC "sys/kernel/core_pattern"),
	INTERFACE("F-13", "mode_of_a_parameter", fchmodat, mode_of_file,
		  SYS "module/kernel/parameters/panic"),
	INTERFACE("F-13", "panic_parameter", openat, write_file,
		  SYS "module/kernel/parameters/panic"),
	INTERFACE("Z-06", "a_latch", openat, write_file,
		  PROC "sys/kernel/clip/tpe"),
	INTERFACE("F-13", "device_table", openat, read_device, DEV "devctl"),
	INTERFACE("D-01", "disk_for_reading", openat, read_device,
		  DEV "loop0"),
	{ "D-15", "memory_device", CALL_openat, write_file, DEV "mem",
	  DEV "null", read_device, EPERM, CLIP_REASON_NO_PRIVILEGE, NO_FS,
	  ELSEWHERE, BY_THE_PLACE, {} },
	INTERFACE("D-03", "loop_control", openat, read_device,
		  DEV "loop-control"),
	INTERFACE("F-13", "kernel_log_written", openat, write_file, DEV "kmsg"),
	INTERFACE("D-05", "device_mapper", openat, read_device,
		  DEV "mapper/control"),
	{},
};
