// SPDX-License-Identifier: GPL-2.0-only
/*
 * Overlays (T-16 to T-18, faults 1, 2 and 20a): what is read is what runs, in
 * whichever layer it is. The files are below the root of the overlay, in the
 * lower layer, and are new in each act.
 */
#include "../hostile.h"

#include "files.h"

#include "script/interpret.h"

#include <sys/mman.h>
#include <sys/stat.h>

#define PAGE	4096
#define RX	(PROT_READ | PROT_EXEC)

/* The file of this act, in a layer or in the merged tree. */
static const char *in(const char *tree)
{
	static char paths[4][64];
	static int next;

	next = (next + 1) % 4;
	snprintf(paths[next], sizeof(paths[next]), "%s/f%d", tree, getpid());
	return paths[next];
}

#define LOWER	"layers/lower"
#define UPPER	"layers/upper"
#define MERGED	"overlay"

static int make_lower(const char *content)
{
	return copy_file(file(content), in(LOWER), 0755);
}

static int write_to(const char *path, const char *content)
{
	char bytes[65536];
	const int from = open(file(content), O_RDONLY | O_CLOEXEC);
	const ssize_t size = read(from, bytes, sizeof(bytes));
	const long fd = DO(openat, AT_FDCWD, T(path), O_WRONLY | O_TRUNC |
			   O_CLOEXEC, 0);
	int err = failed(fd);

	close(from);
	if (!err)
		err = failed(DO(pwrite64, fd, low_copy(bytes, size), size, 0));
	if (fd >= 0)
		close(fd);
	return err;
}

/* Has it judged, without executing it: what was executed is not written. */
static int judged(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const int err = fd < 0 ? errno : ask_exec(fd);

	close(fd);
	return err;
}

static void remove_all(void)
{
	unlink(in(MERGED));
	unlink(in(LOWER));
}

static int done(int err)
{
	remove_all();
	return err;
}

/* The lower file is written below the overlay, which has judged it before. */
static int write_below(const char *what)
{
	return done(make_lower("good") ?: judged(in(MERGED)) ?:
		    write_to(in(LOWER), what) ?: run_when_closed(in(MERGED)));
}

/* The copy in the upper layer is written below the overlay. */
static int write_above(const char *what)
{
	return done(make_lower("good") ?: (chmod(in(MERGED), 0700) ? errno : 0) ?:
		    judged(in(MERGED)) ?: write_to(in(UPPER), what) ?:
		    run_when_closed(in(MERGED)));
}

/* A copy-up brings other content; the verdict of the lower file is no more. */
static int copied_up(const char *what)
{
	return done(make_lower("good") ?: judged(in(MERGED)) ?:
		    write_to(in(MERGED), what) ?: run_when_closed(in(MERGED)));
}

static int map_at(int fd)
{
	return TRY(mmap, 0, PAGE, RX, MAP_PRIVATE, fd, 0);
}

/*
 * The descriptor leads to the file below, which is not allowed, and the file
 * above is: what is read is what is mapped.
 */
static int map_after_copy_up(const char *what)
{
	int fd, err = make_lower(what);

	if (err)
		return done(err);
	fd = open(in(MERGED), O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : write_to(in(MERGED), "good") ?: map_at(fd);
	close(fd);
	return done(err);
}

/* The twin: a descriptor that is opened now leads to the file above. */
static int map_what_was_copied_up(const char *what)
{
	int fd, err = make_lower("evil") ?: write_to(in(MERGED), "good");

	fd = open(in(MERGED), O_RDONLY | O_CLOEXEC);
	err = err ?: map_at(fd);
	close(fd);
	return done(err);
}

static int protect_after_copy_up(const char *what)
{
	long at;
	int fd, err = make_lower(what);

	if (err)
		return done(err);
	fd = open(in(MERGED), O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : write_to(in(MERGED), "good");
	/* What is made executable later has been verified before. */
	DO(mmap, 0, PAGE, RX, MAP_PRIVATE, fd, 0);
	at = DO(mmap, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	err = err ?: failed(at);
	if (now.way == NARROW)
		at = (uint32_t)at;
	close(fd);
	return done(err ?: TRY(mprotect, at, PAGE, RX));
}

/* A writer of the file in the layer, while the overlay executes it. */
static int exec_beside(const char *what)
{
	int fd, err = make_lower("good") ?:
		      (chmod(in(MERGED), 0700) ? errno : 0);

	if (err)
		return done(err);
	fd = open(in(UPPER), !strcmp(what, "open") ? O_RDWR | O_CLOEXEC :
						     O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : run(in(MERGED));
	close(fd);
	return done(err);
}

static int map_beside(const char *what)
{
	int fd, reader, err = make_lower("good") ?:
			      (chmod(in(MERGED), 0700) ? errno : 0);

	if (err)
		return done(err);
	fd = open(in(UPPER), !strcmp(what, "open") ? O_RDWR | O_CLOEXEC :
						     O_RDONLY | O_CLOEXEC);
	reader = open(in(MERGED), O_RDONLY | O_CLOEXEC);
	err = fd < 0 || reader < 0 ? errno : map_at(reader);
	close(fd);
	close(reader);
	return done(err);
}

#define PLACES	(IN(HOST) | IN(CONTEXT) | IN(CHROOT))

#define LAYER(id, name, call, act, bad, good, err, why) \
	{ id, name, CALL_##call, act, bad, good, NULL, err, \
	  CLIP_REASON_##why, ON(OVERLAY), PLACES, 0, {} }

const struct row layer_rows[] = {
	LAYER("T-16", "write_below_an_overlay", pwrite64, write_below, "evil",
	      "good", EACCES, NOT_ALLOWED),
	LAYER("T-16", "write_above_an_overlay", pwrite64, write_above, "evil",
	      "good", EACCES, NOT_ALLOWED),
	LAYER("T-17", "write_by_copy_up", pwrite64, copied_up, "evil", "good",
	      EACCES, NOT_ALLOWED),
	{ "T-17", "map_after_copy_up", CALL_mmap, map_after_copy_up, "evil",
	  "", map_what_was_copied_up, EACCES, CLIP_REASON_LIB_MISMATCH,
	  ON(OVERLAY), PLACES, 0, {} },
	{ "T-17", "mprotect_after_copy_up", CALL_mprotect,
	  protect_after_copy_up, "evil", "", map_what_was_copied_up, EACCES,
	  CLIP_REASON_LIB_MISMATCH, ON(OVERLAY), PLACES, 0, {} },
	LAYER("F-20a", "exec_of_an_open_layer", NONE, exec_beside, "open",
	      "read", ETXTBSY, BEING_WRITTEN),
	LAYER("F-20a", "map_of_an_open_layer", mmap, map_beside, "open",
	      "read", ETXTBSY, BEING_WRITTEN),
	{},
};
