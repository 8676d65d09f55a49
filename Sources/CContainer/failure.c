// SPDX-License-Identifier: LGPL-2.1-or-later
/* libclip: how failures are described */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int clip_fail(struct clip_failure *failure, int code, const char *step, const char *format, ...)
{
	const int error = code ? code : errno;
	const char *text = strerrordesc_np(error);
	size_t used;
	va_list list;

	if (failure) {
		memset(failure, 0, sizeof(*failure));
		failure->code = error;
		snprintf(failure->step, sizeof(failure->step), "%s", step);
		va_start(list, format);
		vsnprintf(failure->text, sizeof(failure->text), format, list);
		va_end(list);
		used = strlen(failure->text);
		snprintf(failure->text + used, sizeof(failure->text) - used, ": %s", text ? text : "unknown error");
	}
	errno = error;
	return -1;
}
