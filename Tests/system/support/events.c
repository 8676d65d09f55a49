// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct nlattr *attr_next(const struct nlattr *attr)
{
	return (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
}

#define FOR_EACH_ATTR(attr, begin, end) \
	for (attr = (const void *)(begin); \
	     (const char *)(attr) + NLA_HDRLEN <= (const char *)(end) && \
	     (attr)->nla_len >= NLA_HDRLEN; attr = attr_next(attr))

static const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static int attr_size(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

static void family_group(struct family *family, const struct nlattr *group)
{
	const char *end = (const char *)group + group->nla_len, *name = "";
	const struct nlattr *attr;
	int number = -1;

	FOR_EACH_ATTR(attr, attr_data(group), end) {
		if (attr->nla_type == CTRL_ATTR_MCAST_GRP_NAME)
			name = attr_data(attr);
		if (attr->nla_type == CTRL_ATTR_MCAST_GRP_ID)
			number = *(const uint32_t *)attr_data(attr);
	}
	family->groups++;
	if (!strcmp(name, CLIP_GENL_GROUP_EVENTS))
		family->events = number;
	if (!strcmp(name, CLIP_GENL_GROUP_GRANTS))
		family->grants = number;
	if (!strcmp(name, CLIP_GENL_GROUP_CREATIONS))
		family->creations = number;
}

static int group_number(const struct family *family, const char *group)
{
	if (!strcmp(group, CLIP_GENL_GROUP_GRANTS))
		return family->grants;
	return strcmp(group, CLIP_GENL_GROUP_CREATIONS) ? family->events :
							  family->creations;
}

int family_get(int fd, struct family *family)
{
	struct {
		struct nlmsghdr nlh;
		struct genlmsghdr genl;
		struct nlattr attr;
		char name[8];
	} request = {
		.nlh = {
			.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN +
				     sizeof(CLIP_GENL_NAME),
			.nlmsg_type = GENL_ID_CTRL,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.attr = {
			.nla_len = NLA_HDRLEN + sizeof(CLIP_GENL_NAME),
			.nla_type = CTRL_ATTR_FAMILY_NAME,
		},
		.name = CLIP_GENL_NAME,
	};
	char buffer[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)buffer;
	const struct nlattr *attr, *group;

	memset(family, 0, sizeof(*family));
	if (send(fd, &request, request.nlh.nlmsg_len, 0) < 0 ||
	    recv(fd, buffer, sizeof(buffer), 0) < NLMSG_HDRLEN)
		return errno;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return -((struct nlmsgerr *)NLMSG_DATA(nlh))->error;
	FOR_EACH_ATTR(attr, buffer + NLMSG_HDRLEN + GENL_HDRLEN,
		      buffer + nlh->nlmsg_len) {
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			family->id = *(const uint16_t *)attr_data(attr);
		if (attr->nla_type == CTRL_ATTR_VERSION)
			family->version = *(const uint32_t *)attr_data(attr);
		if (attr->nla_type == CTRL_ATTR_MCAST_GROUPS)
			FOR_EACH_ATTR(group, attr_data(attr), attr_next(attr))
				family_group(family, group);
	}
	return 0;
}

int genl_socket(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd >= 0 && bind(fd, (const void *)&address, sizeof(address))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int join_group(int fd, int group)
{
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) ? errno : 0;
}

int listen_to(const char *group)
{
	int fd = genl_socket(), size = 8 << 20, err;
	struct family family;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	err = family_get(fd, &family);
	if (!err)
		err = join_group(fd, group_number(&family, group));
	if (!err)
		return fd;
	close(fd);
	return -err;
}

int event_read(int fd, struct event *event, int wait)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	const struct nlmsghdr *nlh = (void *)event->buffer;
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct nlattr *attr;
	ssize_t got;

	memset(event->attrs, 0, sizeof(event->attrs));
	if (poll(&ready, 1, wait) != 1)
		return EAGAIN;
	got = recv(fd, event->buffer, sizeof(event->buffer), MSG_DONTWAIT);
	if (got < 0)
		return errno;
	if (got < NLMSG_HDRLEN + GENL_HDRLEN || nlh->nlmsg_len != got)
		return EBADMSG;
	event->version = genl->version;
	event->command = genl->cmd;
	FOR_EACH_ATTR(attr, event->buffer + NLMSG_HDRLEN + GENL_HDRLEN,
		      event->buffer + got) {
		/*
		 * No attribute may appear twice, and the header must name all
		 * of them.
		 */
		if (attr->nla_type != CLIP_EVENT_A_PAD &&
		    (attr->nla_type >= __CLIP_EVENT_A_MAX ||
		     event->attrs[attr->nla_type]))
			return EBADMSG;
		event->attrs[attr->nla_type] = attr;
	}
	return 0;
}

long long event_number(const struct event *event, int type)
{
	const struct nlattr *attr = event->attrs[type];

	if (!attr)
		return -1;
	switch (attr_size(attr)) {
	case 1:
		return *(const uint8_t *)attr_data(attr);
	case 4:
		return *(const uint32_t *)attr_data(attr);
	case 8:
		return *(const uint64_t *)attr_data(attr);
	}
	return -2;
}

bool event_has(const struct event *event, int type)
{
	return event->attrs[type];
}

bool event_bytes_are(const struct event *event, int type, const void *bytes,
		     size_t size)
{
	const struct nlattr *attr = event->attrs[type];

	return attr && (size_t)attr_size(attr) == size &&
	       !memcmp(attr_data(attr), bytes, size);
}

bool event_text_is(const struct event *event, int type, const char *text)
{
	return event_bytes_are(event, type, text, strlen(text));
}

int event_wait(int fd, struct event *event, int kind)
{
	int err;

	do {
		err = event_read(fd, event, WAIT_MS);
	} while (!err && event_number(event, CLIP_EVENT_A_KIND) != kind);
	return err;
}

int event_count(int fd, int kind)
{
	struct event event;
	int count = 0;

	while (!event_read(fd, &event, 0))
		count += event_number(&event, CLIP_EVENT_A_KIND) == kind;
	return count;
}
