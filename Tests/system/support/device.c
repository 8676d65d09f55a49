// SPDX-License-Identifier: GPL-2.0-only
#include "device.h"

int device_open(void)
{
	return open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC);
}

int device_call(unsigned long request, void *arg)
{
	int fd = device_open(), err;

	if (fd < 0)
		return errno;
	err = ioctl(fd, request, arg) ? errno : 0;
	close(fd);
	return err;
}

int get_info(struct clip_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return device_call(CLIP_IOC_INFO, info);
}

struct store_state store_state(void)
{
	struct clip_info info;

	if (get_info(&info))
		return (struct store_state) { 0, 0 };
	return (struct store_state) { info.generation, info.entries };
}

long long status_value(const char *key)
{
	FILE *file = fopen(CLIP_SECURITYFS_PATH "/status", "r");
	char name[64];
	long long value, found = -1;

	if (!file)
		return -1;
	while (fscanf(file, "%63s %lli", name, &value) == 2)
		if (!strcmp(name, key))
			found = value;
	fclose(file);
	return found;
}

long long refused(enum clip_reason reason)
{
	static const char *const names[] = { CLIP_REASON_NAMES };
	char key[64];
	long long count;

	snprintf(key, sizeof(key), "refused.%s", names[reason]);
	count = status_value(key);
	return count < 0 ? 0 : count;
}

int listed_exceptions(void)
{
	FILE *file = fopen(CLIP_SECURITYFS_PATH "/exceptions", "r");
	char line[512];
	int lines = 0;

	while (file && fgets(line, sizeof(line), file))
		lines++;
	if (file)
		fclose(file);
	return lines;
}
