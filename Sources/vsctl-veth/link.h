/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests about network devices in the network namespace of this process. Each
 * returns 0, or -1 after it has printed what failed.
 */
#ifndef VSCTL_VETH_LINK_H
#define VSCTL_VETH_LINK_H

#include <stdint.h>

struct address {
	/* AF_INET or AF_INET6. */
	uint8_t family;
	uint8_t prefix;
	uint8_t length;
	uint8_t bytes[16];
};

/* ADDRESS or ADDRESS/PREFIX; -1, and nothing is printed, if it is neither. */
int address_of(const char *text, struct address *address);

/* Two devices that are connected, of which the second is in the network of a process. */
int make_pair(const char *device, const char *inside, uint32_t process);

/* Writes into the alias of a device which jail it belongs to. */
int set_owner(const char *device, const char *jail);

/*
 * Removes a device, if it belongs to the jail, or if `jail` is NULL. One of others is
 * left alone; a device that is not there is no failure.
 */
int remove_device(const char *device, const char *jail);

int add_address(const char *device, const struct address *address);
int add_gateway(const char *device, const struct address *gateway);
int bring_up(const char *device);

#endif /* VSCTL_VETH_LINK_H */
