// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Options of one letter, read by the C library's getopt(3).
 *
 * The old command lines of verictl and devctl were read by it, and its rules
 * are theirs: bundled letters, values joined or apart, options up to "--".
 */
#define _GNU_SOURCE
#include "csystem.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

/* getopt(3) keeps its position in global variables. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

unsigned long csystem_options(int count, char *const *words, const char *letters,
			      struct csystem_option *options, unsigned long capacity)
{
	unsigned long found = 0;
	char rules[256];
	int code;

	/*
	 * A leading '-' returns words that are no options in their place, as the
	 * code 1: getopt(3) then moves no word, and POSIXLY_CORRECT has no effect.
	 * The ':' keeps it from printing messages, and tells a missing value from
	 * an unknown letter.
	 */
	if (snprintf(rules, sizeof(rules), "-:%s", letters) >= (int)sizeof(rules))
		return 0;
	pthread_mutex_lock(&lock);
	/* 0 makes the C library forget the command line before. */
	optind = 0;
	while ((code = getopt(count, words, rules)) != -1) {
		if (code == 1)
			continue;
		if (found < capacity) {
			const int is_fault = code == '?' || code == ':';

			options[found].code = code;
			options[found].letter = (unsigned char)(is_fault ? optopt : code);
			options[found].value = is_fault ? NULL : optarg;
		}
		found++;
	}
	pthread_mutex_unlock(&lock);
	return found;
}
