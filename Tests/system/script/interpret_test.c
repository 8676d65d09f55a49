// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers to an interpreter where scripts are enforced, and the two flags of
 * an entry for interpreters: RESTRICT and INDIRECT.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "interpret.h"
#include "log.h"
#include "process.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"

#define PLACE	"/opt/interpret"
#define LISTED	PLACE "/listed"
#define CHANGED	PLACE "/changed"
#define ALLOWED	PLACE "/allowed"
#define OTHER	PLACE "/other"
#define PROGRAM	PLACE "/program"	/* a copy of the probe */
#define XID	3011

#define SCRIPT	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_SCRIPT)
#define RUNS	"#!" PROGRAM "\n"

FIXTURE(interpret)
{
	int fd;			/* of a context that enforces scripts */
};

static int make_script(const char *path, const char *more)
{
	char text[256];

	snprintf(text, sizeof(text), RUNS "%s\n", more);
	return put_file(path, text, strlen(text)) ?: chmod(path, 0755);
}

FIXTURE_SETUP(interpret)
{
	mkdir("/opt", 0755);
	mkdir(PLACE, 0755);
	ASSERT_EQ(0, make_script(LISTED, "listed"));
	ASSERT_EQ(0, make_script(CHANGED, "changed"));
	ASSERT_EQ(0, make_script(ALLOWED, "allowed"));
	ASSERT_EQ(0, make_script(OTHER, "other"));
	ASSERT_EQ(0, copy_file(PROBE, PROGRAM, 0755));
	self->fd = context_create(XID, SCRIPT, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, list_file(LISTED, XID, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, list_file(CHANGED, XID, CLIP_ENTRY_EXE, 0, 0));
	ASSERT_EQ(0, append_byte(CHANGED));
	ASSERT_EQ(0, allow(ALLOWED, XID));
}

FIXTURE_TEARDOWN(interpret)
{
	static const char *const files[] = {
		LISTED, CHANGED, ALLOWED, OTHER, PROGRAM, PLACE "/copy",
	};

	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(files[i]);
	rmdir(PLACE);
}

static int ask_exec_act(void *path)
{
	return ask_exec_path(path);
}

static int ask_open_act(void *path)
{
	return ask_open(path);
}

static int read_act(void *path)
{
	return try_open(path, O_RDONLY);
}

/* The same answers for both ways to ask; reading as data is not touched. */
TEST_F(interpret, needs_an_entry_or_an_allow_digest)
{
	static int (*const ways[])(void *) = { ask_exec_act, ask_open_act };
	const long long mismatches = refused(CLIP_REASON_DIGEST_MISMATCH);
	const long long unknown = refused(CLIP_REASON_NOT_ALLOWED);

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, do_in_context(self->fd, ways[i], LISTED));
		EXPECT_EQ(0, do_in_context(self->fd, ways[i], ALLOWED));
		EXPECT_EQ(EACCES, do_in_context(self->fd, ways[i], CHANGED));
		EXPECT_EQ(EACCES, do_in_context(self->fd, ways[i], OTHER));
	}
	EXPECT_EQ(mismatches + 2, refused(CLIP_REASON_DIGEST_MISMATCH));
	EXPECT_EQ(unknown + 2, refused(CLIP_REASON_NOT_ALLOWED));
	EXPECT_EQ(0, do_in_context(self->fd, read_act, OTHER));
	/* A question excludes no writer of the file. */
	EXPECT_EQ(0, try_open(LISTED, O_WRONLY));
	EXPECT_EQ(0, try_open(OTHER, O_WRONLY));
	/* Outside of the context nothing is enforced. */
	EXPECT_EQ(0, ask_exec_path(OTHER));
	EXPECT_EQ(0, ask_open(OTHER));
}

/* Where nothing is enforced, the answer is that of exec: an entry has to match. */
TEST_F(interpret, entry_counts_without_enforcement)
{
	static char *const paths[] = { LISTED, CHANGED, ALLOWED, OTHER };
	static const int without[] = { 0, EACCES, 0, 0 };
	static const int with[] = { 0, EACCES, 0, EACCES };
	const long long before = refused(CLIP_REASON_DIGEST_MISMATCH);

	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(without[i], do_in_context(self->fd, ask_exec_act, paths[i]))
			TH_LOG("%s", paths[i]);
	}
	EXPECT_EQ(before + 1, refused(CLIP_REASON_DIGEST_MISMATCH));
	ASSERT_EQ(0, set_level(XID, SCRIPT));
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(with[i], do_in_context(self->fd, ask_exec_act, paths[i]))
			TH_LOG("%s", paths[i]);
	}
}

/* A module of an interpreter has no x bit. */
TEST_F(interpret, open_needs_no_x_bit)
{
	ASSERT_EQ(0, chmod(LISTED, 0644));
	EXPECT_EQ(0, do_in_context(self->fd, ask_open_act, LISTED));
	EXPECT_EQ(EACCES, do_in_context(self->fd, ask_exec_act, LISTED));
}

/* A library's entry is for content that is read as code, too. */
TEST_F(interpret, entry_of_any_kind_will_do)
{
	ASSERT_EQ(0, list_file(OTHER, XID, CLIP_ENTRY_LIB, 0, 0));
	EXPECT_EQ(0, do_in_context(self->fd, ask_open_act, OTHER));
	EXPECT_EQ(0, do_in_context(self->fd, ask_exec_act, OTHER));
}

static int ask_memfd(void *unused)
{
	const int fd = memfd_create("code", MFD_CLOEXEC);
	char path[32];
	int exec, opened;

	if (write(fd, RUNS, strlen(RUNS)) < 0)
		return 99;
	fchmod(fd, 0755);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* A descriptor without the right to write, so that only content counts. */
	exec = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", exec);
	opened = ask_open(path);
	return ask_exec(exec) == EACCES && opened == EACCES ? 0 : opened ?: 97;
}

TEST_F(interpret, memory_has_no_digest)
{
	EXPECT_EQ(0, do_in_context(self->fd, ask_memfd, NULL));
}

static int refused_in(void *fd)
{
	return do_in_context(*(int *)fd, ask_open_act, OTHER);
}

TEST_F(interpret, refusal_is_logged)
{
	static const char *const parts[] = {
		"check", "not-allowed", OTHER, NULL,
	};

	EXPECT_TRUE(log_shows(refused_in, &self->fd, EACCES, parts));
}

static int only_asks(void *unused)
{
	return ask_open(OTHER) ?: ask_exec_path(OTHER);
}

TEST_F(interpret, permissive_context_reports_only)
{
	const long long unknown = refused(CLIP_REASON_NOT_ALLOWED);

	ASSERT_EQ(0, set_level(XID, SCRIPT | CLIP_LEVEL_PERMISSIVE));
	EXPECT_EQ(0, do_in_context(self->fd, only_asks, NULL));
	/* What is permitted is no refusal. */
	EXPECT_EQ(unknown, refused(CLIP_REASON_NOT_ALLOWED));
}

/*
 * The descriptor keeps writers off for as long as a task has it: what was
 * judged is what is read.
 */
static int hold(void *unused)
{
	const int fd = open_to_interpret(LISTED, O_CLOEXEC);
	int copy, early, late;

	if (fd < 0)
		return -fd;
	copy = dup(fd);
	early = try_open(LISTED, O_WRONLY);
	close(fd);
	late = try_open(LISTED, O_RDWR);
	if (early != ETXTBSY || late != ETXTBSY ||
	    (truncate(LISTED, 0) ? errno : 0) != ETXTBSY)
		return 99;
	close(copy);
	return try_open(LISTED, O_WRONLY);
}

TEST_F(interpret, open_keeps_writers_off)
{
	int writer;

	EXPECT_EQ(0, do_in_context(self->fd, hold, NULL));
	/* And the other way round. */
	writer = open(LISTED, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, writer);
	EXPECT_EQ(ETXTBSY, do_in_context(self->fd, ask_open_act, LISTED));
	close(writer);
	EXPECT_EQ(0, do_in_context(self->fd, ask_open_act, LISTED));
}

/* A refused open excludes no writer. */
static int refused_open(void *unused)
{
	return ask_open(OTHER) == EACCES ? try_open(OTHER, O_WRONLY) : 99;
}

TEST_F(interpret, refused_open_keeps_no_writer_off)
{
	EXPECT_EQ(0, do_in_context(self->fd, refused_open, NULL));
}

/*
 * On an overlay the open file reads another inode after a copy-up. So it cannot
 * be held, and the open is refused; what may be executed now is answered.
 */
TEST_F(interpret, overlay_cannot_be_held)
{
	mkdir(PLACE "/o", 0755);
	ASSERT_EQ(0, mount("tmpfs", PLACE "/o", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir(PLACE "/o/low", 0755));
	ASSERT_EQ(0, mkdir(PLACE "/o/up", 0755));
	ASSERT_EQ(0, mkdir(PLACE "/o/work", 0755));
	ASSERT_EQ(0, mkdir(PLACE "/o/top", 0755));
	ASSERT_EQ(0, copy_file(ALLOWED, PLACE "/o/low/f", 0755));
	ASSERT_EQ(0, mount("o", PLACE "/o/top", "overlay", 0, "lowerdir="
			   PLACE "/o/low,upperdir=" PLACE "/o/up,workdir="
			   PLACE "/o/work"));
	EXPECT_EQ(EACCES, do_in_context(self->fd, ask_open_act,
					PLACE "/o/top/f"));
	EXPECT_EQ(0, do_in_context(self->fd, ask_exec_act, PLACE "/o/top/f"));
	EXPECT_EQ(0, do_in_context(self->fd, ask_open_act, PLACE "/o/low/f"));
	/* Neither way keeps a writer off. */
	EXPECT_EQ(0, try_open(PLACE "/o/top/f", O_WRONLY));
	EXPECT_EQ(0, try_open(PLACE "/o/low/f", O_WRONLY));
	umount2(PLACE "/o/top", MNT_DETACH);
	umount2(PLACE "/o", MNT_DETACH);
	rmdir(PLACE "/o");
}

/* A large file of root's that everybody may read, and no rule admits. */
#define DATA	PLACE "/data"

static int ask_often(void *unused)
{
	if (setgid(USER_ID) || setuid(USER_ID))
		return 99;
	for (int i = 0; i < 40; i++) {
		const int fd = open(DATA, O_RDONLY | O_CLOEXEC);
		const int err = ask_open(DATA);

		/* The writer can be there at this moment. */
		if (err != EACCES && err != ETXTBSY)
			return err ?: 98;
		if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
			 0) != MAP_FAILED)
			return 97;
		close(fd);
	}
	return 0;
}

/* Asking about it keeps no writer off, not even while it is hashed. */
TEST_F(interpret, readers_keep_no_writer_off)
{
	int status, busy = 0, tries = 0;
	pid_t reader;

	ASSERT_EQ(0, put_file(DATA, RUNS, strlen(RUNS)));
	ASSERT_EQ(0, truncate(DATA, 4 << 20));
	ASSERT_EQ(0, chmod(DATA, 0644));
	ASSERT_EQ(0, set_level(XID, SCRIPT | CLIP_LEVEL_ENFORCE_LIB));
	reader = fork();
	if (reader == 0)
		_exit(do_in_context(self->fd, ask_often, NULL));
	while (waitpid(reader, &status, WNOHANG) == 0) {
		busy += try_open(DATA, O_WRONLY) == ETXTBSY;
		tries++;
		usleep(1000);
	}
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_EQ(0, busy);
	EXPECT_LT(10, tries);
	unlink(DATA);
}

/* The kernel's own way to interpret: a script that is executed. */
TEST_F(interpret, scripts_that_are_executed_are_enforced)
{
	EXPECT_EQ(0, exec_in_context(self->fd, LISTED));
	EXPECT_EQ(0, exec_in_context(self->fd, ALLOWED));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, CHANGED));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, OTHER));
	/* Binaries are the concern of enforce_exec. */
	EXPECT_EQ(0, exec_in_context(self->fd, PROGRAM));
}

/* ------------------------------------------------------------ RESTRICT */

/* Runs the program, or a script for it, in the context. */
static int run_probe(void *run)
{
	*(struct probe *)run = probe_run(LISTED, USER_ID);
	return 0;
}

static int run_program(void *run)
{
	*(struct probe *)run = probe_run(PROGRAM, USER_ID);
	return 0;
}

static unsigned int bits(int fd, int (*act)(void *))
{
	struct probe run = {};

	return confined_get(fd, act, &run, sizeof(run)) || run.error ?
	       ~0U : run.securebits;
}

TEST_F(interpret, restrict_sets_and_locks_the_bits)
{
	EXPECT_EQ(0, bits(self->fd, run_program));
	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_EXE |
			       CLIP_ENTRY_RESTRICT, 0, 0));
	EXPECT_EQ(SECBITS_EXEC, bits(self->fd, run_program));
	/* By whichever script it is started. */
	EXPECT_EQ(SECBITS_EXEC, bits(self->fd, run_probe));
}

TEST_F(interpret, restrict_of_a_script_holds_for_its_interpreter)
{
	EXPECT_EQ(0, bits(self->fd, run_probe));
	ASSERT_EQ(0, disallow(ALLOWED, XID));
	ASSERT_EQ(0, make_script(ALLOWED, "another"));
	ASSERT_EQ(0, list_file(ALLOWED, XID, CLIP_ENTRY_EXE |
			       CLIP_ENTRY_RESTRICT, 0, 0));
	ASSERT_EQ(0, rename(ALLOWED, LISTED));
	EXPECT_EQ(SECBITS_EXEC, bits(self->fd, run_probe));
	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_EXE |
			       CLIP_ENTRY_INTERP, 0, 0));
	EXPECT_EQ(SECBITS_EXEC, bits(self->fd, run_probe));
}

/* ------------------------------------------------------------ INDIRECT */

TEST_F(interpret, indirect_interpreter_runs_verified_scripts_only)
{
	const long long before = refused(CLIP_REASON_INDIRECT);

	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_EXE |
			       CLIP_ENTRY_INDIRECT, 0, 0));
	EXPECT_EQ(0, exec_in_context(self->fd, LISTED));
	EXPECT_EQ(0, exec_in_context(self->fd, ALLOWED));
	EXPECT_EQ(before, refused(CLIP_REASON_INDIRECT));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, PROGRAM));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_INDIRECT));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, OTHER));
	/* The question has the answer of an exec. */
	EXPECT_EQ(EACCES, do_in_context(self->fd, ask_exec_act, PROGRAM));
	EXPECT_EQ(before + 2, refused(CLIP_REASON_INDIRECT));
	EXPECT_EQ(0, do_in_context(self->fd, ask_exec_act, LISTED));
}

static int run_as_user(void *path)
{
	const struct probe run = probe_run(path, USER_ID);

	return run.error;
}

/*
 * The interpreter opens the name again, so that a verified script counts only
 * if no ordinary user can put another file there.
 */
TEST_F(interpret, indirect_interpreter_needs_a_guarded_name)
{
	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_EXE |
			       CLIP_ENTRY_INDIRECT, 0, 0));
	EXPECT_EQ(0, do_in_context(self->fd, run_as_user, LISTED));
	ASSERT_EQ(0, mkdir(PLACE "/u", 0755));
	ASSERT_EQ(0, link(LISTED, PLACE "/u/l"));
	EXPECT_EQ(0, do_in_context(self->fd, run_as_user, PLACE "/u/l"));
	ASSERT_EQ(0, chown(PLACE "/u", USER_ID, USER_ID));
	EXPECT_EQ(EACCES, do_in_context(self->fd, run_as_user, PLACE "/u/l"));
	ASSERT_EQ(0, chown(PLACE "/u", 0, 0));
	ASSERT_EQ(0, symlink(LISTED, PLACE "/u/s"));
	EXPECT_EQ(EACCES, do_in_context(self->fd, run_as_user, PLACE "/u/s"));
	unlink(PLACE "/u/l");
	unlink(PLACE "/u/s");
	rmdir(PLACE "/u");
}

/* Flags that restrict do not depend on the conditions of the entry. */
TEST_F(interpret, restricting_flags_have_no_condition)
{
	const uint32_t flags = CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDROOT;

	ASSERT_EQ(0, list_file(PROGRAM, XID, flags | CLIP_ENTRY_RESTRICT, 0,
			       0));
	EXPECT_EQ(SECBITS_EXEC, bits(self->fd, run_program));
	ASSERT_EQ(0, append_byte(PROGRAM));
	ASSERT_EQ(0, copy_file(PROBE, PLACE "/copy", 0755));
	ASSERT_EQ(0, rename(PLACE "/copy", PROGRAM));
	ASSERT_EQ(0, list_file(PROGRAM, XID, flags | CLIP_ENTRY_INDIRECT, 0,
			       0));
	EXPECT_EQ(EACCES, do_in_context(self->fd, run_as_user, PROGRAM));
}

TEST_F(interpret, indirect_interpreter_is_reported_without_enforcement)
{
	const long long before = refused(CLIP_REASON_INDIRECT);

	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_EXE |
			       CLIP_ENTRY_INDIRECT, 0, 0));
	EXPECT_EQ(0, exec_in_context(self->fd, PROGRAM));
	EXPECT_EQ(before, refused(CLIP_REASON_INDIRECT));
	EXPECT_TRUE(log_has("only-for-scripts"));
	EXPECT_EQ(0, exec_in_context(self->fd, OTHER));
}

TEST_HARNESS_MAIN
