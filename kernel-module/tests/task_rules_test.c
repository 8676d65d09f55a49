// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the rules for tasks (SG-03, SG-05, PI-01, PT-02, TR-02 to
 * TR-06, TR-08)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/capability.h>

#include "../core/cred_blob.h"
#include "../core/latch.h"
#include "../task/rules.h"

#define BIND	BIT_ULL(CAP_NET_BIND_SERVICE)
#define KILL	BIT_ULL(CAP_KILL)
#define BOOT	BIT_ULL(CAP_SYS_BOOT)
#define CONTEXT	BIT_ULL(CLIP_CAP_CONTEXT)
#define ROOT	CAP_VALID_MASK
#define FUSE	CLIP_PRIV_FUSE
#define IMMORTAL CLIP_PRIV_IMMORTAL

struct power_case {
	const char *name;
	struct clip_authority actor;
	struct clip_authority target;
	bool capable;
	bool over;
	bool trace;
};

/* Sets are written E, P, I. */
static const struct power_case power_cases[] = {
	{
		.name = "plain on plain",
		.over = true, .trace = true,
	}, {
		.name = "plain on plain root: not ours to judge",
		.target = { .caps = { ROOT, ROOT, 0 } },
		.over = true, .trace = true,
	}, {
		.name = "plain on raised",
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
	}, {
		.name = "P counts even with E dropped",
		.target = { .caps = { 0, BIND, 0 }, .raised = true },
	}, {
		.name = "I counts too",
		.actor = { .caps = { ROOT, ROOT, 0 } },
		.target = { .caps = { 0, 0, BIND }, .raised = true },
	}, {
		.name = "root on raised: it has all that the target has",
		.actor = { .caps = { ROOT, ROOT, 0 } },
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
		.over = true, .trace = true,
	}, {
		.name = "root has no CONTEXT",
		.actor = { .caps = { ROOT, ROOT, 0 } }, .capable = true,
		.target = { .caps = { 0, CONTEXT, 0 }, .raised = true },
	}, {
		.name = "what the actor only could have does not count",
		.actor = { .caps = { 0, ROOT, 0 } },
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
	}, {
		.name = "the capability alone is not enough",
		.actor = { .caps = { KILL, KILL, 0 } }, .capable = true,
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
	}, {
		.name = "the capability from an entry is, but not to trace",
		.actor = { .caps = { KILL, KILL, 0 }, .raised = true,
			   .capraised = true },
		.capable = true,
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
		.over = true,
	}, {
		.name = "being raised without the capability is not",
		.actor = { .raised = true, .capraised = true },
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
	}, {
		.name = "raised by a privilege only is not capraised",
		.actor = { .caps = { KILL, KILL, 0 }, .raised = true },
		.capable = true,
		.target = { .caps = { BIND, BIND, 0 }, .raised = true },
	}, {
		.name = "two of a kind",
		.actor = { .caps = { BIND, BIND, KILL }, .raised = true },
		.target = { .caps = { BIND, BIND, KILL }, .raised = true },
		.over = true, .trace = true,
	}, {
		.name = "a privilege guards from its user",
		.target = { .privileges = FUSE, .raised = true },
	}, {
		.name = "a privilege guards from capabilities without CAP_KILL",
		.actor = { .caps = { ROOT & ~KILL, ROOT & ~KILL, 0 } },
		.target = { .privileges = FUSE, .raised = true },
	}, {
		.name = "a privilege guards from tracing only, with CAP_KILL",
		.actor = { .caps = { ROOT, ROOT, 0 } }, .capable = true,
		.target = { .privileges = FUSE, .raised = true },
		.over = true,
	}, {
		.name = "another privilege does not open",
		.actor = { .privileges = IMMORTAL, .raised = true },
		.target = { .privileges = FUSE, .raised = true },
	}, {
		.name = "CAP_KILL alone does not reach capabilities and a privilege",
		.actor = { .caps = { KILL, KILL, 0 } }, .capable = true,
		.target = { .caps = { BIND, BIND, 0 }, .privileges = FUSE,
			    .raised = true },
	}, {
		.name = "the same privilege opens",
		.actor = { .privileges = FUSE },
		.target = { .privileges = FUSE, .raised = true },
		.over = true, .trace = true,
	}, {
		.name = "plain privileges need no like",
		.target = { .privileges = CLIP_PRIV_PLAIN, .raised = true },
		.over = true, .trace = true,
	},
};

KUNIT_ARRAY_PARAM_DESC(power, power_cases, name);

static void power_rules(struct kunit *test)
{
	const struct power_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->over,
			clip_authority_over(&c->actor, &c->target, c->capable));
	KUNIT_EXPECT_EQ(test, c->trace,
			clip_authority_to_trace(&c->actor, &c->target));
}

/* SG-03: Only the inheritable set counts. */
static void immortal(struct kunit *test)
{
	const struct clip_authority target = { .privileges = IMMORTAL };
	const struct clip_authority plain = {};
	const struct clip_authority root = { .caps = { ROOT, ROOT, 0 } };
	const struct clip_authority heir = { .caps = { 0, 0, BOOT } };

	KUNIT_EXPECT_FALSE(test, clip_authority_to_end(&plain, &target));
	KUNIT_EXPECT_FALSE(test, clip_authority_to_end(&root, &target));
	KUNIT_EXPECT_TRUE(test, clip_authority_to_end(&heir, &target));
	KUNIT_EXPECT_TRUE(test, clip_authority_to_end(&plain, &plain));
}

struct setuid_case {
	const char *name;
	struct clip_rights before;
	struct clip_setuid change;
	struct clip_rights after;
};

#define R	CLIP_TASK_RAISED
#define B	CLIP_TASK_BUMPED
#define I	CLIP_TASK_INHERITED
#define PLAIN	CLIP_PRIV_PLAIN
#define KEEP	CLIP_PRIV_KEEPPRIV

/* Rights are written as caps, privileges, saved privileges, flags. */
static const struct setuid_case setuid_cases[] = {
	{
		.name = "TR-06: from user to user nothing is lost",
		.before = { { BIND, BIND, KILL }, FUSE | PLAIN, 0, R | B | I },
		.after = { { BIND, BIND, KILL }, FUSE | PLAIN, 0, R | B | I },
	}, {
		.name = "TR-02: full departure takes all that is not plain",
		.before = { { ROOT | CONTEXT, ROOT | CONTEXT, KILL | CONTEXT },
			    FUSE | PLAIN, 0, R | B | I },
		.change = { .left_all = true, .euid_left = true },
		.after = { { 0, 0, 0 }, PLAIN, 0, 0 },
	}, {
		.name = "TR-08: USERNS stays, UNSHARE goes",
		.before = { { ROOT, ROOT, 0 }, CLIP_PRIV_USERNS |
			    CLIP_PRIV_UNSHARE, 0, R | B },
		.change = { .left_all = true, .euid_left = true },
		.after = { { 0, 0, 0 }, CLIP_PRIV_USERNS, 0, 0 },
	}, {
		.name = "TR-02: what was set aside goes too",
		.before = { { 0, ROOT, 0 }, PLAIN, FUSE, R | B },
		.change = { .left_all = true },
		.after = { { 0, 0, 0 }, PLAIN, 0, R },
	}, {
		.name = "TR-02: KEEPPRIV keeps privileges, no capability",
		.before = { { ROOT, ROOT, KILL }, FUSE | KEEP, 0, R | B | I },
		.change = { .left_all = true, .euid_left = true },
		.after = { { 0, 0, 0 }, FUSE | KEEP, 0, B },
	}, {
		.name = "TR-03: euid leaves, privileges are set aside",
		.before = { { ROOT | CONTEXT, ROOT | CONTEXT, 0 }, FUSE | PLAIN,
			    0, R | B | I },
		.change = { .euid_left = true },
		.after = { { 0, ROOT | CONTEXT, 0 }, PLAIN, FUSE, R | B | I },
	}, {
		.name = "TR-03: with nothing to guard RAISED goes",
		.before = { { 0, 0, 0 }, FUSE, 0, R | B },
		.change = { .euid_left = true },
		.after = { { 0, 0, 0 }, 0, FUSE, B },
	}, {
		.name = "TR-03: I alone keeps RAISED",
		.before = { { 0, 0, KILL }, 0, 0, R },
		.change = { .euid_left = true },
		.after = { { 0, 0, KILL }, 0, 0, R },
	}, {
		.name = "TR-03: KEEPPRIV sets nothing aside",
		.before = { { ROOT, ROOT, 0 }, FUSE | KEEP, 0, R | B },
		.change = { .euid_left = true },
		.after = { { 0, ROOT, 0 }, FUSE | KEEP, 0, R | B },
	}, {
		.name = "TR-04: euid comes back, and so do they",
		.before = { { 0, ROOT | CONTEXT, 0 }, PLAIN, FUSE, R | B },
		.change = { .euid_joined = true },
		.after = { { ROOT | CONTEXT, ROOT | CONTEXT, 0 }, FUSE | PLAIN,
			   0, R | B },
	}, {
		.name = "TR-04: RAISED does not come back",
		.before = { { 0, 0, 0 }, 0, FUSE, B },
		.change = { .euid_joined = true },
		.after = { { 0, 0, 0 }, FUSE, 0, B },
	}, {
		.name = "TR-05: KEEP_CAPS on departure keeps P, sets aside",
		.before = { { ROOT, ROOT, KILL }, FUSE, 0, R | B | I },
		.change = { .euid_left = true },
		.after = { { 0, ROOT, KILL }, 0, FUSE, R | B | I },
	},
};

KUNIT_ARRAY_PARAM_DESC(setuid, setuid_cases, name);

static void setuid_rules(struct kunit *test)
{
	const struct setuid_case *c = test->param_value;
	struct clip_rights got = c->before;

	clip_rights_setuid(&got, &c->change);
	KUNIT_EXPECT_EQ(test, got.caps.effective, c->after.caps.effective);
	KUNIT_EXPECT_EQ(test, got.caps.permitted, c->after.caps.permitted);
	KUNIT_EXPECT_EQ(test, got.caps.inheritable, c->after.caps.inheritable);
	KUNIT_EXPECT_EQ(test, got.privileges, c->after.privileges);
	KUNIT_EXPECT_EQ(test, got.saved_privileges, c->after.saved_privileges);
	KUNIT_EXPECT_EQ(test, got.task_flags, c->after.task_flags);
}

static struct kunit_case taskrules_test_cases[] = {
	KUNIT_CASE_PARAM(power_rules, power_gen_params),
	KUNIT_CASE(immortal),
	KUNIT_CASE_PARAM(setuid_rules, setuid_gen_params),
	{}
};

static struct kunit_suite taskrules_test_suite = {
	.name = "clip_taskrules",
	.test_cases = taskrules_test_cases,
};

kunit_test_suite(taskrules_test_suite);
