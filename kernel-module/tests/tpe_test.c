// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the paths that only root can write (E-23)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/stat.h>

#include "../exec/tpe.h"

#define USER	1000

struct owner_case {
	const char *name;
	unsigned int stored, seen;
	umode_t mode;
	bool alone;
};

static const struct owner_case owner_cases[] = {
	{ "directory", 0, 0, S_IFDIR | 0755, true },
	{ "file", 0, 0, S_IFREG | 0644, true },
	{ "set-user-id", 0, 0, S_IFREG | 04755, true },
	{ "group", 0, 0, S_IFDIR | 0775, false },
	{ "others", 0, 0, S_IFDIR | 0757, false },
	{ "sticky", 0, 0, S_IFDIR | 01777, false },
	{ "somebody else", USER, USER, S_IFDIR | 0755, false },
	{ "shown as root", USER, 0, S_IFDIR | 0755, false },
	{ "shown as another", 0, USER, S_IFDIR | 0755, false },
};

KUNIT_ARRAY_PARAM_DESC(owner, owner_cases, name);

static void owner(struct kunit *test)
{
	const struct owner_case *c = test->param_value;
	const vfsuid_t seen = VFSUIDT_INIT(KUIDT_INIT(c->seen));

	KUNIT_EXPECT_EQ(test, c->alone,
			clip_tpe_only_root_can_write(KUIDT_INIT(c->stored), seen,
						     c->mode));
}

/* An invalid owner does not count as root. */
static void no_owner(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, clip_tpe_only_root_can_write(GLOBAL_ROOT_UID,
							      INVALID_VFSUID, 0755));
	KUNIT_EXPECT_FALSE(test, clip_tpe_only_root_can_write(INVALID_UID,
							      INVALID_VFSUID, 0755));
}

static struct kunit_case tpe_test_cases[] = {
	KUNIT_CASE_PARAM(owner, owner_gen_params),
	KUNIT_CASE(no_owner),
	{}
};

static struct kunit_suite tpe_test_suite = {
	.name = "clip_tpe",
	.test_cases = tpe_test_cases,
};

kunit_test_suite(tpe_test_suite);
