// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of the demonstration: takes port 80, and says who it is and
 * which capabilities it has in force.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned long effective(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	unsigned long mask = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "CapEff: %lx", &mask);
	if (file)
		fclose(file);
	return mask;
}

int main(void)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(80),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	printf("uid %d, effective capabilities %#lx: ", getuid(), effective());
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address,
			   sizeof(address))) {
		printf("port 80: %s\n", strerror(errno));
		return 1;
	}
	printf("port 80 is mine\n");
	return 0;
}
