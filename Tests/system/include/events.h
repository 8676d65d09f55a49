/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening to the module's events, with only a socket.
 */
#ifndef CLIP_TESTS_EVENTS_H
#define CLIP_TESTS_EVENTS_H

#include <linux/clip.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAIT_MS		20000	/* for events that must come; no test waits this long */

struct family {
	int id, version, groups;
	int events, grants, creations;	/* numbers of the groups */
};

struct event {
	char buffer[16384] __attribute__((aligned(8)));
	const struct nlattr *attrs[__CLIP_EVENT_A_MAX];
	int version, command;
};

/* Asks the kernel's controller for the family. */
int family_get(int fd, struct family *family);
int genl_socket(void);
int join_group(int fd, int group);

/*
 * A socket that listens, with room for many events; -errno if that is refused.
 */
int listen_to(const char *group);

/* The next event, of any kind; an errno value, EAGAIN if there is none. */
int event_read(int fd, struct event *event, int wait);

/* A number of an event; -1 if the event does not have it. */
long long event_number(const struct event *event, int type);
bool event_has(const struct event *event, int type);

bool event_bytes_are(const struct event *event, int type, const void *bytes,
		     size_t size);
bool event_text_is(const struct event *event, int type, const char *text);

/* Waits for the next event of a kind and skips others. */
int event_wait(int fd, struct event *event, int kind);

/* Counts the events of a kind that have arrived. */
int event_count(int fd, int kind);

#endif /* CLIP_TESTS_EVENTS_H */
