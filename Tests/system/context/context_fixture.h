/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two contexts, A and B, and the callers that administer them. Each request is
 * made by a program of its own, which is executed by one caller or another. The
 * state that a refusal must not change is compared as text.
 */
#ifndef CLIP_TESTS_CONTEXT_FIXTURE_H
#define CLIP_TESTS_CONTEXT_FIXTURE_H

#include "contexts.h"
#include "files.h"
#include "process.h"
#include "requests.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/context"
#define PLAIN	DIR "/plain"	/* admin, not listed */
#define FULL	DIR "/full"	/* listed: V, CONTEXT and SYS_ADMIN */
#define BARE	DIR "/bare"	/* listed: V */
#define INSIDE	DIR "/inside"	/* listed in A: all that FULL has */
#define FILE_1	DIR "/file1"	/* the files that are loaded and unloaded */
#define FILE_2	DIR "/file2"
#define A	2001
#define B	2002
#define SEALED	2090
#define ABSENT	2999	/* a number that no context has */
#define OWN	CLIP_CONTEXT_OWN
#define NONE	CLIP_REASON_NONE

/* The test of narrowing context 0 takes this privilege away for good. */
#define PRIVS	(CLIP_PRIV_ALL & ~CLIP_PRIV_PREINIT)
#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)

FIXTURE(context)
{
	int a, b, watch;	/* descriptors of contexts */
	struct caller root, full, bare, in_a, in_b, in_watch;
};

static struct clip_context_args get(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	if (context_call(CLIP_IOC_CONTEXT_GET, &args))
		memset(&args, 0xee, sizeof(args));
	return args;
}

FIXTURE_SETUP(context)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ADMIN, PLAIN, 0755));
	ASSERT_EQ(0, copy_file(PROBE, FILE_1, 0755));
	ASSERT_EQ(0, copy_file(PROBE, FILE_2, 0755));
	ASSERT_EQ(0, admin_list(FULL, 0, POLICY, CLIP_PRIV_VERICTL));
	ASSERT_EQ(0, admin_list(BARE, 0, 0, CLIP_PRIV_VERICTL));
	self->a = context_create(A, 0, ALL_CAPS, PRIVS);
	self->b = context_create(B, 0, ALL_CAPS, PRIVS);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, self->watch);
	ASSERT_EQ(0, admin_list(INSIDE, A, POLICY, CLIP_PRIV_VERICTL));
	self->root = (struct caller) { PLAIN, -1, NULL };
	self->full = (struct caller) { FULL, -1, NULL };
	self->bare = (struct caller) { BARE, -1, without_mac_admin };
	self->in_a = (struct caller) { PLAIN, self->a, NULL };
	self->in_b = (struct caller) { PLAIN, self->b, NULL };
	self->in_watch = (struct caller) { PLAIN, self->watch, NULL };
}

FIXTURE_TEARDOWN(context)
{
	const uint32_t level = get(0).level;

	/* Back to the state after boot, for the next test. */
	if (level & CLIP_LEVEL_ACTIVE)
		EXPECT_DONE(request_level(&self->full, 0, 0));
	else if (level)
		EXPECT_EQ(0, set_level(0, 0));
	context_delete(A);
	context_delete(B);
	close(self->a);
	close(self->b);
	close(self->watch);
	umount2(DIR, MNT_DETACH);
}

#define ACTIVATE(xid)	ASSERT_EQ(0, set_level(xid, CLIP_LEVEL_ACTIVE))

struct request {
	const char *name;
	uint32_t xid;
};

static const struct request makers[] = {
	{ "create", ABSENT }, { "open", A }, { "narrow", A }, { "delete", A },
	{ "update", ABSENT },
};

#define EXPECT_NO_MAKER(caller) do { \
	for (size_t i_ = 0; i_ < ARRAY_SIZE(makers); i_++) \
		EXPECT_REFUSED(EPERM, CLIP_REASON_PERMISSION, \
			       CLIP_REASON_PERMISSION, \
			       request_xid(caller, makers[i_].name, \
					   makers[i_].xid)); \
} while (0)

#endif /* CLIP_TESTS_CONTEXT_FIXTURE_H */
