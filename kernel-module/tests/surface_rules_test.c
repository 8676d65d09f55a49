// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the rules for the attack surface
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <uapi/linux/bpf.h>

#include "../privilege/surface_rules.h"

static void files_without_a_name(struct kunit *test)
{
	static const char *const free[] = {
		"", "io_uring", "[io_uring", "[io_uring]]", "[IO_URING]",
		"[userfaultfd", "[userfaultfd2]", "[eventfd]", "[secretmem]",
		"[kvm-gmem]",
	};

	KUNIT_EXPECT_EQ(test, CLIP_PRIV_IO_URING,
			clip_surface_anon_needs("[io_uring]"));
	KUNIT_EXPECT_EQ(test, CLIP_PRIV_USERFAULTFD,
			clip_surface_anon_needs("[userfaultfd]"));
	for (size_t i = 0; i < ARRAY_SIZE(free); i++)
		KUNIT_EXPECT_EQ_MSG(test, 0, clip_surface_anon_needs(free[i]), "%s",
				    free[i]);
}

/* All commands but loading a socket filter without a token. */
static void bpf_commands(struct kunit *test)
{
	union bpf_attr attr = {};

	for (int cmd = -1; cmd < __MAX_BPF_CMD + 2; cmd++) {
		for (u32 type = 0; type < __MAX_BPF_PROG_TYPE + 2; type++) {
			const bool filter = cmd == BPF_PROG_LOAD &&
				type == BPF_PROG_TYPE_SOCKET_FILTER;

			attr.prog_type = type;
			attr.prog_flags = BPF_F_STRICT_ALIGNMENT;
			KUNIT_EXPECT_EQ_MSG(test, filter ? 0 : CLIP_PRIV_BPF,
					    clip_surface_bpf_needs(cmd, &attr),
					    "cmd %d, type %u", cmd, type);
			attr.prog_flags = BPF_F_TOKEN_FD;
			KUNIT_EXPECT_EQ(test, CLIP_PRIV_BPF,
					clip_surface_bpf_needs(cmd, &attr));
		}
	}
}

static u64 key(bool own, bool roots, bool possessed, enum key_need_perm need)
{
	const struct clip_key_use use = { own, roots, possessed, need };

	return clip_surface_key_needs(&use);
}

static void keys(struct kunit *test)
{
	static const enum key_need_perm needs[] = {
		KEY_NEED_VIEW, KEY_NEED_READ, KEY_NEED_WRITE, KEY_NEED_SEARCH,
		KEY_NEED_LINK, KEY_NEED_SETATTR, KEY_SYSADMIN_OVERRIDE,
		KEY_NEED_UNSPECIFIED,
	};
	static const enum key_need_perm free[] = {
		KEY_NEED_UNLINK, KEY_AUTHTOKEN_OVERRIDE, KEY_DEFER_PERM_CHECK,
	};

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
		const enum key_need_perm need = needs[i];
		const u64 link = need == KEY_NEED_LINK ? CLIP_PRIV_KEYS : 0;

		KUNIT_EXPECT_EQ(test, 0, key(true, false, false, need));
		KUNIT_EXPECT_EQ(test, 0, key(true, true, true, need));
		KUNIT_EXPECT_EQ(test, link, key(false, false, true, need));
		KUNIT_EXPECT_EQ(test, 0, key(false, true, true, need));
		KUNIT_EXPECT_EQ(test, CLIP_PRIV_KEYS,
				key(false, false, false, need));
		KUNIT_EXPECT_EQ(test, CLIP_PRIV_KEYS,
				key(false, true, false, need));
	}
	for (size_t i = 0; i < ARRAY_SIZE(free); i++)
		KUNIT_EXPECT_EQ(test, 0, key(false, false, false, free[i]));
}

static struct kunit_case gaterules_cases[] = {
	KUNIT_CASE(files_without_a_name),
	KUNIT_CASE(bpf_commands),
	KUNIT_CASE(keys),
	{}
};

static struct kunit_suite gaterules_suite = {
	.name = "clip_gaterules",
	.test_cases = gaterules_cases,
};

kunit_test_suite(gaterules_suite);
