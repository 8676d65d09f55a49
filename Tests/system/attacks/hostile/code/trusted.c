// SPDX-License-Identifier: GPL-2.0-only
/*
 * An ordinary user runs what others than root can have changed (E-23, fault
 * 18), once kernel.clip.tpe is set; and programs whose headers ask for memory
 * that is written and executed, or for a loader (M-04, S-16), and libraries of a
 * program that must have listed ones (L-03, L-16).
 */
#include "../hostile.h"

#include "device.h"
#include "files.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE	4096

/* --------------------------------------------------- paths and their owners */

static const char *program;	/* of this act */
static int without_name = -1;	/* its descriptor, if it has no name */

/* Makes the file so that a user could have changed it, or leaves it. */
static int spoil(const char *what)
{
	program = file("good");
	if (!strcmp(what, "owner"))
		return chown(program, USER_ID, 0) ? 1 : 0;
	if (!strcmp(what, "group"))
		return chmod(program, 0775) ? 1 : 0;
	if (!strcmp(what, "others"))
		return chmod(program, 0757) ? 1 : 0;
	if (!strcmp(what, "nothing"))
		return 0;
	/* A user had opened it before it was root's. */
	if (!strcmp(what, "writer"))
		return open(program, O_RDWR) < 0 ? 1 : 0;
	/* By another name, in a directory that a user can write to. */
	if (link(program, file("dir/good")))
		return 1;
	program = file("dir/good");
	if (!strcmp(what, "directory"))
		return chmod(file("dir"), 0777) ? 1 : 0;
	if (!strcmp(what, "sticky"))
		return chmod(file("dir"), 01777) ? 1 : 0;
	if (!strcmp(what, "user's directory"))
		return chown(file("dir"), USER_ID, 0) ? 1 : 0;
	return 1;
}

static int execute(const char *what)
{
	return become_user() ? 1 : run(program);
}

static int map(const char *what)
{
	const int fd = open(program, O_RDONLY | O_CLOEXEC);

	return become_user() || fd < 0 ? 1 :
	       TRY(mmap, 0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
}

static int protect(const char *what)
{
	const int fd = open(program, O_RDONLY | O_CLOEXEC);
	long at;

	if (become_user() || fd < 0)
		return 1;
	at = DO(mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	if (now.way == NARROW)
		at = (uint32_t)at;
	return TRY(mprotect, at, PAGE, PROT_READ | PROT_EXEC);
}

static int run_spoilt(const char *what)
{
	return spoil(what) ?: in_child_of_act(execute, what);
}

static int map_spoilt(const char *what)
{
	return spoil(what) ?: in_child_of_act(map, what);
}

/* What is made executable later has been verified before. */
static int protect_spoilt(const char *what)
{
	const int fd = open(file("good"), O_RDONLY | O_CLOEXEC);

	mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	close(fd);
	return spoil(what) ?: in_child_of_act(protect, what);
}

static int execute_unlinked(const char *what)
{
	const long name = T(""), arguments = vector_of("x");
	int status;
	pid_t pid;

	if (become_user())
		return 1;
	pid = fork();
	if (pid == 0)
		_exit(-DO(execveat, without_name, name, arguments, no_vector(),
			  AT_EMPTY_PATH));
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int run_unlinked(const char *what)
{
	without_name = open(file("good"), O_PATH | O_CLOEXEC);
	if (without_name < 0 ||
	    (!strcmp(what, "unlinked") && unlink(file("good"))))
		return 1;
	return in_child_of_act(execute_unlinked, what);
}

/* ---------------------------------------------------- headers and libraries */

static int run_copy(const char *what)
{
	return copy_file(what, file("new"), 0755) ?: run(file("new"));
}

static int run_loaded(const char *what)
{
	return run(what);
}

/* A program that must have listed libraries maps one. */
static int map_library(const char *what)
{
	const char *words[] = { NEEDS, "--try", file(what), NULL };
	char path[64];

	/* Both have entries; only one of these says that it is a library. */
	snprintf(path, sizeof(path), "%s/%s", fs_names[now.filesystem], what);
	if (!strcmp(what, "library") || !strcmp(what, "program"))
		words[2] = path;
	return -DO(execve, T(NEEDS), vector(words), no_vector());
}

#define TRUSTED	(WRITABLE & ~ON(FUSE))
#define LISTED	(ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER))
#define PLACES	(IN(HOST) | IN(CONTEXT) | IN(CHROOT))

#define PATH(id, name, call, act, bad) \
	{ id, name, CALL_##call, act, bad, "nothing", NULL, EACCES, \
	  CLIP_REASON_UNTRUSTED_PATH, TRUSTED, PLACES, PREPARES, {} }
#define HEADERS(id, name, program) \
	{ id, name, CALL_execve, run_copy, program, "tmpfs/c/good", NULL, \
	  EACCES, CLIP_REASON_WX_MEMORY, TRUSTED, WRITERS, PREPARES, {} }

const struct row trusted_rows[] = {
	PATH("E-23", "exec_of_a_users_file", execve, run_spoilt, "owner"),
	PATH("E-23", "exec_of_a_groups_file", execve, run_spoilt, "group"),
	PATH("E-23", "exec_of_a_file_of_others", execve, run_spoilt, "others"),
	PATH("E-23", "exec_in_an_open_directory", execve, run_spoilt, "directory"),
	PATH("E-23", "exec_in_a_sticky_directory", execve, run_spoilt, "sticky"),
	PATH("E-23", "exec_in_a_users_directory", execve, run_spoilt,
	     "user's directory"),
	PATH("E-23", "exec_of_an_unlinked_file", execveat, run_unlinked, "unlinked"),
	PATH("E-23", "map_of_a_users_file", mmap, map_spoilt, "owner"),
	PATH("E-23", "map_of_a_groups_file", mmap, map_spoilt, "group"),
	PATH("E-23", "map_in_an_open_directory", mmap, map_spoilt, "directory"),
	PATH("E-23", "mprotect_of_a_users_file", mprotect, protect_spoilt, "owner"),

	{ "F-18", "map_of_a_file_that_a_user_writes", CALL_mmap, map_spoilt,
	  "writer", "nothing", NULL, ETXTBSY, CLIP_REASON_BEING_WRITTEN,
	  TRUSTED, PLACES, 0, {} },
	HEADERS("M-04", "headers_with_an_executable_stack", ODD_STACK),
	HEADERS("M-04", "headers_with_a_writable_segment", ODD_SEGMENT),
	{ "S-16", "headers_with_a_loader", CALL_execve, run_loaded, ODD_EVIL,
	  ODD_GOOD, NULL, BY_SIGNAL + 11 /* SIGSEGV */,
	  CLIP_REASON_NOT_ALLOWED, NO_FS, EVERYWHERE, 0, {} },

	{ "L-03", "library_that_is_not_listed", CALL_execve, map_library,
	  "evil", "library", NULL, 0, CLIP_REASON_LIB_NOT_LISTED, LISTED,
	  PLACES, KILLS, {} },
	{ "E-10", "program_as_a_library", CALL_execve, map_library, "program",
	  "library", NULL, 0, CLIP_REASON_LIB_NOT_LISTED, LISTED, PLACES,
	  KILLS, {} },
	{ "L-16", "library_by_its_digest_alone", CALL_execve, map_library, "good",
	  "library", NULL, 0, CLIP_REASON_LIB_NOT_LISTED, LISTED, PLACES,
	  KILLS, {} },
	{},
};
