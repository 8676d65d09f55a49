// SPDX-License-Identifier: GPL-2.0-only
/*
 * Content that changes between the check and the use (T).
 */
#include "../hostile.h"

#include "script/interpret.h"

#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define PAGE	4096
#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)

static int map(const char *what, int prot, int flags, int mode, void **at)
{
	const int fd = open(file(what), mode | O_CLOEXEC);
	int err;

	*at = mmap(NULL, PAGE, prot, flags, fd, 0);
	err = *at == MAP_FAILED ? errno : 0;
	close(fd);
	return err;
}

/* ----------------------------------- a writer comes while code is mapped */

static int mapped(void)
{
	void *at;

	return map("good", RX, MAP_PRIVATE, O_RDONLY, &at);
}

/* The mapping could be seen by other processes, too. */
static int open_shared(const char *what)
{
	void *at;

	return map("good", RX, MAP_SHARED, O_RDONLY, &at) ?:
	       TRY_FD(openat, AT_FDCWD, T(file(what)), O_WRONLY | O_CLOEXEC,
		      0);
}

static int open_by_openat(const char *what)
{
	return mapped() ?: TRY_FD(openat, AT_FDCWD, T(file(what)),
				  O_WRONLY | O_CLOEXEC, 0);
}

static int open_for_both(const char *what)
{
	return mapped() ?: TRY_FD(openat, AT_FDCWD, T(file(what)),
				  O_RDWR | O_CLOEXEC, 0);
}

static int open_to_truncate(const char *what)
{
	return mapped() ?: TRY_FD(openat, AT_FDCWD, T(file(what)),
				  O_RDONLY | O_TRUNC | O_CLOEXEC, 0);
}

static int open_to_create(const char *what)
{
	return mapped() ?: TRY_FD(openat, AT_FDCWD, T(file(what)),
				  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				  0600);
}

static int open_by_openat2(const char *what)
{
	const struct open_how how = { .flags = O_WRONLY | O_CLOEXEC };

	return mapped() ?: TRY_FD(openat2, AT_FDCWD, T(file(what)), COPY(how),
				  sizeof(how));
}

static int open_hard_link(const char *what)
{
	return mapped() ?: TRY(linkat, AT_FDCWD, T(file(what)), AT_FDCWD,
			       T(file("new")), 0) ?:
	       TRY_FD(openat, AT_FDCWD, T(file("new")), O_WRONLY | O_CLOEXEC,
		      0);
}

static int open_by_procfs(const char *what)
{
	const int fd = open(file(what), O_RDONLY | O_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), PROC "self/fd/%d", fd);
	return mapped() ?: TRY_FD(openat, AT_FDCWD, T(path),
				  O_WRONLY | O_CLOEXEC, 0);
}

/* With enforce_lib it stays so until the file leaves memory. */
static int open_executed(const char *what)
{
	return run(file("good")) ?: TRY_FD(openat, AT_FDCWD, T(file(what)),
					   O_RDWR | O_CLOEXEC, 0);
}

static int cut(const char *what)
{
	return mapped() ?: TRY(truncate, T(file(what)), 100);
}

/* Writes go to what an interpreter has opened to read. */
static int open_what_is_interpreted(const char *what)
{
	const struct open_how how = { .flags = O_MAYEXEC | O_CLOEXEC };

	if (syscall(SYS_openat2, AT_FDCWD, file("good"), &how, sizeof(how)) < 0)
		return 1;
	return TRY_FD(openat, AT_FDCWD, T(file(what)), O_RDWR | O_CLOEXEC, 0);
}

/* With such a group on the filesystem, Linux no longer keeps writers off. */
static int watched(void)
{
	const int group = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
					O_RDONLY);

	return group < 0 || fanotify_mark(group, FAN_MARK_ADD, FAN_CLOSE_WRITE,
					  AT_FDCWD, file("dir")) ? errno : 0;
}

static int open_watched(const char *what)
{
	return watched() ?: open_by_openat(what);
}

/* ---------------------------------------- code is mapped while one writes */

/*
 * Opens the file for writing. "open": the descriptor stays; "mapped": a shared
 * mapping of it, by @prot, which is @at then; "closed": neither.
 */
static int begin_writing(const char *what, int prot, void **at)
{
	const long fd = DO(openat, AT_FDCWD, T(file("good")),
			   O_RDWR | O_CLOEXEC, 0);
	int err = failed(fd);

	*at = NULL;
	if (err)
		return err;
	if (!strcmp(what, "mapped"))
		*at = mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0);
	if (strcmp(what, "open"))
		close(fd);
	return *at == MAP_FAILED ? errno : 0;
}

static int map_beside_a_writer(const char *what)
{
	void *at;

	return begin_writing(what, RW, &at) ?: mapped();
}

/* Other pages come to the place of what is mapped executable. */
static int exchange_pages(const char *what)
{
	const int fd = open(file("good"), (strcmp(what, "writable") ?
			    O_RDONLY : O_RDWR) | O_CLOEXEC);
	long at = DO(mmap, 0, PAGE, RX, MAP_SHARED, fd, 0);
	int err = failed(at);

	if (now.way == NARROW)
		at = (uint32_t)at;
	err = err ?: TRY(remap_file_pages, at, PAGE, 0, 0, 0);
	close(fd);
	return err;
}

/* The twin: pages that are not executable. */
static int exchange_data(const char *what)
{
	const int fd = open(file("data"), O_RDWR | O_CLOEXEC);
	long at = DO(mmap, 0, PAGE, RW, MAP_SHARED, fd, 0);
	int err = failed(at);

	if (now.way == NARROW)
		at = (uint32_t)at;
	err = err ?: TRY(remap_file_pages, at, PAGE, 0, 1, 0);
	close(fd);
	return err;
}

static int exec_beside_a_writer(const char *what)
{
	void *at;
	int err = begin_writing(what, PROT_READ, &at) ?: run(file("good"));

	if (at && at != MAP_FAILED)
		munmap(at, PAGE);
	return err;
}

static int exec_watched(const char *what)
{
	return watched() ?: exec_beside_a_writer(what);
}

/* The writer came by another mount, which is gone. */
static int writer_of_a_lost_mount(const char *what)
{
	int fd, err = own_mounts();

	if (err || mount(fs_names[now.filesystem], file("dir"), NULL, MS_BIND,
			 NULL))
		return 1;
	fd = DO(openat, AT_FDCWD, T(file("dir/c/good")), O_RDWR | O_CLOEXEC,
		0);
	if (fd < 0 || umount2(file("dir"), MNT_DETACH))
		return 1;
	if (strcmp(what, "open"))
		close(fd);
	return strcmp(what, "open") ? run_when_closed(file("good")) :
				      run(file("good"));
}

static int exec_beside_a_lost_mount(const char *what)
{
	return in_child_of_act(writer_of_a_lost_mount, what);
}

/* The ring can write to the page, with neither a descriptor nor a mapping. */
static int exec_of_a_pinned_page(const char *what)
{
	struct io_uring_params params = {};
	struct iovec buffer = { .iov_len = PAGE };
	int ring = syscall(SYS_io_uring_setup, 1, &params), err;

	err = ring < 0 ? errno : map("good", RW, MAP_SHARED, O_RDWR,
				     &buffer.iov_base);
	if (!err && !strcmp(what, "pinned") &&
	    syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS,
		    &buffer, 1))
		err = errno;
	if (err)
		return err;
	munmap(buffer.iov_base, PAGE);
	return run(file("good"));
}

/* --------------------------------- what was allowed a moment ago is changed */

/* Has it judged, without executing it: what was executed is not written. */
static int ask(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const int err = fd < 0 ? errno : ask_exec(fd);

	close(fd);
	return err;
}

static int changed(int (*change)(int fd, bool really), const char *what)
{
	int err = ask(file("good")), fd;

	fd = err ? -1 : open(file("good"), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err ?: errno;
	err = change(fd, !strcmp(what, "changed"));
	close(fd);
	return err ?: run_when_closed(file("good"));
}

/* It is mapped, and not executed. */
static int changed_and_mapped(int (*change)(int fd, bool really),
			      const char *what)
{
	int err = ask(file("good")), fd;
	void *at;

	fd = err ? -1 : open(file("good"), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err ?: errno;
	err = change(fd, !strcmp(what, "changed"));
	close(fd);
	return err ?: map("good", RX, MAP_PRIVATE, O_RDONLY, &at);
}

static int write_bytes(int fd, bool really)
{
	struct stat st;
	char byte;

	if (fstat(fd, &st) || pread(fd, &byte, 1, st.st_size - 1) != 1)
		return EIO;
	byte ^= really;
	return TRY(pwrite64, fd, low_copy(&byte, 1), 1, st.st_size - 1);
}

/* Size and times are what they were. */
static int write_and_restore(int fd, bool really)
{
	struct stat st;
	int err = fstat(fd, &st) ? errno : write_bytes(fd, really);
	const struct timespec times[2] = { st.st_atim, st.st_mtim };

	return err ?: futimens(fd, times) ? errno : 0;
}

static int lengthen(int fd, bool really)
{
	struct stat st;

	return fstat(fd, &st) ? errno :
	       TRY(ftruncate, fd, st.st_size + really);
}

static int allocate(int fd, bool really)
{
	struct stat st;

	return fstat(fd, &st) ? errno :
	       TRY(fallocate, fd, 0, st.st_size - !really, 1);
}

static int copy_range(int fd, bool really)
{
	const int from = open(file("data"), O_RDONLY | O_CLOEXEC);
	loff_t in = 0, out;
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st))
		return errno;
	out = st.st_size;
	got = copy_file_range(from, &in, fd, &out, really, 0);
	close(from);
	return got < 0 ? errno : 0;
}

static int by_pipe(int fd, bool really)
{
	struct stat st;
	loff_t out;
	char byte;
	int fds[2];

	if (pipe(fds) || fstat(fd, &st) ||
	    pread(fd, &byte, 1, st.st_size - 1) != 1)
		return EIO;
	out = st.st_size - 1;
	byte ^= really;
	return write(fds[1], &byte, 1) != 1 ||
	       splice(fds[0], NULL, fd, &out, 1, 0) != 1 ? errno : 0;
}

static int by_mapping(int fd, bool really)
{
	char *at = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return errno;
	/* A byte of the header that no loader reads. */
	at[15] ^= really;
	munmap(at, PAGE);
	return 0;
}

/* Behind the end of the file, where no digest reaches. */
static int hidden(int fd, bool really)
{
	struct stat st;
	char *at;

	if (fstat(fd, &st))
		return errno;
	at = mmap(NULL, st.st_size, RW, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return errno;
	at[(st.st_size + PAGE - 1) / PAGE * PAGE - 1] = really ? 'x' : 0;
	munmap(at, st.st_size);
	return 0;
}

#define CHANGE(function) \
	static int change_by_##function(const char *what) \
	{ \
		return changed(function, what); \
	}

CHANGE(write_bytes)
CHANGE(write_and_restore)
CHANGE(lengthen)
CHANGE(allocate)
CHANGE(copy_range)
CHANGE(by_pipe)
CHANGE(by_mapping)
CHANGE(hidden)

static int map_behind_the_end(const char *what)
{
	return changed_and_mapped(hidden, what);
}

/* No file of FUSE is mapped where libraries are enforced. */
#define MAPPED	(WRITABLE & ~ON(FUSE))

#define OPENED(id, name, call, act) \
	{ id, name, CALL_##call, act, "good", "data", NULL, ETXTBSY, \
	  CLIP_REASON_IN_USE, MAPPED, WRITERS, 0, {} }
#define CHANGED(id, name, call, act, reason) \
	{ id, name, CALL_##call, change_by_##act, "changed", "same", NULL, \
	  EACCES, reason, MAPPED, WRITERS, PREPARES, {} }

const struct row write_rows[] = {
	OPENED("T-06", "open_what_is_mapped", openat, open_by_openat),
	OPENED("T-06", "open_what_is_mapped_for_both", openat, open_for_both),
	OPENED("T-06", "open_what_is_mapped_to_truncate", openat, open_to_truncate),
	OPENED("T-06", "open_what_is_mapped_to_append", openat, open_to_create),
	OPENED("T-06", "openat2_of_what_is_mapped", openat2, open_by_openat2),
	{ "T-34", "open_a_link_to_what_is_mapped", CALL_openat, open_hard_link,
	  "good", "data", NULL, ETXTBSY, CLIP_REASON_IN_USE, MAPPED, WRITERS,
	  PREPARES, {} },
	OPENED("T-06", "open_what_is_mapped_by_procfs", openat, open_by_procfs),
	OPENED("T-06", "open_what_was_executed", openat, open_executed),
	OPENED("T-06", "truncate_what_is_mapped", truncate, cut),
	OPENED("M-07", "open_what_is_mapped_shared", openat, open_shared),
	{ "M-19", "exchange_pages", CALL_remap_file_pages, exchange_pages,
	  "writable", "", exchange_data, ETXTBSY, CLIP_REASON_BEING_WRITTEN, MAPPED,
	  WRITERS, 0, {} },
	{ "T-04", "map_what_is_open", CALL_openat, map_beside_a_writer, "open",
	  "closed", NULL, ETXTBSY, CLIP_REASON_BEING_WRITTEN, MAPPED,
	  WRITERS, 0, {} },
	{ "T-04", "map_what_is_mapped", CALL_openat, map_beside_a_writer,
	  "mapped", "closed", NULL, ETXTBSY, CLIP_REASON_BEING_WRITTEN,
	  MAPPED, WRITERS, 0, {} },
	{ "T-01", "exec_of_what_is_open", CALL_openat, exec_beside_a_writer,
	  "open", "closed", NULL, ETXTBSY, CLIP_REASON_NONE, MAPPED, WRITERS,
	  ALWAYS, {} },
	{ "T-02", "exec_of_what_is_mapped", CALL_openat, exec_beside_a_writer,
	  "mapped", "closed", NULL, ETXTBSY, CLIP_REASON_NONE, MAPPED,
	  WRITERS, ALWAYS, {} },
	{ "T-36", "exec_beside_a_writer_of_a_lost_mount", CALL_openat,
	  exec_beside_a_lost_mount, "open", "closed", NULL, ETXTBSY,
	  CLIP_REASON_NONE, MAPPED, IN(HOST) | IN(CONTEXT), ALWAYS, {} },
	{ "S-12", "open_what_is_interpreted", CALL_openat,
	  open_what_is_interpreted, "good", "data", NULL, ETXTBSY,
	  CLIP_REASON_NONE, MAPPED & ~ON(OVERLAY), WRITERS, 0, {} },
	{ "T-05", "open_what_is_mapped_under_a_watch", CALL_openat,
	  open_watched, "good", "data", NULL, ETXTBSY, CLIP_REASON_IN_USE,
	  MAPPED, IN(HOST) | IN(CONTEXT), 0, {} },
	{ "T-05", "exec_of_what_is_open_under_a_watch", CALL_openat,
	  exec_watched, "open", "closed", NULL, ETXTBSY,
	  CLIP_REASON_BEING_WRITTEN, MAPPED, IN(HOST) | IN(CONTEXT), 0, {} },
	{ "T-26", "exec_of_a_pinned_page", CALL_NONE, exec_of_a_pinned_page,
	  "pinned", "free", NULL, ETXTBSY, CLIP_REASON_BEING_WRITTEN,
	  ON(TMPFS), WRITERS, 0, {} },
	CHANGED("T-08", "change_by_write", pwrite64, write_bytes,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("T-32", "change_without_a_trace", pwrite64, write_and_restore,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("T-08", "change_by_ftruncate", ftruncate, lengthen,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("T-08", "change_by_fallocate", fallocate, allocate,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("T-08", "change_by_copy_file_range", NONE, copy_range,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("T-08", "change_by_splice", NONE, by_pipe,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("T-08", "change_by_mapping", NONE, by_mapping,
		CLIP_REASON_NOT_ALLOWED),
	CHANGED("F-5", "change_behind_the_end", NONE, hidden,
		CLIP_REASON_HIDDEN_TAIL),
	{ "T-30", "map_behind_the_end", CALL_NONE, map_behind_the_end,
	  "changed", "same", NULL, EACCES, CLIP_REASON_HIDDEN_TAIL, MAPPED,
	  WRITERS, PREPARES, {} },
	{},
};
