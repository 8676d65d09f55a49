// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allow digests, and the level words that make them count: what may run, and
 * what may be mapped.
 */
#include "allow_fixture.h"
#include "contexts.h"
#include "device.h"
#include "digest.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

/* enforce_exec: what has neither an entry nor an allow digest does not run. */
TEST_F(allow, exec_of_what_is_not_listed)
{
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_LE(1, status_value("refused.not-allowed"));
	/* Context 0 does not enforce exec. */
	EXPECT_EQ(0, exec_in_child(A));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	/* The path and the name do not matter, the content does. */
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	ASSERT_EQ(0, copy_file(A, B, 0755));
	EXPECT_EQ(0, exec_in_context(self->fd, B));
	ASSERT_EQ(0, disallow(A, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
}

/* The digest of a file as it is in a line of the log. */
static const char *found_text(const char *path)
{
	static char text[128];
	uint8_t digest[32] = {};

	sha256_file(path, digest);
	strcpy(text, " found=");
	for (int i = 0; i < 32; i++)
		sprintf(text + strlen(text), "%02x", digest[i]);
	return text;
}

/*
 * In a context with allow digests, a refusal reports the digest of the file, unless
 * its size alone tells that it is not allowed.
 */
TEST_F(allow, refusal_tells_the_digest)
{
	struct stat st;

	ASSERT_EQ(0, allow(A, XID));
	/* A content that no other test has. */
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, append_byte(B));
	EXPECT_FALSE(log_has(found_text(B)));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	EXPECT_EQ(!ALLOW_SIZES, log_has(found_text(B)));
	/* Another one, of the size of an allowed file. */
	ASSERT_EQ(0, stat(A, &st));
	ASSERT_EQ(0, truncate(B, st.st_size));
	ASSERT_EQ(0, write_at(B, st.st_size - 8, "another"));
	EXPECT_FALSE(log_has(found_text(B)));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	EXPECT_TRUE(log_has(found_text(B)));
}

static int prepare_to_enter(void *data)
{
	const int fd = *(int *)data;

	close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	own_memory();
	return context_enter(fd);
}

/* Gives a file a capability by its extended attribute. */
static int give_capability(const char *path)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = BIND } },
	};

	return setxattr(path, "security.capability", &data, sizeof(data), 0) ?
	       errno : 0;
}

/* An allow digest gives nothing, whatever the attributes of the file say. */
TEST_F(allow, file_capabilities_do_not_count)
{
	struct probe run;
	struct rule rule;

	unlink(A);
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, give_capability(A));
	ASSERT_EQ(0, allow(A, XID));
	run = probe_run_fn(A, USER_ID, prepare_to_enter, &self->fd);
	EXPECT_EQ(0, run.error);
	EXPECT_EQ(0, run.effective);
	EXPECT_EQ(0, run.permitted);
	EXPECT_EQ(EACCES, run.bound);
	/* Where files need no digest, they count as on every Linux. */
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	run = probe_run_fn(A, USER_ID, prepare_to_enter, &self->fd);
	EXPECT_EQ(0, run.error);
	EXPECT_EQ(BIND, run.effective);
	EXPECT_EQ(0, run.bound);
	/* An entry gives what it says, beside the digest. */
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = XID;
	rule.effective = BIND;
	rule.permitted = BIND;
	ASSERT_EQ(0, load(&rule));
	run = probe_run_fn(A, USER_ID, prepare_to_enter, &self->fd);
	EXPECT_EQ(BIND, run.effective);
	EXPECT_EQ(0, run.bound);
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL));
	/* Of a file that is not as its entry says, the digest admits it alone. */
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&rule));
	run = probe_run_fn(A, USER_ID, prepare_to_enter, &self->fd);
	EXPECT_EQ(0, run.error);
	EXPECT_EQ(0, run.effective);
	EXPECT_EQ(EACCES, run.bound);
	ASSERT_EQ(0, disallow(A, XID));
}

/* The bits alone have no effect: the context has to be active. */
TEST_F(allow, inactive_context)
{
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ENFORCE_EXEC));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

/*
 * An allow digest of one context has no effect in another one (CX-02, CA-06).
 */
TEST_F(allow, one_context_only)
{
	int other = context_create(OTHER, ENFORCE, ALL_CAPS, 0);

	ASSERT_LE(0, other);
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, exec_in_context(other, A));
	ASSERT_EQ(0, allow(B, OTHER));
	EXPECT_EQ(0, exec_in_context(other, B));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	close(other);
	EXPECT_EQ(0, context_delete(OTHER));
}

/* CA-03: the verdict is cached until the file is opened for writing. */
TEST_F(allow, written_after_it_ran)
{
	const long long cached = status_value("cached");

	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_LT(cached, status_value("cached"));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, truncate(A, 0));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
}

/*
 * An allow digest grants nothing. A bit that would grant something is refused.
 */
TEST_F(allow, allow_digest_grants_nothing)
{
	struct rule rule;
	struct outcome outcome;

	ASSERT_EQ(0, allow_rule(&rule, A, XID));
	rule.flags = CLIP_ENTRY_EXE;
	EXPECT_EQ(EINVAL, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_BAD_FLAGS, outcome.commit.reason);
	rule.flags = 0;
	rule.effective = BIND;
	EXPECT_EQ(EINVAL, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_BAD_CAPABILITIES, outcome.commit.reason);
	rule.effective = 0;
	rule.privileges = CLIP_PRIV_NETCLIENT;
	EXPECT_EQ(EINVAL, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_BAD_PRIVILEGES, outcome.commit.reason);
	rule.privileges = 0;
	memset(rule.digest, 0, sizeof(rule.digest));
	EXPECT_EQ(EINVAL, commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(CLIP_REASON_BAD_DIGEST, outcome.commit.reason);
	EXPECT_EQ(0, context_get(XID).digests);
}

TEST_F(allow, digests_are_counted_and_replaced)
{
	struct store_state before = store_state();
	struct outcome outcome;
	struct rule rules[3];
	uint64_t own;

	ASSERT_EQ(0, allow_rule(&rules[0], A, XID));
	ASSERT_EQ(0, allow_rule(&rules[1], B, XID));
	ASSERT_EQ(0, allow_rule(&rules[2], A, XID));
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(2, outcome.commit.added);
	EXPECT_EQ(1, outcome.commit.unchanged);
	EXPECT_EQ(2, context_get(XID).digests);
	EXPECT_EQ(2, status_value("digests"));
	EXPECT_EQ(2, status_value("context.3001.digests"));
	EXPECT_EQ(before.entries, store_state().entries);
	EXPECT_EQ(before.generation + 1, store_state().generation);
	/*
	 * Committing the same again changes nothing, not even the generation.
	 */
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, &outcome));
	EXPECT_EQ(3, outcome.commit.unchanged);
	EXPECT_EQ(before.generation + 1, store_state().generation);
	/* Nor does a dry run. */
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_REMOVE,
				  CLIP_COMMIT_DRY_RUN, &outcome));
	EXPECT_EQ(2, outcome.commit.removed);
	EXPECT_EQ(2, context_get(XID).digests);
	/*
	 * Removing a digest that is not there is refused, and then no digest is
	 * removed.
	 */
	ASSERT_EQ(ENOENT, commit_rules(rules, 3, CLIP_COMMIT_REMOVE, 0,
				       &outcome));
	EXPECT_EQ(CLIP_REASON_NO_ENTRY, outcome.commit.reason);
	EXPECT_EQ(2, context_get(XID).digests);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	ASSERT_EQ(0, commit_rules(rules, 3, CLIP_COMMIT_REMOVE,
				  CLIP_COMMIT_SKIP_MISSING, &outcome));
	EXPECT_EQ(0, context_get(XID).digests);
	/* REPLACE leaves exactly the digests of the image. */
	ASSERT_EQ(0, commit_rules(rules, 2, CLIP_COMMIT_ADD, 0, NULL));
	own = context_get(CLIP_CONTEXT_OWN).entries;
	ASSERT_EQ(0, commit_rules(rules, 1, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(own + 1, outcome.commit.removed);
	EXPECT_EQ(1, outcome.commit.unchanged);
	EXPECT_EQ(1, context_get(XID).digests);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
}

static int count_lines(const char *path, const char *part)
{
	FILE *file = fopen(path, "r");
	char line[512];
	int count = 0;

	while (file && fgets(line, sizeof(line), file))
		count += !!strstr(line, part);
	if (file)
		fclose(file);
	return count;
}

static int see_none(void *path)
{
	return count_lines(path, "context=3001");
}

/*
 * The list shows each digest once, and only to context 0 and to its own
 * context.
 */
TEST_F(allow, list_is_for_context_0_and_its_own)
{
	const char *path = CLIP_SECURITYFS_PATH "/digests";
	int other = context_create(OTHER, CLIP_LEVEL_ACTIVE, ALL_CAPS, 0);
	struct rule rules[60];

	ASSERT_LE(0, other);
	for (int i = 0; i < 60; i++) {
		ASSERT_EQ(0, allow_rule(&rules[i], A, XID));
		rules[i].digest[3] = i;
	}
	ASSERT_EQ(0, commit_rules(rules, 60, CLIP_COMMIT_ADD, 0, NULL));
	ASSERT_EQ(0, allow(A, OTHER));
	EXPECT_EQ(60, count_lines(path, "context=3001 algorithm=3 digest="));
	EXPECT_EQ(1, count_lines(path, "context=3002 algorithm=3 digest="));
	EXPECT_EQ(60, do_in_context(self->fd, see_none, (void *)path));
	EXPECT_EQ(0, do_in_context(other, see_none, (void *)path));
	close(other);
	EXPECT_EQ(0, context_delete(OTHER));
}

/*
 * At most 48 bytes for each digest of 32 bytes, by the kernel's count and by
 * the room of its table.
 */
TEST_F(allow, many_digests_and_their_memory)
{
	const unsigned int count = 20000;
	struct rule *rules = calloc(count, sizeof(*rules));
	struct clip_info info;

	ASSERT_NE(NULL, rules);
	ASSERT_EQ(0, allow_rule(&rules[0], A, XID));
	for (unsigned int i = 1; i < count; i++) {
		rules[i] = rules[0];
		for (int byte = 0; byte < 32; byte++)
			rules[i].digest[byte] = random() >> 5;
	}
	ASSERT_EQ(0, commit_rules(rules, count, CLIP_COMMIT_ADD, 0, NULL));
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(count, info.digests);
	EXPECT_GE(48 * count, info.digest_bytes);
	EXPECT_LE(32 * count, info.digest_bytes);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	/*
	 * All but the first are removed again, and the first one is still
	 * found.
	 */
	ASSERT_EQ(0, commit_rules(rules + 1, count - 1, CLIP_COMMIT_REMOVE, 0,
				  NULL));
	EXPECT_EQ(1, context_get(XID).digests);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	free(rules);
}

/*
 * permissive: the violation is reported and counted, and the program runs
 * without a grant.
 */
TEST_F(allow, permissive)
{
	const long long reported = status_value("permitted");
	const long long refused = status_value("refused");
	struct rule rule;

	ASSERT_EQ(0, set_level(XID, ENFORCE | CLIP_LEVEL_PERMISSIVE));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(reported + 1, status_value("permitted"));
	/*
	 * A file with another digest runs, without the capability of its entry.
	 */
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&rule, A, CLIP_ENTRY_EXE));
	rule.context = XID;
	rule.effective = BIND;
	rule.permitted = BIND;
	ASSERT_EQ(0, load(&rule));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(reported + 2, status_value("permitted"));
	EXPECT_EQ(refused, status_value("refused"));
	ASSERT_EQ(0, set_level(XID, ENFORCE));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(refused + 1, status_value("refused"));
}

/* Both files of a script have to be listed. */
TEST_F(allow, script_and_interpreter)
{
	ASSERT_EQ(0, write_script(B, A));
	chmod(B, 0755);
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	ASSERT_EQ(0, allow(B, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, B));
	ASSERT_EQ(0, disallow(B, XID));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
}

static int exec_memfd(void *path)
{
	char *const argv[] = { path, NULL };
	int memory = memfd_create("m", 0);
	int file = open(path, O_RDONLY);
	char buffer[65536];
	ssize_t got;

	while ((got = read(file, buffer, sizeof(buffer))) > 0)
		if (write(memory, buffer, got) != got)
			return 253;
	syscall(322, memory, "", argv, NULL, AT_EMPTY_PATH);
	return errno;
}

/*
 * Writers of a memfd cannot be detected, so that its digest is not considered.
 */
TEST_F(allow, memfd_does_not_run)
{
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(EACCES, do_in_context(self->fd, exec_memfd, A));
}

/* On an overlay the file of the layer counts, and can no longer be written. */
TEST_F(allow, overlay_runs_the_file_below)
{
	const char *options = "lowerdir=" DIR "/l,upperdir=" DIR "/u,workdir=" DIR "/w";

	mkdir(DIR "/m", 0755);
	ASSERT_EQ(0, mount("tmpfs", DIR "/m", "tmpfs", 0, NULL));
	ASSERT_EQ(0, chdir(DIR "/m"));
	ASSERT_EQ(0, mkdir("l", 0755) | mkdir("u", 0755) | mkdir("w", 0755) |
		     mkdir("o", 0755));
	ASSERT_EQ(0, copy_file(A, "l/a", 0755));
	options = "lowerdir=l,upperdir=u,workdir=w";
	ASSERT_EQ(0, mount("overlay", "o", "overlay", 0, options));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, DIR "/m/o/a"));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(0, exec_in_context(self->fd, DIR "/m/o/a"));
	EXPECT_EQ(ETXTBSY, append_byte("l/a"));
	EXPECT_EQ(0, exec_in_context(self->fd, DIR "/m/o/a"));
	/* A change through the overlay makes another file, in the upper layer. */
	ASSERT_EQ(0, append_byte("o/a"));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, DIR "/m/o/a"));
	/* Without its digest the file can be written again. */
	ASSERT_EQ(0, disallow(A, XID));
	EXPECT_EQ(0, append_byte("l/a"));
	ASSERT_EQ(0, umount("o"));
	ASSERT_EQ(0, chdir("/"));
	ASSERT_EQ(0, umount(DIR "/m"));
	rmdir(DIR "/m");
}

static int try_map(void *path)
{
	return map_executable(path);
}

static int try_protect(void *path)
{
	return protect_executable(path);
}

static int map_writable_executable(void *path)
{
	int fd = open(path, O_RDONLY);
	void *at;

	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE,
		  fd, 0);
	return at == MAP_FAILED ? errno : 0;
}

static int map_anonymous(void *unused)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at == MAP_FAILED ? errno : 0;
}

/*
 * enforce_lib: a file that is not listed is not mapped executable either, and
 * the task is not killed.
 */
TEST_F(allow, map_of_what_is_not_listed)
{
	ASSERT_EQ(0, copy_file(TINY, LIB, 0755));
	EXPECT_EQ(0, do_in_context(self->fd, try_map, LIB));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_LIB));
	EXPECT_EQ(EACCES, do_in_context(self->fd, try_map, LIB));
	EXPECT_EQ(EACCES, do_in_context(self->fd, try_protect, LIB));
	/* Outside of the context nothing is enforced. */
	EXPECT_EQ(0, map_executable(LIB));
	ASSERT_EQ(0, allow(LIB, XID));
	/* mprotect cannot read the file: there must be a verdict already. */
	EXPECT_EQ(EACCES, do_in_context(self->fd, try_protect, LIB));
	EXPECT_EQ(0, do_in_context(self->fd, try_map, LIB));
	EXPECT_EQ(0, do_in_context(self->fd, try_protect, LIB));
	EXPECT_EQ(EACCES,
		  do_in_context(self->fd, map_writable_executable, LIB));
	/* Memory without a file is not affected. */
	EXPECT_EQ(0, do_in_context(self->fd, map_anonymous, NULL));
	/*
	 * WX-02: the file cannot be written as long as its digest is allowed.
	 */
	EXPECT_EQ(ETXTBSY, append_byte(LIB));
	EXPECT_EQ(ETXTBSY, truncate(LIB, 1) ? errno : 0);
	EXPECT_EQ(0, do_in_context(self->fd, try_map, LIB));
	ASSERT_EQ(0, disallow(LIB, XID));
	EXPECT_EQ(EACCES, do_in_context(self->fd, try_map, LIB));
	EXPECT_EQ(0, append_byte(LIB));
}

/*
 * An entry counts like an allow digest, and one that does not match is refused.
 */
TEST_F(allow, map_with_an_entry)
{
	struct rule rule;

	ASSERT_EQ(0, copy_file(TINY, LIB, 0755));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_LIB));
	ASSERT_EQ(0, rule_for(&rule, LIB, CLIP_ENTRY_LIB));
	rule.context = XID;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(0, do_in_context(self->fd, try_map, LIB));
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL));
	EXPECT_EQ(EACCES, do_in_context(self->fd, try_map, LIB));
	rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(EACCES, do_in_context(self->fd, try_map, LIB));
	/* In a permissive context the refusal is only reported. */
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_LIB |
				    CLIP_LEVEL_PERMISSIVE));
	EXPECT_EQ(0, do_in_context(self->fd, try_map, LIB));
	EXPECT_EQ(0, do_in_context(self->fd, try_protect, LIB));
}

/* seal: entries and level are final, for every caller. */
TEST_F(allow, seal_is_final)
{
	struct store_state before;
	struct outcome outcome;
	struct rule rule;
	int sealed = context_create(OTHER, ENFORCE, ALL_CAPS, 0);

	ASSERT_LE(0, sealed);
	ASSERT_EQ(0, allow(A, OTHER));
	ASSERT_EQ(0, set_level(OTHER, ENFORCE | CLIP_LEVEL_SEAL));
	before = store_state();
	ASSERT_EQ(0, allow_rule(&rule, A, OTHER));
	EXPECT_EQ(EPERM, commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0,
				      &outcome));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, outcome.commit.reason);
	EXPECT_EQ(EPERM, allow(B, OTHER));
	EXPECT_EQ(EPERM, set_level(OTHER, ENFORCE));
	EXPECT_EQ(EPERM, set_level(OTHER, ENFORCE | CLIP_LEVEL_SEAL));
	EXPECT_EQ(EPERM, context_delete(OTHER));
	EXPECT_EQ(before.generation, store_state().generation);
	EXPECT_EQ(0, exec_in_context(sealed, A));
	EXPECT_EQ(EACCES, exec_in_context(sealed, B));
	/* The other context can still be changed. */
	EXPECT_EQ(0, allow(B, XID));
	close(sealed);
}

/* A level word without an effect is refused, and not recorded. */
TEST_F(allow, unknown_level_words)
{
	EXPECT_EQ(EINVAL, set_level(XID, ENFORCE | 2));
	EXPECT_EQ(EINVAL, set_level(XID, ENFORCE | 0x10000));
	EXPECT_EQ(ENFORCE, context_get(XID).level);
}

/* A query gives the same answer as exec. */
TEST_F(allow, query_agrees_with_exec)
{
	EXPECT_EQ(CLIP_STATE_UNLISTED, probe_says(self->fd, A, 0));
	EXPECT_EQ(CLIP_STATE_REFUSED, probe_says(self->fd, A, CLIP_QUERY_VERIFY));
	ASSERT_EQ(0, allow(A, XID));
	EXPECT_EQ(CLIP_STATE_ALLOWED, probe_says(self->fd, A, CLIP_QUERY_VERIFY));
	ASSERT_EQ(0, set_level(XID, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(CLIP_STATE_UNLISTED,
		  probe_says(self->fd, B, CLIP_QUERY_VERIFY));
}

TEST_HARNESS_MAIN
