// SPDX-License-Identifier: GPL-2.0-only
/*
 * Library checks: what a task with NEEDLIBS or CHECKLIBS may map (LB-*).
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/lib"
#define PROG	DIR "/prog"
#define LIB	DIR "/lib"
#define OTHER	DIR "/other"
#define FILES	"/usr/lib/clip/tests"

FIXTURE(lib)
{
	struct rule prog, lib;
};

FIXTURE_VARIANT(lib)
{
	uint32_t flags;
	bool digest;		/* the content counts */
};

FIXTURE_VARIANT_ADD(lib, needlibs) { .flags = CLIP_ENTRY_NEEDLIBS };
FIXTURE_VARIANT_ADD(lib, checklibs) {
	.flags = CLIP_ENTRY_CHECKLIBS, .digest = true,
};

/* LB-02, intent: of both flags the stricter one counts. */
FIXTURE_VARIANT_ADD(lib, both) {
	.flags = CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS, .digest = true,
};

FIXTURE_SETUP(lib)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(FILES "/mapper", PROG, 0755));
	ASSERT_EQ(0, copy_file(PROBE, LIB, 0755));
	ASSERT_EQ(0, copy_file(PROBE, OTHER, 0755));
	ASSERT_EQ(0, rule_for(&self->prog, PROG, CLIP_ENTRY_EXE |
			      variant->flags));
	self->prog.effective = 1 << 5;
	self->prog.permitted = 1 << 5;
	ASSERT_EQ(0, rule_for(&self->lib, LIB, CLIP_ENTRY_LIB));
	ASSERT_EQ(0, load(&self->prog));
	ASSERT_EQ(0, load(&self->lib));
}

FIXTURE_TEARDOWN(lib)
{
	umount2(DIR, MNT_DETACH);
}

/* Two entries for the library, and no other. */
static int list_both(const struct rule *one, const struct rule *two)
{
	unload(LIB);
	return load(one) ?:
	       commit_rules(two, 1, CLIP_COMMIT_ADD, CLIP_COMMIT_BESIDE, NULL);
}

static off_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? -1 : st.st_size;
}

/* The output of the program; @status is as of waitpid(2). */
static const char *run(const char *program, const char *verb,
		       const char *path, int *status)
{
	static char out[256];
	int fds[2];
	ssize_t got;
	size_t used = 0;
	pid_t pid;

	memset(out, 0, sizeof(out));
	if (pipe(fds))
		return "pipe";
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		if (setgid(USER_ID) || setuid(USER_ID))
			_exit(126);
		execl(program, program, verb, path, NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((got = read(fds[0], out + used, sizeof(out) - 1 - used)) > 0)
		used += got;
	close(fds[0]);
	waitpid(pid, status, 0);
	return out;
}

#define EXPECT_DONE(program, verb, path) do { \
	int status; \
	EXPECT_STREQ(verb "=0 ", run(program, verb, path, &status)); \
	EXPECT_EQ(0, status); \
} while (0)

/* LB-06, intent: the mapping is refused and the whole process is killed. */
#define EXPECT_KILLED(program, verb, path) do { \
	int status; \
	EXPECT_STREQ("", run(program, verb, path, &status)); \
	EXPECT_TRUE(WIFSIGNALED(status)); \
	EXPECT_EQ(SIGKILL, WTERMSIG(status)); \
} while (0)

/* LB-03, LB-04: a listed library maps, another file does not. */
TEST_F(lib, only_listed_files_map)
{
	const struct store_state before = store_state();

	EXPECT_DONE(PROG, "map", LIB);
	EXPECT_DONE(PROG, "mapr", OTHER);
	EXPECT_KILLED(PROG, "map", OTHER);
	EXPECT_EQ(before.generation, store_state().generation);
	EXPECT_EQ(before.entries, store_state().entries);
	/* A program without the flags may map any file. */
	ASSERT_EQ(0, unload(PROG));
	EXPECT_DONE(PROG, "map", OTHER);
}

/*
 * LB-04: an EXE entry does not make a library, unless it is subject to checks
 * itself.
 */
TEST_F(lib, which_entries_are_libraries)
{
	struct rule other;

	ASSERT_EQ(0, rule_for(&other, OTHER, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&other));
	EXPECT_KILLED(PROG, "map", OTHER);
	ASSERT_EQ(0, unload(OTHER));
	other.flags |= CLIP_ENTRY_NEEDLIBS;
	ASSERT_EQ(0, load(&other));
	EXPECT_DONE(PROG, "map", OTHER);
	EXPECT_DONE(PROG, "map", PROG);
}

/* LB-05: with CHECKLIBS the content counts, with NEEDLIBS the entry does. */
TEST_F(lib, digest)
{
	ASSERT_EQ(0, append_byte(LIB));
	if (variant->digest)
		EXPECT_KILLED(PROG, "map", LIB);
	else
		EXPECT_DONE(PROG, "map", LIB);
}

/* Of two entries for a file, that of its content says whether it is a library. */
TEST_F(lib, content_that_is_only_a_program)
{
	struct rule program;

	ASSERT_EQ(0, append_byte(OTHER));
	ASSERT_EQ(0, rule_for(&program, OTHER, CLIP_ENTRY_EXE));
	program.path = LIB;
	ASSERT_EQ(0, list_both(&program, &self->lib));
	ASSERT_EQ(0, append_byte(LIB));
	if (!variant->digest) {
		EXPECT_DONE(PROG, "map", LIB);
		return;
	}
	EXPECT_KILLED(PROG, "map", LIB);
	/* What was verified is sealed until its entry goes. */
	ASSERT_EQ(0, unload(LIB));
	ASSERT_EQ(0, truncate(LIB, size_of(PROBE)));
	ASSERT_EQ(0, list_both(&program, &self->lib));
	EXPECT_DONE(PROG, "map", LIB);
}

/* LB-03, LB-10: mprotect does not permit a mapping that mmap refuses. */
TEST_F(lib, mprotect)
{
	EXPECT_KILLED(PROG, "prot", OTHER);
	if (variant->digest) {
		/*
		 * The file is not verified yet, and mprotect cannot verify it.
		 */
		EXPECT_KILLED(PROG, "prot", LIB);
		EXPECT_DONE(PROG, "map", LIB);
	}
	EXPECT_DONE(PROG, "prot", LIB);
}

/* LB-08: memory that was or can be written never becomes executable. */
TEST_F(lib, writable_memory_is_never_executable)
{
	EXPECT_KILLED(PROG, "anon", "-");
	EXPECT_KILLED(PROG, "anonprot", "-");
	EXPECT_KILLED(PROG, "memfd", "-");
	EXPECT_KILLED(PROG, "wx", LIB);
	EXPECT_KILLED(PROG, "dirty", LIB);
	ASSERT_EQ(0, unload(PROG));
	EXPECT_DONE(PROG, "anon", "-");
	EXPECT_DONE(PROG, "anonprot", "-");
	EXPECT_DONE(PROG, "memfd", "-");
	EXPECT_DONE(PROG, "wx", LIB);
	EXPECT_DONE(PROG, "dirty", LIB);
}

/*
 * LB-09: a file with a writer is refused, and the process is not killed for it.
 */
TEST_F(lib, open_for_writing)
{
	int fd = open(LIB, O_WRONLY), status;

	EXPECT_STREQ("map=26 ", run(PROG, "map", LIB, &status));
	EXPECT_EQ(0, status);
	close(fd);
	EXPECT_DONE(PROG, "map", LIB);
}

/* A library that a checked task has mapped cannot be written (LB-09). */
TEST_F(lib, sealed_against_writers)
{
	EXPECT_EQ(0, write_at(LIB, 0, "\177"));
	EXPECT_DONE(PROG, "map", LIB);
	EXPECT_EQ(ETXTBSY, write_at(LIB, 0, "\177"));
	EXPECT_EQ(-1, truncate(LIB, 10));
	EXPECT_EQ(ETXTBSY, errno);
	EXPECT_EQ(-1, open(LIB, O_RDWR | O_TRUNC));
	EXPECT_EQ(ETXTBSY, errno);
	/* Reading it, renaming over it and removing it are still allowed. */
	close(open(LIB, O_RDONLY));
	ASSERT_EQ(0, rename(OTHER, LIB));
	EXPECT_KILLED(PROG, "map", LIB);
	EXPECT_EQ(0, write_at(LIB, 0, "x"));
}

/* Without its entry the file is not a library, and can be written. */
TEST_F(lib, seal_ends_with_the_entry)
{
	EXPECT_DONE(PROG, "map", LIB);
	EXPECT_EQ(ETXTBSY, append_byte(LIB));
	ASSERT_EQ(0, unload(LIB));
	EXPECT_EQ(0, append_byte(LIB));
	/* The changed content is detected. */
	ASSERT_EQ(0, load(&self->lib));
	if (variant->digest)
		EXPECT_KILLED(PROG, "map", LIB);
}

/* A library that only unchecked programs use is not sealed. */
TEST_F(lib, no_seal_without_need)
{
	EXPECT_DONE(FILES "/mapper", "map", LIB);
	EXPECT_EQ(0, write_at(LIB, 0, "\177"));
}

/* LB-03: the ELF interpreter and what it loads are subject to the check. */
TEST_F(lib, dynamic_program)
{
	static const char *const names[] = { "/ld.so", "/libc.so.6" };
	struct rule rules[3];
	int status;

	for (int i = 0; i < 2; i++) {
		char from[64];
		static char to[2][64];

		snprintf(from, sizeof(from), FILES "%s", names[i]);
		snprintf(to[i], sizeof(to[i]), DIR "%s", names[i]);
		ASSERT_EQ(0, copy_file(from, to[i], 0755));
		ASSERT_EQ(0, rule_for(&rules[i], to[i], CLIP_ENTRY_LIB));
	}
	ASSERT_EQ(0, copy_file(FILES "/dynamic", DIR "/dynamic", 0755));
	ASSERT_EQ(0, rule_for(&rules[2], DIR "/dynamic", CLIP_ENTRY_EXE |
			      variant->flags));
	rules[2].effective = 1 << 5;
	rules[2].permitted = 1 << 5;
	EXPECT_STREQ("hello ", run(DIR "/dynamic", "-", "-", &status));
	ASSERT_EQ(0, load(&rules[2]));
	/* Neither file is listed: the loader does not even start. */
	EXPECT_STREQ("", run(DIR "/dynamic", "-", "-", &status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	/* Only the loader is listed. */
	ASSERT_EQ(0, load(&rules[0]));
	EXPECT_STREQ("", run(DIR "/dynamic", "-", "-", &status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	ASSERT_EQ(0, load(&rules[1]));
	EXPECT_STREQ("hello ", run(DIR "/dynamic", "-", "-", &status));
	EXPECT_EQ(0, status);
	/* The loader and the library cannot be written while in use. */
	EXPECT_EQ(ETXTBSY, append_byte(DIR "/ld.so"));
	EXPECT_EQ(ETXTBSY, append_byte(DIR "/libc.so.6"));
}

/* A refusal is logged with its reason. */
TEST_F(lib, refusal_is_counted)
{
	const long long before = status_value("refused.lib-not-listed");

	EXPECT_KILLED(PROG, "map", OTHER);
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.lib-not-listed"));
}

TEST_HARNESS_MAIN
