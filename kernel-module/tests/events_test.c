// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of the right to listen to events
 */
#include "../core/common.h"

#include <kunit/test.h>

#include "../report/events.h"
#include "../store/context.h"

static void only_contexts_0_and_1_listen(struct kunit *test)
{
	struct clip_context *ctx = kunit_kzalloc(test, sizeof(*ctx),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_EXPECT_TRUE(test, clip_events_may_listen(&clip_admin_context));
	ctx->xid = CLIP_CONTEXT_WATCH;
	KUNIT_EXPECT_TRUE(test, clip_events_may_listen(ctx));
	ctx->xid = 2;
	KUNIT_EXPECT_FALSE(test, clip_events_may_listen(ctx));
	/* The number alone does not make a context the host. */
	ctx->xid = CLIP_CONTEXT_ADMIN;
	KUNIT_EXPECT_FALSE(test, clip_events_may_listen(ctx));
	KUNIT_EXPECT_FALSE(test, clip_events_may_listen(NULL));
}

static struct kunit_case events_cases[] = {
	KUNIT_CASE(only_contexts_0_and_1_listen),
	{}
};

static struct kunit_suite events_suite = {
	.name = "clip_events",
	.test_cases = events_cases,
};

kunit_test_suite(events_suite);
