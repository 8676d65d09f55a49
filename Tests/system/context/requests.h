/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Running the program of requests (programs/admin.c) as this caller or that.
 */
#ifndef CLIP_TESTS_REQUESTS_H
#define CLIP_TESTS_REQUESTS_H

#include "contexts.h"
#include "image.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#define ADMIN	"/usr/lib/clip/tests/admin"

/* The caller. */
struct who {
	const char *program;	/* a copy of admin, listed or not */
	int fd;			/* of the context to be in; -1: none, stay */
	int (*prepare)(void);	/* in the context, before exec; or NULL */
};

/* What came of the request. */
struct told {
	int err;
	unsigned int number;	/* the reason, mostly */
};

/* Words of the request, of at most 24 bytes but the last, then NULL. */
struct told tell(const struct who *who, const char *request, ...);

/* A number as a word; the last sixteen stay. */
char *word(uint64_t number);
struct told tell_xid(const struct who *who, const char *request, uint32_t xid);
struct told tell_level(const struct who *who, uint32_t xid, uint32_t level);

struct told tell_bounds(const struct who *who, const char *request,
			uint32_t xid, uint64_t caps, uint64_t privileges);

struct told tell_file(const struct who *who, const char *request, uint32_t xid,
		      const char *path);

/* A copy of admin that may administer when it is executed in context @xid. */
int admin_list(const char *path, uint32_t xid, uint64_t caps,
	       uint64_t privileges);

/*
 * Lines about the store and the contexts, and all entries; the caller frees.
 * Sorted, each once: while a table changes its size, entries change places and
 * may appear twice.
 */
char *world(void);

/*
 * A refusal: its error, the reason that is told, the reason it is counted
 * under (or CLIP_REASON_NONE), and the world is as it was.
 */
#define EXPECT_REFUSED(error, reason, counted, call) do { \
	char *before_ = world(), *after_; \
	const long long count_ = refused(counted); \
	const struct told told_ = (call); \
	\
	after_ = world(); \
	EXPECT_EQ(error, told_.err); \
	EXPECT_EQ((unsigned int)(reason), told_.number); \
	EXPECT_EQ(count_ + ((counted) != CLIP_REASON_NONE), refused(counted)); \
	EXPECT_STREQ(before_, after_); \
	free(before_); \
	free(after_); \
} while (0)

#define EXPECT_DONE(call) do { \
	const struct told told_ = (call); \
	\
	EXPECT_EQ(0, told_.err); \
	EXPECT_EQ((unsigned int)CLIP_REASON_NONE, told_.number); \
} while (0)

/* ---------------------------------------------------- for who.prepare */

int without_mac_admin(void);
int without_sys_admin(void);
int with_fsetid(void);

#endif /* CLIP_TESTS_REQUESTS_H */
