// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the rights after an exec (EX-03, EX-04)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/refcount.h>
#include <linux/securebits.h>
#include <linux/string.h>

#include "../core/cred_blob.h"
#include "../exec/chain.h"
#include "../store/entry.h"
#include "../store/filesystem.h"

#define IDS		4	/* uid and euid: root or not */
#define SETS		3
#define CASES		(IDS * SETS * 2 * 2 * 2)

/* One of CASES: ids, capability sets, NOROOT, extra bits, secureexec. */
static void make_case(struct cred *cred, struct linux_binprm *bprm, int number)
{
	static const u64 sets[SETS] = { 0, CAP_VALID_MASK, BIT_ULL(CAP_KILL) };
	struct clip_cred *blob = clip_cred(cred);
	const u64 extra = BIT_ULL(CLIP_CAP_CONTEXT);

	cred->uid = number & 1 ? KUIDT_INIT(1000) : GLOBAL_ROOT_UID;
	cred->euid = number & 2 ? KUIDT_INIT(1000) : GLOBAL_ROOT_UID;
	number /= IDS;
	cred->cap_permitted.val = sets[number % SETS];
	cred->cap_effective.val = sets[number % SETS];
	cred->cap_inheritable.val = sets[number % SETS];
	cred->cap_ambient.val = sets[number % SETS];
	number /= SETS;
	cred->securebits = number & 1 ? issecure_mask(SECURE_NOROOT) : 0;
	clip_set_extra(blob, number & 2 ? extra : 0, number & 2 ? extra : 0,
		       number & 2 ? extra : 0);
	memset(bprm, 0, sizeof(*bprm));
	bprm->cred = cred;
	bprm->secureexec = !!(number & 4);
}

/* A flag that exec drops, so that only the long way is taken because of it. */
static void settle_without(struct kunit *test, int number, u16 flag,
			   struct cred *cred, struct linux_binprm *bprm)
{
	make_case(cred, bprm, number);
	clip_cred(cred)->task_flags = flag;
	KUNIT_ASSERT_EQ(test, 0, clip_exec_settle(bprm, NULL));
}

/* The same for a file that matches its entry, whose reference is dropped. */
static void settle_matched(struct kunit *test, int number, u16 flag,
			   struct cred *cred, struct linux_binprm *bprm,
			   struct file *file, struct clip_entry *entry)
{
	make_case(cred, bprm, number);
	bprm->file = file;
	refcount_inc(&entry->usage);
	clip_cred(cred)->task_flags = flag;
	clip_cred(cred)->matched = entry;
	KUNIT_ASSERT_EQ(test, 0, clip_exec_settle(bprm, file));
	KUNIT_ASSERT_NULL(test, clip_cred(cred)->matched);
	clip_cred(cred)->pending = NULL;
}

static void expect_same(struct kunit *test, const struct cred *a,
			const struct cred *b)
{
	KUNIT_EXPECT_EQ(test, a->cap_permitted.val, b->cap_permitted.val);
	KUNIT_EXPECT_EQ(test, a->cap_effective.val, b->cap_effective.val);
	KUNIT_EXPECT_EQ(test, a->cap_inheritable.val, b->cap_inheritable.val);
	KUNIT_EXPECT_EQ(test, a->cap_ambient.val, b->cap_ambient.val);
	KUNIT_EXPECT_EQ(test, a->securebits, b->securebits);
	KUNIT_EXPECT_MEMEQ(test, clip_cred(a), clip_cred(b),
			   sizeof(struct clip_cred));
}

/*
 * A program without anything of clip takes a short way, which must come to the
 * result of the long one.
 */
static void both_ways_give_the_same(struct kunit *test)
{
	struct linux_binprm *bprm = kunit_kzalloc(test, 2 * sizeof(*bprm),
						  GFP_KERNEL);
	struct cred *quick = prepare_creds(), *slow = prepare_creds();

	KUNIT_ASSERT_TRUE(test, bprm && quick && slow);
	/* The task that runs the tests holds none itself. */
	KUNIT_ASSERT_EQ(test, 0, clip_cred(quick)->privileges);
	for (int i = 0; i < CASES; i++) {
		settle_without(test, i, 0, quick, &bprm[0]);
		settle_without(test, i, CLIP_TASK_SCRIPT, slow, &bprm[1]);
		expect_same(test, quick, slow);
		KUNIT_EXPECT_TRUE(test, bprm[0].secureexec == bprm[1].secureexec);
		KUNIT_EXPECT_EQ(test, bprm[0].per_clear, bprm[1].per_clear);
	}
	abort_creds(quick);
	abort_creds(slow);
}

/* So does one whose entry gives nothing, with each flag that it may have. */
static void both_ways_of_a_match_give_the_same(struct kunit *test)
{
	static const u16 flags[] = {
		CLIP_ENTRY_EXE, CLIP_ENTRY_EXE | CLIP_ENTRY_LIB,
		CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDLIBS,
		CLIP_ENTRY_EXE | CLIP_ENTRY_CHECKLIBS,
		CLIP_ENTRY_EXE | CLIP_ENTRY_INHERIT,
		CLIP_ENTRY_EXE | CLIP_ENTRY_JIT,
	};
	struct linux_binprm *bprm = kunit_kzalloc(test, 2 * sizeof(*bprm),
						  GFP_KERNEL);
	struct cred *quick = prepare_creds(), *slow = prepare_creds();
	struct file *root = filp_open("/", O_RDONLY | O_DIRECTORY, 0);
	struct clip_entry *entry = kunit_kzalloc(test, sizeof(*entry),
						 GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, bprm && quick && slow && entry);
	KUNIT_ASSERT_FALSE(test, IS_ERR(root));
	KUNIT_ASSERT_TRUE(test, clip_sb_trusted(file_inode(root)->i_sb));
	refcount_set(&entry->usage, 1);
	for (int i = 0; i < CASES * ARRAY_SIZE(flags); i++) {
		entry->flags = flags[i / CASES];
		settle_matched(test, i % CASES, 0, quick, &bprm[0], root, entry);
		settle_matched(test, i % CASES, CLIP_TASK_SCRIPT, slow, &bprm[1],
			       root, entry);
		expect_same(test, quick, slow);
		KUNIT_EXPECT_TRUE(test, bprm[0].secureexec == bprm[1].secureexec);
		KUNIT_EXPECT_EQ(test, bprm[0].per_clear, bprm[1].per_clear);
	}
	/* And one that says EXE alone, for which a flag stands. */
	entry->flags = CLIP_ENTRY_EXE;
	for (int i = 0; i < CASES; i++) {
		settle_without(test, i, CLIP_TASK_PLAIN, quick, &bprm[0]);
		settle_matched(test, i, CLIP_TASK_SCRIPT, slow, &bprm[1], root,
			       entry);
		expect_same(test, quick, slow);
		KUNIT_EXPECT_TRUE(test, bprm[0].secureexec == bprm[1].secureexec);
		settle_without(test, i, CLIP_TASK_PLAIN | CLIP_TASK_SCRIPT,
			       quick, &bprm[0]);
		expect_same(test, quick, slow);
	}
	fput(root);
	abort_creds(quick);
	abort_creds(slow);
}

static struct kunit_case settle_cases[] = {
	KUNIT_CASE(both_ways_give_the_same),
	KUNIT_CASE(both_ways_of_a_match_give_the_same),
	{}
};

static struct kunit_suite settle_suite = {
	.name = "clip_settle",
	.test_cases = settle_cases,
};

kunit_test_suite(settle_suite);
