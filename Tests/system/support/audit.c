// SPDX-License-Identifier: GPL-2.0-only
#include "audit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int audit_listen(bool on)
{
	struct {
		struct nlmsghdr nlh;
		struct audit_status status;
	} request = {
		.nlh = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = AUDIT_SET,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.status = { .mask = AUDIT_STATUS_ENABLED, .enabled = on },
	};
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	int group = AUDIT_NLGRP_READLOG;
	char answer[1024] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)answer;

	if (fd < 0 || bind(fd, (const void *)&address, sizeof(address)) ||
	    send(fd, &request, sizeof(request), 0) < 0 ||
	    recv(fd, answer, sizeof(answer), 0) < 0)
		return -errno;
	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    ((struct nlmsgerr *)NLMSG_DATA(nlh))->error)
		return -EPROTO;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		return -errno;
	return fd;
}

static bool read_record(int fd, int type, const char *part, char *text,
			size_t size, int wait)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char buffer[9000] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)buffer;
	ssize_t got;

	while (poll(&ready, 1, wait) == 1) {
		got = recv(fd, buffer, sizeof(buffer) - 1, MSG_DONTWAIT);
		if (got < NLMSG_HDRLEN)
			return false;
		buffer[got] = '\0';
		if (nlh->nlmsg_type != type ||
		    !strstr(NLMSG_DATA(nlh), part))
			continue;
		snprintf(text, size, "%s", (char *)NLMSG_DATA(nlh));
		return true;
	}
	return false;
}

bool audit_read(int fd, char *text, size_t size, int wait)
{
	return read_record(fd, AUDIT_KERNEL_OTHER, " lsm=clip ", text, size,
			   wait);
}

bool audit_read_path(int fd, char *text, size_t size, int wait)
{
	return read_record(fd, AUDIT_PATH, " name=", text, size, wait);
}
