/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Running the program of requests (programs/admin.c) as one caller or another.
 */
#ifndef CLIP_TESTS_REQUESTS_H
#define CLIP_TESTS_REQUESTS_H

#include "contexts.h"
#include "image.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#define ADMIN	"/usr/lib/clip/tests/admin"

/* The caller. */
struct caller {
	const char *program;	/* a copy of admin, listed or not */
	int fd;			/* of the context to enter; -1 to stay */
	int (*prepare)(void);	/* in the context, before exec; or NULL */
};

/* The result of the request. */
struct reply {
	int err;
	unsigned int number;	/* usually the reason */
};

/* Makes a request of these words, which end with NULL. */
struct reply submit(const struct caller *caller, const char *request, ...);

/* A number as a word. The last sixteen words stay valid. */
char *word(uint64_t number);
struct reply request_xid(const struct caller *caller, const char *request,
			 uint32_t xid);
struct reply request_level(const struct caller *caller, uint32_t xid,
			   uint32_t level);

struct reply request_bounds(const struct caller *caller, const char *request,
			    uint32_t xid, uint64_t caps, uint64_t privileges);

struct reply request_file(const struct caller *caller, const char *request,
			  uint32_t xid, const char *path);

/*
 * Makes a copy of admin that may administer when it is executed in context
 * @xid.
 */
int admin_list(const char *path, uint32_t xid, uint64_t caps,
	       uint64_t privileges);

/*
 * Lines about the store and the contexts, and all entries; the caller frees the
 * text. The lines are sorted and each appears once, because entries move and
 * may appear twice while a table changes its size.
 */
char *state_text(void);

/*
 * Expects a refusal: its errno, the reason in the answer, the reason that is
 * counted (or CLIP_REASON_NONE), and an unchanged state.
 */
#define EXPECT_REFUSED(error, reason, counted, call) do { \
	char *before_ = state_text(), *after_; \
	const long long count_ = refused(counted); \
	const struct reply reply_ = (call); \
	\
	after_ = state_text(); \
	EXPECT_EQ(error, reply_.err); \
	EXPECT_EQ((unsigned int)(reason), reply_.number); \
	EXPECT_EQ(count_ + ((counted) != CLIP_REASON_NONE), refused(counted)); \
	EXPECT_STREQ(before_, after_); \
	free(before_); \
	free(after_); \
} while (0)

#define EXPECT_DONE(call) do { \
	const struct reply reply_ = (call); \
	\
	EXPECT_EQ(0, reply_.err); \
	EXPECT_EQ((unsigned int)CLIP_REASON_NONE, reply_.number); \
} while (0)

/* ---------------------------------------------------- for caller.prepare */

int without_mac_admin(void);
int without_sys_admin(void);
int with_fsetid(void);

#endif /* CLIP_TESTS_REQUESTS_H */
