/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting an actor with this or that privilege.
 *
 * Once sockets need a privilege, a test program can hash nothing any more. The
 * digest of the one program is therefore made before the first test, and all
 * that is listed are copies of it.
 */
#ifndef CLIP_TESTS_HOLDERS_H
#define CLIP_TESTS_HOLDERS_H

#include "actor.h"
#include "answers.h"
#include "files.h"
#include "image.h"
#include "latch.h"

/* Every privilege that can be granted, but some. */
#define ALL_BUT(privileges)	(CLIP_PRIV_ALL & ~(privileges))

/* What a holder holds, and the name of its copy of the program. */
struct holder {
	const char *path;
	uint64_t privileges;
	uint64_t capabilities;
	bool unlisted;
};

/* Names the program of all holders, and makes its digest. */
int hash_program(const char *program);

/* The same before main(). */
#define HOLDERS_RUN(program) \
	__attribute__((constructor)) static void hash_before_main(void) \
	{ \
		if (hash_program(program)) \
			fprintf(stderr, "%s cannot be hashed\n", program); \
	}

int make_holder(const struct holder *holder);

/* Sockets go from actor to actor in packets through this pair. */
int make_exchange(void);

/* A private directory with a copy of the program for each of them. */
int make_holders(const char *dir, const struct holder *holders, size_t count);

/* What this task executes from now on has no capability for being root. */
int disable_root_capabilities(void);

/*
 * A fixture without data for tests with a latch off, or with it on. The holders
 * are made by the function setup() of the test.
 */
#define FIXTURE_WITH_LATCH(name, latch_name, is_on) \
	FIXTURE(name) {}; \
	\
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_EQ(0, setup()); \
		if (is_on) \
			ASSERT_EQ(0, set_latch(latch_name, "1")); \
		ASSERT_EQ(is_on, latch(latch_name)); \
	} \
	\
	FIXTURE_TEARDOWN(name) \
	{ \
		umount2(DIR, MNT_DETACH); \
	}

#endif /* CLIP_TESTS_HOLDERS_H */
