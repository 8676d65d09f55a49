/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses of IPv4 and IPv6, from text.
 */
#ifndef CLIP_TESTS_INET_H
#define CLIP_TESTS_INET_H

#include <sys/socket.h>

/*
 * Fills in @address, and returns its length. A text with a colon is an address of
 * IPv6, "-" one without a family, and every other one an address of IPv4.
 */
socklen_t inet_fill(struct sockaddr_storage *address, const char *text, int port);

#endif /* CLIP_TESTS_INET_H */
