// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a task may not take along into a context or into a chroot (C-03, C-04,
 * C-07, X-10, X-16, faults 14 and 16): it is refused at the door, as long as it
 * has one of these. The twin goes in without.
 */
#include "../hostile.h"

#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#define PAGE	4096
#define MADE	199	/* what is to be carried could not be made */

static int descriptor(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC) < 0 ? MADE : 0;
}

static int mapping(int flags, int fd)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0) ==
	       MAP_FAILED ? MADE : 0;
}

static int owner(void)
{
	int pair[2];

	return pipe(pair) || fcntl(pair[0], F_SETOWN, getppid()) ? MADE : 0;
}

static int traced_child(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL) ? MADE : 0;
}

/* A child that shares what @flags say. */
static int sharer(unsigned long flags)
{
	const pid_t pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		for (;;)
			pause();
	return pid < 0 ? MADE : 0;
}

/* Makes what the word says. */
static int take(const char *what)
{
	if (!strcmp(what, "nothing"))
		return descriptor("tmpfs/c/data", O_RDWR) ?:
		       descriptor(DEV "null", O_RDWR) ?:
		       mapping(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (!strcmp(what, "directory"))
		return descriptor("/", O_PATH | O_DIRECTORY);
	if (!strcmp(what, "fanotify"))
		return fanotify_init(FAN_CLASS_NOTIF, O_RDONLY) < 0 ? MADE : 0;
	if (!strcmp(what, "inotify"))
		return inotify_init() < 0 ? MADE : 0;
	if (!strcmp(what, "sysctl"))
		return descriptor(PROC "sys/kernel/core_pattern", O_WRONLY);
	if (!strcmp(what, "parameter"))
		return descriptor(SYS "module/kernel/parameters/panic",
				  O_RDWR);
	if (!strcmp(what, "sysrq"))
		return descriptor(PROC "sysrq-trigger", O_WRONLY);
	if (!strcmp(what, "disk"))
		return descriptor(DEV "loop0", O_RDONLY);
	if (!strcmp(what, "loop-control"))
		return descriptor(DEV "loop-control", O_RDONLY);
	if (!strcmp(what, "mount"))
		return syscall(SYS_fsopen, "tmpfs", 0) < 0 ? MADE : 0;
	if (!strcmp(what, "namespace"))
		return descriptor(PROC "self/ns/mnt", O_PATH);
	if (!strcmp(what, "owner"))
		return owner();
	if (!strcmp(what, "memory"))
		return mapping(MAP_SHARED | MAP_ANONYMOUS, -1);
	if (!strcmp(what, "tracer"))
		return traced_child();
	return sharer(!strcmp(what, "root") ? CLONE_FS : CLONE_FILES);
}

static int enter(const char *what)
{
	const int fd = descriptor_of(CONTEXT);
	int err;

	keep_only(fd);
	err = take(what);
	return err ?: TRY(ioctl, fd, CLIP_IOC_ENTER, 0);
}

static int change_root(const char *what)
{
	int err;

	close_range(3, ~0U, 0);
	err = take(what);
	return err ?: TRY(chroot, T("tmpfs"));
}

#define ENTER(id, name, what, error, why) \
	{ id, name, CALL_ioctl, enter, what, "nothing", NULL, error, \
	  CLIP_REASON_##why, NO_FS, IN(HOST), ALWAYS, {} }
#define CHROOT(id, name, what) \
	{ id, name, CALL_chroot, change_root, what, "nothing", NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, NO_FS, IN(HOST), 0, {} }

const struct row carried_rows[] = {
	ENTER("F-14", "enter_with_a_watch_of_files", "fanotify", EBUSY,
	      OPEN_FILE),
	ENTER("F-14", "enter_with_a_watch_of_names", "inotify", EBUSY,
	      OPEN_FILE),
	ENTER("F-14", "enter_with_a_sysctl", "sysctl", EBUSY, OPEN_FILE),
	ENTER("F-14", "enter_with_a_parameter", "parameter", EBUSY,
	      OPEN_FILE),
	ENTER("F-14", "enter_with_sysrq", "sysrq", EBUSY, OPEN_FILE),
	ENTER("X-10", "enter_with_a_disk", "disk", EBUSY, OPEN_FILE),
	ENTER("X-10", "enter_with_loop_control", "loop-control", EBUSY,
	      OPEN_FILE),
	ENTER("X-10", "enter_with_a_mount", "mount", EBUSY, OPEN_FILE),
	ENTER("X-10", "enter_with_a_namespace", "namespace", EBUSY, OPEN_FILE),
	ENTER("F-14", "enter_with_an_owner", "owner", EBUSY, OPEN_FILE),
	ENTER("F-14", "enter_with_shared_memory", "memory", EBUSY, OPEN_FILE),
	ENTER("F-14", "enter_as_a_tracer", "tracer", EBUSY, OPEN_FILE),
	ENTER("X-16", "enter_with_a_shared_root", "root", EBUSY, NOT_ALONE),
	ENTER("X-16", "enter_with_shared_descriptors", "descriptors", EBUSY,
	      NOT_ALONE),

	CHROOT("C-03", "chroot_with_a_directory", "directory"),
	CHROOT("C-04", "chroot_with_a_watch_of_files", "fanotify"),
	CHROOT("C-04", "chroot_with_a_watch_of_names", "inotify"),
	CHROOT("C-04", "chroot_with_a_mount", "mount"),
	CHROOT("F-16", "chroot_with_a_sysctl", "sysctl"),
	CHROOT("F-16", "chroot_with_sysrq", "sysrq"),
	CHROOT("F-16", "chroot_with_a_disk", "disk"),
	CHROOT("F-16", "chroot_as_a_tracer", "tracer"),
	CHROOT("C-07", "chroot_with_a_shared_root", "root"),
	CHROOT("C-07", "chroot_with_shared_descriptors", "descriptors"),
	{},
};
