/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel log. It is rate-limited, and an earlier test may have used the
 * limit up. A line that is looked for is therefore provoked again and again.
 */
#ifndef CLIP_TESTS_LOG_H
#define CLIP_TESTS_LOG_H

#include <stdbool.h>

/*
 * Does @act, which must return @error each time, until one line of the log has
 * all of @parts, an array that ends with NULL. False after thirty times.
 */
bool log_shows(int (*act)(void *), void *data, int error,
	       const char *const *parts);

/* The same of two parts and an act that is refused with EPERM. */
bool logged(int (*refused_act)(void *), void *data, const char *first,
	    const char *second);

/* Does one line of the log as it is now have this part? */
bool log_has(const char *part);

/* How many lines of the log as it is now have all of @parts? */
int log_count(const char *const *parts);

#endif /* CLIP_TESTS_LOG_H */
