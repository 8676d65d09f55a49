// SPDX-License-Identifier: GPL-2.0-only
#include "provoke.h"
#include "actor.h"
#include "device.h"
#include "files.h"
#include "image.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

int load_from(const struct rule *rule, const char *source, uint32_t line)
{
	const size_t more = strlen(source) + 1;
	struct clip_image_header *header;
	struct clip_image_entry *entry;
	char *image;
	size_t size;
	int err;

	image = image_make(rule, 1, &size);
	image = realloc(image, size + more);
	memcpy(image + size, source, more);
	header = (void *)image;
	entry = (void *)(header + 1);
	entry->source_offset = header->strings_size;
	entry->source_length = more - 1;
	entry->source_line = line;
	header->strings_size += more;
	header->total_size += more;
	image_seal(image, size + more);
	err = commit_image(image, size + more, CLIP_COMMIT_ADD, 0, NULL);
	free(image);
	return err;
}

int run_oddly(const char *path, const char *const *args, pid_t *pid)
{
	char *const argv[] = { (char *)path, (char *)(args ? args[0] : NULL),
			       (char *)(args ? args[1] : NULL), NULL };
	int status;

	*pid = fork();
	if (*pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		if (setgid(USER_ID) || setresuid(USER_ID, USER_ID + 1, -1))
			_exit(126);
		prctl(PR_SET_NAME, COMM);
		execv(path, argv);
		_exit(errno);
	}
	waitpid(*pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int start_raised(struct actor *actor)
{
	return copy_file(ACTOR, RAISED, 0755) ?:
	       list_file(RAISED, CLIP_CONTEXT_ADMIN, CLIP_ENTRY_EXE, BIND, 0) ?:
	       actor_start(actor, RAISED, USER_ID);
}

int refused_signal(pid_t target, int times)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int wrong = setgid(USER_ID) || setuid(USER_ID);

		while (times--)
			wrong |= !kill(target, 0) || errno != EPERM;
		_exit(wrong);
	}
	waitpid(pid, &status, 0);
	return status ? 0 : pid;
}
