// SPDX-License-Identifier: LGPL-2.1-or-later

#define _GNU_SOURCE

#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Since Linux 6.3; the memory can then not be executed. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

int csystem_memory_file(void)
{
	int fd = memfd_create("clip", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("clip", MFD_CLOEXEC);
	return fd;
}

static int spawn(pid_t *pid, const char *path, int request, int answer)
{
	char *const argv[] = { (char *)path, NULL }, *const environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, request, CSYSTEM_REQUEST);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, answer, CSYSTEM_ANSWER);
	if (!error)
		error = posix_spawn(pid, path, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Numbers that the two of the program do not overwrite. */
static int above(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, CSYSTEM_ANSWER + 1);
}

int csystem_run_between(const char *path, int request, int answer)
{
	const int from = above(request), to = from < 0 ? -1 : above(answer);
	int error = to < 0 ? errno : 0, status = 0;
	pid_t pid = -1;

	if (!error)
		error = spawn(&pid, path, from, to);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	while (!error && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			error = errno;
	if (error) {
		errno = error;
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
