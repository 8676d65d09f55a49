// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts while everything changes: entries are loaded and unloaded, replaced and carried
 * along by renames, contexts are made, entered and deleted, levels are set, and latches
 * too. A storm of execs by several users, in several contexts and by both kinds of system
 * calls runs at the same time. Each verdict whose state was stable is compared with that
 * state; verdicts.h says how. None may be wrong, and the kernel's memory may not grow.
 *
 * CLIP_LONG_SECONDS is the duration, a tenth of which is the warm-up: memory is compared
 * behind it and at the end. tools/long runs it for an hour.
 */
#include "verdicts.h"

#include "contexts.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "process.h"
#include "slab.h"
#include "slower.h"

#include <sched.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/long"
#define STATE	DIR "/state"
#define MAKER	DIR "/maker"
#define GRANTED	"/usr/lib/clip/tests/granted"
#define REPLACE	5001
#define RENAME	5002
#define FIX	5003
#define SHORT	5004	/* a context that does not live long */
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)
#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)
#define USERS	1000	/* the first of some ordinary users */
#define STORMS	9
#define CHANGERS	6

/* Kilobytes by which the kernel's memory may differ: slabs that are partly filled. */
#define SLAB_TOLERANCE	1024

/* How a program is listed. */
enum kind { UNLISTED, GRANTS, GRANTS_NOTHING, WRONG_DIGEST, ALLOWED, KINDS };

static int verdict_of(enum kind kind, bool enforced)
{
	switch (kind) {
	case GRANTS:
		return RUNS_GRANTED;
	case WRONG_DIGEST:
		return IS_REFUSED;
	case UNLISTED:
		return enforced ? IS_REFUSED : RUNS;
	default:
		return RUNS;
	}
}

/* The rule that lists @path so; not for UNLISTED. */
static int make_rule(struct rule *rule, const char *path, uint32_t context, enum kind kind)
{
	int err = rule_for(rule, path, kind == ALLOWED ? 0 : CLIP_ENTRY_EXE);

	rule->context = context;
	if (kind == ALLOWED)
		rule->path = "";
	if (kind == GRANTS || kind == WRONG_DIGEST) {
		rule->effective = BIND;
		rule->permitted = BIND;
	}
	if (kind == WRONG_DIGEST)
		rule->digest[0] ^= 1;
	return err;
}

static void wait_up_to(unsigned int milliseconds)
{
	usleep(1000 * (1 + random() % milliseconds));
}

static bool failed(struct verdicts *v, int err)
{
	if (err)
		count_one(&v->failed);
	return err;
}

/* --- loading and unloading, in context 0 */

static void change_host(struct verdicts *v)
{
	struct rule listed[PROGRAMS];
	enum kind kinds[PROGRAMS] = { UNLISTED };

	while (time(NULL) < v->end) {
		const int i = HOST + random() % (REPLACED - HOST);
		const enum kind kind = random() % KINDS;
		struct program *program = &v->programs[i];

		change_begins(program);
		if (kinds[i] != UNLISTED)
			failed(v, commit_rules(&listed[i], 1, CLIP_COMMIT_REMOVE, 0, NULL));
		if (kind != UNLISTED && !failed(v, make_rule(&listed[i], program->path, 0, kind)))
			failed(v, load(&listed[i]));
		kinds[i] = kind;
		change_ends(program, verdict_of(kind, false));
		count_one(&v->changes[i]);
		wait_up_to(30);
	}
	for (int i = HOST; i < REPLACED; i++) {
		if (kinds[i] != UNLISTED)
			failed(v, commit_rules(&listed[i], 1, CLIP_COMMIT_REMOVE, 0, NULL));
		v->programs[i].verdict = RUNS;
	}
}

/* --- replacing all entries of a context. One of them is the same each time, but new. */

static void replace_all(struct verdicts *v, const enum kind *kinds, uint32_t kept_flags)
{
	struct rule rules[KEPT - REPLACED + 1];
	unsigned int count = 0;

	failed(v, make_rule(&rules[count], v->programs[KEPT].path, REPLACE, GRANTS));
	rules[count++].flags |= kept_flags;
	for (int i = REPLACED; i < KEPT; i++)
		if (kinds[i - REPLACED] != UNLISTED)
			failed(v, make_rule(&rules[count++], v->programs[i].path, REPLACE, kinds[i - REPLACED]));
	for (int i = REPLACED; i < KEPT; i++)
		change_begins(&v->programs[i]);
	failed(v, commit_rules(rules, count, CLIP_COMMIT_REPLACE, 0, NULL));
	for (int i = REPLACED; i < KEPT; i++)
		change_ends(&v->programs[i], verdict_of(kinds[i - REPLACED], true));
	count_one(&v->changes[KEPT]);
}

static void change_replaced(struct verdicts *v)
{
	enum kind kinds[KEPT - REPLACED];

	for (unsigned int round = 0; time(NULL) < v->end; round++) {
		for (int i = 0; i < KEPT - REPLACED; i++)
			kinds[i] = random() % KINDS;
		replace_all(v, kinds, round % 2 ? CLIP_ENTRY_LIB : 0);
		wait_up_to(60);
	}
	memset(kinds, 0, sizeof(kinds));
	replace_all(v, kinds, 0);
}

/* --- updates by rename: an entry belongs to its file, and moves with it */

/* A new version at @path, with a content that no other has. */
static int write_version(const char *path, int program)
{
	static unsigned int version;
	char text[32];
	struct stat st;
	int err = copy_file(GRANTED, path, 0755);

	snprintf(text, sizeof(text), "%d.%u.%d", program, ++version, getpid());
	return err ?: stat(path, &st) ? errno : write_at(path, st.st_size, text);
}

static void change_renamed(struct verdicts *v)
{
	struct program *program = &v->programs[RENAMED];
	struct rule old, rule;
	enum kind was = UNLISTED;

	for (bool more = true; more;) {
		enum kind kind;

		/* The last version is not listed. */
		more = time(NULL) < v->end;
		kind = more ? random() % KINDS : UNLISTED;
		if (failed(v, write_version(DIR "/renamed.new", RENAMED)))
			break;
		if (kind != UNLISTED && !failed(v, make_rule(&rule, DIR "/renamed.new", RENAME, kind)))
			failed(v, load(&rule));
		change_begins(program);
		failed(v, rename(DIR "/renamed.new", program->path));
		change_ends(program, verdict_of(kind, true));
		/* Entries go with their file; digests stay. */
		if (was == ALLOWED)
			failed(v, commit_rules(&old, 1, CLIP_COMMIT_REMOVE, 0, NULL));
		was = kind;
		old = rule;
		count_one(&v->changes[RENAMED]);
		wait_up_to(40);
	}
}

/*
 * No change is announced, because the verdict is the same at every moment. The latch tpe
 * would refuse a file that loses its name during an exec, so those who execute this one
 * are of the group that is exempt.
 */
static void change_steady(struct verdicts *v)
{
	while (time(NULL) < v->end) {
		struct rule rule;

		if (!failed(v, write_version(DIR "/steady.new", STEADY) ?:
			    make_rule(&rule, DIR "/steady.new", RENAME, GRANTS) ?: load(&rule)))
			failed(v, rename(DIR "/steady.new", v->programs[STEADY].path));
		count_one(&v->changes[STEADY]);
		wait_up_to(40);
	}
}

/* --- contexts that come and go, by a program with the privilege for it */

static void wait_until_inside(struct verdicts *v, unsigned int tasks)
{
	for (int i = 0; i < 20000 && __atomic_load_n(&v->inside, __ATOMIC_SEQ_CST) < tasks; i++)
		usleep(1000);
}

/* Whether only listed programs run in the end. */
static bool set_levels(struct verdicts *v)
{
	struct program *level = &v->programs[LEVEL];
	const int count = random() % 4;
	bool enforced = true;

	for (int i = 0; i < count; i++) {
		enforced = i % 2;
		change_begins(level);
		failed(v, set_level(SHORT, enforced ? ENFORCE : CLIP_LEVEL_ACTIVE));
		change_ends(level, verdict_of(UNLISTED, enforced));
		count_one(&v->levels);
		wait_up_to(40);
	}
	return enforced;
}

static void live(struct verdicts *v)
{
	struct program *life = &v->programs[LIFE], *level = &v->programs[LEVEL];
	const int fd = context_create(SHORT, ENFORCE, 0, 0);
	bool enforced;
	pid_t pids[2];
	int status;

	if (failed(v, fd < 0 ? errno : allow(life->path, SHORT)))
		return;
	change_ends(life, RUNS);
	change_ends(level, IS_REFUSED);
	v->inside = 0;
	for (int i = 0; i < 2; i++)
		pids[i] = storm_start(&(struct storm) {
			STATE, fd, USERS + i, i ? BY_32_BIT_CALL : BY_64_BIT_CALL, LIFE, 2, v->life,
		});
	wait_until_inside(v, 2);
	wait_up_to(40);
	enforced = set_levels(v);
	change_begins(life);
	change_begins(level);
	failed(v, context_delete(SHORT) ? errno : 0);
	close(fd);
	/* For what is still in it, nothing is listed any more, and the level stays. */
	change_ends(life, verdict_of(UNLISTED, enforced));
	change_ends(level, verdict_of(UNLISTED, enforced));
	wait_up_to(40);
	__atomic_add_fetch(&v->life, 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 2; i++)
		failed(v, waitpid(pids[i], &status, 0) != pids[i] || status);
	change_begins(life);
	change_begins(level);
	count_one(&v->lives);
}

/* Run instead of the tests, as the listed copy of this program. */
__attribute__((constructor)) static void be_maker(int argc, char **argv)
{
	struct verdicts *v;

	if (argc != 2 || strcmp(argv[1], "lives"))
		return;
	v = verdicts_map(STATE);
	if (!v)
		_exit(1);
	srandom(getpid());
	v->life = v->life ?: 1;
	change_begins(&v->programs[LIFE]);
	change_begins(&v->programs[LEVEL]);
	while (time(NULL) < v->end)
		live(v);
	change_ends(&v->programs[LIFE], IS_REFUSED);
	change_ends(&v->programs[LEVEL], IS_REFUSED);
	_exit(0);
}

static void exec_maker(struct verdicts *v)
{
	execl(MAKER, MAKER, "lives", NULL);
	count_one(&v->failed);
}

/* --- latches, each once: they cannot be undone */

static void set_latches(struct verdicts *v)
{
	const time_t begin = time(NULL), whole = v->end - begin;
	char mask[32];

	while (time(NULL) < begin + whole / 4)
		usleep(100000);
	snprintf(mask, sizeof(mask), "%d", USERS + 1);
	failed(v, set_latch("tpe_gid", mask));
	change_begins(&v->programs[OF_USER]);
	failed(v, set_latch("tpe", "1"));
	change_ends(&v->programs[OF_USER], IS_REFUSED);
	count_one(&v->latches);
	while (time(NULL) < begin + whole / 2)
		usleep(100000);
	change_begins(&v->programs[SET_UID]);
	failed(v, set_latch("nosuid_root", "1"));
	change_ends(&v->programs[SET_UID], RUNS);
	count_one(&v->latches);
	while (time(NULL) < begin + whole - whole / 8)
		usleep(100000);
	/* From here on, no entry grants the capability. */
	snprintf(mask, sizeof(mask), "%llx", (unsigned long long)(ALL_CAPS & ~BIND));
	__atomic_add_fetch(&v->bound_changes, 1, __ATOMIC_SEQ_CST);
	failed(v, set_latch("capbound", mask));
	v->bound = true;
	__atomic_add_fetch(&v->bound_changes, 1, __ATOMIC_SEQ_CST);
	count_one(&v->latches);
}

/* --- the test */

FIXTURE(verdicts)
{
	struct verdicts *v;
	int contexts[3];
	long seconds;
	struct clip_info info;	/* before anything was loaded */
};

static int make_programs(struct verdicts *v)
{
	static const char *const names[PROGRAMS] = {
		[HOST] = "host", [REPLACED] = "replaced", [KEPT] = "kept", [RENAMED] = "renamed", [STEADY] = "steady",
		[FIXED] = "fixed", [LIFE] = "life", [LEVEL] = "level", [OF_USER] = "user", [SET_UID] = "setuid",
	};
	const char *name = "";
	int err = 0;

	for (int i = 0; i < PROGRAMS; i++) {
		name = names[i] ?: name;
		snprintf(v->programs[i].path, sizeof(v->programs[i].path), DIR "/%s%d", name, i);
		err = err ?: write_version(v->programs[i].path, i);
		/* What is not listed runs, or is refused where that takes a rule. */
		v->programs[i].verdict = i >= REPLACED && i < OF_USER ? IS_REFUSED : RUNS;
	}
	err = err ?: chown(v->programs[OF_USER].path, USERS, USERS) ? errno : 0;
	err = err ?: chmod(v->programs[SET_UID].path, 04755) ? errno : 0;
	v->programs[SET_UID].verdict = RUNS_GRANTED;
	v->programs[KEPT].verdict = RUNS_GRANTED;
	v->programs[STEADY].verdict = RUNS_GRANTED;
	v->programs[FIXED].verdict = RUNS_GRANTED;
	v->programs[FIXED + 2].verdict = RUNS;
	return err;
}

static int load_fixed(struct verdicts *v)
{
	const enum kind kinds[] = { GRANTS, WRONG_DIGEST, ALLOWED };
	struct rule rule;
	int err = 0;

	for (int i = 0; i < 3; i++)
		err = err ?: make_rule(&rule, v->programs[FIXED + i].path, FIX, kinds[i]) ?: load(&rule);
	return err ?: make_rule(&rule, v->programs[STEADY].path, RENAME, GRANTS) ?: load(&rule) ?:
	       make_rule(&rule, v->programs[KEPT].path, REPLACE, GRANTS) ?: load(&rule);
}

FIXTURE_SETUP(verdicts)
{
	const char *seconds = getenv("CLIP_LONG_SECONDS");
	struct rule maker;

	self->seconds = seconds ? atol(seconds) : 16 * slower();
	ASSERT_LE(8, self->seconds);
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	/* The files are root's, and so must be the way to them: the latch tpe. */
	ASSERT_EQ(0, chmod(DIR, 0755));
	self->v = verdicts_make(STATE);
	ASSERT_NE(NULL, self->v);
	ASSERT_EQ(0, make_programs(self->v));
	for (int i = 0; i < 3; i++) {
		self->contexts[i] = context_create(REPLACE + i, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
		ASSERT_LE(0, self->contexts[i]);
	}
	ASSERT_EQ(0, get_info(&self->info));
	ASSERT_EQ(0, copy_file("/proc/self/exe", MAKER, 0755));
	ASSERT_EQ(0, rule_for(&maker, MAKER, CLIP_ENTRY_EXE));
	maker.effective = POLICY;
	maker.permitted = POLICY;
	maker.privileges = CLIP_PRIV_VERICTL;
	ASSERT_EQ(0, load(&maker));
	activate_context_0();
	ASSERT_EQ(0, load_fixed(self->v));
}

FIXTURE_TEARDOWN(verdicts)
{
	umount2(DIR, MNT_DETACH);
}

static pid_t changer_start(void (*change)(struct verdicts *v), struct verdicts *v)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	srandom(getpid());
	change(v);
	_exit(0);
}

/* Everything at once for some time. How many of the tasks failed. */
static int changes_and_storm(struct verdicts *v, const int *contexts, long seconds, bool latches)
{
	const struct storm storms[STORMS] = {
		{ STATE, -1, USERS, BY_64_BIT_CALL, HOST, REPLACED - HOST, 0 },
		{ STATE, -1, USERS + 1, BY_32_BIT_CALL, HOST, REPLACED - HOST, 0 },
		{ STATE, contexts[0], USERS, BY_64_BIT_CALL, REPLACED, KEPT - REPLACED + 1, 0 },
		{ STATE, contexts[0], USERS + 2, BY_32_BIT_CALL, REPLACED, KEPT - REPLACED + 1, 0 },
		{ STATE, contexts[1], USERS + 1, BY_64_BIT_CALL, RENAMED, 2, 0 },
		{ STATE, contexts[1], USERS + 1, BY_32_BIT_CALL, RENAMED, 2, 0 },
		{ STATE, contexts[2], USERS, BY_64_BIT_CALL, FIXED, 3, 0 },
		{ STATE, contexts[2], USERS + 1, BY_32_BIT_CALL, FIXED, 3, 0 },
		{ STATE, -1, USERS, BY_64_BIT_CALL, OF_USER, 2, 0 },
	};
	void (*const changers[CHANGERS])(struct verdicts *v) = {
		change_host, change_replaced, change_renamed, change_steady, exec_maker, latches ? set_latches : NULL,
	};
	pid_t pids[STORMS + CHANGERS];
	int bad = 0, count = 0, status;

	v->end = time(NULL) + seconds;
	for (int i = 0; i < STORMS; i++)
		pids[count++] = storm_start(&storms[i]);
	for (int i = 0; i < CHANGERS; i++)
		if (changers[i])
			pids[count++] = changer_start(changers[i], v);
	for (int i = 0; i < count; i++)
		bad += pids[i] < 0 || waitpid(pids[i], &status, 0) != pids[i] || status;
	return bad;
}

/* The entry of a file that is gone is removed some time later. */
static struct clip_info settled_info(unsigned int entries)
{
	struct clip_info info;

	for (int i = 0; i < 100; i++) {
		if (get_info(&info) || info.entries == entries)
			break;
		usleep(100000);
	}
	return info;
}

static unsigned long sum(const unsigned long *numbers, int first, int last)
{
	unsigned long all = 0;

	for (int i = first; i <= last; i++)
		all += numbers[i];
	return all;
}

static void print_counts(const struct verdicts *v, long seconds)
{
	unsigned long of[3] = { 0 };

	for (int i = 0; i < PROGRAMS; i++)
		for (int j = 0; j < 3; j++)
			of[j] += v->compared[i][j];
	printf("# %ld s with %lu loads and unloads, %lu replacements, %lu updates by rename, %lu lives of contexts, %lu levels, %lu latches\n",
	       seconds, sum(v->changes, HOST, REPLACED - 1), v->changes[KEPT], sum(v->changes, RENAMED, STEADY),
	       v->lives, v->levels, v->latches);
	printf("# %lu execs: %lu during a change; %lu verdicts compared: %lu ran, %lu were granted, %lu were refused; %lu wrong\n",
	       v->execs, v->overlapped, of[0] + of[1] + of[2], of[0], of[1], of[2], v->wrong);
	for (unsigned int i = 0; i < v->wrong && i < WRONGS_SHOWN; i++) {
		const struct wrong *wrong = &v->wrongs[i];

		printf("# wrong: %s, user %u, way %u, change %u: wanted %d, got %d\n", v->programs[wrong->program].path,
		       wrong->user, wrong->way, wrong->changes, wrong->wanted, wrong->got);
	}
	fflush(stdout);
}

TEST_F_TIMEOUT(verdicts, are_those_of_their_state, 90000)
{
	const long warm_up = self->seconds / 10 > 4 ? self->seconds / 10 : 4;
	/* The maker, one in each of two contexts, and the granted and the damaged one. */
	const unsigned int entries = self->info.entries + 5, digests = self->info.digests + 1;
	struct verdicts *v = self->v;
	struct clip_info before, after;
	long slab_before, slab_after;
	static struct slab_cache caches[SLAB_CACHES];
	int count;

	EXPECT_EQ(0, changes_and_storm(v, self->contexts, warm_up, false));
	before = settled_info(entries);
	slab_before = slab_settled();
	count = slab_caches(caches);
	EXPECT_EQ(0, changes_and_storm(v, self->contexts, self->seconds - warm_up, true));
	after = settled_info(entries);
	slab_after = slab_settled();

	print_counts(v, self->seconds);
	printf("# slab %ld kB after a warm-up of %ld s, %ld kB at the end\n", slab_before, warm_up, slab_after);
	slab_print_grown(caches, count);
	EXPECT_EQ(0, v->wrong);
	EXPECT_EQ(0, v->failed);
	EXPECT_LT(0, v->lives);
	EXPECT_LT(0, v->levels);
	EXPECT_EQ(3, v->latches);
	EXPECT_EQ(before.contexts, after.contexts);
	EXPECT_EQ(entries, before.entries);
	EXPECT_EQ(entries, after.entries);
	EXPECT_EQ(digests, before.digests);
	EXPECT_EQ(digests, after.digests);
	if (slab_is_exact()) {
		EXPECT_GE(slab_before + SLAB_TOLERANCE, slab_after);
	}
	/* No part of it was left out. */
	for (int i = 0; i < PROGRAMS; i++) {
		EXPECT_LT(0, compared_with(v, i)) {
			TH_LOG("nothing was compared for %s", v->programs[i].path);
		}
	}
}

TEST_HARNESS_MAIN
