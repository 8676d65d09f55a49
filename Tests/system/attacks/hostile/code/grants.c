// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to execute a program whose entry grants it everything, in which it is
 * granted nothing (E-10, E-14 to E-19): it runs, and what takes a privilege is
 * refused. The twin is the same program, executed plainly.
 */
#include "../hostile.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* The program of this filesystem, or of a directory in the cell. */
static const char *granted(const char *directory)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s%s/" GRANTED,
		 fs_names[now.filesystem], directory);
	return path;
}

static int execute(const char *path)
{
	const char *const words[] = { path, "--try", "counter", NULL };
	const long name = T(path), arguments = vector(words);

	return -DO(execve, name, arguments, no_vector());
}

static int answer_of(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NOT_THERE;
	return WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int without_new_privileges(const char *what)
{
	const pid_t pid = fork();

	if (pid == 0) {
		if (!strcmp(what, "unsafe") &&
		    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
			_exit(1);
		_exit(execute(granted("")));
	}
	return answer_of(pid);
}

/* The tracer lets it go on wherever it stops. */
static int traced(const char *what)
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!strcmp(what, "unsafe") &&
		    ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(1);
		_exit(execute(granted("")));
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	return WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* This task could change its root or its directory meanwhile. */
static int sharing_a_directory(const char *what)
{
	const long flags = !strcmp(what, "unsafe") ? CLONE_FS : 0;
	const pid_t pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(execute(granted("")));
	return answer_of(pid);
}

/* On another mount of the filesystem, with "nosuid" or without. */
static int on_a_mount(const char *what)
{
	const char *const at = file("dir");
	const pid_t pid = fork();

	if (pid == 0) {
		if (own_mounts() ||
		    mount(fs_names[now.filesystem], at, NULL, MS_BIND, NULL) ||
		    (!strcmp(what, "unsafe") &&
		     mount(NULL, at, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL)))
			_exit(1);
		_exit(execute(granted("/c/dir")));
	}
	return answer_of(pid);
}

/* Its entry has the flag of a library, and not that of a program. */
static int as_a_library(const char *what)
{
	char path[64];
	const pid_t pid = fork();

	snprintf(path, sizeof(path), "%s/inert", fs_names[now.filesystem]);
	if (pid == 0)
		_exit(execute(strcmp(what, "unsafe") ? granted("") : path));
	return answer_of(pid);
}

static int make_socket(const char *what)
{
	return TRY_FD(socket, AF_INET, SOCK_DGRAM, 0);
}

/* Where an entry identifies a file. */
#define LISTED	(ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER))

#define GRANT(id, name, act, places) \
	{ id, name, CALL_execve, act, "unsafe", "plain", NULL, EPERM, \
	  CLIP_REASON_NO_PRIVILEGE, LISTED, places, 0, {} }

const struct row grant_rows[] = {
	GRANT("E-10", "grant_of_a_library", as_a_library,
	      IN(HOST) | IN(CONTEXT) | IN(CHROOT)),
	GRANT("E-14", "grant_with_a_shared_directory", sharing_a_directory,
	      IN(HOST) | IN(CONTEXT) | IN(CHROOT)),
	/* Elsewhere a task is not even traced, at least before its next exec. */
	GRANT("E-15", "grant_of_a_traced_task", traced, IN(HOST)),
	GRANT("E-16", "grant_with_no_new_privs", without_new_privileges,
	      IN(HOST) | IN(CONTEXT) | IN(CHROOT)),
	GRANT("E-18", "grant_on_a_nosuid_mount", on_a_mount,
	      IN(HOST) | IN(CONTEXT)),
	{ "E-19", "grant_in_a_user_namespace", CALL_socket, make_socket, "",
	  NULL, NULL, EPERM, CLIP_REASON_NO_PRIVILEGE, NO_FS, IN(USERNS),
	  BY_HOLDER | HELD, {} },
	{},
};
