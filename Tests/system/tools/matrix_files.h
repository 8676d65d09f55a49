/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of many kinds, and rules for them: what explain is compared by with
 * exec.
 */
#ifndef CLIP_TESTS_MATRIX_FILES_H
#define CLIP_TESTS_MATRIX_FILES_H

#include <stdint.h>

#define PLACE		"/opt/matrix"
#define MOST_FILES	1000

/* The contexts that get the rules. */
#define ALL_RIGHTS	700
#define NO_RIGHTS	701

struct matrix {
	unsigned int count;
	char *paths[MOST_FILES];
};

/*
 * Makes the files and loads their rules into context 0 and both others. 0, or
 * the errno of the first thing that could not be made.
 */
int matrix_make(struct matrix *matrix);

#endif /* CLIP_TESTS_MATRIX_FILES_H */
