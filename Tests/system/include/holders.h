/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting actors with a choice of privileges. Once sockets need a privilege, a
 * test program can no longer compute digests. The digest of the program is
 * therefore made before the first test, and all listed files are copies of it.
 */
#ifndef CLIP_TESTS_HOLDERS_H
#define CLIP_TESTS_HOLDERS_H

#include "actor.h"
#include "answers.h"
#include "files.h"
#include "image.h"
#include "latch.h"

/* All privileges but the given ones. */
#define ALL_BUT(privileges)	(CLIP_PRIV_ALL & ~(privileges))

/* The privileges of a holder, and the path of its copy of the program. */
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

/*
 * Programs that this task executes from now on get no capabilities for being
 * root.
 */
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
