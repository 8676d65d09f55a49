/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The directory for the tests of memory that is written and executed, and
 * running a program there.
 */
#ifndef CLIP_TESTS_PLACE_H
#define CLIP_TESTS_PLACE_H

#define DIR	"/tmp/wx"
#define PLAIN	DIR "/plain"	/* without an entry */
#define JIT	DIR "/jit"	/* e and j */
#define CODE	DIR "/code"	/* two pages of code */
#define MEMORY_ACTOR	"/usr/lib/clip/tests/memory_actor"

#define JIT_FLAGS	(CLIP_ENTRY_EXE | CLIP_ENTRY_JIT)

/* mov $42,%eax; ret, and on the next page the same with 43. */
int make_code(const char *name);

/*
 * The output of a program that is run with up to five arguments after its path
 * and verb.
 */
struct words {
	int fd;			/* of its context, or -1 */
	const char *argv[9];
	char out[512];
};

const char *what_prints(struct words *words);

const char *says(int fd, const char *program, const char *verb,
		 const char *file);

const char *says_two(int fd, const char *program, const char *verb,
		     const char *file, const char *verb2, const char *file2);

/* A tmpfs with two copies of the actor that differ in nothing. */
int make_place(void);

#endif /* CLIP_TESTS_PLACE_H */
