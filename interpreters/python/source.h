/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The main program: where it comes from, and whether it may be interpreted.
 */
#ifndef PYTHON_ASKS_SOURCE_H
#define PYTHON_ASKS_SOURCE_H

#include <stddef.h>

/* Exit statuses: the program must not be interpreted, or cannot be read. */
#define STATUS_REFUSED	126	/* as in a shell */
#define STATUS_UNREADABLE	2	/* as in Python */

enum source_kind {
	SOURCE_TEXT,		/* what follows -c, or a stream */
	SOURCE_FILE,		/* the content of a regular file */
	SOURCE_DIRECTORY,	/* with a module __main__ */
	SOURCE_MODULE,		/* a module by its name */
};

struct source {
	enum source_kind kind;
	const char *name;	/* as sys.argv[0] */
	const char *module;
	char *text;		/* ends with a NUL that does not count */
	size_t length;
};

int source_from_command(struct source *source, const char *command);
int source_from_module(struct source *source, const char *module);
int source_from_file(struct source *source, const char *path);
int source_from_input(struct source *source, const char *name);

#endif /* PYTHON_ASKS_SOURCE_H */
