// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The main program: where it comes from, and whether it may be interpreted.
 *
 * Python's own main function opens the program after its hooks were asked, and
 * runs it in spite of their answer. Here the file is opened once, the kernel is
 * asked about that descriptor, and what is read from it is what runs.
 */
#include "source.h"

#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Modules that -m may run although commands are denied, each in quotes and
 * followed by a comma. A module that takes commands must not be named here, and
 * many do: timeit, code, pdb. The list is empty unless the build has names for it.
 */
#ifndef ALLOWED_MODULES
#define ALLOWED_MODULES
#endif

#define LENGTH_MAX	(1UL << 30)

static int refuse(const char *name, int err)
{
	fprintf(stderr, "python3-asks: %s: must not be interpreted: %s\n", name, strerror(err));
	return STATUS_REFUSED;
}

static int fail(const char *name, int err)
{
	fprintf(stderr, "python3-asks: %s: %s\n", name, strerror(err));
	return STATUS_UNREADABLE;
}

/* Reads from where the descriptor stands. Return: 0 or an errno value. */
static int read_all(struct source *source, int fd)
{
	size_t room = 0;
	ssize_t count;
	char *larger;

	do {
		if (source->length + 1 >= room) {
			room = room ? 2 * room : 1 << 16;
			larger = room > LENGTH_MAX ? NULL : realloc(source->text, room);
			if (!larger)
				return EFBIG;
			source->text = larger;
		}
		count = read(fd, source->text + source->length, room - source->length - 1);
		if (count < 0 && errno != EINTR)
			return errno;
		if (count > 0)
			source->length += count;
	} while (count);
	source->text[source->length] = '\0';
	return 0;
}

static int take(struct source *source, int fd)
{
	const int err = read_all(source, fd);

	return err ? fail(source->name, err) : 0;
}

/**
 * source_from_command - Take the program from an argument
 * @source: where to put it
 * @command: the program
 *
 * Return: 0, or an exit status after a message.
 */
int source_from_command(struct source *source, const char *command)
{
	if (ask_denies_interactive())
		return refuse("-c", EACCES);
	*source = (struct source){ .kind = SOURCE_TEXT, .name = "-c", .length = strlen(command) };
	source->text = malloc(source->length + 2);
	if (!source->text)
		return fail("-c", ENOMEM);
	memcpy(source->text, command, source->length);
	source->text[source->length++] = '\n';
	source->text[source->length] = '\0';
	return 0;
}

static bool is_allowed(const char *module)
{
	static const char *const allowed[] = { ALLOWED_MODULES NULL };

	for (size_t i = 0; allowed[i]; i++)
		if (!strcmp(module, allowed[i]))
			return true;
	return false;
}

/**
 * source_from_module - Take the program from a module
 * @source: where to put it
 * @module: the name of the module; opening its file asks the kernel
 *
 * Return: 0, or an exit status after a message.
 */
int source_from_module(struct source *source, const char *module)
{
	if (ask_denies_interactive() && !is_allowed(module))
		return refuse("-m", EACCES);
	*source = (struct source){ .kind = SOURCE_MODULE, .name = "-m", .module = module };
	return 0;
}

/**
 * source_from_file - Take the program from a file
 * @source: where to put it
 * @path: the file; a pipe or a terminal is a stream, whatever its name
 *
 * Return: 0, or an exit status after a message.
 */
int source_from_file(struct source *source, const char *path)
{
	int fd = ask_open_judged(path), err = fd < 0 && fd != -EINVAL ? -fd : 0;
	struct stat status;
	int taken;

	*source = (struct source){ .kind = SOURCE_FILE, .name = path };
	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail(path, errno);
	if (fstat(fd, &status)) {
		err = errno;
		close(fd);
		return fail(path, err);
	}
	if (S_ISDIR(status.st_mode)) {
		close(fd);
		source->kind = SOURCE_DIRECTORY;
		return 0;
	}
	if (!S_ISREG(status.st_mode)) {
		source->kind = SOURCE_TEXT;
		err = EACCES;
	}
	/* Asked in any case, so that the kernel can report it. */
	err = ask_execute(fd, path) ?: err;
	if (err && (ask_restricts_files() || (source->kind == SOURCE_TEXT && ask_denies_interactive()))) {
		close(fd);
		return refuse(path, err);
	}
	taken = take(source, fd);
	close(fd);
	return taken;
}

/*
 * Asks about the file that is the input, and keeps writers off it with @held.
 * The input has to begin where the file does: a caller who chooses another place
 * chooses the program.
 */
static int ask_input(int *held)
{
	struct stat status;

	*held = ask_open_judged("/proc/self/fd/0");
	if (fstat(STDIN_FILENO, &status))
		return errno;
	if (!S_ISREG(status.st_mode) || lseek(STDIN_FILENO, 0, SEEK_CUR) != 0)
		return EACCES;
	/* Without procfs, writers are not kept off. */
	if (*held < 0 && *held != -EINVAL && *held != -ENOENT)
		return -*held;
	return ask_execute(STDIN_FILENO, "-");
}

/**
 * source_from_input - Take the program from the standard input, to its end
 * @source: where to put it
 * @name: its name in sys.argv
 *
 * Return: 0, or an exit status after a message.
 */
int source_from_input(struct source *source, const char *name)
{
	int held, err = ask_input(&held);
	int taken;

	*source = (struct source){ .kind = SOURCE_TEXT, .name = name };
	if (err && ask_denies_interactive())
		taken = refuse("standard input", err);
	else
		taken = take(source, STDIN_FILENO);
	if (held >= 0)
		close(held);
	return taken;
}
