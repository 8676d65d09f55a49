// SPDX-License-Identifier: GPL-2.0-only
#include "inet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

socklen_t inet_fill(struct sockaddr_storage *address, const char *text, int port)
{
	struct sockaddr_in6 *v6 = (void *)address;
	struct sockaddr_in *v4 = (void *)address;

	memset(address, 0, sizeof(*address));
	if (!strcmp(text, "-"))
		return sizeof(*v4);
	if (strchr(text, ':')) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		inet_pton(AF_INET6, text, &v6->sin6_addr);
		return sizeof(*v6);
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	inet_pton(AF_INET, text, &v4->sin_addr);
	return sizeof(*v4);
}
