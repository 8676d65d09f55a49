// SPDX-License-Identifier: LGPL-2.1-or-later

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

static int spawn(pid_t *pid, char *const argv[], char **environment, const char *output)
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
		error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int csystem_run(char *const argv[], const char *const drop[], const char *output)
{
	char **environment = environment_without(drop);
	int status = 0;
	pid_t pid;
	int error;

	if (!environment) {
		errno = ENOMEM;
		return -1;
	}
	error = spawn(&pid, argv, environment, output);
	free(environment);
	if (error) {
		errno = error;
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
