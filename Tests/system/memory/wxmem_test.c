// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is writable or executable: the level word wx_memory and the flag j
 * (M-*). For files and their writers see wxfile_test.c, for the latch
 * wxlatch_test.c.
 */
#include "acts.h"
#include "contexts.h"
#include "device.h"
#include "elf.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "place.h"
#include "process.h"

#include <elf.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define XID	501
#define FREE	502
#define ON	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_WX_MEMORY)

FIXTURE(wx)
{
	int fd;		/* of the context with the rule */
	int free;	/* of one without */
};

FIXTURE_SETUP(wx)
{
	ASSERT_EQ(0, make_place());
	self->fd = context_create(XID, ON, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	self->free = context_create(FREE, CLIP_LEVEL_ACTIVE, ALL_CAPS,
				    CLIP_PRIV_ALL);
	ASSERT_LE(0, self->free);
	ASSERT_EQ(0, list_file(JIT, XID, JIT_FLAGS, 0, 0));
	ASSERT_EQ(0, write_text("/proc/sys/vm/nr_hugepages", "8"));
}

FIXTURE_TEARDOWN(wx)
{
	close(self->fd);
	close(self->free);
	context_delete(XID);
	context_delete(FREE);
	umount2(DIR, MNT_DETACH);
}

/*
 * The violation is reported and not refused, and logged. This test and the next
 * one come first, before the others use up the limit of the log.
 */
TEST_F(wx, permissive)
{
	const long long permitted = status_value("permitted");
	const long long refused = status_value("refused.wx-memory");

	ASSERT_EQ(0, set_level(XID, ON | CLIP_LEVEL_PERMISSIVE));
	EXPECT_STREQ("anonprot=0/1 ", says(self->fd, PLAIN, "anonprot", "-"));
	EXPECT_EQ(permitted + 1, status_value("permitted"));
	EXPECT_STREQ("personality=0/1 ",
		     says(self->fd, PLAIN, "personality", "-"));
	EXPECT_STREQ("twice=0/1 ", says(self->fd, PLAIN, "twice", CODE));
	EXPECT_STREQ("selfmem=0/1 ", says(self->fd, PLAIN, "selfmem", "-"));
	EXPECT_EQ(refused, status_value("refused.wx-memory"));
	EXPECT_TRUE(log_has("permitted mprotect: reason=30 (wx-memory)"));
}

/* The refusal is counted, and logged with the act. */
TEST_F(wx, refusal_is_counted_and_logged)
{
	const long long before = status_value("refused.wx-memory");

	EXPECT_STREQ("anonprot=13/0 ", says(self->fd, PLAIN, "anonprot", "-"));
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.wx-memory"));
	EXPECT_TRUE(log_has("refused mprotect: reason=30 (wx-memory) errno=13 context=501"));
	ASSERT_EQ(0, wxelf_make(&wxelfs[3], DIR "/stack"));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, DIR "/stack"));
	EXPECT_TRUE(log_has("refused exec: reason=30 (wx-memory) errno=13 context=501"));
}

/* M-02, M-03, M-06 to M-12, M-14 to M-19, M-22, M-23 */
TEST_F(wx, acts_are_refused) { EXPECT_ACTS(self->fd, PLAIN, true); }

TEST_F(wx, exempt_acts_work) { EXPECT_ACTS(self->fd, JIT, false); }

TEST_F(wx, acts_work_in_another_context)
{
	EXPECT_ACTS(self->free, PLAIN, false);
	EXPECT_EQ(0, set_level(XID, CLIP_LEVEL_WX_MEMORY));
	/* The word has no effect in an inactive context. */
	EXPECT_STREQ("anon=0/1 ", says(self->fd, PLAIN, "anon", "-"));
}

TEST_F(wx, acts_work_in_context_0) { EXPECT_ACTS(-1, PLAIN, false); }

/* The word can be set and cleared, and affects running programs. */
TEST_F(wx, level_word_can_be_set_and_cleared)
{
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	EXPECT_TRUE(info.levels_enforced & CLIP_LEVEL_WX_MEMORY);
	EXPECT_TRUE(info.flags_enforced & CLIP_ENTRY_JIT);
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	EXPECT_STREQ("anon=0/1 ", says(self->fd, PLAIN, "anon", "-"));
	ASSERT_EQ(0, set_level(XID, ON));
	EXPECT_STREQ("anon=13/0 ", says(self->fd, PLAIN, "anon", "-"));
}

/* Use of the exemption is reported, once for each program. */
TEST_F(wx, exemption_is_reported_once)
{
	const long long permitted = status_value("permitted");
	const long long refused = status_value("refused.wx-memory");

	EXPECT_STREQ("file=0/1 fileprot=0/1 ",
		     says_two(self->fd, JIT, "file", CODE, "fileprot", CODE));
	EXPECT_EQ(permitted, status_value("permitted"));
	EXPECT_STREQ("anon=0/1 anonprot=0/1 ",
		     says_two(self->fd, JIT, "anon", "-", "anonprot", "-"));
	EXPECT_EQ(permitted + 1, status_value("permitted"));
	EXPECT_EQ(refused, status_value("refused.wx-memory"));
}

/* M-22: the exemption ends at exec, and no other program inherits it. */
TEST_F(wx, exemption_ends_at_exec)
{
	EXPECT_STREQ("anon=13/0 ", says(self->fd, JIT, "become", PLAIN));
	EXPECT_STREQ("anon=0/1 ", says(self->fd, PLAIN, "become", JIT));
	EXPECT_STREQ("anon=0/1 ", says(self->fd, JIT, "become", JIT));
}

/* The exemption has the conditions of other grants. */
TEST_F(wx, exemption_needs_the_entry)
{
	/* The entry must be of this context, and have e. */
	EXPECT_STREQ("anon=13/0 ", says(self->fd, PLAIN, "anon", "-"));
	ASSERT_EQ(0, list_file(PLAIN, FREE, JIT_FLAGS, 0, 0));
	EXPECT_STREQ("anon=13/0 ", says(self->fd, PLAIN, "anon", "-"));
	ASSERT_EQ(0, list_file(PLAIN, XID, CLIP_ENTRY_JIT, 0, 0));
	EXPECT_STREQ("anon=13/0 ", says(self->fd, PLAIN, "anon", "-"));
	/* The content must match. */
	ASSERT_EQ(0, append_byte(JIT));
	EXPECT_STREQ("status 0xd00", says(self->fd, JIT, "anon", "-"));
}

TEST_F(wx, exemption_not_from_nosuid)
{
	ASSERT_EQ(0, mount(DIR, DIR, NULL, MS_BIND, NULL));
	ASSERT_EQ(0, mount(NULL, DIR, NULL,
			   MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
	EXPECT_STREQ("anon=13/0 ", says(self->fd, JIT, "anon", "-"));
	ASSERT_EQ(0, umount(DIR));
	EXPECT_STREQ("anon=0/1 ", says(self->fd, JIT, "anon", "-"));
}

/*
 * A program under no_new_privs may compile; a traced one must not get code from
 * its tracer.
 */
TEST_F(wx, exemption_of_unsafe_tasks)
{
	EXPECT_STREQ("nonewprivs=0/0 anon=0/1 ",
		     says_two(self->fd, PLAIN, "nonewprivs", "-", "become",
			      JIT));
	EXPECT_STREQ("anon=13/0 ", says(self->fd, PLAIN, "becometraced", JIT));
	ASSERT_EQ(0, copy_file(MEMORY_ACTOR, DIR "/unsafe", 0755));
	ASSERT_EQ(0, list_file(DIR "/unsafe", XID, JIT_FLAGS | CLIP_ENTRY_UNSAFE, 0, 0));
	EXPECT_STREQ("anon=0/1 ",
		     says(self->fd, PLAIN, "becometraced", DIR "/unsafe"));
}

/* A program that sleeps in the context until it is killed. */
static pid_t sleeper(int fd, const char *program, int *end)
{
	int in[2], out[2];
	char line[64] = "";
	pid_t pid;

	if (pipe(in) || pipe(out))
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		keep_only(fd);
		if (ioctl(fd, CLIP_IOC_ENTER, 0))
			_exit(255);
		execl(program, program, "hold", CODE, NULL);
		_exit(254);
	}
	close(in[0]);
	close(out[1]);
	if (read(out[0], line, sizeof(line)) <= 0 || strcmp(line, "hold=0/1 "))
		fprintf(stderr, "# sleeper: %s\n", line);
	close(out[0]);
	*end = in[1];
	return pid;
}

/*
 * M-22: a program that is not exempt cannot use the exemption of another one by
 * tracing it; an exempt one may trace it.
 */
TEST_F(wx, exempt_program_is_not_traced)
{
	char number[16];
	int end, end2;
	pid_t jit = sleeper(self->fd, JIT, &end);
	pid_t plain = sleeper(self->fd, PLAIN, &end2);

	snprintf(number, sizeof(number), "%d", jit);
	EXPECT_STREQ("trace=1/0 ", says(self->fd, PLAIN, "trace", number));
	EXPECT_STREQ("trace=0/0 ", says(self->fd, JIT, "trace", number));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	EXPECT_STREQ("trace=0/0 ", says(self->fd, PLAIN, "trace", number));
	ASSERT_EQ(0, set_level(XID, ON));
	snprintf(number, sizeof(number), "%d", plain);
	EXPECT_STREQ("trace=0/0 ", says(self->fd, PLAIN, "trace", number));
	kill(jit, SIGKILL);
	kill(plain, SIGKILL);
	waitpid(jit, NULL, 0);
	waitpid(plain, NULL, 0);
	close(end);
	close(end2);
}

/* M-04: the requests in the headers of a program. */
TEST_F(wx, headers)
{
	for (size_t i = 0; i < WXELFS; i++) {
		const struct wxelf *elf = &wxelfs[i];
		const long long before = status_value("refused.wx-memory");
		const char *name = wxelf_path(elf, false);

		ASSERT_EQ(0, wxelf_make_loader(elf));
		ASSERT_EQ(0, wxelf_make(elf, name));
		EXPECT_EQ(elf->error, exec_in_context(self->fd, name)) {
			TH_LOG("%s", elf->name);
		}
		EXPECT_EQ((before < 0 ? 0 : before) + !!elf->error,
			  status_value("refused.wx-memory") < 0 ? 0 :
			  status_value("refused.wx-memory")) {
			TH_LOG("%s", elf->name);
		}
		EXPECT_EQ(0, exec_in_context(self->free, name));
		EXPECT_EQ(0, exec_in_child((void *)name));
		name = wxelf_path(elf, true);
		ASSERT_EQ(0, wxelf_make(elf, name));
		ASSERT_EQ(0, list_file(name, XID, JIT_FLAGS, 0, 0));
		EXPECT_EQ(0, exec_in_context(self->fd, name)) {
			TH_LOG("%s, exempt", elf->name);
		}
	}
}

static int make_loader(const char *name, int kind)
{
	return make_elf64(name, EXIT_64, sizeof(EXIT_64) - 1, NULL,
			  &wxelfs[kind].segment, 1);
}

#define GOOD	0	/* of wxelfs: a plain one */
#define BAD	4	/* a segment that is written and executed */

/*
 * What was found in good headers is remembered, and holds for this file as it
 * is: not for what is written to it, or for another file with its name.
 */
TEST_F(wx, headers_are_looked_at_again)
{
	static const char program[] = DIR "/program", other[] = DIR "/other";

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, wxelf_make(&wxelfs[GOOD], program));
		EXPECT_EQ(0, exec_in_context(self->fd, program));
		EXPECT_EQ(0, exec_in_context(self->fd, program));
		ASSERT_EQ(0, wxelf_make(&wxelfs[BAD], program));
		EXPECT_EQ(EACCES, exec_in_context(self->fd, program));
		EXPECT_EQ(EACCES, exec_in_context(self->fd, program));
	}
	ASSERT_EQ(0, wxelf_make(&wxelfs[GOOD], other));
	EXPECT_EQ(0, exec_in_context(self->fd, other));
	ASSERT_EQ(0, rename(program, other));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, other));
}

TEST_F(wx, interpreters_are_looked_at_again)
{
	static const char program[] = DIR "/named", loader[] = DIR "/loader",
			  bad[] = DIR "/bad", link_name[] = DIR "/link";

	/* The first of the elves with an interpreter. */
	ASSERT_EQ(0, wxelf_make(&wxelfs[7], program));
	ASSERT_EQ(0, make_loader(bad, BAD));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, make_loader(loader, GOOD));
		EXPECT_EQ(0, exec_in_context(self->fd, program));
		EXPECT_EQ(0, exec_in_context(self->fd, program));
		ASSERT_EQ(0, make_loader(loader, BAD));
		EXPECT_EQ(EACCES, exec_in_context(self->fd, program));
	}
	ASSERT_EQ(0, make_loader(loader, GOOD));
	EXPECT_EQ(0, exec_in_context(self->fd, program));
	/* Another file by the same name: by a mount, a rename, a link. */
	ASSERT_EQ(0, mount(bad, loader, NULL, MS_BIND, NULL));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, program));
	ASSERT_EQ(0, umount(loader));
	EXPECT_EQ(0, exec_in_context(self->fd, program));
	ASSERT_EQ(0, symlink(bad, link_name));
	ASSERT_EQ(0, rename(link_name, loader));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, program));
	unlink(loader);
}

/*
 * Of an interpreter, only the segments count. That it was looked at as one says
 * nothing about it as a program.
 */
TEST_F(wx, an_interpreter_as_a_program)
{
	static const char program[] = DIR "/named", loader[] = DIR "/loader",
			  bad[] = DIR "/bad";

	ASSERT_EQ(0, wxelf_make(&wxelfs[7], program));
	ASSERT_EQ(0, make_loader(bad, BAD));
	ASSERT_EQ(0, make_elf64(loader, EXIT_64, sizeof(EXIT_64) - 1, bad, NULL,
				0));
	EXPECT_EQ(0, exec_in_context(self->fd, program));
	EXPECT_EQ(0, exec_in_context(self->fd, program));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, loader));
	EXPECT_EQ(0, exec_in_context(self->free, loader));
	/* And one with an executable stack, which does not count of it. */
	ASSERT_EQ(0, make_loader(loader, 3));
	EXPECT_EQ(0, exec_in_context(self->fd, program));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, loader));
	unlink(loader);
}

/*
 * Runs with a personality from before entering: memory is still either writable
 * or executable.
 */
static int act_as_before(void *unused)
{
	void *at;

	if (personality(0xffffffff) != READ_IMPLIES_EXEC)
		return 1;
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ||
	    errno != EACCES)
		return 2;
	at = sbrk(0);
	if (sbrk(1 << 20) != (void *)-1 || sbrk(0) != at)
		return 3;
	/* The personality can be given up. */
	return personality(0) == -1 || sbrk(4096) == (void *)-1 ? 4 : 0;
}

/* M-12: brk(2) is checked as well. */
TEST_F(wx, personality_from_before_entering)
{
	ASSERT_EQ(0, personality(READ_IMPLIES_EXEC));
	EXPECT_EQ(0, do_in_context(self->fd, act_as_before, NULL));
	EXPECT_EQ(2, do_in_context(self->free, act_as_before, NULL));
	ASSERT_LE(0, personality(0));
}

/* personality(0xffffffff); exit(whether READ_IMPLIES_EXEC is there) */
#define TELL_32 "\xb8\x88\0\0\0\xbb\xff\xff\xff\xff\xcd\x80\xc1\xe8\x16" \
		"\x83\xe0\x01\x89\xc3\xb8\x01\0\0\0\xcd\x80"

/*
 * M-12: exec clears the personality, unless the headers of the new program
 * require it.
 */
TEST_F(wx, personality_over_exec)
{
	static const struct segment data = { PT_GNU_STACK, PF_R | PF_W, 0, 0 };
	static const struct segment silent = { PT_NULL, 0, 0, 0 };
	const char *name = DIR "/tell";

	ASSERT_EQ(0, make_elf32(name, TELL_32, sizeof(TELL_32) - 1, &data, 1));
	ASSERT_EQ(0, personality(READ_IMPLIES_EXEC));
	EXPECT_EQ(0, exec_in_context(self->fd, name));
	EXPECT_EQ(0, exec_in_context(self->free, name));
	ASSERT_LE(0, personality(0));
	ASSERT_EQ(0, make_elf32(name, TELL_32, sizeof(TELL_32) - 1, &silent, 1));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, name));
	EXPECT_EQ(1, exec_in_context(self->free, name));
	ASSERT_EQ(0, list_file(name, XID, JIT_FLAGS, 0, 0));
	EXPECT_EQ(1, exec_in_context(self->fd, name));
}

/* The page at address 0 is not mapped, and the program still runs. */
TEST_F(wx, page_zero)
{
	ASSERT_EQ(0, personality(MMAP_PAGE_ZERO));
	EXPECT_STREQ("file=0/1 ", says(self->fd, PLAIN, "file", CODE));
	EXPECT_STREQ("file=0/1 ", says(self->free, PLAIN, "file", CODE));
	ASSERT_LE(0, personality(0));
}

/* M-19: a mapping from before the word was set is not remapped. */
static int remap_later(void *unused)
{
	int fd = open(CODE, O_RDWR);
	char *at = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED || ((int (*)(void))at)() != 42)
		return 200;
	if (write(STDOUT_FILENO, "!", 1) != 1 || read(STDIN_FILENO, &fd, 1) < 0)
		return 201;
	if (!syscall(SYS_remap_file_pages, at, 4096, 0, 1, 0))
		return 0;
	return ((int (*)(void))at)() == 42 ? errno : 202;
}

TEST_F(wx, remap_after_the_word)
{
	for (int on = 0; on < 2; on++) {
		int in[2], out[2], status;
		char byte;
		pid_t pid;

		ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
		ASSERT_EQ(0, pipe(in) | pipe(out));
		pid = fork();
		if (pid == 0) {
			dup2(in[0], STDIN_FILENO);
			dup2(out[1], STDOUT_FILENO);
			close(in[1]);
			_exit(do_in_context(self->fd, remap_later, NULL));
		}
		close(out[1]);
		ASSERT_EQ(1, read(out[0], &byte, 1));
		if (on)
			ASSERT_EQ(0, set_level(XID, ON));
		close(in[1]);
		close(in[0]);
		waitpid(pid, &status, 0);
		EXPECT_EQ(on ? ETXTBSY : 0, WEXITSTATUS(status));
		close(out[0]);
	}
}

TEST_HARNESS_MAIN
