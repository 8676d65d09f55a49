// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * usage: vsctl-veth make JAIL DEVICE INSIDE PROCESS [WHAT=ADDRESS]...
 *        vsctl-veth remove JAIL DEVICE
 *
 * Two network devices that are the ends of one cable: DEVICE here, and INSIDE in the
 * network namespace of PROCESS. WHAT is "host", an address of DEVICE with its prefix,
 * "inside", one of INSIDE, or "gateway", through which INSIDE reaches all others. Both
 * ends are brought up. If a step fails, no device is left.
 *
 * "remove" removes DEVICE, and with it the other end, if "make" has made it for JAIL. A
 * device of others is left alone, and none is no failure. vsctl(8) runs this program.
 */
#define _GNU_SOURCE
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the arguments say, one by one, for one end. */
static int each_address(char **words, const char *what, int (*act)(const char *device, const struct address *address),
			const char *device)
{
	const size_t length = strlen(what);

	for (; *words; words++) {
		struct address address;

		if (strncmp(*words, what, length) || (*words)[length] != '=')
			continue;
		if (address_of(*words + length + 1, &address) < 0) {
			fprintf(stderr, "vsctl-veth: not an address: %s\n", *words + length + 1);
			return -1;
		}
		if (act(device, &address) < 0)
			return -1;
	}
	return 0;
}

static int settle(char **words, const char *what, const char *device)
{
	return each_address(words, what, add_address, device) < 0 ? -1 : bring_up(device);
}

static int enter_network(const char *process)
{
	char path[64];
	int file, result;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", atoi(process));
	file = open(path, O_RDONLY | O_CLOEXEC);
	result = file < 0 ? -1 : setns(file, CLONE_NEWNET);
	if (result < 0)
		fprintf(stderr, "vsctl-veth: enter the network of process %s: %s\n", process, strerror(errno));
	if (file >= 0)
		close(file);
	return result;
}

static int make(const char *jail, const char *device, const char *inside, const char *process, char **words)
{
	if (make_pair(device, inside, (unsigned int)atoi(process)) < 0)
		return 1;
	/* With this name on it, the device can be removed again. */
	if (set_owner(device, jail) < 0 || settle(words, "host", device) < 0) {
		remove_device(device, NULL);
		return 1;
	}
	/* From here on the end that was made here is out of reach; it ends with the other. */
	if (enter_network(process) < 0 || settle(words, "inside", inside) < 0 ||
	    each_address(words, "gateway", add_gateway, inside) < 0) {
		remove_device(inside, NULL);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "remove"))
		return remove_device(argv[3], argv[2]) < 0;
	if (argc >= 6 && !strcmp(argv[1], "make") && atoi(argv[5]) > 0)
		return make(argv[2], argv[3], argv[4], argv[5], argv + 6);
	fprintf(stderr, "usage: vsctl-veth make JAIL DEVICE INSIDE PROCESS [WHAT=ADDRESS]...\n"
			"       vsctl-veth remove JAIL DEVICE\n");
	return 2;
}
