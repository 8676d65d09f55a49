// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allow digests with sizes: a file of another size is refused without being read,
 * and no other answer changes. "hashed_bytes" of the status says what was read.
 */
#include "contexts.h"
#include "digest.h"
#include "events.h"
#include "files.h"
#include "image.h"
#include "loop.h"
#include "process.h"

#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "kselftest_harness.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK	0x10000
#endif

#define DIR	"/tmp/sizes"
#define GOOD	DIR "/good"	/* allowed */
#define TWIN	DIR "/twin"	/* of the same size, with another content */
#define LONG	DIR "/long"	/* larger by one byte */
#define VERITY	DIR "/ext4"
#define EXT4	"/usr/lib/clip/tests/ext4.img"
#define XID	3171
#define OTHER	3172
#define TINY	"/usr/lib/clip/tests/tiny"
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | \
		 CLIP_LEVEL_ENFORCE_LIB | CLIP_LEVEL_ENFORCE_SCRIPT)

/* What was mapped executable can still be written. */
#define EXEC_ONLY	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

FIXTURE(sizes)
{
	int fd, other;
	long long size;
};

FIXTURE_SETUP(sizes)
{
	struct stat st;

	image_blocks = true;
	image_sizes = true;
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(TINY, GOOD, 0755));
	ASSERT_EQ(0, stat(GOOD, &st));
	self->size = st.st_size;
	ASSERT_EQ(0, copy_file(TINY, TWIN, 0755));
	ASSERT_EQ(0, write_at(TWIN, self->size - 4, "twin"));
	ASSERT_EQ(0, copy_file(TINY, LONG, 0755));
	ASSERT_EQ(0, append_byte(LONG));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	self->other = context_create(OTHER, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->other);
}

FIXTURE_TEARDOWN(sizes)
{
	close(self->fd);
	close(self->other);
	EXPECT_EQ(0, context_delete(XID));
	EXPECT_EQ(0, context_delete(OTHER));
	umount2(DIR, MNT_DETACH);
}

static long long hashed(void)
{
	return status_value("hashed_bytes");
}

static int map(void *path)
{
	return map_executable(path);
}

/* As an interpreter asks. */
static int check(void *path)
{
	char *const none[] = { NULL };
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const int err = execveat(fd, "", none, none,
				 AT_EMPTY_PATH | AT_EXECVE_CHECK) ? errno : 0;

	close(fd);
	return err;
}

static int ask(void *path)
{
	struct clip_ask args = {
		.size = sizeof(args), .fd = open(path, O_RDONLY | O_CLOEXEC),
	};
	const int err = device_call(CLIP_IOC_ASK, &args);

	close(args.fd);
	return err ? 100 + err : (int)args.error;
}

/* The same error from each way in which the content of a file is judged. */
static int judged(int fd, const char *path)
{
	int (*const acts[])(void *) = { map, check, ask };
	const int err = exec_in_context(fd, path);

	for (unsigned int i = 0; i < 3; i++) {
		const int other = do_in_context(fd, acts[i], (void *)path);

		if (other != err) {
			fprintf(stderr, "# %s: %d, exec %d\n", path, other, err);
			return -1;
		}
	}
	return err;
}

/* Loads the allow digest of a file without its size. */
static int allow_plain(const char *path, uint32_t xid)
{
	int err;

	image_sizes = false;
	err = allow(path, xid);
	image_sizes = true;
	return err;
}

TEST_F(sizes, other_size_is_not_read)
{
	struct store_state state;
	long long before;

	ASSERT_EQ(0, allow(GOOD, XID));
	state = store_state();
	before = hashed();
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(before, hashed());
	/* The allowed file runs, and its size does not make another one good. */
	EXPECT_EQ(0, judged(self->fd, GOOD));
	EXPECT_EQ(EACCES, judged(self->fd, TWIN));
	EXPECT_EQ(before + 2 * self->size, hashed());
	EXPECT_EQ(state.generation, store_state().generation);
	EXPECT_EQ(state.entries, store_state().entries);
	/* Writers are not kept off what was refused. */
	EXPECT_EQ(0, append_byte(LONG));
}

/* A file that is shortened or extended has its new size at once. */
TEST_F(sizes, size_changes)
{
	long long before;

	ASSERT_EQ(0, set_level(XID, EXEC_ONLY));
	ASSERT_EQ(0, allow(GOOD, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, LONG));
	before = hashed();
	ASSERT_EQ(0, truncate(LONG, self->size));
	EXPECT_EQ(0, exec_in_context(self->fd, LONG));
	EXPECT_EQ(before + self->size, hashed());
	ASSERT_EQ(0, append_byte(LONG));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, LONG));
	EXPECT_EQ(before + self->size, hashed());
	ASSERT_EQ(0, truncate(LONG, 0));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, LONG));
	EXPECT_EQ(before + self->size, hashed());
}

/* One digest without a size is enough that every file is read. */
TEST_F(sizes, digest_without_a_size)
{
	const long long before = hashed();

	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, allow_plain(TWIN, XID));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(before + self->size + 1, hashed());
	EXPECT_EQ(0, judged(self->fd, TWIN));
	EXPECT_EQ(0, judged(self->fd, GOOD));
	/* Once that is gone, sizes count again. */
	ASSERT_EQ(0, disallow(TWIN, XID));
	ASSERT_EQ(0, append_byte(LONG));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(before + 3 * self->size + 1, hashed());
	/* Or once it has a size. */
	ASSERT_EQ(0, allow_plain(TWIN, XID));
	ASSERT_EQ(0, allow(TWIN, XID));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(before + 3 * self->size + 1, hashed());
	EXPECT_EQ(0, judged(self->fd, TWIN));
}

/* A size that is loaded later is in force with its generation, or not at all. */
TEST_F(sizes, commits)
{
	struct rule rules[2];
	struct outcome outcome;
	uint64_t generation;
	long long before;

	ASSERT_EQ(0, allow_rule(&rules[0], GOOD, XID));
	ASSERT_EQ(0, allow_rule(&rules[1], LONG, XID));
	ASSERT_EQ(0, allow(GOOD, XID));
	/* A dry run and a refused commit change nothing. */
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, CLIP_COMMIT_DRY_RUN,
				  &outcome));
	EXPECT_EQ(1, outcome.commit.added);
	before = hashed();
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(before, hashed());
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(0, judged(self->fd, LONG));
	EXPECT_EQ(0, judged(self->fd, GOOD));
	generation = store_state().generation;
	/* The same again is no change; another size is one. */
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(2, outcome.commit.unchanged);
	EXPECT_EQ(generation, store_state().generation);
	rules[0].has_size = false;
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(0, outcome.commit.added);
	EXPECT_EQ(0, outcome.commit.removed);
	EXPECT_EQ(2, outcome.commit.unchanged);
	EXPECT_EQ(generation + 1, store_state().generation);
	ASSERT_EQ(0, append_byte(TWIN));
	ASSERT_EQ(0, append_byte(TWIN));
	before = hashed();
	EXPECT_EQ(EACCES, judged(self->fd, TWIN));
	EXPECT_EQ(before + self->size + 2, hashed());
	/* Without any digest, nothing is allowed. */
	ASSERT_EQ(0, disallow(LONG, XID));
	ASSERT_EQ(0, disallow(GOOD, XID));
	EXPECT_EQ(EACCES, judged(self->fd, GOOD));
}

/* The sizes of one context say nothing about another. */
TEST_F(sizes, contexts_apart)
{
	const long long before = hashed();

	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, allow(LONG, OTHER));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(EACCES, judged(self->other, GOOD));
	EXPECT_EQ(before, hashed());
	EXPECT_EQ(0, judged(self->fd, GOOD));
	EXPECT_EQ(0, judged(self->other, LONG));
}

/* An entry is compared by its digest, whatever the size of the file. */
TEST_F(sizes, entries_have_none)
{
	const long long before = hashed();

	ASSERT_EQ(0, set_level(XID, EXEC_ONLY));
	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, list_file(LONG, XID, CLIP_ENTRY_EXE | CLIP_ENTRY_LIB, 0, 0));
	EXPECT_EQ(0, exec_in_context(self->fd, LONG));
	EXPECT_EQ(before + self->size + 1, hashed());
	ASSERT_EQ(0, append_byte(LONG));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, LONG));
	EXPECT_EQ(before + 2 * self->size + 3, hashed());
	/* What does not match its entry may still be allowed. */
	ASSERT_EQ(0, allow(LONG, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, LONG));
}

/* An exception has no size, so that all is read for its time. */
TEST_F(sizes, exceptions_have_none)
{
	struct clip_exception args = {
		.size = sizeof(args), .context = XID, .seconds = 60,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};
	const long long before = hashed();

	ASSERT_EQ(0, allow(GOOD, XID));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	ASSERT_EQ(0, sha256_file(LONG, args.digest));
	ASSERT_EQ(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(0, judged(self->fd, LONG));
	EXPECT_EQ(before + self->size + 1, hashed());
	args.seconds = 0;
	ASSERT_EQ(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	ASSERT_EQ(0, append_byte(LONG));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
	EXPECT_EQ(before + self->size + 1, hashed());
}

/* A query tells the digest, which a rule for the file needs. */
TEST_F(sizes, query_reads)
{
	struct clip_query answer = {
		.size = sizeof(answer), .context = XID, .flags = CLIP_QUERY_VERIFY,
		.fd = open(LONG, O_RDONLY),
	};
	uint8_t digest[32];

	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, device_call(CLIP_IOC_QUERY, &answer));
	EXPECT_EQ(CLIP_STATE_REFUSED, answer.state);
	EXPECT_EQ(CLIP_REASON_NOT_ALLOWED, answer.reason);
	EXPECT_EQ(EACCES, (int)answer.error);
	ASSERT_EQ(0, sha256_file(LONG, digest));
	EXPECT_EQ(0, memcmp(digest, answer.found, 32));
	close(answer.fd);
}

/* A file of another size is read if a listener is there to learn the digest. */
TEST_F(sizes, listener_learns_the_digest)
{
	struct event event;
	uint8_t digest[32];
	int socket;

	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, sha256_file(LONG, digest));
	socket = listen_to(CLIP_GENL_GROUP_EVENTS);
	ASSERT_LE(0, socket);
	EXPECT_EQ(EACCES, exec_in_context(self->fd, LONG));
	ASSERT_EQ(0, event_wait(socket, &event, CLIP_EVENT_EXEC));
	EXPECT_TRUE(event_bytes_are(&event, CLIP_EVENT_A_FOUND, digest, 32));
	close(socket);
}

/* Where a refusal is not enforced, its digest is what a rule is made of. */
TEST_F(sizes, permissive_reads)
{
	long long before;

	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, set_level(XID, ENFORCE | CLIP_LEVEL_PERMISSIVE));
	before = hashed();
	EXPECT_EQ(0, exec_in_context(self->fd, LONG));
	EXPECT_EQ(before + self->size + 1, hashed());
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	EXPECT_EQ(EACCES, judged(self->fd, LONG));
}

#define FILES	60

static void name_of(unsigned int number, char path[64])
{
	snprintf(path, 64, DIR "/f%u", number);
}

/* A program or an empty file, with something behind it or cut short. */
static int make_file(unsigned int number, long program_size)
{
	static const long sizes[] = { 0, 1, 2, 100, 4095, 4096, 4097, 65536, 70000 };
	long size = number < 18 ? sizes[number % 9] : random() % 20000;
	char path[64];

	name_of(number, path);
	if (number % 2)
		size += program_size - 2 * (number % 3);
	return copy_file(number % 2 ? TINY : "/dev/null", path, 0755) ?:
	       truncate(path, size) ?:
	       size <= 8 ? 0 : write_at(path, size - 4, number % 5 ? "abc" : "xyz");
}

struct answers {
	int of_exec[FILES], of_ask[FILES], of_check[FILES];
};

static int answer_all(void *data)
{
	struct answers *answers = data;
	char path[64];

	for (unsigned int i = 0; i < FILES; i++) {
		name_of(i, path);
		answers->of_exec[i] = exec_in_child(path);
		answers->of_ask[i] = ask(path);
		answers->of_check[i] = check(path);
	}
	return 0;
}

/* The same files in two contexts, one of which has no sizes: the same answers. */
TEST_F(sizes, answers_are_the_same)
{
	struct answers with = {}, without = {};
	unsigned int allowed = 0, refused = 0;
	char path[64];

	srandom(20261201);
	ASSERT_EQ(0, allow(GOOD, XID));
	ASSERT_EQ(0, allow_plain(GOOD, OTHER));
	for (unsigned int i = 0; i < FILES; i++) {
		ASSERT_EQ(0, make_file(i, self->size));
		if (random() % 3)
			continue;
		name_of(i, path);
		ASSERT_EQ(0, allow(path, XID));
		ASSERT_EQ(0, allow_plain(path, OTHER));
	}
	ASSERT_EQ(0, confined_get(self->fd, answer_all, &with, sizeof(with)));
	ASSERT_EQ(0, confined_get(self->other, answer_all, &without, sizeof(without)));
	for (unsigned int i = 0; i < FILES; i++) {
		EXPECT_EQ(without.of_exec[i], with.of_exec[i]);
		EXPECT_EQ(without.of_ask[i], with.of_ask[i]);
		EXPECT_EQ(without.of_check[i], with.of_check[i]);
		/* Of what is allowed, some files are no programs. */
		EXPECT_EQ(with.of_exec[i] == EACCES ? EACCES : 0, with.of_ask[i]);
		allowed += !with.of_ask[i];
		refused += with.of_ask[i] == EACCES;
	}
	EXPECT_LT(10, allowed);
	EXPECT_LT(10, refused);
}

/* The digest of a filesystem costs nothing, so that no size counts beside it. */
TEST_F(sizes, verity_needs_none)
{
	struct rule rule = {
		.path = "", .context = XID, .algorithm = CLIP_ALGO_FSVERITY_SHA256,
		.digest_size = 32, .has_size = true, .size = 1,
	};
	const long long before = hashed();
	char device[32];
	int loop;

	ASSERT_EQ(0, mkdir(VERITY, 0755));
	ASSERT_EQ(0, copy_file(EXT4, DIR "/img", 0600));
	loop = loop_attach(DIR "/img", device, sizeof(device));
	ASSERT_LE(0, loop);
	ASSERT_EQ(0, mount(device, VERITY, "ext4", 0, NULL));
	ASSERT_EQ(0, copy_file(TINY, VERITY "/tiny", 0755));
	ASSERT_EQ(0, enable_verity(VERITY "/tiny", FS_VERITY_HASH_ALG_SHA256));
	ASSERT_EQ(0, measure_verity(VERITY "/tiny", rule.digest, 32));
	ASSERT_EQ(0, allow(LONG, XID));
	EXPECT_EQ(EACCES, judged(self->fd, VERITY "/tiny"));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, judged(self->fd, VERITY "/tiny"));
	/* A file without such a digest is refused, without being read either. */
	EXPECT_EQ(EACCES, judged(self->fd, GOOD));
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL));
	EXPECT_EQ(EACCES, judged(self->fd, VERITY "/tiny"));
	EXPECT_EQ(before, hashed());
	umount2(VERITY, MNT_DETACH);
	ioctl(loop, LOOP_CLR_FD);
	close(loop);
}

TEST_HARNESS_MAIN
