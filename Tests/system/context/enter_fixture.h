/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A context A to enter. Each test forks a child that gets ready, enters, and
 * reports the result. A child that was refused must still be in context 0, and
 * must be able to enter once the reason is gone.
 */
#ifndef CLIP_TESTS_ENTER_FIXTURE_H
#define CLIP_TESTS_ENTER_FIXTURE_H

#include "contexts.h"
#include "device.h"
#include "files.h"
#include "process.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/enter"
#define ROOT	DIR "/root"
#define LISTED	DIR "/listed"
#define FULL	DIR "/full"
#define A	2001
#define B	2002

FIXTURE(enter)
{
	int a, b;
};

FIXTURE_SETUP(enter)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, mkdir(ROOT, 0755));
	self->a = context_create(A, 0, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->a);
	self->b = -1;
}

FIXTURE_TEARDOWN(enter)
{
	close(self->a);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

/*
 * The request is refused and counted under its reason, and the task is still in
 * context 0.
 */
#define MUST_BE_REFUSED(error, reason, fd) do { \
	const long long counted_ = refused(reason); \
	\
	MUST(error, context_enter(fd)); \
	MUST(counted_ + 1, refused(reason)); \
	MUST(0, context_now()); \
} while (0)

#define MUST_ENTER(fd) do { \
	MUST(0, context_enter(fd)); \
	MUST(A, context_now()); \
} while (0)

#endif /* CLIP_TESTS_ENTER_FIXTURE_H */
