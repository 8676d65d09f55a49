// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time limits on a slow kernel.
 *
 * A kernel with sanitizers takes several times as long. The word guest.slower=N of
 * its command line multiplies the limits of the harness, which are set by alarm().
 * The programs are linked with --wrap=alarm, so that all calls come here.
 */
#include "slower.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names that the linker makes. */
unsigned int __real_alarm(unsigned int seconds);
unsigned int __wrap_alarm(unsigned int seconds);

int slower(void)
{
	static const char word[] = "guest.slower=";
	char line[4096] = "";
	FILE *file = fopen("/proc/cmdline", "r");
	const char *found = NULL;
	int factor = 1;

	if (file) {
		if (fgets(line, sizeof(line), file))
			found = strstr(line, word);
		fclose(file);
	}
	if (found)
		factor = atoi(found + strlen(word));
	return factor > 1 ? factor : 1;
}

unsigned int __wrap_alarm(unsigned int seconds)
{
	return __real_alarm(seconds ? seconds * slower() : 0);
}
