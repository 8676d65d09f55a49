/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attacks as rows of tables. A row is one act; the program tries it by every
 * way to make its call, on every filesystem and in every place that the row
 * names:
 *
 *	where nothing is enforced	the act succeeds (the control)
 *	where everything is enforced	the act is refused with the error and
 *					the reason of the row, and nothing has
 *					changed; its legitimate twin succeeds
 *
 * A combination that cannot exist is counted and named, and is no result.
 */
#ifndef CLIP_TESTS_HOSTILE_H
#define CLIP_TESTS_HOSTILE_H

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/clip.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/*
 * hostile.sh makes this directory with one directory for each filesystem, and
 * with proc, sys and dev. All acts have it as their working directory.
 */
#define TOP		"/opt/hostile"

/* Numbers of the contexts that the attacks come from, and go against. */
#define XID_HOSTILE	3301
#define XID_OTHER	3302

enum filesystem { EXT4, TMPFS, OVERLAY, SQUASHFS, LOOP, MAPPER, FUSE, FSES };

enum place {
	HOST,		/* context 0 */
	CONTEXT,	/* a context with all capabilities */
	WATCH,		/* context 1 */
	CHROOT,		/* context 0, in a chroot that ends at TOP */
	USERNS,		/* context 0, root of a user namespace of its own */
	PLACES
};

#define ON(filesystem)	(1U << (filesystem))
#define IN(place)	(1U << (place))

#define NO_FS		0	/* the act has nothing to do with files */
#define EVERY_FS	((1U << FSES) - 1)
#define WRITABLE	(EVERY_FS & ~ON(SQUASHFS))
#define EVERYWHERE	((1U << PLACES) - 1)
/* Where the rules of context 0 count. */
#define IN_CONTEXT_0	(IN(HOST) | IN(CHROOT) | IN(USERNS))
/* Where ordinary files are written. */
#define WRITERS		(EVERYWHERE & ~IN(WATCH))

/* row.flags */
/* Refused also where nothing is enforced, by the kernel or by clip. */
#define ALWAYS		(1U << 0)
/* The place is what forbids the act: its control is done in context 0. */
#define BY_THE_PLACE	(1U << 1)
/* The control and the twin change mounts, in a namespace of their own. */
#define OWN_MOUNTS	(1U << 2)
/* The refusal ends the task with SIGKILL, and the error is 0. */
#define KILLS		(1U << 3)
/* The twin is the same act by a program that has every privilege. */
#define HELD		(1U << 4)
/* The twin is done by a program that was executed in the place. */
#define AFRESH		(1U << 6)
/* Before what is refused, the act changes files, which is no attack. */
#define PREPARES	(1U << 5)

/* Another answer for some cells. An error of ABSENT: there is no such cell. */
struct exception {
	unsigned int places, filesystems;	/* 0: all */
	int error;
	enum clip_reason reason;
	/* Nothing of that kind is legitimate here: the twin is on a tmpfs. */
	bool elsewhere;
};

#define ABSENT		(-1)

struct row {
	const char *id;		/* of the catalogue of attacks, or of a fault */
	const char *name;
	enum call call;		/* the call that decides which ways there are */
	int (*act)(const char *what);	/* 0 or errno */
	const char *bad;	/* for the attack and its control */
	const char *good;	/* for the twin; NULL if it is another act */
	int (*twin)(const char *what);	/* NULL: the same act */
	int error;
	enum clip_reason reason;
	unsigned int filesystems, places, flags;
	struct exception except[3];
};

/* A table of rows, that ends with one without an id. */
extern const struct row exec_rows[], memory_rows[], write_rows[], watch_rows[];
extern const struct row mount_rows[];
extern const struct row chroot_rows[], context_rows[], network_rows[];
extern const struct row device_rows[], table_rows[], surface_rows[];

/* One task changes what another one uses, on two processors. */
struct race {
	const char *id, *name;
	void (*change)(void);
	int (*use)(void);
	unsigned int filesystems;
	unsigned int flags;	/* ALWAYS: Linux does it right, too, but for rare moments */
};

extern const struct race races[];

/*
 * Runs a race on the filesystem of the cell. NULL if it went as it should, or
 * the counts of what happened.
 */
const char *run_race(const struct race *race, bool enforced);

/* What this process is trying. */
struct cell {
	const struct row *row;
	enum way way;
	enum filesystem filesystem;
	enum place place;
	bool enforced;
};

extern struct cell now;
extern const char *const fs_names[FSES];
extern const char *const place_names[PLACES];

/*
 * The path of a file in the directory of this cell, from the working directory;
 * good for the next eight calls. In each such directory, made anew for each
 * act where the filesystem can be written, are
 *
 *	good	a program that is allowed in all contexts; it ends with 0
 *	evil	a program that is not; it ends with EVIL
 *	data	a file of two pages
 *	dir	a directory
 *	outer, inner	scripts: "#!" and the path of evil, and of good
 */
const char *file(const char *name);
#define EVIL	42

/* A file of procfs, sysfs or devtmpfs, from the working directory. */
#define PROC	"proc/"
#define SYS	"sys/"
#define DEV	"dev/"

/* ------------------------------------------------------------- place.c */

/* Makes what the places need; called once, before anything is enforced. */
int make_places(void);

/* Puts this process into a place. 0 or errno. */
int enter_place(enum place place);

/* A mount namespace of its own, of which nothing gets out. 0 or errno. */
int own_mounts(void);

/* The state of this process that no refused act may change, as text. */
char *own_state(void);

/* A process of context 0 that waits, and objects that it made. */
struct victim {
	pid_t pid;
	int shm, sem, msg;
};

extern struct victim victim;

/* ------------------------------------------------------------- state.c */

/* Makes the files of a cell anew. 0 or errno. */
int make_files(enum filesystem filesystem);

/*
 * The state that no refused act may change, as text: tables, latches, mounts
 * and interfaces; and the files of a cell.
 */
char *common_state(void);
char *files_state(enum filesystem filesystem);

/* The first line in which the two texts differ. */
const char *first_difference(const char *before, const char *after);

/* Sets all latches, and all levels. 0 or errno. */
int enforce(void);
int make_rules(void);

/* A copy of this program whose entry has every privilege. */
#define HOLDER		"tmpfs/holder"
/* One that is allowed, and granted nothing. */
#define PLAIN		"tmpfs/plain"

/* ------------------------------------------------------------- for rows */

/* Runs a program by its name: 0 if it ran, or the errno of exec. */
int run(const char *path);

/* The same after a writer was closed: a ring keeps it for some time yet. */
int run_when_closed(const char *path);

#endif /* CLIP_TESTS_HOSTILE_H */
