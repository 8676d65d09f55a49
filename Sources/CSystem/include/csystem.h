/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that Swift cannot call directly: variadic functions, and glibc
 * extensions that need _GNU_SOURCE.
 */
#ifndef CSYSTEM_H
#define CSYSTEM_H

/* open(2), which is variadic; always with O_CLOEXEC. */
int csystem_open(const char *path, int flags, unsigned int mode);

/*
 * Opens or makes a file to write at its end. No link is followed, at the end or
 * on the way, because others than root may own a directory there; a fifo, which
 * would block, and a file with a second name are refused.
 */
int csystem_open_to_append(const char *path, unsigned int mode);

/*
 * A descriptor of O_PATH for `path`, with the directory `root` as `/` for
 * absolute paths and links, and as the top for `..`; openat2(2) of Linux 5.6,
 * which the C library lacks.
 */
int csystem_open_in_root(int root, const char *path);

/* getxattr(2) and setxattr(2), which the Swift module of the C library lacks. */
long csystem_get_attribute(const char *path, const char *name, void *value, unsigned long size);
long csystem_get_open_attribute(int fd, const char *name, void *value, unsigned long size);
int csystem_set_attribute(const char *path, const char *name, const void *value, unsigned long size);

/* The type of the file system of a file, f_type of statfs(2), and whether its mount has noexec. */
int csystem_filesystem(const char *path, unsigned int *type, int *noexec);
int csystem_open_filesystem(int fd, unsigned int *type);

/*
 * The next names of an open directory, getdents64(2): how many bytes of records there
 * are; 0 at the end.
 */
long csystem_read_names(int fd, void *records, unsigned long size);

/* Whether case does not count in the names of an open directory. */
int csystem_folds_case(int fd);

/* Takes a lease for reading and gives it back; -1 if a process has the file open for writing. */
int csystem_try_lease(int fd);

/* ioctl(2), which is variadic. */
int csystem_ioctl(int fd, unsigned long request, void *argument);

/*
 * Text and name of an errno value, in English whatever the locale, in static
 * storage, and NULL if there is none; see strerrordesc_np(3).
 */
const char *csystem_error_text(int number);
const char *csystem_error_name(int number);

/* Whether this process has rights that its caller lacks; AT_SECURE of getauxval(3). */
int csystem_is_privileged(void);

/*
 * Processors that this process may run on, sched_getaffinity(2); those that
 * are online if that fails.
 */
int csystem_processor_count(void);

/*
 * listmount(2) and statmount(2) of Linux 6.8, which the C library lacks.
 *
 * Ids of the mounts of this namespace, after the mount `last` (0: from the
 * first): their number, or -1.
 */
long csystem_listmount(unsigned long long last, unsigned long long *ids, unsigned long capacity);

/* One mount; the texts are in the caller's buffer. */
struct csystem_mount {
	unsigned int major, minor;
	/* SB_RDONLY is 1. */
	unsigned int sb_flags;
	/* MOUNT_ATTR_* of linux/mount.h */
	unsigned long long attributes;
	const char *root, *point, *type, *options;
};

/* The id of the mount of an open file, and 0; or -1, also before Linux 6.8. */
int csystem_mount_of(int fd, unsigned long long *id);

/* 0, or -1; EOVERFLOW if the buffer is too small. */
int csystem_statmount(unsigned long long id, struct csystem_mount *mount, void *buffer, unsigned long size);

/* One element that getopt(3) found; see options.c. */
struct csystem_option {
	/* The letter; '?' for an unknown letter, ':' for a missing value. */
	int code;
	/* The letter that `code` refers to. */
	unsigned char letter;
	/* The value, which lies in one of the words, or NULL. */
	const char *value;
};

/*
 * The options among `words`, whose first is the name of the program, as
 * getopt(3) reads them by the given letters. Words that are not options are
 * skipped. Returns the number of options; no more than `capacity` are stored.
 */
unsigned long csystem_options(int count, char *const *words, const char *letters,
			      struct csystem_option *options, unsigned long capacity);

/*
 * Runs a program, found by PATH, with its output and errors in the file
 * `output`, an empty input, and an environment without the variables `drop`.
 * Returns its exit status, 128 + N if signal N ended it, or -1; see run.c.
 */
int csystem_run(char *const argv[], const char *const drop[], const char *output);

/* The same with an environment of the given variables and no others. */
int csystem_run_with(char *const argv[], char *const environment[], const char *output);

/* The same with the streams and the environment of this process. */
int csystem_run_here(char *const argv[]);

/* Starts a program, found by PATH, in a session of its own, with /dev/null for all streams; 0 or -1. */
int csystem_spawn(char *const argv[]);

/* The descriptors of a program that answers a request: it reads one and writes the other. */
#define CSYSTEM_REQUEST 3
#define CSYSTEM_ANSWER 4

/* A new file in memory, or -1. */
int csystem_memory_file(void);

/*
 * Runs the program at `path` with the streams of this process, with the two files as
 * its CSYSTEM_REQUEST and CSYSTEM_ANSWER, and without an environment. Returns its exit
 * status, 128 + N if signal N ended it, or -1.
 */
int csystem_run_between(const char *path, int request, int answer);

/* PR_GET_SECUREBITS and PR_SET_SECUREBITS of prctl(2), which is variadic; see securebits.c. */
long csystem_securebits(void);
int csystem_set_securebits(unsigned long bits);

/* Whether the kernel knows AT_EXECVE_CHECK of execveat(2), and O_MAYEXEC of openat2(2). */
int csystem_answers_execve_check(void);
int csystem_answers_mayexec(void);

/* A descriptor of a /proc that is mounted nowhere, by fsmount(2); see boot.c. */
int csystem_private_proc(void);

/* openat(2), which is variadic, without O_CREAT; always with O_CLOEXEC. */
int csystem_open_at(int directory, const char *path, int flags);

/* Writes all files to their disks and halts the machine; see reboot(2). */
int csystem_halt(void);

/* The arguments of main(), without reading /proc; see start.c. */
int csystem_argument_count(void);
const char *csystem_argument(int index);

#endif /* CSYSTEM_H */
