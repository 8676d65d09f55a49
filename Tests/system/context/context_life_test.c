// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tasks in a context can find out about it and about others, and what is
 * left when it is deleted and its number is used again (ID-08, CX-17, VIS-07,
 * VIS-08, WAT-07).
 */
#include "context_fixture.h"
#include "contexts.h"
#include "device.h"
#include "image.h"
#include "process.h"
#include "requests.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* ------------------------------------------------- the life of a number */

struct seen {
	struct clip_context_args own, by_number;
	int err_own, err_number, err_load;
	char status[8192];
	char entries[65536];
};

static void read_all(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t used = 0;
	ssize_t got;

	while ((got = read(fd, text + used, size - 1 - used)) > 0)
		used += got;
	text[used] = '\0';
	close(fd);
}

static int look(void *data)
{
	struct seen *seen = data;
	const struct rule rule = {
		.path = FILE_1, .context = OWN, .flags = CLIP_ENTRY_EXE,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};

	seen->own.xid = OWN;
	seen->by_number.xid = A;
	seen->err_own = context_call(CLIP_IOC_CONTEXT_GET, &seen->own);
	seen->err_number = context_call(CLIP_IOC_CONTEXT_GET,
					&seen->by_number);
	read_all(CLIP_SECURITYFS_PATH "/status", seen->status,
		 sizeof(seen->status));
	read_all(CLIP_SECURITYFS_PATH "/entries", seen->entries,
		 sizeof(seen->entries));
	seen->err_load = load(&rule);
	return 0;
}

static int look_in(int fd, struct seen *seen)
{
	return confined_get(fd, look, seen, sizeof(*seen));
}

static struct seen *seen_alloc(void)
{
	return mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A task that is already in a context, and looks when it gets a sign. */
struct insider {
	pid_t pid;
	int go, out;
};

static struct insider insider_start(int fd, struct seen *seen)
{
	struct insider insider;
	int pipe_go[2], pipe_in[2];
	char byte;

	if (pipe(pipe_go) || pipe(pipe_in))
		return (struct insider) { -1, -1, -1 };
	insider.pid = fork();
	if (insider.pid == 0) {
		close(pipe_go[1]);
		own_memory();
		if (ioctl(fd, CLIP_IOC_ENTER, 0))
			_exit(1);
		if (write(pipe_in[1], "", 1) != 1 ||
		    read(pipe_go[0], &byte, 1) < 0)
			_exit(2);
		_exit(look(seen) ?:
		      !send_all(pipe_in[1], seen, sizeof(*seen)));
	}
	insider.go = pipe_go[1];
	close(pipe_go[0]);
	close(pipe_in[1]);
	if (read(pipe_in[0], &byte, 1) != 1)
		insider.go = -1;
	insider.out = pipe_in[0];
	return insider;
}

static int insider_look(struct insider *insider, struct seen *seen)
{
	int status;

	close(insider->go);
	if (!receive_all(insider->out, seen, sizeof(*seen)))
		return -1;
	close(insider->out);
	return waitpid(insider->pid, &status, 0) == insider->pid ? status : -1;
}

/* ID-08, CX-17: nothing of the old context belongs to the new one. */
TEST_F(context, second_life_of_a_number)
{
	struct seen *seen = seen_alloc();
	struct clip_context_args args = { .xid = A };
	const uint64_t serial = get(A).serial;
	struct insider insider;
	int fd;

	ASSERT_EQ(0, request_bounds(&self->root, "narrow", A, BIND |
				    1ULL << CAP_MAC_ADMIN |
				    1ULL << CAP_DAC_OVERRIDE, 0).err);
	close(self->b);
	close(self->watch);
	self->b = -1;
	self->watch = -1;
	insider = insider_start(self->a, seen);
	ASSERT_LE(0, insider.go);
	EXPECT_DONE(request_xid(&self->root, "delete", A));
	fd = context_create(A, CLIP_LEVEL_ACTIVE, ALL_CAPS, PRIVS);
	ASSERT_LE(0, fd);
	EXPECT_LT(serial, get(A).serial);
	EXPECT_EQ(0, get(A).entries);
	ASSERT_EQ(0, request_file(&self->root, "add", A, FILE_2).err);
	ASSERT_EQ(0, insider_look(&insider, seen));
	/*
	 * The task is still in the old context, with its bounds and its level.
	 */
	EXPECT_EQ(0, seen->err_own);
	EXPECT_EQ(serial, seen->own.serial);
	EXPECT_EQ(0, seen->own.level);
	EXPECT_EQ(BIND | 1ULL << CAP_MAC_ADMIN | 1ULL << CAP_DAC_OVERRIDE,
		  seen->own.cap_bound);
	EXPECT_EQ(0, seen->own.entries);
	EXPECT_EQ(EPERM, seen->err_number);
	EXPECT_EQ(NULL, strstr(seen->status, "context."));
	EXPECT_STREQ("", seen->entries);
	/* Entries can no longer be loaded there. */
	EXPECT_EQ(ENOENT, seen->err_load);
	EXPECT_EQ(1, get(A).entries);
	/* The old descriptor leads nowhere, and the new one leads in. */
	EXPECT_EQ(255, look_in(self->a, seen));
	EXPECT_EQ(0, context_call(CLIP_IOC_CONTEXT_GET, &args));
	EXPECT_EQ(0, look_in(fd, seen));
	EXPECT_EQ(args.serial, seen->own.serial);
	close(fd);
}

static int lines_with(const char *text, const char *start)
{
	int count = 0;

	while (text && *text) {
		count += !strncmp(text, start, strlen(start));
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return count;
}

/*
 * VIS-07, VIS-08, WAT-07: securityfs shows each task only the contexts that it
 * may see.
 */
TEST_F(context, securityfs_shows_what_the_reader_may_see)
{
	struct seen *seen = seen_alloc();
	struct clip_info info;

	ASSERT_EQ(0, request_file(&self->root, "add", A, FILE_1).err);
	ASSERT_EQ(0, request_file(&self->root, "add", B, FILE_2).err);
	ASSERT_EQ(0, get_info(&info));
	/*
	 * The order matters: look() also loads, and B can no longer be changed.
	 */
	ASSERT_EQ(0, set_level(B, CLIP_LEVEL_SELF_IMMUTABLE));

	ASSERT_EQ(0, look_in(self->b, seen));
	EXPECT_EQ(1, lines_with(seen->status, "context.2002.entries 1\n"));
	EXPECT_EQ(1, lines_with(seen->status, "context.2002.level 0x8\n"));
	EXPECT_EQ(lines_with(seen->status, "context."),
		  lines_with(seen->status, "context.2002."));
	EXPECT_EQ(1, lines_with(seen->entries, ""));
	EXPECT_EQ(1, lines_with(seen->entries, "context=2002 "));
	/* The number of contexts is not secret. */
	EXPECT_EQ(1, lines_with(seen->status, "contexts "));

	ASSERT_EQ(0, look_in(self->watch, seen));
	EXPECT_EQ(1, lines_with(seen->status, "context.0.level "));
	EXPECT_EQ(1, lines_with(seen->status, "context.1.level "));
	EXPECT_EQ(1, lines_with(seen->status, "context.2001.entries 2\n"));
	EXPECT_EQ(1, lines_with(seen->entries, "context=2002 "));
	EXPECT_LE(info.entries, lines_with(seen->entries, ""));

	look(seen);
	EXPECT_EQ(info.contexts, lines_with(seen->status, "context.") / 6);
	EXPECT_EQ(2, lines_with(seen->entries, "context=2001 "));
	EXPECT_LE(info.entries, lines_with(seen->entries, ""));
	unload(FILE_1);
}

/*
 * A file that was opened in context 0 and is read in another one: the context
 * of the reader counts.
 */
TEST_F(context, securityfs_asks_for_the_reader)
{
	char text[65536];
	int fds[2], status;
	int entries = open(CLIP_SECURITYFS_PATH "/entries", O_RDONLY);
	ssize_t got;
	pid_t pid;

	ASSERT_LE(0, entries);
	ASSERT_EQ(0, pipe(fds));
	pid = fork();
	if (pid == 0) {
		close(self->b);
		close(self->watch);
		own_memory();
		if (ioctl(self->a, CLIP_IOC_ENTER, 0))
			_exit(1);
		got = read(entries, text, sizeof(text));
		_exit(got < 0 || write(fds[1], text, got) != got);
	}
	close(fds[1]);
	waitpid(pid, &status, 0);
	EXPECT_EQ(0, status);
	got = read(fds[0], text, sizeof(text) - 1);
	ASSERT_LE(0, got);
	text[got] = '\0';
	EXPECT_EQ(1, lines_with(text, "context=2001 "));
	EXPECT_EQ(1, lines_with(text, ""));
	close(entries);
	close(fds[0]);
}

TEST_HARNESS_MAIN
