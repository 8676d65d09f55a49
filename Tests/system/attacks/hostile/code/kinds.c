// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are no plain programs, and files by other ways than their name:
 * special files (E-20), handles (E-24), memory with a script (S-06), and mounts
 * that forbid it (M-20).
 */
#include "../hostile.h"

#include "script/interpret.h"

#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE	4096
#define RX	(PROT_READ | PROT_EXEC)

/* 0 if a program ran, or the errno of executing what a directory has. */
static int execute(long at, const char *path, int flags)
{
	const long name = T(path), arguments = vector_of("x");
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-DO(execveat, at, name, arguments, no_vector(), flags));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NOT_THERE;
	if (WIFSIGNALED(status))
		return BY_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status) == EVIL ? 0 : WEXITSTATUS(status);
}

static int by_name(const char *what)
{
	return execute(AT_FDCWD, file(what), 0);
}

static int by_path(const char *what)
{
	return execute(AT_FDCWD, what, 0);
}

static int run_good(const char *what)
{
	return run("tmpfs/c/good");
}

/* "p" for a FIFO, "s" for a socket. */
static int special(const char *what)
{
	const mode_t type = *what == 's' ? S_IFSOCK : S_IFIFO;

	if (strcmp(what, "good") &&
	    mknod(file("new"), type | 0755, 0))
		return 1;
	return execute(AT_FDCWD, file(strcmp(what, "good") ? "new" : "good"),
		       0);
}

static int link_itself(const char *what)
{
	if (symlink("good", file("new")))
		return 1;
	return execute(AT_FDCWD, file("new"), strcmp(what, "itself") ? 0 :
		       AT_SYMLINK_NOFOLLOW);
}

/* ----------------------------------------- the question of an interpreter */

static int ask(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC);
	const long arguments = vector_of("x");
	const int err = TRY(execveat, fd, T(""), arguments, no_vector(),
			    AT_EMPTY_PATH | AT_EXECVE_CHECK);

	close(fd);
	return err;
}

static int check(const char *what)
{
	return ask(file(what), O_RDONLY);
}

static int check_path(const char *what)
{
	return ask(what, O_RDONLY);
}

static int check_on_noexec(const char *what)
{
	char path[96];

	snprintf(path, sizeof(path), "%s%s", what, file("good"));
	return ask(path, O_RDONLY);
}

static int open_kind(const char *path, int flags)
{
	const struct open_how how = {
		.flags = O_MAYEXEC | O_CLOEXEC | O_NONBLOCK | flags,
	};

	return TRY_FD(openat2, AT_FDCWD, T(path), COPY(how), sizeof(how));
}

static int open_kind_of(const char *what)
{
	return open_kind(file(what), 0);
}

static int open_path_to_interpret(const char *what)
{
	return open_kind(what, 0);
}

/* A descriptor that could be written, too. */
static int open_to_write(const char *what)
{
	return open_kind(file("good"), strcmp(what, "write") ? 0 : O_RDWR);
}

/* ----------------------------------------------------------------- mapping */

static int map_of(const char *path, int prot, long *at)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return 1;
	*at = DO(mmap, 0, PAGE, prot, MAP_PRIVATE, fd, 0);
	err = failed(*at);
	if (now.way == NARROW)
		*at = (uint32_t)*at;
	close(fd);
	return err;
}

/* ----------------------------------------------------------------- handles */

static int by_handle(const char *what)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	const int at = open(file(""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long fd;
	int id, err;

	if (name_to_handle_at(AT_FDCWD, file(what), &u.handle, &id, 0))
		return 1;
	fd = DO(open_by_handle_at, at, COPY(u), O_PATH | O_CLOEXEC);
	close(at);
	if (fd < 0)
		return -fd;
	err = execute(fd, "", AT_EMPTY_PATH);
	close(fd);
	return err;
}

/* A script without a name, of an interpreter that is allowed. */
static int script_of_memory(const char *what)
{
	const char text[] = "#!tmpfs/c/good\n";
	const long fd = DO(memfd_create, T("hostile"), 0);

	if (fd < 0)
		return -fd;
	fchmod(fd, 0755);
	return write(fd, text, strlen(text)) < 0 ? errno :
	       execute(fd, "", AT_EMPTY_PATH);
}

/* ---------------------------------------------------------- noexec mounts */

static const char *on_mount(const char *prefix)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s%s", prefix, file("good"));
	return path;
}

static int execute_on(const char *what)
{
	return execute(AT_FDCWD, on_mount(what), 0);
}

static int map_on(const char *what)
{
	long at;

	return map_of(on_mount(what), RX, &at);
}

/* What is made executable later has been verified before. */
static int protect_on(const char *what)
{
	long at;

	map_of(on_mount(""), RX, &at);
	return map_of(on_mount(what), PROT_READ, &at) ?:
	       TRY(mprotect, at, PAGE, RX);
}

#define LISTED	(ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER))
#define RUNS	(EVERY_FS & ~ON(FUSE))
#define NO_OVERLAY	(RUNS & ~ON(OVERLAY))

#define KIND(id, name, call, act, bad, good, err, filesystems, places) \
	{ id, name, CALL_##call, act, bad, good, NULL, err, CLIP_REASON_NONE, \
	  filesystems, places, ALWAYS | PREPARES, {} }
/* The twin is a program on a tmpfs. */
#define PATH(id, name, call, act, bad, err, places) \
	{ id, name, CALL_##call, act, bad, "", run_good, err, \
	  CLIP_REASON_NONE, NO_FS, places, ALWAYS, {} }
const struct row kind_rows[] = {
	KIND("E-20", "exec_of_a_directory", execveat, by_name, "dir", "good",
	     EACCES, RUNS, EVERYWHERE),
	KIND("E-20", "exec_of_a_fifo", execveat, special, "p", "good", EACCES,
	     RUNS & WRITABLE, WRITERS),
	KIND("E-20", "exec_of_a_socket", execveat, special, "s", "good",
	     EACCES, RUNS & WRITABLE, WRITERS),
	KIND("E-20", "exec_of_a_link_itself", execveat, link_itself, "itself",
	     "target", ELOOP, RUNS & WRITABLE, WRITERS),
	PATH("E-20", "exec_of_a_device", execveat, by_path, DEV "null", EACCES,
	     EVERYWHERE),
	PATH("E-20", "exec_of_procfs", execveat, by_path, PROC "self/status",
	     EACCES, EVERYWHERE),
	PATH("E-20", "exec_of_sysfs", execveat, by_path,
	     SYS "kernel/security/clip/status", EACCES, EVERYWHERE),

	KIND("S-11", "check_of_a_directory", execveat, check, "dir", "good",
	     EACCES, RUNS, EVERYWHERE),
	KIND("S-11", "check_of_what_has_no_x", execveat, check, "data", "good",
	     EACCES, RUNS & WRITABLE, EVERYWHERE),
	PATH("S-11", "check_of_a_device", execveat, check_path, DEV "null",
	     EACCES, EVERYWHERE),
	PATH("S-11", "check_of_procfs", execveat, check_path,
	     PROC "self/status", EACCES, EVERYWHERE),
	KIND("S-11", "check_on_a_noexec_mount", execveat, check_on_noexec,
	     "alias/", "", EACCES, RUNS, EVERYWHERE),
	KIND("S-11", "open_of_a_directory", openat2, open_kind_of, "dir",
	     "good", EACCES, NO_OVERLAY, EVERYWHERE),
	PATH("S-11", "open_of_a_device", openat2, open_path_to_interpret,
	     DEV "null", EACCES, EVERYWHERE),
	KIND("S-11", "open_to_interpret_and_write", openat2, open_to_write,
	     "write", "read", EINVAL, NO_OVERLAY & WRITABLE, EVERYWHERE),

	{ "E-24", "exec_by_handle", CALL_open_by_handle_at, by_handle, "evil",
	  "good", NULL, EACCES, CLIP_REASON_NOT_ALLOWED, LISTED, IN(HOST), 0,
	  {} },
	{ "S-06", "script_of_memory", CALL_memfd_create, script_of_memory, "",
	  "", run_good, EACCES, CLIP_REASON_UNTRUSTED_FS, NO_FS, IN_CONTEXT_0,
	  0, {} },

	KIND("M-20", "exec_on_a_noexec_mount", execveat, execute_on, "alias/",
	     "", EACCES, RUNS, EVERYWHERE),
	KIND("M-20", "map_on_a_noexec_mount", mmap, map_on, "alias/", "",
	     EPERM, RUNS, EVERYWHERE),
	KIND("M-20", "mprotect_on_a_noexec_mount", mprotect, protect_on,
	     "alias/", "", EACCES, RUNS, EVERYWHERE),
	{},
};
