/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of devices behind /dev/devctl.
 */
#ifndef CLIP_TESTS_TABLE_H
#define CLIP_TESTS_TABLE_H

#include "device.h"

#define LOOP	7
#define R	CLIP_DEVICE_READ
#define W	CLIP_DEVICE_WRITE
#define D	CLIP_DEVICE_DEV
#define X	CLIP_DEVICE_EXEC
#define S	CLIP_DEVICE_SUID

#define LOOP_RULE(number, minors, rank, letters) { \
	.major = LOOP, .minor = (number), .range = (minors), \
	.priority = (rank), .permissions = (letters), \
}

struct change {
	struct clip_device_commit commit;
	struct clip_result results[16];
};

/* Changes the table through the given descriptor, or through a new one. */
int change_at(int fd, uint32_t mode, const struct clip_device_rule *rules,
	      uint32_t count, struct change *change);
int change_table(uint32_t mode, const struct clip_device_rule *rules,
		 uint32_t count, struct change *change);
int list_table(struct clip_device_list *list, struct clip_device_rule *rules,
	       uint32_t capacity);
uint32_t rules_in_force(void);

#endif /* CLIP_TESTS_TABLE_H */
