/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the kernel for which kernel.clip.require can require a
 * privilege: the acts of an actor there, and the answers to them.
 */
#ifndef CLIP_TESTS_SURFACE_H
#define CLIP_TESTS_SURFACE_H

#include "actor.h"
#include "holders.h"

#include <linux/netfilter/nfnetlink.h>

#define PROGRAM	"/usr/lib/clip/tests/surface_actor"
#define DIR	"/tmp/surface"
#define OTHER	(USER_ID + 1)
#define NFT(message)	(NFNL_SUBSYS_NFTABLES << 8 | (message))

#define ALL_NEW \
	(CLIP_PRIV_IO_URING | CLIP_PRIV_BPF | CLIP_PRIV_USERNS | \
	 CLIP_PRIV_PERF | CLIP_PRIV_USERFAULTFD | CLIP_PRIV_KEXEC | \
	 CLIP_PRIV_MODULE | CLIP_PRIV_KEYS | CLIP_PRIV_RAW | CLIP_PRIV_NFT)

/* "only" holds the one privilege of the act, "others" every other one. */
struct act {
	uint64_t privilege;
	const char *command;
	long root, user;	/* without the latch, or with the privilege */
	long refused_user;	/* without it, if Linux refuses before the hook; or 0 */
	const char *first;	/* another command that comes before, or NULL */
};

#define ACTS		23
#define FREE_ACTS	5

extern const struct act acts[ACTS];

/* Acts that none of these privileges is about. */
extern const struct act free_acts[FREE_ACTS];

/* Something of this size that is no module. */
#define MODULE_SIZE	256
extern const uint8_t no_module[MODULE_SIZE];
int write_module(const char *path, const void *bytes);

/* The path of an actor: @kind is "only" or "others". */
const char *path_of(char path[64], const char *kind, uint64_t privilege);

/* Makes both for each privilege, and "none", which is not listed. */
int make_pairs(void);

/* Reads and sets kernel.clip.require. Bits can only be added. */
uint64_t required(void);
int require(uint64_t privileges);

/* The answer to an act, and whether clip refused it. */
long act_by(const char *path, uid_t uid, const struct act *act, bool *by_clip);

#define EXPECT_FREE(path, act) do { \
	bool refused; \
	\
	EXPECT_EQ((act)->root, act_by(path, 0, act, &refused)) { \
		TH_LOG("%s, uid 0: %s", path, (act)->command); \
	} \
	EXPECT_FALSE(refused); \
	EXPECT_EQ((act)->user, act_by(path, USER_ID, act, &refused)) { \
		TH_LOG("%s, uid 1000: %s", path, (act)->command); \
	} \
	EXPECT_FALSE(refused); \
} while (0)

#define EXPECT_REFUSED(path, act) do { \
	bool refused; \
	\
	EXPECT_EQ(EPERM, act_by(path, 0, act, &refused)) { \
		TH_LOG("%s, uid 0: %s", path, (act)->command); \
	} \
	EXPECT_TRUE(refused); \
	EXPECT_EQ((act)->refused_user ?: EPERM, \
		  act_by(path, USER_ID, act, &refused)) { \
		TH_LOG("%s, uid 1000: %s", path, (act)->command); \
	} \
	EXPECT_EQ(!(act)->refused_user, refused); \
} while (0)

#endif /* CLIP_TESTS_SURFACE_H */
