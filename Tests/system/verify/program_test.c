// SPDX-License-Identifier: GPL-2.0-only
/*
 * A listed program that no exec has seen, because an ELF loader was started by
 * hand, or because it is the loader itself (fault 20).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"

#include <sys/mman.h>

#include "kselftest_harness.h"

#define FILES	"/usr/lib/clip/tests"
#define DIR	"/tmp/program"
#define LOADER	DIR "/ld.so"
#define PROGRAM	DIR "/dynamic"
#define XID	3150

FIXTURE(program)
{
	int fd;
};

FIXTURE_SETUP(program)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(FILES "/ld.so", LOADER, 0755));
	ASSERT_EQ(0, copy_file(FILES "/dynamic", PROGRAM, 0755));
	self->fd = context_create(XID, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				  CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, allow(LOADER, XID));
	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_EXE, 0, 0));
}

FIXTURE_TEARDOWN(program)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

static long long count(const char *key)
{
	const long long value = status_value(key);

	return value < 0 ? 0 : value;
}

/* ld.so PROGRAM; 127 if the loader cannot map it. */
static int by_hand(void *unused)
{
	char *const argv[] = { "ld.so", "--library-path", FILES, PROGRAM,
			       NULL };
	int status, out;
	pid_t pid = fork();

	if (pid == 0) {
		out = open("/dev/null", O_WRONLY);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		execve(LOADER, argv, (char *[]) { NULL });
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int protect_program(void *unused)
{
	return protect_executable(PROGRAM);
}

TEST_F(program, a_changed_program_is_not_mapped)
{
	const long long before = count("refused.digest-mismatch");

	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(0, do_in_context(self->fd, by_hand, NULL));
	EXPECT_EQ(0, do_in_context(self->fd, protect_program, NULL));
	ASSERT_EQ(0, append_byte(PROGRAM));
	EXPECT_EQ(127, do_in_context(self->fd, by_hand, NULL));
	EXPECT_EQ(before + 1, count("refused.digest-mismatch"));
	EXPECT_EQ(EACCES, do_in_context(self->fd, protect_program, NULL));
	/* Without its entry it is a file like any other. */
	ASSERT_EQ(0, commit_rules(&(struct rule) { .path = PROGRAM,
						   .context = XID }, 1,
				  CLIP_COMMIT_REMOVE, 0, NULL));
	EXPECT_EQ(0, do_in_context(self->fd, by_hand, NULL));
}

/* In a context that enforces nothing it runs, and is reported. */
TEST_F(program, a_changed_program_is_reported)
{
	const long long before = count("permitted");

	EXPECT_EQ(0, do_in_context(self->fd, by_hand, NULL));
	EXPECT_EQ(before, count("permitted"));
	ASSERT_EQ(0, append_byte(PROGRAM));
	EXPECT_EQ(0, do_in_context(self->fd, by_hand, NULL));
	EXPECT_EQ(before + 1, count("permitted"));
	EXPECT_TRUE(log_has("permitted map: reason=2 (digest-mismatch)"));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, PROGRAM));
	/* Permissive: what is enforced otherwise is reported, and once. */
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_PERMISSIVE |
			       CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(0, do_in_context(self->fd, by_hand, NULL));
	EXPECT_EQ(before + 2, count("permitted"));
}

/* Conditions count as in exec. */
TEST_F(program, an_entry_that_does_not_count_is_not_checked)
{
	const struct rule rule = { .path = PROGRAM, .context = XID };

	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL));
	ASSERT_EQ(0, list_file(PROGRAM, XID, CLIP_ENTRY_LIB, 0, 0));
	ASSERT_EQ(0, append_byte(PROGRAM));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(0, do_in_context(self->fd, by_hand, NULL));
}

/* What was judged cannot be written while it is mapped. */
static int map_and_write(void *unused)
{
	const int fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	int err;

	close(fd);
	if (at == MAP_FAILED)
		return 200;
	err = try_open(PROGRAM, O_WRONLY);
	munmap(at, 4096);
	return err;
}

TEST_F(program, writers_are_kept_off)
{
	EXPECT_EQ(0, do_in_context(self->fd, map_and_write, NULL));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE |
			       CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(ETXTBSY, do_in_context(self->fd, map_and_write, NULL));
	EXPECT_EQ(0, try_open(PROGRAM, O_WRONLY));
}

TEST_HARNESS_MAIN
