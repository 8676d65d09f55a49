/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts by either interface, with the same words and the same answers.
 */
#ifndef CLIP_TESTS_MOUNTS_H
#define CLIP_TESTS_MOUNTS_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW		256
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH	0x200
#endif
#define MS_NOLOCK		512
#define MOUNT_ATTR_NOLOCK	0x00400000


#define SAFE	(MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define MOUNT_FLAGS	8

/* Each flag, in both interfaces and as /proc/self/mountinfo names it. */
extern const struct mount_flag {
	unsigned long ms;
	uint64_t attr;
	const char *name;
} mount_flags[MOUNT_FLAGS];

uint64_t attr_of(unsigned long flags);

int set_attr(int dir, const char *path, unsigned int at, uint64_t set,
	     uint64_t clear, uint64_t propagation);

/*
 * Makes a mount that is not attached; -errno. @key=@value goes to the
 * filesystem.
 */
int make_detached(const char *type, const char *source, unsigned long flags,
		  const char *key, const char *value);
int attach_mount(int mnt, const char *at);

/* By the old interface, or by the new one; the same answers are expected. */
int mount_by(int api, const char *type, const char *source, const char *at,
	     unsigned long flags, const char *key, const char *value);

/* All mounts of this namespace, as text. The caller frees it. */
char *all_mounts(void);

/* The options of the mount at @at, "" if there is none. */
const char *options_of(const char *at);
int pick_rw(const char *path);

/* The ways to change the flags of a mount. */
enum way { REMOUNT, REMOUNT_BIND, SETATTR, WAYS };

/* The mount at @path, which has the flags @has, is to have @wants. */
int change_flags(enum way way, const char *path, unsigned long has,
		 unsigned long wants);

/* A new tmpfs at a directory that is made for it. */
int mount_fresh(const char *at, unsigned long flags);

/* Gives the files of a copy of the mount at @path other owners. */
int idmap_mount(const char *path);

/* N-21: not a word of any mount has changed. */
#define EXPECT_UNCHANGED() do { \
	char *after = all_mounts(); \
	\
	EXPECT_STREQ(self->before, after); \
	free(after); \
} while (0)

#endif /* CLIP_TESTS_MOUNTS_H */
