// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mounts of this namespace, without reading /proc. The headers of older
 * systems lack both calls, so their numbers and structures are defined here;
 * they are the same on every architecture.
 */
#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_STATMOUNT	457
#define NR_LISTMOUNT	458

struct request {
	uint32_t size;
	uint32_t spare;
	uint64_t id;
	uint64_t param;
};

/* The result of statmount(2); texts follow it and are found by their offset. */
struct answer {
	uint32_t size;
	uint32_t options;
	uint64_t mask;
	uint32_t major;
	uint32_t minor;
	uint64_t magic;
	uint32_t sb_flags;
	uint32_t type;
	uint64_t id;
	uint64_t parent;
	uint32_t old_id;
	uint32_t old_parent;
	uint64_t attributes;
	uint64_t propagation[4];
	uint32_t root;
	uint32_t point;
	uint64_t spare[50];
	char text[];
};

_Static_assert(sizeof(struct answer) == 512, "as in linux/mount.h");

enum {
	SB_BASIC = 0x01,
	MOUNT_BASIC = 0x02,
	ROOT = 0x08,
	POINT = 0x10,
	TYPE = 0x20,
	OPTIONS = 0x80,
};

/* All mounts of the namespace. */
#define FROM_ROOT	UINT64_MAX

long csystem_listmount(unsigned long long last, unsigned long long *ids, unsigned long capacity)
{
	struct request request = { .size = sizeof(request), .id = FROM_ROOT, .param = last };

	return syscall(NR_LISTMOUNT, &request, ids, capacity, 0);
}

/* The id of a mount that no other one ever gets; STATX_MNT_ID_UNIQUE. */
#define MOUNT_ID	0x4000

int csystem_mount_of(int fd, unsigned long long *id)
{
	struct statx status;

	if (statx(fd, "", AT_EMPTY_PATH, MOUNT_ID, &status) < 0)
		return -1;
	if (!(status.stx_mask & MOUNT_ID)) {
		errno = ENOSYS;
		return -1;
	}
	*id = status.stx_mnt_id;
	return 0;
}

/* A text of the kernel; it must end inside the buffer. */
static const char *text(const struct answer *answer, uint64_t bit, uint32_t offset, unsigned long size)
{
	const unsigned long start = sizeof(*answer) + (unsigned long)offset;

	if (!(answer->mask & bit))
		return "";
	if (start >= size || !memchr((const char *)answer + start, 0, size - start))
		return NULL;
	return (const char *)answer + start;
}

int csystem_statmount(unsigned long long id, struct csystem_mount *mount, void *buffer, unsigned long size)
{
	struct request request = {
		.size = sizeof(request),
		.id = id,
		.param = SB_BASIC | MOUNT_BASIC | ROOT | POINT | TYPE | OPTIONS,
	};
	const struct answer *answer = buffer;

	if (size < sizeof(*answer)) {
		errno = EOVERFLOW;
		return -1;
	}
	if (syscall(NR_STATMOUNT, &request, buffer, size, 0) < 0)
		return -1;
	mount->major = answer->major;
	mount->minor = answer->minor;
	mount->sb_flags = answer->sb_flags;
	mount->attributes = answer->attributes;
	mount->root = text(answer, ROOT, answer->root, size);
	mount->point = text(answer, POINT, answer->point, size);
	mount->type = text(answer, TYPE, answer->type, size);
	mount->options = text(answer, OPTIONS, answer->options, size);
	if (!mount->root || !mount->point || !mount->type || !mount->options) {
		errno = EPROTO;
		return -1;
	}
	return 0;
}
