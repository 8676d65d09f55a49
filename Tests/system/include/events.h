/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening to the module's events, with nothing but a socket.
 */
#ifndef CLIP_TESTS_EVENTS_H
#define CLIP_TESTS_EVENTS_H

#include <linux/clip.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAIT_MS		20000	/* for what must come; nothing waits it out */

struct family {
	int id, version, groups;
	int events, grants, creations;	/* numbers of the groups */
};

struct event {
	char buffer[16384] __attribute__((aligned(8)));
	const struct nlattr *attrs[__CLIP_EVENT_A_MAX];
	int version, command;
};

/* What the kernel's controller says of the family. */
int family_get(int fd, struct family *family);
int genl_socket(void);
int join_group(int fd, int group);

/* A socket that listens, with room for a storm; -errno if it may not. */
int listen_to(const char *group);

/* The next event, of any kind; an errno value, EAGAIN if there is none. */
int event_read(int fd, struct event *event, int wait);

/* A number of an event, or -1 if it has none of that sort. */
long long event_number(const struct event *event, int type);
bool event_has(const struct event *event, int type);

bool event_bytes_are(const struct event *event, int type, const void *bytes,
		     size_t size);
bool event_text_is(const struct event *event, int type, const char *text);

/* The next event of a kind; others are passed over. */
int event_wait(int fd, struct event *event, int kind);

/* How many events of a kind are there now? */
int event_count(int fd, int kind);

#endif /* CLIP_TESTS_EVENTS_H */
