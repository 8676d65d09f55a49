// SPDX-License-Identifier: LGPL-2.1-or-later

#define _GNU_SOURCE

#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static int is_dropped(const char *variable, const char *const drop[])
{
	for (; *drop; drop++) {
		size_t length = strlen(*drop);

		if (!strncmp(variable, *drop, length) && variable[length] == '=')
			return 1;
	}
	return 0;
}

/* The environment without some variables; the strings are those of environ. */
static char **environment_without(const char *const drop[])
{
	size_t count = 0, kept = 0;
	char **copy;

	while (environ && environ[count])
		count++;
	copy = calloc(count + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < count; i++)
		if (!is_dropped(environ[i], drop))
			copy[kept++] = environ[i];
	return copy;
}

static int spawn(pid_t *pid, char *const argv[], char *const environment[], const char *output,
		 const posix_spawnattr_t *attributes)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (!error)
		error = posix_spawnp(pid, argv[0], &actions, attributes, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int failed(int error)
{
	errno = error;
	return -1;
}

int csystem_run_here(char *const argv[])
{
	pid_t pid;
	int error = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	return error ? failed(error) : wait_for(pid);
}

int csystem_spawn(char *const argv[])
{
	posix_spawnattr_t attributes;
	pid_t pid;
	int error = posix_spawnattr_init(&attributes);

	if (error)
		return failed(error);
	error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	if (!error)
		error = spawn(&pid, argv, environ, "/dev/null", &attributes);
	posix_spawnattr_destroy(&attributes);
	return error ? failed(error) : 0;
}

int csystem_run_with(char *const argv[], char *const environment[], const char *output)
{
	pid_t pid;
	int error = spawn(&pid, argv, environment, output, NULL);

	return error ? failed(error) : wait_for(pid);
}

int csystem_run(char *const argv[], const char *const drop[], const char *output)
{
	char **environment = environment_without(drop);
	int status;

	if (!environment)
		return failed(ENOMEM);
	status = csystem_run_with(argv, environment, output);
	free(environment);
	return status;
}
