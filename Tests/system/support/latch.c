// SPDX-License-Identifier: GPL-2.0-only
#include "latch.h"

#include "files.h"

#include <stdio.h>
#include <stdlib.h>

int set_latch(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), LATCHES "%s", name);
	return write_text(path, text);
}

int latch(const char *name)
{
	char path[128];
	const char *text;

	snprintf(path, sizeof(path), LATCHES "%s", name);
	text = read_line(path);
	return *text ? atoi(text) : -1;
}
