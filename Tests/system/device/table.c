// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

int change_at(int fd, uint32_t mode, const struct clip_device_rule *rules,
	      uint32_t count, struct change *change)
{
	struct change local;

	if (!change)
		change = &local;
	memset(change, 0, sizeof(*change));
	change->commit = (struct clip_device_commit) {
		.size = sizeof(change->commit),
		.mode = mode,
		.results_capacity = 16,
		.rules = (uintptr_t)rules,
		.results = (uintptr_t)change->results,
		.rules_count = count,
		.rule_size = sizeof(*rules),
	};
	return ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &change->commit) ? errno : 0;
}

int change_table(uint32_t mode, const struct clip_device_rule *rules,
			uint32_t count, struct change *change)
{
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = change_at(fd, mode, rules, count, change);
	close(fd);
	return err;
}

int list_table(struct clip_device_list *list,
		      struct clip_device_rule *rules, uint32_t capacity)
{
	int fd = open(CLIP_DEVCTL_PATH, O_RDONLY | O_CLOEXEC), err;

	*list = (struct clip_device_list) {
		.size = sizeof(*list), .capacity = capacity,
		.rules = (uintptr_t)rules, .rule_size = sizeof(*rules),
	};
	err = ioctl(fd, CLIP_IOC_DEVICE_LIST, list) ? errno : 0;
	close(fd);
	return err;
}

uint32_t rules_in_force(void)
{
	struct clip_device_list list;

	return list_table(&list, NULL, 0) ? ~0U : list.count;
}
