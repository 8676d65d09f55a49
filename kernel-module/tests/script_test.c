// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the grant of the files of an exec (EX-16, EX-20), of unsafe
 * execs (EX-22), of the first line of a script, and of the latches (SY-02)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/binfmts.h>
#include <linux/capability.h>
#include <linux/security.h>

#include "../core/caps.h"
#include "../core/cred_blob.h"
#include "../exec/grant.h"
#include "../exec/offer.h"
#include "../exec/script.h"
#include "../interface/sysctl.h"

#define BIND	BIT_ULL(CAP_NET_BIND_SERVICE)
#define KILL	BIT_ULL(CAP_KILL)
#define ALL	U64_MAX
#define EXE	CLIP_ENTRY_EXE
#define INTERP	(EXE | CLIP_ENTRY_INTERP)
#define SCRIPT	(EXE | CLIP_ENTRY_SCRIPT)

struct limit_case {
	const char *name;
	struct clip_caps script;
	u64 script_privileges;
	u32 script_flags;
	struct clip_caps interp;
	u64 interp_privileges;
	u32 interp_flags;
	struct clip_caps want;
	struct clip_caps want_root;
	u64 want_privileges;
	u32 want_flags;
	u32 want_task_flags;
};

/* Sets are written E, P, I. */
static const struct limit_case limit_cases[] = {
	{
		.name = "an empty interpreter limits nothing",
		.script = { BIND, BIND | KILL, KILL },
		.script_privileges = CLIP_PRIV_FUSE, .script_flags = SCRIPT,
		.interp_flags = INTERP,
		.want = { BIND, BIND | KILL, KILL }, .want_root = { ALL, ALL, ALL },
		.want_privileges = CLIP_PRIV_FUSE, .want_flags = INTERP,
	}, {
		.name = "capabilities in one mask limit all three",
		.script = { BIND, BIND | KILL, KILL }, .script_flags = SCRIPT,
		.interp = { 0, KILL, 0 }, .interp_flags = INTERP,
		.want = { 0, KILL, 0 }, .want_root = { 0, KILL, 0 },
		.want_flags = INTERP, .want_task_flags = CLIP_TASK_RAISED,
	}, {
		.name = "capabilities do not limit privileges",
		.script = { BIND, BIND, 0 },
		.script_privileges = CLIP_PRIV_FUSE, .script_flags = SCRIPT,
		.interp = { ALL, ALL, ALL }, .interp_flags = INTERP,
		.want = { BIND, BIND, 0 }, .want_root = { ALL, ALL, ALL },
		.want_privileges = CLIP_PRIV_FUSE, .want_flags = INTERP,
		.want_task_flags = CLIP_TASK_RAISED,
	}, {
		.name = "privileges do not limit capabilities",
		.script = { BIND, BIND, 0 },
		.script_privileges = CLIP_PRIV_FUSE | CLIP_PRIV_DRM,
		.script_flags = SCRIPT,
		.interp_privileges = CLIP_PRIV_DRM | CLIP_PRIV_CHROOT,
		.interp_flags = INTERP,
		.want = { BIND, BIND, 0 }, .want_root = { ALL, ALL, ALL },
		.want_privileges = CLIP_PRIV_DRM, .want_flags = INTERP,
	}, {
		.name = "an interpreter adds nothing",
		.script_flags = SCRIPT,
		.interp = { ALL, ALL, ALL }, .interp_privileges = CLIP_PRIV_ALL,
		.interp_flags = INTERP | CLIP_ENTRY_INHERIT |
				CLIP_ENTRY_UNSAFE | CLIP_ENTRY_JIT,
		.want_root = { ALL, ALL, ALL }, .want_flags = INTERP,
		.want_task_flags = CLIP_TASK_RAISED,
	}, {
		.name = "the script's flags are lost",
		.script_flags = SCRIPT | CLIP_ENTRY_INHERIT |
				CLIP_ENTRY_UNSAFE | CLIP_ENTRY_JIT,
		.interp_flags = INTERP, .want_root = { ALL, ALL, ALL },
		.want_flags = INTERP,
	}, {
		.name = "flags of both are kept",
		.script_flags = SCRIPT | CLIP_ENTRY_INHERIT | CLIP_ENTRY_UNSAFE,
		.interp_flags = INTERP | CLIP_ENTRY_INHERIT | CLIP_ENTRY_UNSAFE,
		.want_root = { ALL, ALL, ALL },
		.want_flags = INTERP | CLIP_ENTRY_INHERIT | CLIP_ENTRY_UNSAFE,
	},
};

KUNIT_ARRAY_PARAM_DESC(limit, limit_cases, name);

static void expect_caps(struct kunit *test, const struct clip_caps *want,
			const struct clip_caps *got)
{
	KUNIT_EXPECT_EQ(test, want->effective, got->effective);
	KUNIT_EXPECT_EQ(test, want->permitted, got->permitted);
	KUNIT_EXPECT_EQ(test, want->inheritable, got->inheritable);
}

static void offer_limit(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	struct clip_grant offer = {
		.caps = c->script, .root = { ALL, ALL, ALL },
		.privileges = c->script_privileges, .flags = c->script_flags,
	};

	clip_grant_limit(&offer, c->interp_flags, &c->interp,
			 c->interp_privileges);
	expect_caps(test, &c->want, &offer.caps);
	expect_caps(test, &c->want_root, &offer.root);
	KUNIT_EXPECT_EQ(test, c->want_privileges, offer.privileges);
	KUNIT_EXPECT_EQ(test, c->want_flags, offer.flags);
	KUNIT_EXPECT_EQ(test, c->want_task_flags, offer.task_flags);
}

struct unsafe_case {
	unsigned int unsafe;
	u32 flags;
	bool init;
	enum clip_unsafe_rule want;
	bool jit;	/* the exemption for JIT applies as well */
};

#define PTRACE	LSM_UNSAFE_PTRACE
#define SHARE	LSM_UNSAFE_SHARE
#define NNP	LSM_UNSAFE_NO_NEW_PRIVS
#define U	CLIP_ENTRY_UNSAFE

static const struct unsafe_case unsafe_cases[] = {
	{ 0, 0, false, CLIP_UNSAFE_ALL, true },
	{ 0, U, false, CLIP_UNSAFE_ALL, true },
	{ 0, 0, true, CLIP_UNSAFE_ALL, true },
	{ PTRACE, 0, false, CLIP_UNSAFE_PLAIN, false },
	{ SHARE, 0, false, CLIP_UNSAFE_PLAIN, true },
	{ PTRACE | SHARE, 0, false, CLIP_UNSAFE_PLAIN, false },
	{ PTRACE, U, false, CLIP_UNSAFE_CUT, true },
	{ SHARE, U, false, CLIP_UNSAFE_CUT, true },
	{ PTRACE | SHARE, U, false, CLIP_UNSAFE_CUT, true },
	{ NNP, 0, false, CLIP_UNSAFE_NOTHING, true },
	{ NNP, U, false, CLIP_UNSAFE_NOTHING, true },
	{ NNP | PTRACE, U, false, CLIP_UNSAFE_NOTHING, false },
	{ NNP | SHARE, U, true, CLIP_UNSAFE_NOTHING, true },
	{ SHARE, 0, true, CLIP_UNSAFE_ALL, true },
	{ SHARE | PTRACE, 0, true, CLIP_UNSAFE_PLAIN, false },
	{ SHARE | PTRACE, U, true, CLIP_UNSAFE_CUT, true },
	{ BIT(30), U, true, CLIP_UNSAFE_NOTHING, false },
};

static void unsafe_rule(struct kunit *test)
{
	const struct unsafe_case *c;

	for (c = unsafe_cases; c < unsafe_cases + ARRAY_SIZE(unsafe_cases); c++)
		KUNIT_EXPECT_EQ_MSG(test, c->want,
				    clip_unsafe_rule(c->unsafe, c->flags,
						     c->init),
				    "case %td", c - unsafe_cases);
}

/* M-22: An exemption grants no authority, but a tracer could make use of it. */
static void unsafe_jit(struct kunit *test)
{
	const struct unsafe_case *c;

	for (c = unsafe_cases; c < unsafe_cases + ARRAY_SIZE(unsafe_cases); c++)
		KUNIT_EXPECT_EQ_MSG(test, c->jit,
				    clip_unsafe_jit(c->unsafe, c->want),
				    "case %td", c - unsafe_cases);
}

static const struct {
	const char *text;
	const char *want;
} first_lines[] = {
	{ "#!/bin/sh\n", "/bin/sh" },
	{ "#!/bin/sh", "/bin/sh" },
	{ "#! \t/bin/sh -x\n", "/bin/sh" },
	{ "#!/bin/sh\t-x\n", "/bin/sh" },
	{ "#!sh\nmore", "sh" },
	{ "#!\n/bin/sh\n", NULL },
	{ "#!", NULL },
	{ "#!   ", NULL },
	{ "# !/bin/sh\n", NULL },
	{ "\177ELF", NULL },
	{ "#", NULL },
	{ "", NULL },
};

static void first_line(struct kunit *test)
{
	char buf[BINPRM_BUF_SIZE];
	size_t length, i;
	const char *got;

	for (i = 0; i < ARRAY_SIZE(first_lines); i++) {
		memset(buf, 0, sizeof(buf));
		strscpy(buf, first_lines[i].text, sizeof(buf));
		length = 0;
		got = clip_script_interpreter(buf, sizeof(buf), &length);
		KUNIT_EXPECT_EQ_MSG(test, !first_lines[i].want, !got,
				    "line %zu", i);
		if (!got || !first_lines[i].want)
			continue;
		KUNIT_EXPECT_EQ(test, strlen(first_lines[i].want), length);
		KUNIT_EXPECT_EQ(test, 0, memcmp(got, first_lines[i].want,
						length));
	}
	/* A name without an end may be truncated. */
	memset(buf, 'x', sizeof(buf));
	memcpy(buf, "#!", 2);
	KUNIT_EXPECT_NULL(test, clip_script_interpreter(buf, sizeof(buf),
							&length));
	buf[sizeof(buf) - 1] = '\n';
	KUNIT_EXPECT_NOT_NULL(test, clip_script_interpreter(buf, sizeof(buf),
							    &length));
	KUNIT_EXPECT_EQ(test, sizeof(buf) - 3, length);
	memset(buf, ' ', sizeof(buf));
	memcpy(buf, "#!", 2);
	KUNIT_EXPECT_NULL(test, clip_script_interpreter(buf, sizeof(buf),
							&length));
}

static void guarded_modes(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, clip_script_mode_guarded(0755, 0));
	KUNIT_EXPECT_TRUE(test, clip_script_mode_guarded(0755, 1));
	KUNIT_EXPECT_TRUE(test, clip_script_mode_guarded(0755, 2));
	KUNIT_EXPECT_FALSE(test, clip_script_mode_guarded(0775, 0));
	KUNIT_EXPECT_FALSE(test, clip_script_mode_guarded(0757, 0));
	KUNIT_EXPECT_FALSE(test, clip_script_mode_guarded(0775, 1));
	KUNIT_EXPECT_FALSE(test, clip_script_mode_guarded(0757, 2));
	KUNIT_EXPECT_FALSE(test, clip_script_mode_guarded(01777, 0));
	KUNIT_EXPECT_FALSE(test, clip_script_mode_guarded(01777, 1));
	KUNIT_EXPECT_TRUE(test, clip_script_mode_guarded(01777, 2));
}

static const struct {
	const char *text;
	u64 most;
	int err;
	u64 want;
} latch_texts[] = {
	{ "0", ALL, 0, 0 },
	{ "1180c8ff\n", ALL, 0, 0x1180c8ff },
	{ "0x1180C8FF", ALL, 0, 0x1180c8ff },
	{ " ff\t", ALL, 0, 0xff },
	{ "ffffffffffffffff", ALL, 0, ALL },
	{ "10000000000000000", ALL, -EINVAL },
	{ "-1", ALL, -EINVAL },
	{ "", ALL, -EINVAL },
	{ "\n", ALL, -EINVAL },
	{ "1 2", ALL, -EINVAL },
	{ "xyz", ALL, -EINVAL },
	{ "00000000000000000000000000000001", ALL, -EINVAL },
	{ "1", 1, 0, 1 },
	{ "2", 1, -EINVAL },
};

static void latch_text(struct kunit *test)
{
	u64 value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(latch_texts); i++) {
		value = 77;
		KUNIT_EXPECT_EQ_MSG(test, latch_texts[i].err,
				    clip_sysctl_parse(latch_texts[i].text,
						      strlen(latch_texts[i].text),
						      latch_texts[i].most,
						      &value),
				    "text %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, value, latch_texts[i].err ? 77 :
				    latch_texts[i].want, "text %zu", i);
	}
	KUNIT_EXPECT_EQ(test, -EINVAL, clip_sysctl_parse("1\0002", 3, ALL,
							 &value));
}

static struct kunit_case script_test_cases[] = {
	KUNIT_CASE_PARAM(offer_limit, limit_gen_params),
	KUNIT_CASE(unsafe_rule),
	KUNIT_CASE(unsafe_jit),
	KUNIT_CASE(first_line),
	KUNIT_CASE(guarded_modes),
	KUNIT_CASE(latch_text),
	{}
};

static struct kunit_suite script_test_suite = {
	.name = "clip_script",
	.test_cases = script_test_cases,
};

kunit_test_suite(script_test_suite);
