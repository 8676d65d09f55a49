// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions: allow digests that end by themselves, and who may make them.
 */
#include "allow_fixture.h"
#include "contexts.h"
#include "device.h"
#include "digest.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include "kselftest_harness.h"

static struct clip_exception exception_for(const char *path, uint32_t seconds)
{
	struct clip_exception args = {
		.size = sizeof(args), .context = XID, .seconds = seconds,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};

	sha256_file(path, args.digest);
	return args;
}

static int except(const char *path, uint32_t seconds)
{
	struct clip_exception args = exception_for(path, seconds);

	return device_call(CLIP_IOC_EXCEPTION, &args);
}

TEST_F(allow, exception_lets_a_content_run)
{
	const struct store_state before = store_state();
	struct clip_exception args = exception_for(A, 60);

	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(XID, args.context);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(CLIP_STATE_ALLOWED, probe_says(self->fd, A, CLIP_QUERY_VERIFY));
	/* The twin: another content. */
	EXPECT_EQ(EACCES, exec_in_context(self->fd, B));
	/* It is no rule. */
	EXPECT_EQ(before.generation, store_state().generation);
	EXPECT_EQ(0, context_get(XID).digests);
	EXPECT_EQ(1, listed_exceptions());
	EXPECT_EQ(0, except(A, 0));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(0, listed_exceptions());
	EXPECT_EQ(ENOENT, except(A, 0));
}

TEST_F(allow, exception_ends_with_its_time)
{
	ASSERT_EQ(0, except(A, 1));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	for (int i = 0; i < 600 && listed_exceptions(); i++)
		usleep(10000);
	EXPECT_EQ(0, listed_exceptions());
	/* The digest is known, and is not allowed any more. */
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(ENOENT, except(A, 0));
}

TEST_F(allow, exception_gets_a_new_end)
{
	ASSERT_EQ(0, except(A, 1));
	ASSERT_EQ(0, except(A, 60));
	EXPECT_EQ(1, listed_exceptions());
	usleep(1200000);
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, except(A, 0));
}

TEST_F(allow, exception_is_not_removed_by_a_commit)
{
	struct outcome outcome;
	struct rule rule;

	ASSERT_EQ(0, allow_rule(&rule, B, XID));
	ASSERT_EQ(0, except(A, 60));
	ASSERT_EQ(0, commit_rules(&rule, 1, CLIP_COMMIT_REPLACE, 0, &outcome));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	EXPECT_EQ(0, exec_in_context(self->fd, B));
	EXPECT_EQ(0, except(A, 0));
	/* And ending it removes no rule. */
	EXPECT_EQ(0, exec_in_context(self->fd, B));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

TEST_F(allow, exception_is_for_one_context)
{
	const int other = context_create(OTHER, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);

	ASSERT_LE(0, other);
	ASSERT_EQ(0, except(A, 60));
	EXPECT_EQ(EACCES, exec_in_context(other, A));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	close(other);
	EXPECT_EQ(0, context_delete(OTHER));
	EXPECT_EQ(0, except(A, 0));
}

/* A new context with the number of a deleted one is another context. */
TEST_F(allow, exception_ends_with_its_context)
{
	ASSERT_EQ(0, except(A, 60));
	close(self->fd);
	ASSERT_EQ(0, context_delete(XID));
	EXPECT_EQ(0, listed_exceptions());
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	EXPECT_EQ(ENOENT, except(A, 0));
}

static int except_as_user(int context)
{
	struct clip_exception args = exception_for(A, 60);
	const int fd = device_open();

	if (setuid(USER_ID))
		return 255;
	return ioctl(fd, CLIP_IOC_EXCEPTION, &args) ?
	       (args.reason == CLIP_REASON_PERMISSION ? errno : 254) : 0;
}

TEST_F(allow, exception_takes_the_right_to_load)
{
	struct clip_exception args = exception_for(A, 60);

	EXPECT_EQ(EPERM, in_child(self->fd, except_as_user));
	EXPECT_EQ(0, listed_exceptions());
	args.context = 77777;
	EXPECT_NE(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(CLIP_REASON_NO_CONTEXT, args.reason);
	args = exception_for(A, CLIP_EXCEPTION_SECONDS_MAX + 1);
	EXPECT_EQ(EINVAL, device_call(CLIP_IOC_EXCEPTION, &args));
	args = exception_for(A, 60);
	args.digest_size = 31;
	EXPECT_NE(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(CLIP_REASON_BAD_DIGEST, args.reason);
	args = exception_for(A, 60);
	args.digest[40] = 1;
	EXPECT_NE(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(CLIP_REASON_BAD_DIGEST, args.reason);
	args = exception_for(A, 60);
	args.algorithm = 1 << 16 | CLIP_ALGO_SHA256;
	EXPECT_NE(0, device_call(CLIP_IOC_EXCEPTION, &args));
	EXPECT_EQ(0, listed_exceptions());
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
}

/* Its entries are final, and so is what may run. */
TEST_F(allow, exception_needs_a_level_that_lets_entries_change)
{
	struct clip_context_args args = {
		.xid = XID, .level = ENFORCE | CLIP_LEVEL_ADMIN_IMMUTABLE,
	};
	struct clip_exception request = exception_for(A, 60);

	ASSERT_EQ(0, context_call(CLIP_IOC_SET_LEVEL, &args));
	EXPECT_EQ(EPERM, device_call(CLIP_IOC_EXCEPTION, &request));
	EXPECT_EQ(CLIP_REASON_IMMUTABLE, request.reason);
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	args.level = ENFORCE;
	ASSERT_EQ(0, context_call(CLIP_IOC_SET_LEVEL, &args));
	EXPECT_EQ(0, except(A, 60));
	EXPECT_EQ(0, except(A, 0));
}

/* An exception grants nothing: the entry of another content keeps its grant. */
TEST_F(allow, exception_grants_nothing)
{
	struct clip_query answer = {
		.size = sizeof(answer), .context = XID,
		.flags = CLIP_QUERY_VERIFY,
	};

	ASSERT_EQ(0, list_file(A, XID, CLIP_ENTRY_EXE, BIND, 0));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, exec_in_context(self->fd, A));
	ASSERT_EQ(0, except(A, 60));
	EXPECT_EQ(0, exec_in_context(self->fd, A));
	answer.fd = open(A, O_RDONLY);
	EXPECT_EQ(0, device_call(CLIP_IOC_QUERY, &answer));
	EXPECT_EQ(CLIP_STATE_ALLOWED, answer.state);
	close(answer.fd);
	EXPECT_EQ(0, except(A, 0));
}

TEST_F(allow, too_many_exceptions)
{
	struct clip_exception args = exception_for(A, 60);

	for (unsigned int i = 0; i < CLIP_EXCEPTIONS_MAX; i++) {
		args.digest[0] = i;
		ASSERT_EQ(0, device_call(CLIP_IOC_EXCEPTION, &args));
	}
	EXPECT_EQ(CLIP_EXCEPTIONS_MAX, listed_exceptions());
	EXPECT_EQ(ENOSPC, except(B, 60));
	EXPECT_EQ(CLIP_EXCEPTIONS_MAX, listed_exceptions());
	/* The number that is there can get a new end. */
	EXPECT_EQ(0, device_call(CLIP_IOC_EXCEPTION, &args));
	args.seconds = 0;
	for (unsigned int i = 0; i < CLIP_EXCEPTIONS_MAX; i++) {
		args.digest[0] = i;
		EXPECT_EQ(0, device_call(CLIP_IOC_EXCEPTION, &args));
	}
	EXPECT_EQ(0, listed_exceptions());
}

TEST_HARNESS_MAIN
