// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to start code (E), scripts (S), and libraries (L). What is not allowed
 * in the context of the task neither runs nor is mapped, by whichever name,
 * descriptor and filesystem. The twin is a file that is allowed.
 */
#include "../hostile.h"

#include "script/interpret.h"

#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define RX	(PROT_READ | PROT_EXEC)
#define PAGE	4096

static long open_read(const char *path)
{
	return DO(openat, AT_FDCWD, T(path), O_RDONLY | O_CLOEXEC, 0);
}

/* ----------------------------------------------------------------- execute */

static int by_name(const char *what)
{
	return run(file(what));
}

/* Executes a descriptor in a child: 0 if it ran, or errno. */
static int run_at(long dir, const char *path, int flags)
{
	const long name = T(path), arguments = vector_of("x");
	int status;
	pid_t pid;

	if (dir < 0 && dir != AT_FDCWD)
		return -dir;
	pid = fork();
	if (pid == 0)
		_exit(-DO(execveat, dir, name, arguments, no_vector(), flags));
	waitpid(pid, &status, 0);
	if (dir != AT_FDCWD)
		close(dir);
	if (WIFSIGNALED(status))
		return 200 + WTERMSIG(status);
	return WEXITSTATUS(status) == EVIL ? 0 : WEXITSTATUS(status);
}

static int by_execveat(const char *what)
{
	return run_at(AT_FDCWD, file(what), 0);
}

static int by_descriptor(const char *what)
{
	return run_at(open_read(file(what)), "", AT_EMPTY_PATH);
}

/* From a copy of the mount that is attached nowhere. */
static int from_a_copy(const char *what)
{
	const long copy = DO(open_tree, AT_FDCWD, T(fs_names[now.filesystem]),
			     1 /* OPEN_TREE_CLONE */);

	return run_at(copy, strchr(file(what), '/') + 1, 0);
}

static int by_path_descriptor(const char *what)
{
	return run_at(open(file(what), O_PATH | O_CLOEXEC), "", AT_EMPTY_PATH);
}

static int by_procfs(const char *what)
{
	const long fd = DO(openat, AT_FDCWD, T(file(what)), O_RDONLY, 0);
	char path[64];
	int err;

	if (fd < 0)
		return -fd;
	snprintf(path, sizeof(path), PROC "self/fd/%ld", fd);
	err = run(path);
	close(fd);
	return err;
}

static int by_hard_link(const char *what)
{
	return TRY(linkat, AT_FDCWD, T(file(what)), AT_FDCWD, T(file("new")),
		   0) ?: run(file("new"));
}

static int by_symbolic_link(const char *what)
{
	return TRY(symlinkat, T(what), AT_FDCWD, T(file("new"))) ?:
	       run(file("new"));
}

static int after_rename(const char *what)
{
	return TRY(renameat2, AT_FDCWD, T(file(what)), AT_FDCWD,
		   T(file("new")), 0) ?: run(file("new"));
}

/* It was verified under this name just before. */
static int renamed_over(const char *what)
{
	return run(file("good")) ?:
	       TRY(renameat2, AT_FDCWD, T(file(what)), AT_FDCWD,
		   T(file("good")), 0) ?: run(file("good"));
}

static int after_exchange(const char *what)
{
	return run(file("good")) ?:
	       TRY(renameat2, AT_FDCWD, T(file("evil")), AT_FDCWD,
		   T(file("good")), RENAME_EXCHANGE) ?: run(file(what));
}

static int after_unlink(const char *what)
{
	const int fd = open(file(what), O_PATH | O_CLOEXEC);

	return TRY(unlinkat, AT_FDCWD, T(file(what)), 0) ?:
	       run_at(fd, "", AT_EMPTY_PATH);
}

static int copy_to(int out, const char *what)
{
	char bytes[65536];
	const int in = open(file(what), O_RDONLY | O_CLOEXEC);
	const ssize_t size = read(in, bytes, sizeof(bytes));

	close(in);
	return size <= 0 ? EIO :
	       failed(DO(pwrite64, out, low_copy(bytes, size), size, 0));
}

static int without_name(const char *what)
{
	const long fd = DO(openat, AT_FDCWD, T(file("")),
			   O_TMPFILE | O_RDWR | O_CLOEXEC, 0755);
	char path[64];
	int err, reader;

	if (fd < 0)
		return -fd;
	err = copy_to(fd, what);
	snprintf(path, sizeof(path), PROC "self/fd/%ld", fd);
	reader = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	if (err)
		return err;
	/* As in run_when_closed(). */
	for (int i = 0; i < 50; i++) {
		err = run_at(dup(reader), "", AT_EMPTY_PATH);
		if (err != ETXTBSY)
			break;
		usleep(20000);
	}
	return err;
}

static int of_memory(const char *what)
{
	const long fd = DO(memfd_create, T("hostile"), 0);

	if (fd < 0)
		return -fd;
	fchmod(fd, 0755);
	return copy_to(fd, what) ?: run_at(fd, "", AT_EMPTY_PATH);
}

/* The answer that an interpreter gets. */
static int check_only(const char *what)
{
	const int fd = open(file(what), O_RDONLY | O_CLOEXEC);
	const long arguments = vector_of("x");

	return TRY(execveat, fd, T(""), arguments, no_vector(),
		   AT_EMPTY_PATH | AT_EXECVE_CHECK);
}

static int open_to_run(const char *what)
{
	const struct open_how how = { .flags = O_MAYEXEC | O_CLOEXEC };

	return TRY_FD(openat2, AT_FDCWD, T(file(what)), COPY(how),
		      sizeof(how));
}

/* --------------------------------------------------------------------- map */

static int map(const char *what, int prot, int flags, long *at)
{
	const long fd = open_read(file(what));
	int err;

	if (fd < 0)
		return -fd;
	*at = DO(mmap, 0, PAGE, prot, flags, fd, 0);
	err = failed(*at);
	if (now.way == NARROW)
		*at = (uint32_t)*at;
	close(fd);
	return err;
}

static int map_private(const char *what)
{
	long at;

	return map(what, RX, MAP_PRIVATE, &at);
}

static int map_shared(const char *what)
{
	long at;

	return map(what, RX, MAP_SHARED, &at);
}

static int map_for_both(const char *what)
{
	long at;

	return map("good", strcmp(what, "both") ? RX : RX | PROT_WRITE,
		   MAP_PRIVATE, &at);
}

/* What is made executable later has been verified before. */
static int protect(const char *what)
{
	long at;

	map_private(what);
	return map(what, PROT_READ, MAP_PRIVATE, &at) ?:
	       TRY(mprotect, at, PAGE, RX);
}

static int protect_by_key(const char *what)
{
	long at;

	map_private(what);
	return map(what, PROT_READ, MAP_PRIVATE, &at) ?:
	       TRY(pkey_mprotect, at, PAGE, RX, -1);
}

/* Of a file that is allowed; only the page that was written is not. */
static int protect_written(const char *what)
{
	long at;
	int err;

	map_private("good");
	err = map("good", PROT_READ | PROT_WRITE, MAP_PRIVATE, &at);
	if (err)
		return err;
	if (!strcmp(what, "written"))
		*(volatile char *)at = 'x';
	return TRY(mprotect, at, PAGE, RX);
}

/* Of a file that is allowed, and executable already. */
static int protect_for_both(const char *what)
{
	long at;

	return map("good", RX, MAP_PRIVATE, &at) ?:
	       TRY(mprotect, at, PAGE, strcmp(what, "both") ? PROT_READ :
		   RX | PROT_WRITE);
}

/* A file with an entry that it does not match any more, or does. */
static int listed(const char *what)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", fs_names[now.filesystem], what);
	return run(path);
}

static int map_listed(const char *what)
{
	char path[64];
	long at;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fs_names[now.filesystem], what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	at = DO(mmap, 0, PAGE, RX, MAP_PRIVATE, fd, 0);
	close(fd);
	return failed(at);
}

#define NO_FUSE \
	{ .filesystems = ON(FUSE), .error = EACCES, \
	  .reason = CLIP_REASON_UNTRUSTED_FS, .elsewhere = true }
#define NO_FUSE_FOR_BOTH \
	{ .filesystems = ON(FUSE), .error = EACCES, \
	  .reason = CLIP_REASON_WX_MEMORY, .elsewhere = true }
/* Where an entry identifies a file. */
#define LISTED	(ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER))

#define EXEC(id, name, call, act) \
	{ id, name, CALL_##call, act, "evil", "good", NULL, EACCES, \
	  CLIP_REASON_NOT_ALLOWED, EVERY_FS, EVERYWHERE, 0, { NO_FUSE } }
#define EXEC_WRITTEN(id, name, call, act, filesystems) \
	{ id, name, CALL_##call, act, "evil", "good", NULL, EACCES, \
	  CLIP_REASON_NOT_ALLOWED, filesystems, WRITERS, PREPARES, { NO_FUSE } }

const struct row exec_rows[] = {
	EXEC("E-02", "execve", execve, by_name),
	EXEC("E-02", "execveat", execveat, by_execveat),
	EXEC("E-08", "exec_of_a_descriptor", openat, by_descriptor),
	EXEC("E-08", "exec_of_a_path_descriptor", execveat, by_path_descriptor),
	{ "N-03", "exec_from_a_copy_of_a_mount", CALL_open_tree, from_a_copy,
	  "evil", "good", NULL, EACCES, CLIP_REASON_NOT_ALLOWED, EVERY_FS,
	  IN(HOST) | IN(USERNS), 0, { NO_FUSE } },
	/* The context that watches follows no links of procfs. */
	{ "E-08", "exec_by_procfs", CALL_openat, by_procfs, "evil", "good",
	  NULL, EACCES, CLIP_REASON_NOT_ALLOWED, EVERY_FS, WRITERS, 0,
	  { NO_FUSE } },
	EXEC_WRITTEN("V-20", "exec_by_hard_link", linkat, by_hard_link,
		     WRITABLE),
	EXEC_WRITTEN("E-08", "exec_by_symbolic_link", symlinkat,
		     by_symbolic_link, WRITABLE),
	EXEC_WRITTEN("E-08", "exec_after_rename", renameat2, after_rename,
		     WRITABLE),
	EXEC_WRITTEN("E-08", "exec_of_what_replaced_it", renameat2,
		     renamed_over, WRITABLE),
	{ "E-08", "exec_after_exchange", CALL_renameat2, after_exchange,
	  "good", "evil", NULL, EACCES, CLIP_REASON_NOT_ALLOWED,
	  WRITABLE & ~ON(FUSE), WRITERS, PREPARES, {} },
	EXEC_WRITTEN("E-07", "exec_after_unlink", unlinkat, after_unlink,
		     WRITABLE & ~ON(FUSE)),
	EXEC_WRITTEN("E-06", "exec_without_name", openat, without_name,
		     WRITABLE & ~ON(FUSE)),
	{ "E-04", "exec_of_memory", CALL_memfd_create, of_memory, "good",
	  "good", by_name, EACCES, CLIP_REASON_UNTRUSTED_FS, ON(TMPFS),
	  IN_CONTEXT_0, 0, {} },
	{ "S-02", "script_of_an_unlisted_interpreter", CALL_execve, by_name,
	  "outer", "inner", NULL, EACCES, CLIP_REASON_NOT_ALLOWED, EVERY_FS,
	  EVERYWHERE, 0, { NO_FUSE } },
	EXEC("S-11", "check_for_an_interpreter", execveat, check_only),
	{ "S-11", "open_for_an_interpreter", CALL_openat2, open_to_run, "evil",
	  "good", NULL, EACCES, CLIP_REASON_NOT_ALLOWED, EVERY_FS, EVERYWHERE,
	  0, { NO_FUSE, { .filesystems = ON(OVERLAY), .error = EACCES,
			  .reason = CLIP_REASON_UNTRUSTED_FS,
			  .elsewhere = true } } },
	EXEC("E-02", "map_private", mmap, map_private),
	EXEC("E-02", "map_shared", mmap, map_shared),
	EXEC("E-03", "mprotect", mprotect, protect),
	EXEC("E-03", "pkey_mprotect", pkey_mprotect, protect_by_key),
	{ "M-02", "map_for_both", CALL_mmap, map_for_both, "both", "one",
	  NULL, EACCES, CLIP_REASON_WX_MEMORY, EVERY_FS, EVERYWHERE, 0,
	  { NO_FUSE_FOR_BOTH } },
	{ "F-3", "mprotect_for_both", CALL_mprotect, protect_for_both, "both",
	  "one", NULL, EACCES, CLIP_REASON_WX_MEMORY, EVERY_FS, EVERYWHERE, 0,
	  { NO_FUSE } },
	{ "F-20", "exec_of_a_changed_program", CALL_execve, listed, "changed",
	  "program", NULL, EACCES, CLIP_REASON_DIGEST_MISMATCH, LISTED,
	  IN(HOST) | IN(CONTEXT) | IN(CHROOT) | IN(USERNS), 0, {} },
	{ "F-20", "map_of_a_changed_program", CALL_mmap, map_listed, "changed",
	  "program", NULL, EACCES, CLIP_REASON_DIGEST_MISMATCH, LISTED,
	  IN(HOST) | IN(CONTEXT) | IN(CHROOT) | IN(USERNS), 0, {} },
	{ "M-06", "mprotect_of_a_written_page", CALL_mprotect,
	  protect_written, "written", "clean", NULL, EACCES,
	  CLIP_REASON_WX_MEMORY, EVERY_FS, EVERYWHERE, 0,
	  { NO_FUSE_FOR_BOTH } },
	{},
};
