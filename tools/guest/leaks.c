// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that nothing refers to any more.
 *
 * A kernel with kmemleak looks for it from time to time, and most guests do not live
 * as long. A block counts as lost if it is some seconds old and two searches have not
 * found it; the kernel then says so in its log, which tools/vm reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "leaks.h"

#define LEAKS		"/sys/kernel/debug/kmemleak"
/* The kernel leaves younger blocks alone, and those that have just changed. */
#define SECONDS		6
/* Lines of the report that are copied into the log. */
#define REPORT_LINES	60

static int scan(void)
{
	int fd = open(LEAKS, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -1;
	err = write(fd, "scan", 4) == 4 ? 0 : -1;
	close(fd);
	return err;
}

/* Where the blocks were allocated. */
static void copy_to_log(void)
{
	FILE *leaks = fopen(LEAKS, "r");
	char line[512];

	for (int i = 0; leaks && i < REPORT_LINES && fgets(line, sizeof(line), leaks); i++) {
		int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

		line[strcspn(line, "\n")] = '\0';
		if (log < 0)
			break;
		dprintf(log, "guest: %s", line);
		close(log);
	}
	if (leaks)
		fclose(leaks);
}

void look_for_leaks(void)
{
	if (access(LEAKS, F_OK))
		return;
	sleep(SECONDS);
	if (!scan() && !scan())
		copy_to_log();
}
