/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs in directories of root and of a user, and running and mapping them
 * as one or the other.
 */
#ifndef CLIP_TESTS_TPE_FIXTURE_H
#define CLIP_TESTS_TPE_FIXTURE_H

#include "device.h"
#include "files.h"
#include "process.h"

#include <grp.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/tpe"
#define FILES	"/usr/lib/clip/tests"
#define MAPPER	DIR "/mapper"
#define LATCH	"/proc/sys/kernel/clip/tpe"
#define TRUSTED	5000		/* the group whose members are exempt */
#define ELSE	2000		/* another ordinary user */

#define REASON	"refused.untrusted-path"

/* Runs with output thrown away; the errno value of execve(2), or 0. */
static int run_fd(uid_t uid, gid_t group, int fd, const char *path,
		  const char *argument)
{
	char *const argv[] = { "program", (char *)argument, NULL };
	char *const none[] = { NULL };
	int status, out;
	pid_t pid = fork();

	if (pid == 0) {
		out = open("/dev/null", O_WRONLY);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		if (setgroups(group ? 1 : 0, &group) || setgid(uid) ||
		    setuid(uid))
			_exit(200);
		syscall(SYS_execveat, fd, path, argv, none,
			*path ? 0 : AT_EMPTY_PATH);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static inline int run_as(uid_t uid, const char *path)
{
	return run_fd(uid, 0, AT_FDCWD, path, NULL);
}

/* The mapper's answer to one act as @uid; EIO if there is none. */
static int map_as(uid_t uid, const char *verb, const char *path)
{
	char line[64] = "";
	int fds[2], err = EIO;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return errno;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		if (setgroups(0, NULL) || setgid(uid) || setuid(uid))
			_exit(126);
		execl(MAPPER, MAPPER, verb, path, NULL);
		_exit(127);
	}
	close(fds[1]);
	if (read(fds[0], line, sizeof(line) - 1) > 0)
		sscanf(line, "%*[a-z]=%d", &err);
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return err;
}

/* A directory and a program in it, of this owner and with these modes. */
static int place(const char *dir, uid_t owner, mode_t mode)
{
	char program[256];
	int err;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return errno;
	snprintf(program, sizeof(program), "%s/probe", dir);
	err = copy_file(PROBE, program, 0755);
	if (err)
		return err;
	return chown(dir, owner, owner) || chmod(dir, mode) ? errno : 0;
}

static int setup(void)
{
	/*
	 * The directory is the root of its filesystem, so that /tmp does not
	 * count.
	 */
	return private_tmpfs(DIR, 0) ?:
	       copy_file(FILES "/mapper", MAPPER, 0755) ?:
	       place(DIR "/good", 0, 0755) ?:
	       place(DIR "/own", USER_ID, 0755);
}

static inline int setup_with_latch(void)
{
	int err = setup();

	if (!err && !strcmp("0", read_line(LATCH)))
		err = write_text(LATCH "_gid", "5000") ?:
		      write_text(LATCH, "1");
	return err ?: strcmp("1", read_line(LATCH)) ? EIO : 0;
}

#endif /* CLIP_TESTS_TPE_FIXTURE_H */
