/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two active contexts, A and B, and actors in them. All actors are uid 0 and
 * share all namespaces with context 0, unless a test says otherwise, so that
 * the module alone makes the difference.
 */
#ifndef CLIP_TESTS_CONFINE_FIXTURE_H
#define CLIP_TESTS_CONFINE_FIXTURE_H

#include "actor.h"
#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"
#include "requests.h"

#include <sys/mount.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/confine"
#define PLAIN	DIR "/plain"	/* admin, not listed */
#define FULL	DIR "/full"	/* admin, listed in context 0 */
#define P	DIR "/probe"
#define F	DIR "/file"	/* a program that just ends */
#define TINY	"/usr/lib/clip/tests/tiny"
#define A	2001
#define B	2002

/* The test of the bound of context 0 takes this capability away for good. */
#define CAPS	(ALL_CAPS & ~CAP(WAKE_ALARM))
#define POLICY	(1ULL << CAP_SYS_ADMIN | 1ULL << CLIP_CAP_CONTEXT)
#define CAP(name)	(1ULL << CAP_##name)

FIXTURE(confine)
{
	int a, b;
	struct actor one, two, host;
};

FIXTURE_SETUP(confine)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(ADMIN, PLAIN, 0755));
	ASSERT_EQ(0, copy_file(PROBE, P, 0755));
	ASSERT_EQ(0, copy_file(TINY, F, 0755));
	self->a = context_create(A, CLIP_LEVEL_ACTIVE, CAPS,
				 CLIP_PRIV_ALL);
	self->b = context_create(B, CLIP_LEVEL_ACTIVE, CAPS,
				 CLIP_PRIV_ALL);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	/* Tasks may make user namespaces, and have the same bound there. */
	ASSERT_EQ(0, context_setup(self->a, CLIP_CONTEXT_USERNS, 0,
				   LINUX_CAPS(CAPS), NULL));
	ASSERT_EQ(0, context_setup(self->b, CLIP_CONTEXT_USERNS, 0,
				   LINUX_CAPS(CAPS), NULL));
	ASSERT_EQ(0, context_any_address(self->a));
	ASSERT_EQ(0, context_any_address(self->b));
}

FIXTURE_TEARDOWN(confine)
{
	actor_stop(&self->one);
	actor_stop(&self->two);
	actor_stop(&self->host);
	close(self->a);
	close(self->b);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

static int narrow(uint32_t xid, uint64_t caps, uint64_t privileges)
{
	struct clip_context_args args = {
		.xid = xid, .cap_bound = caps, .priv_bound = privileges,
	};

	return context_call(CLIP_IOC_CONTEXT_NARROW, &args);
}

/* A program that may open the device although its user may not. */
static int give_file_caps(const char *path, uint32_t caps, bool effective)
{
	const struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 |
			     (effective ? VFS_CAP_FLAGS_EFFECTIVE : 0),
		.data = { { .permitted = caps } },
	};

	return setxattr(path, "security.capability", &data, sizeof(data), 0) ?
	       errno : 0;
}

#endif /* CLIP_TESTS_CONFINE_FIXTURE_H */
