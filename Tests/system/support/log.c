// SPDX-License-Identifier: GPL-2.0-only
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TRIES		30
#define PAUSE_US	300000

static bool has_all(const char *line, const char *const *parts)
{
	for (; *parts; parts++)
		if (!strstr(line, *parts))
			return false;
	return true;
}

/* Reads up to the end of the log, and counts the lines. */
static int read_for(int log, const char *const *parts)
{
	int found = 0;
	char line[8192];
	ssize_t got;

	/* EPIPE: lines were overwritten before they were read. */
	while ((got = read(log, line, sizeof(line) - 1)) > 0 ||
	       (got < 0 && errno == EPIPE)) {
		line[got > 0 ? got : 0] = '\0';
		found += has_all(line, parts);
	}
	return found;
}

bool log_shows(int (*act)(void *), void *data, int error,
	       const char *const *parts)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found = false;

	lseek(log, 0, SEEK_END);
	for (int tries = 0; tries < TRIES && !found && log >= 0; tries++) {
		if (act(data) != error)
			break;
		found = read_for(log, parts);
		if (!found)
			usleep(PAUSE_US);
	}
	close(log);
	return found;
}

bool logged(int (*refused_act)(void *), void *data, const char *first,
	    const char *second)
{
	const char *const parts[] = { first, second, NULL };

	return log_shows(refused_act, data, EPERM, parts);
}

bool log_has(const char *part)
{
	const char *const parts[] = { part, NULL };
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found = log >= 0 && read_for(log, parts);

	close(log);
	return found;
}

int log_count(const char *const *parts)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int found = log < 0 ? -1 : read_for(log, parts);

	close(log);
	return found;
}
