// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the capability formula (EX-10, EX-11, EX-14, EX-23, EX-27)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/capability.h>

#include "../core/caps.h"
#include "../core/latch.h"

#define BIND	BIT_ULL(CAP_NET_BIND_SERVICE)
#define KILL	BIT_ULL(CAP_KILL)
#define ADMIN	BIT_ULL(CAP_SYS_ADMIN)
#define CONTEXT	BIT_ULL(CLIP_CAP_CONTEXT)
#define ALL	CLIP_CAPS_ACCEPTED
#define ROOT	CAP_VALID_MASK

struct caps_case {
	const char *name;
	struct clip_caps base;
	struct clip_caps file;
	u64 bound;
	bool force;
	struct clip_caps want;
};

/* Sets are written E, P, I. */
static const struct caps_case caps_cases[] = {
	{
		.name = "an empty entry gives an ordinary user nothing",
		.bound = ALL,
		.want = { 0, 0, 0 },
	}, {
		.name = "an empty entry leaves root's capabilities alone",
		.base = { ROOT, ROOT, 0 }, .bound = ALL,
		.want = { ROOT, ROOT, 0 },
	}, {
		.name = "forced: E and P give it to anybody",
		.file = { BIND, BIND, 0 }, .bound = ALL,
		.want = { BIND, BIND, 0 },
	}, {
		.name = "permitted only: not in effect",
		.file = { 0, BIND, 0 }, .bound = ALL,
		.want = { 0, BIND, 0 },
	}, {
		.name = "effective only: not permitted, so not in effect",
		.file = { BIND, 0, 0 }, .bound = ALL,
		.want = { 0, 0, 0 },
	}, {
		.name = "path of trust: the caller has it in I",
		.base = { 0, 0, ADMIN }, .file = { ADMIN, 0, ADMIN },
		.bound = ALL, .want = { ADMIN, ADMIN, ADMIN },
	}, {
		.name = "path of trust: the caller has it not",
		.file = { ADMIN, 0, ADMIN }, .bound = ALL,
		.want = { 0, 0, 0 },
	}, {
		.name = "path of trust: the caller has another one",
		.base = { 0, 0, KILL }, .file = { ADMIN, 0, ADMIN },
		.bound = ALL, .want = { 0, 0, KILL },
	}, {
		.name = "spreader: I for the next program, nothing now",
		.file = { 0, 0, ADMIN }, .bound = ALL, .force = true,
		.want = { 0, 0, ADMIN },
	}, {
		.name = "spreader: adds to I and takes nothing from it",
		.base = { 0, 0, KILL }, .file = { 0, 0, ADMIN },
		.bound = ALL, .force = true,
		.want = { 0, 0, ADMIN | KILL },
	}, {
		.name = "without force I stays as it was",
		.base = { 0, 0, KILL }, .file = { 0, 0, ADMIN },
		.bound = ALL, .want = { 0, 0, KILL },
	}, {
		.name = "the bound cuts P, and E with it",
		.file = { BIND | KILL, BIND | KILL, 0 }, .bound = BIND,
		.want = { BIND, BIND, 0 },
	}, {
		.name = "the bound cuts what I would bring",
		.base = { 0, 0, ADMIN }, .file = { ADMIN, 0, ADMIN },
		.bound = BIND, .want = { 0, 0, ADMIN },
	}, {
		.name = "the bound cuts forced inheritance",
		.file = { 0, 0, ADMIN | KILL }, .bound = KILL, .force = true,
		.want = { 0, 0, KILL },
	}, {
		.name = "an empty bound grants nothing",
		.file = { ALL, ALL, ALL }, .bound = 0, .force = true,
		.want = { 0, 0, 0 },
	}, {
		.name = "CONTEXT obeys the same formula",
		.base = { 0, 0, CONTEXT }, .file = { CONTEXT, 0, CONTEXT },
		.bound = ALL, .want = { CONTEXT, CONTEXT, CONTEXT },
	}, {
		.name = "root's P can be brought into effect by the entry",
		.base = { 0, ROOT, 0 }, .file = { BIND, 0, 0 }, .bound = ALL,
		.want = { BIND, ROOT, 0 },
	},
};

KUNIT_ARRAY_PARAM_DESC(caps, caps_cases, name);

static void caps_formula(struct kunit *test)
{
	const struct caps_case *c = test->param_value;
	const struct clip_caps got = clip_caps_compute(&c->base, &c->file,
						       c->bound, c->force);

	KUNIT_EXPECT_EQ(test, got.effective, c->want.effective);
	KUNIT_EXPECT_EQ(test, got.permitted, c->want.permitted);
	KUNIT_EXPECT_EQ(test, got.inheritable, c->want.inheritable);
}

/* Tries all combinations of one capability: no bit appears without a source. */
static void caps_invariants(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 256; i++) {
		const struct clip_caps base = {
			.effective = (i & 3) == 3 ? KILL : 0,
			.permitted = i & 1 ? KILL : 0,
			.inheritable = i & 4 ? KILL : 0,
		};
		const struct clip_caps file = {
			.effective = i & 8 ? KILL : 0,
			.permitted = i & 16 ? KILL : 0,
			.inheritable = i & 32 ? KILL : 0,
		};
		const u64 bound = i & 64 ? KILL : 0;
		const struct clip_caps got =
			clip_caps_compute(&base, &file, bound, i & 128);

		KUNIT_EXPECT_EQ(test, got.effective & ~got.permitted, 0);
		KUNIT_EXPECT_EQ(test, base.permitted & ~got.permitted, 0);
		KUNIT_EXPECT_EQ(test, base.inheritable & ~got.inheritable, 0);
		if (!bound) {
			KUNIT_EXPECT_EQ(test, got.permitted, base.permitted);
			KUNIT_EXPECT_EQ(test, got.inheritable,
					base.inheritable);
		}
	}
}

static struct kunit_case caps_test_cases[] = {
	KUNIT_CASE_PARAM(caps_formula, caps_gen_params),
	KUNIT_CASE(caps_invariants),
	{}
};

static struct kunit_suite caps_test_suite = {
	.name = "clip_caps",
	.test_cases = caps_test_cases,
};

kunit_test_suite(caps_test_suite);
