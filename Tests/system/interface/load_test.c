// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading: one transaction, all or nothing (ST-*, CX-13).
 */
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/load"
#define A	DIR "/a"
#define B	DIR "/b"
#define C	DIR "/c"

FIXTURE(store)
{
	struct rule a, b, c;
	struct store_state before;
};

FIXTURE_SETUP(store)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
	ASSERT_EQ(0, copy_file(PROBE, C, 0755));
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, rule_for(&self->a, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&self->b, B, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&self->c, C, CLIP_ENTRY_EXE));
	self->before = store_state();
}

FIXTURE_TEARDOWN(store)
{
	umount2(DIR, MNT_DETACH);
}

#define EXPECT_UNCHANGED() do { \
	EXPECT_EQ(self->before.generation, store_state().generation); \
	EXPECT_EQ(self->before.entries, store_state().entries); \
} while (0)

TEST_F(store, add_then_remove)
{
	struct clip_query answer;

	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	self->a.permitted = 1 << 5;
	self->a.privileges = CLIP_PRIV_NETCLIENT;
	ASSERT_EQ(0, load(&self->a));
	EXPECT_EQ(self->before.generation + 1, store_state().generation);
	EXPECT_EQ(self->before.entries + 1, store_state().entries);
	ASSERT_EQ(CLIP_STATE_LISTED, query(A, 0, &answer));
	EXPECT_EQ(CLIP_ENTRY_EXE, answer.entry_flags);
	EXPECT_EQ(1 << 5, answer.cap_permitted);
	EXPECT_EQ(CLIP_PRIV_NETCLIENT, answer.privileges);
	EXPECT_EQ(CLIP_ALGO_SHA256, answer.algorithm);
	EXPECT_EQ(0, memcmp(self->a.digest, answer.wanted, 64));
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, NULL));

	/*
	 * ST-13: context and path are enough to remove an entry, the rest is
	 * ignored.
	 */
	ASSERT_EQ(0, unload(A));
	EXPECT_EQ(self->before.entries, store_state().entries);
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_EQ(ENOENT, unload(A));
}

/* One bad entry among good ones: nothing is loaded, and the result names it. */
TEST_F(store, one_refusal_refuses_all)
{
	struct rule rules[3] = { self->a, self->b, self->c };
	struct outcome outcome;

	rules[1].path = DIR "/missing";
	EXPECT_EQ(ENOENT, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(1, outcome.commit.results_count);
	EXPECT_EQ(1, outcome.results[0].index);
	EXPECT_EQ(ENOENT, outcome.results[0].error);
	EXPECT_EQ(CLIP_REASON_NO_FILE, outcome.results[0].reason);
	EXPECT_EQ(0, outcome.results[0].flags);
	EXPECT_EQ(0, outcome.commit.added);
	EXPECT_UNCHANGED();
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(C, 0, NULL));

	/* The same image without the fault is accepted. */
	rules[1].path = B;
	EXPECT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(3, outcome.commit.added);
	EXPECT_EQ(0, outcome.commit.results_count);
}

/*
 * All refusals are returned, each with its own reason; the first one decides
 * the errno.
 */
TEST_F(store, every_refusal_is_listed)
{
	struct rule rules[9];
	struct outcome outcome;
	static const struct { uint32_t error, reason; } want[9] = {
		{ EINVAL, CLIP_REASON_BAD_FLAGS },
		{ EINVAL, CLIP_REASON_BAD_FLAGS },
		{ EINVAL, CLIP_REASON_BAD_PRIVILEGES },
		{ EINVAL, CLIP_REASON_BAD_CAPABILITIES },
		{ EINVAL, CLIP_REASON_BAD_DIGEST },
		{ EOPNOTSUPP, CLIP_REASON_UNSUPPORTED_ALGORITHM },
		{ ENOENT, CLIP_REASON_NO_CONTEXT },
		{ EINVAL, CLIP_REASON_NOT_REGULAR },
		{ EINVAL, CLIP_REASON_BAD_PATH },
	};

	for (int i = 0; i < 9; i++)
		rules[i] = self->a;
	rules[0].flags = 1 << 5;
	rules[1].flags = CLIP_ENTRY_EXE | 1U << 31;
	rules[2].privileges = 1 << 30;
	rules[3].effective = 1ULL << 62;
	rules[4].digest_size = 31;
	rules[5].algorithm = CLIP_ALGO_MD5;
	rules[5].digest_size = 16;
	memset(rules[5].digest + 16, 0, 16);
	rules[6].context = 1002;
	rules[7].path = "/dev/null";
	rules[8].path = "tmp/load/a";
	EXPECT_EQ(EINVAL, commit_rules(rules, 9, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(CLIP_REASON_BAD_FLAGS, outcome.commit.reason);
	ASSERT_EQ(9, outcome.commit.results_count);
	for (int i = 0; i < 9; i++) {
		TH_LOG("entry %d", i);
		EXPECT_EQ(i, outcome.results[i].index);
		EXPECT_EQ(want[i].error, outcome.results[i].error);
		EXPECT_EQ(want[i].reason, outcome.results[i].reason);
	}
	EXPECT_UNCHANGED();
}

/*
 * More refusals than room for them: the count has all of them, and the buffer
 * does not overflow.
 */
TEST_F(store, results_do_not_overflow)
{
	struct rule rules[3] = { self->a, self->a, self->a };
	struct clip_result results[3];
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
		.results = (uintptr_t)results, .results_capacity = 1,
	};
	size_t size;
	void *image;

	for (int i = 0; i < 3; i++)
		rules[i].path = DIR "/missing";
	memset(results, 0x5a, sizeof(results));
	image = image_make(rules, 3, &size);
	args.image = (uintptr_t)image;
	args.image_size = size;
	EXPECT_EQ(ENOENT, device_call(CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(3, args.results_count);
	EXPECT_EQ(0, results[0].index);
	EXPECT_EQ(0x5a5a5a5a, results[1].index);
	free(image);
	EXPECT_UNCHANGED();
}

TEST_F(store, missing_files_are_skipped_on_request)
{
	struct rule rules[3] = { self->a, self->b, self->c };
	struct outcome outcome;

	rules[0].path = DIR "/missing";
	rules[1].path = A "/not-a-directory";
	EXPECT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_SKIP_MISSING, &outcome));
	EXPECT_EQ(1, outcome.commit.added);
	EXPECT_EQ(2, outcome.commit.skipped);
	ASSERT_EQ(2, outcome.commit.results_count);
	EXPECT_EQ(CLIP_RESULT_SKIPPED, outcome.results[0].flags);
	EXPECT_EQ(1, outcome.results[1].index);
	EXPECT_EQ(CLIP_REASON_NO_FILE, outcome.results[1].reason);
	EXPECT_EQ(CLIP_STATE_LISTED, query(C, 0, NULL));
}

TEST_F(store, missing_contexts_are_skipped_on_request)
{
	struct rule rules[2] = { self->a, self->b };
	struct outcome outcome;

	rules[0].context = 1002;
	EXPECT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_SKIP_CONTEXTS, &outcome));
	EXPECT_EQ(1, outcome.commit.added);
	EXPECT_EQ(1, outcome.commit.skipped);
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, outcome.results[0].reason);
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_EQ(CLIP_STATE_LISTED, query(B, 0, NULL));
}

/* CX-20 */
TEST_F(store, minus_one_is_the_own_context)
{
	self->a.context = CLIP_CONTEXT_OWN;
	EXPECT_EQ(0, load(&self->a));
	EXPECT_EQ(CLIP_STATE_LISTED, query(A, 0, NULL));
	EXPECT_EQ(self->before.entries + 1,
		  status_value("context.0.entries"));
}

/* ST-04: loading the same rule again is not an error. */
TEST_F(store, same_is_unchanged_other_is_refused)
{
	struct outcome outcome;
	uint64_t generation;

	ASSERT_EQ(0, load(&self->a));
	generation = store_state().generation;
	EXPECT_EQ(0, commit_rules(&self->a, 1, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(1, outcome.commit.unchanged);
	EXPECT_EQ(0, outcome.commit.added);
	EXPECT_EQ(generation, store_state().generation);
	self->a.digest[0] ^= 1;
	EXPECT_EQ(EEXIST, commit_rules(&self->a, 1, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(CLIP_REASON_EXISTS, outcome.results[0].reason);
	EXPECT_EQ(generation, store_state().generation);
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, NULL));
}

/* ST-01: two names of one file are one file. */
TEST_F(store, hard_links_share_an_entry)
{
	struct rule rules[2] = { self->a, self->a };
	struct outcome outcome;

	ASSERT_EQ(0, link(A, DIR "/hard"));
	rules[1].path = DIR "/hard";
	rules[1].privileges = CLIP_PRIV_NETCLIENT;
	EXPECT_EQ(EEXIST, commit_rules(rules, 2, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(1, outcome.results[0].index);
	EXPECT_EQ(CLIP_REASON_DUPLICATE, outcome.results[0].reason);
	EXPECT_UNCHANGED();
	ASSERT_EQ(0, load(&self->a));
	EXPECT_EQ(CLIP_STATE_LISTED, query(DIR "/hard", 0, NULL));
	/* ST-14: any path that leads to the file removes its entry. */
	ASSERT_EQ(0, unload(DIR "/hard"));
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
}

/* ST-03: symbolic links are followed to the end. */
TEST_F(store, symlinks_lead_to_the_file)
{
	ASSERT_EQ(0, symlink("a", DIR "/soft"));
	self->a.path = DIR "/soft";
	ASSERT_EQ(0, load(&self->a));
	EXPECT_EQ(CLIP_STATE_LISTED, query(A, 0, NULL));
	ASSERT_EQ(0, unlink(DIR "/soft"));
	ASSERT_EQ(0, symlink("b", DIR "/soft"));
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(DIR "/soft", 0, NULL));
}

/* ST-12: loading does not read the file. */
TEST_F(store, wrong_digest_loads)
{
	struct clip_query answer;

	self->a.digest[31] ^= 1;
	ASSERT_EQ(0, load(&self->a));
	EXPECT_EQ(CLIP_STATE_REFUSED, query(A, CLIP_QUERY_VERIFY, &answer));
	EXPECT_EQ(CLIP_REASON_DIGEST_MISMATCH, answer.reason);
	EXPECT_EQ(EACCES, answer.error);
	self->a.digest[31] ^= 1;
	EXPECT_EQ(0, memcmp(self->a.digest, answer.found, 32));
}

TEST_F(store, replace_is_all_there_is)
{
	struct rule rules[2] = { self->b, self->c };
	struct outcome outcome;

	ASSERT_EQ(0, load(&self->a));
	EXPECT_EQ(ENOENT, ({
		rules[1].path = DIR "/missing";
		commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, &outcome);
	}));
	EXPECT_EQ(CLIP_STATE_LISTED, query(A, 0, NULL));
	EXPECT_EQ(self->before.entries + 1, store_state().entries);

	rules[1].path = C;
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(2, outcome.commit.added);
	EXPECT_EQ(self->before.entries + 1, outcome.commit.removed);
	EXPECT_EQ(2, store_state().entries);
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
	EXPECT_EQ(CLIP_STATE_LISTED, query(B, 0, NULL));
	/* An empty image empties the store. */
	ASSERT_EQ(0, commit_rules(rules, 0, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(0, store_state().entries);
}

TEST_F(store, dry_run_changes_nothing)
{
	struct rule rules[2] = { self->a, self->b };
	struct outcome outcome;

	EXPECT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_ADD,
				  CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_EQ(2, outcome.commit.added);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, commit_rules(rules, 0, CLIP_COMMIT_REPLACE,
				  CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_EQ(self->before.entries, outcome.commit.removed);
	EXPECT_UNCHANGED();
	rules[1].path = DIR "/missing";
	EXPECT_EQ(ENOENT, commit_rules(rules, 2, CLIP_COMMIT_ADD,
				       CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_UNCHANGED();
}

/*
 * Writers of a memfd are not counted, so that it cannot be listed under any
 * name.
 */
TEST_F(store, memfd_cannot_be_listed)
{
	int fd = memfd_create("x", 0);
	char path[64];
	struct outcome outcome;

	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	self->a.path = path;
	EXPECT_EQ(EOPNOTSUPP, commit_rules(&self->a, 1, CLIP_COMMIT_ADD, 0,
					   &outcome));
	EXPECT_EQ(CLIP_REASON_UNTRUSTED_FS, outcome.results[0].reason);
	close(fd);
	/*
	 * A deleted file cannot be listed; one that is still open can, by its
	 * path in procfs.
	 */
	fd = open(A, O_RDONLY);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_EQ(0, load(&self->a));
	EXPECT_EQ(0, unload(path));
	ASSERT_EQ(0, unlink(A));
	EXPECT_EQ(ENOENT, load(&self->a));
	close(fd);
	EXPECT_EQ(self->before.entries, store_state().entries);
}

/* ST-18, intent: an entry does not outlive its file. */
TEST_F(store, deletion_ends_the_entry)
{
	int tries = 100;

	ASSERT_EQ(0, load(&self->a));
	ASSERT_EQ(0, unlink(A));
	while (store_state().entries != self->before.entries && --tries)
		usleep(10000);
	EXPECT_EQ(self->before.entries, store_state().entries);
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
}

/* While a deleted file is in use, it keeps its entry. */
TEST_F(store, deletion_waits_for_the_last_user)
{
	struct clip_query args = {
		.size = sizeof(args), .context = CLIP_CONTEXT_OWN,
	};
	int fd = open(A, O_RDONLY);
	int device = device_open();

	ASSERT_EQ(0, load(&self->a));
	ASSERT_EQ(0, unlink(A));
	args.fd = fd;
	ASSERT_EQ(0, ioctl(device, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(CLIP_STATE_LISTED, args.state);
	close(fd);
	close(device);
}

/* Another link keeps the file, and with it the entry. */
TEST_F(store, deletion_of_one_of_two_names)
{
	ASSERT_EQ(0, link(A, DIR "/hard"));
	ASSERT_EQ(0, load(&self->a));
	ASSERT_EQ(0, unlink(A));
	EXPECT_EQ(CLIP_STATE_LISTED, query(DIR "/hard", 0, NULL));
}

/* ST-01: a file replaced by rename has no entry. */
TEST_F(store, rename_over_the_file)
{
	ASSERT_EQ(0, load(&self->a));
	ASSERT_EQ(0, rename(C, A));
	EXPECT_EQ(CLIP_STATE_UNLISTED, query(A, 0, NULL));
}

/* A file that was renamed keeps its entry. */
TEST_F(store, rename_of_the_file)
{
	ASSERT_EQ(0, load(&self->a));
	ASSERT_EQ(0, rename(A, DIR "/moved"));
	EXPECT_EQ(CLIP_STATE_LISTED, query(DIR "/moved", 0, NULL));
}

/* After umount(2) has returned, nothing of the filesystem is left. */
TEST_F(store, umount_ends_its_entries)
{
	const struct rule rules[3] = { self->a, self->b, self->c };

	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, NULL));
	EXPECT_EQ(self->before.entries + 3, store_state().entries);
	ASSERT_EQ(0, umount(DIR));
	EXPECT_EQ(self->before.entries, store_state().entries);
}

/* Names of entries are escaped, so that they cannot mislead a reader. */
TEST_F(store, names_are_escaped)
{
	static const char odd[] = DIR "/a b\nc\\d\033\377=";
	char line[1024];
	bool found = false;
	FILE *file;

	ASSERT_EQ(0, copy_file(PROBE, odd, 0755));
	ASSERT_EQ(0, rule_for(&self->a, odd, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&self->a));
	file = fopen(CLIP_SECURITYFS_PATH "/entries", "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		if (strstr(line, " path=" DIR
			   "/a\\040b\\012c\\134d\\033\\377= source=- line=0\n"))
			found = true;
	fclose(file);
	EXPECT_TRUE(found);
}

#define BYTES	255

/* The file whose name has a byte at some place. */
static void name_with(int byte, char *path, size_t size)
{
	snprintf(path, size, DIR "/name-of-21-characters");
	path[strlen(DIR "/") + byte % 21] = byte;
}

/* Ends a field at the next space, and replaces \\ooo by the byte. */
static void unescape(char *field)
{
	char *to = field;
	unsigned int byte;

	field[strcspn(field, " ")] = '\0';
	for (; *field; *to++ = byte) {
		byte = (unsigned char)*field++;
		if (byte == '\\' && sscanf(field, "%3o", &byte) == 1)
			field += 3;
	}
	*to = '\0';
}

/* All bytes but that of a slash, wherever they are in the name. */
TEST_F(store, any_byte_of_a_name)
{
	static struct rule rules[BYTES];
	static char paths[BYTES][64];
	char line[1024], *at;
	FILE *file;
	int count = 0, found = 0;

	for (int byte = 1; byte <= BYTES; byte++) {
		if (byte == '/')
			continue;
		name_with(byte, paths[count], sizeof(paths[0]));
		/* Bytes that are that of the name already. */
		if (!access(paths[count], F_OK))
			continue;
		ASSERT_EQ(0, copy_file(PROBE, paths[count], 0755));
		ASSERT_EQ(0, rule_for(&rules[count], paths[count],
				      CLIP_ENTRY_EXE));
		count++;
	}
	ASSERT_EQ(0, commit_rules(rules, count, CLIP_COMMIT_ADD, 0, NULL));
	file = fopen(CLIP_SECURITYFS_PATH "/entries", "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file)) {
		for (at = line; *at && *at != '\n'; at++)
			EXPECT_TRUE(*at >= ' ' && *at < 0x7f);
		at = strstr(line, " path=");
		ASSERT_NE(NULL, at);
		ASSERT_NE(NULL, strstr(at, " source=- line=0\n"));
		at += strlen(" path=");
		unescape(at);
		for (int i = 0; i < count; i++)
			found += !strcmp(at, paths[i]);
	}
	fclose(file);
	EXPECT_EQ(count, found);
	EXPECT_LT(200, count);
}

#define MANY	3000

/*
 * Counts the lines of the list; @seen becomes the number of different files of
 * this test.
 */
static unsigned int read_list(unsigned int *seen)
{
	FILE *file = fopen(CLIP_SECURITYFS_PATH "/entries", "r");
	bool have[MANY] = {};
	unsigned int lines = 0;
	char line[1024], *at;

	*seen = 0;
	while (file && fgets(line, sizeof(line), file)) {
		lines++;
		at = strstr(line, DIR "/many-");
		if (at) {
			int i = atoi(at + strlen(DIR "/many-"));

			*seen += !have[i];
			have[i] = true;
		}
	}
	if (file)
		fclose(file);
	return lines;
}

/*
 * The list is complete over many reads. While the table is still growing, an
 * entry may appear twice, and none is left out; afterwards each appears once.
 */
TEST_F(store, list_is_complete)
{
	struct rule *rules = calloc(MANY, sizeof(*rules));
	char (*paths)[32] = calloc(MANY, sizeof(*paths));
	unsigned int lines = 0, seen, tries = 50;

	for (int i = 0; i < MANY; i++) {
		snprintf(paths[i], sizeof(paths[i]), DIR "/many-%d", i);
		close(open(paths[i], O_CREAT | O_WRONLY, 0755));
		rules[i] = self->a;
		rules[i].path = paths[i];
	}
	ASSERT_EQ(0, commit_rules(rules, MANY, CLIP_COMMIT_ADD, 0, NULL));
	EXPECT_EQ(self->before.entries + MANY, store_state().entries);
	do {
		lines = read_list(&seen);
		EXPECT_EQ(MANY, seen);
		EXPECT_LE(self->before.entries + MANY, lines);
	} while (lines != self->before.entries + MANY && --tries &&
		 !usleep(20000));
	EXPECT_EQ(self->before.entries + MANY, lines);
	free(rules);
	free(paths);
}

TEST_HARNESS_MAIN
