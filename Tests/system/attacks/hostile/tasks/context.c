// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a context, against the tasks, objects and interfaces of another one (X,
 * U, faults 13 and 14). What is refused there is done in context 0 as the
 * control, and to what is the task's own as the twin.
 */
#include "tasks.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

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

/* -------------------------------------------------------------------- keys */

/* That of the victim, which everybody may use, or one of its own. */
static long key_of(const char *what)
{
	return strcmp(what, "victim") ?
	       syscall(SYS_add_key, "user", "own", "x", 1,
		       KEY_SPEC_PROCESS_KEYRING) : victim.key;
}

static int read_key(const char *what)
{
	return TRY(keyctl, KEYCTL_READ, key_of(what), (long)low(8), 8);
}

static int change_key(const char *what)
{
	return TRY(keyctl, KEYCTL_UPDATE, key_of(what), T("y"), 1);
}

static int describe_key(const char *what)
{
	return TRY(keyctl, KEYCTL_DESCRIBE, key_of(what), (long)low(64), 64);
}

static int link_key(const char *what)
{
	return TRY(keyctl, KEYCTL_LINK, key_of(what),
		   KEY_SPEC_PROCESS_KEYRING);
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
/* WATCH may look at all tasks. */
#define LOOK(id, name, call, act) \
	{ id, name, CALL_##call, act, "victim", "own", NULL, EPERM, \
	  CLIP_REASON_NONE, NO_FS, IN(CONTEXT), BY_THE_PLACE, {} }
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
	TRACE("X-04", "ptrace_attach", ptrace, by_attach, EPERM, PERMISSION,
	      ELSEWHERE, PERMISSION),
	TRACE("X-04", "process_vm_writev", NONE, write_memory, EPERM,
	      PERMISSION, ELSEWHERE, PERMISSION),
	TRACE("X-04", "kcmp", kcmp, compare_objects, EPERM, PERMISSION,
	      IN(CONTEXT), PERMISSION),
	LOOK("X-06", "getpgid", getpgid, look_at_group),
	LOOK("X-06", "getsid", getsid, look_at_session),
	LOOK("X-06", "sched_getscheduler", sched_getscheduler,
	     look_at_scheduler),
	LOOK("X-06", "ioprio_get", ioprio_get, look_at_io_priority),
	LOOK("X-06", "prlimit64_to_read", prlimit64, look_at_limits),
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
	/* To read is to search for it, which finds nothing. */
	TASK("X-12", "read_a_key", keyctl, read_key, ENOKEY, NONE, ELSEWHERE),
	TASK("X-12", "change_a_key", keyctl, change_key, EACCES, OTHER_CONTEXT,
	     ELSEWHERE),
	TASK("X-12", "link_a_key", keyctl, link_key, EACCES, OTHER_CONTEXT,
	     ELSEWHERE),
	TASK("X-12", "describe_a_key", keyctl, describe_key, EACCES, NONE,
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
	INTERFACE("U-03", "helper_capabilities", openat, write_file,
		  PROC "sys/kernel/usermodehelper/bset"),
	INTERFACE("S-07", "binfmt_misc", openat, write_file,
		  PROC "sys/fs/binfmt_misc/register"),
	INTERFACE("X-02", "cgroup_kill", openat, write_file,
		  SYS "fs/cgroup/hostile/cgroup.kill"),
	INTERFACE("X-02", "cgroup_freeze", openat, write_file,
		  SYS "fs/cgroup/hostile/cgroup.freeze"),
	INTERFACE("X-02", "cgroup_processes", openat, write_file,
		  SYS "fs/cgroup/cgroup.procs"),
	INTERFACE("Z-07", "sysctl_of_addresses", openat, write_file,
		  PROC "sys/kernel/randomize_va_space"),
	INTERFACE("Z-07", "sysctl_of_the_log", openat, write_file,
		  PROC "sys/kernel/dmesg_restrict"),
	INTERFACE("Z-07", "sysctl_of_pointers", openat, write_file,
		  PROC "sys/kernel/kptr_restrict"),
	INTERFACE("Z-07", "sysctl_of_modules", openat, write_file,
		  PROC "sys/kernel/modules_disabled"),
	INTERFACE("Z-07", "sysctl_of_dumps", openat, write_file,
		  PROC "sys/fs/suid_dumpable"),
	INTERFACE("Z-07", "sysctl_of_links", openat, write_file,
		  PROC "sys/fs/protected_hardlinks"),
	INTERFACE("Z-07", "sysctl_of_low_addresses", openat, write_file,
		  PROC "sys/vm/mmap_min_addr"),
	INTERFACE("Z-07", "sysctl_of_files", openat, write_file,
		  PROC "sys/fs/file-max"),
	INTERFACE("Z-07", "sysctl_of_the_cache", openat, write_file,
		  PROC "sys/vm/drop_caches"),
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
