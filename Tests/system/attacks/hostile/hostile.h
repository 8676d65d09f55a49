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
#define XID_NEW		3303	/* of none */

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

/* The act is done by a program that has every privilege, its twin by another. */
#define BY_HOLDER	(1U << 7)
/* An ordinary user does all of it. */
#define AS_USER		(1U << 8)

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
extern const struct row exec_rows[], kind_rows[], grant_rows[], trusted_rows[];
extern const struct row memory_rows[], write_rows[], layer_rows[], watch_rows[];
extern const struct row mount_rows[], chroot_rows[], carried_rows[];
extern const struct row context_rows[], raised_rows[], rights_rows[];
extern const struct row network_rows[], device_rows[], table_rows[];
extern const struct row request_rows[], surface_rows[];

/* The row of a name, or NULL. */
const struct row *row_of(const char *name);

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

/* The descriptor of the context that is a place. */
int descriptor_of(enum place place);

/* A mount namespace of its own, of which nothing gets out. 0 or errno. */
int own_mounts(void);

/* The state of this process that no refused act may change, as text. */
char *own_state(void);

/* Descriptors from before anything was enforced, where the place keeps them. */
enum early { EARLY_UDP = 100, EARLY_TCP, EARLY_DISK, EARLY_DEVICE };

/* A process of context 0 that waits, and objects that it made. */
struct victim {
	pid_t pid;
	int shm, sem, msg, key;
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

/* Such a copy on the filesystem of a cell, where entries identify files. */
#define GRANTED		"granted"
/* A copy whose entry gives it one capability, one privilege, and immortality. */
#define RAISED		"tmpfs/raised"
#define LOGGER		"tmpfs/logger"
#define IMMORTAL	"tmpfs/immortal"

/* One that must have listed libraries. */
#define NEEDS		"tmpfs/needs"
/*
 * Allowed programs whose headers ask for an executable stack, for a segment that
 * is written and executed, and for a loader that is allowed or is not.
 */
#define ODD_STACK	"tmpfs/stack"
#define ODD_SEGMENT	"tmpfs/segment"
#define ODD_GOOD	"tmpfs/loaded"
#define ODD_EVIL	"tmpfs/misled"

/* ----------------------------------------------------------- attempt.c */

/* Answers of an attempt that are no errno values. */
#define BY_SIGNAL	200	/* and the number of the signal that ended it */
#define NOT_THERE	250	/* the place could not be entered */
#define NO_WAY		251	/* the ring could not be made */
#define TASK_CHANGED	252	/* the refused act changed its own task */

/*
 * Does the act, its control or its twin, in a child. 0 or errno, or one of the
 * numbers above.
 */
int attempt(const struct cell *cell, bool refused, bool twin);

/* This program was executed by an attempt, or in order to be acted on. */
int be_program(char *const words[]);
int be_target(char *const words[]);
int be_tried(const char *what);
int be_logger(char *const words[]);

/* ------------------------------------------------------------- for rows */

/* Becomes an ordinary user. 0 or errno. */
int become_user(void);

/* Does a part of an act that would change the task, in a child of it. */
int in_child_of_act(int (*act)(const char *), const char *what);

/* Runs a program by its name: 0 if it ran, or the errno of exec. */
int run(const char *path);

/* The same after a writer was closed: a ring keeps it for some time yet. */
int run_when_closed(const char *path);

#endif /* CLIP_TESTS_HOSTILE_H */
