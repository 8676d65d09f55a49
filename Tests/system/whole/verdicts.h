/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts about programs whose rules change all the time.
 *
 * Of each program, shared memory holds the verdict that its rules ask for, and a number
 * that is odd while they are being changed. A task of the storm reads both, executes the
 * program and reads the number again. The verdict counts if the number was even and is
 * still the same: the state was then stable from before the exec to behind it, and the
 * verdict must be exactly the one that was read.
 */
#ifndef CLIP_TESTS_VERDICTS_H
#define CLIP_TESTS_VERDICTS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* The exit status of programs/granted.c; EACCES is the third verdict. */
#define RUNS		220
#define RUNS_GRANTED	210
#define IS_REFUSED	EACCES

/* Which programs there are, in the order of the array. */
enum {
	HOST,			/* in context 0: loaded and unloaded */
	REPLACED = HOST + 4,	/* in one context: all replaced at once */
	KEPT = REPLACED + 3,	/* ... and replaced by itself, always */
	RENAMED,		/* update by rename */
	STEADY,			/* update by rename, where no moment is refused */
	FIXED,			/* nothing changes: granted, refused, runs */
	LIFE = FIXED + 3,	/* in a context that comes and goes */
	LEVEL,			/* ... where the level decides */
	OF_USER,		/* refused once the latch tpe is set */
	SET_UID,		/* root's rights until the latch nosuid_root is set */
	PROGRAMS
};

struct program {
	unsigned int changes;	/* odd: it is being changed */
	int verdict;
	char path[56];
};

struct wrong {
	int program, wanted, got;
	unsigned int changes, user, way;
};

#define WRONGS_SHOWN	8

struct verdicts {
	time_t end;		/* of the storm */
	unsigned int life;	/* number of the context that comes and goes */
	unsigned int inside;	/* tasks that have entered a context of a life */
	struct program programs[PROGRAMS];
	/* The latch capbound takes every grant away. */
	unsigned int bound_changes;
	bool bound;
	unsigned long changes[PROGRAMS], lives, levels, latches, failed;
	unsigned long execs, overlapped, wrong;
	unsigned long compared[PROGRAMS][3];	/* runs, granted, refused */
	struct wrong wrongs[WRONGS_SHOWN];
};

/* A file with one verdicts, which every user may map; NULL if it cannot be had. */
struct verdicts *verdicts_make(const char *path);
struct verdicts *verdicts_map(const char *path);

/* What is between these two does not count. The second one says the new verdict. */
void change_begins(struct program *program);
void change_ends(struct program *program, int verdict);

/* How a task of the storm starts a program. */
enum way { BY_64_BIT_CALL, BY_32_BIT_CALL, WAYS };

struct storm {
	const char *state;	/* the file of verdicts_make() */
	int context;		/* a descriptor, or -1 for context 0 */
	uid_t user;
	enum way way;
	int first, count;	/* its programs */
	unsigned int life;	/* it ends with this life; 0: at verdicts.end */
};

/* Starts a task of the storm, which ends with 0. Its pid, or -1. */
pid_t storm_start(const struct storm *storm);

void count_one(unsigned long *counter);

/* How many verdicts about a program were compared. */
unsigned long compared_with(const struct verdicts *verdicts, int program);

#endif /* CLIP_TESTS_VERDICTS_H */
