/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ten properties of contexts that isolate, between two contexts A and B: where they
 * share all namespaces, so that clip alone separates them; where each has its own, as
 * containers do; and where A is in a user namespace besides.
 *
 * A tries each act on a task of its own first, where it succeeds, and then on one of
 * B. The acts are representatives: those of each kind are in the tests that
 * docs/contexts.md names.
 */
#ifndef CLIP_TESTS_PROPERTIES_FIXTURE_H
#define CLIP_TESTS_PROPERTIES_FIXTURE_H

#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"

#include "network/netid.h"
#include "places.h"

#include <linux/capability.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/properties"
#define SHARED	DIR "/shared"
#define TREE	DIR "/tree"
#define A	2701
#define B	2702
#define OWN	"10.0.0.5"
#define OTHER	"10.0.0.6"

#define CAP(name)	(1ULL << CAP_##name)
/* What containers have, and what acts on other tasks. */
#define CAPS	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FSETID) | CAP(FOWNER) | \
		 CAP(NET_RAW) | CAP(SETGID) | CAP(SETUID) | CAP(SETFCAP) | \
		 CAP(SETPCAP) | CAP(NET_BIND_SERVICE) | CAP(KILL) | \
		 CAP(SYS_PTRACE) | CAP(SYS_NICE) | CAP(SYS_RESOURCE))

FIXTURE(properties)
{
	int a, b;
	struct server server;	/* in B */
};

FIXTURE_VARIANT(properties)
{
	int a, b;	/* namespaces of their own */
};

FIXTURE_VARIANT_ADD(properties, shared) {};
FIXTURE_VARIANT_ADD(properties, private) { .a = PRIVATE, .b = PRIVATE };
FIXTURE_VARIANT_ADD(properties, user) { .a = PRIVATE | CLONE_NEWUSER, .b = PRIVATE };

static int make(uint32_t xid, const char *address, uint32_t confidentiality)
{
	const int fd = context_create(xid, CLIP_LEVEL_ACTIVE, CAPS, 0);
	int err = fd < 0 ? errno :
		  context_setup(fd, CLIP_CONTEXT_NOLOCK, confidentiality, 0, NULL);

	if (!err)
		err = context_address(fd, CLIP_ADDRESS_ADD, address);
	return err ? -err : fd;
}

FIXTURE_SETUP(properties)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, make_loopback_addresses());
	ASSERT_EQ(0, mkdir(SHARED, 0777));
	ASSERT_EQ(0, mkdir(TREE, 0755));
	self->a = make(A, OWN "/32", 1);
	self->b = make(B, OTHER "/32", 2);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_EQ(0, server_start(&self->server, self->b, B, variant->b));
}

FIXTURE_TEARDOWN(properties)
{
	/* It is as it was. */
	EXPECT_EQ(0, ask(&self->server.actor, "getnice %d", 0));
	server_stop(&self->server);
	close(self->a);
	close(self->b);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

/* --------------------------------------------------------- acts on a target */

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

#endif /* CLIP_TESTS_PROPERTIES_FIXTURE_H */
