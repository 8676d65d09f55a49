// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program that tests list, copy, damage and run: it prints what it was
 * granted. It is static and small, because hashing it is most of the cost of a
 * test.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t status_mask(const char *key)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	uint64_t value = 0;

	if (!file)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			sscanf(line + strlen(key), ":%lx", &value);
	fclose(file);
	return value;
}

static int bind_port_80(void)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(80),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return errno;
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) ?
	       errno : 0;
}

/* "--exec PROGRAM ..." shows what the next program gets. */
int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "--exec")) {
		execv(argv[2], argv + 2);
		printf("error=%d", errno);
		return 1;
	}
	printf("error=0 effective=%lx permitted=%lx inheritable=%lx ambient=%lx secure=%lu dumpable=%d uid=%u euid=%u egid=%u bound=%d securebits=%x\n",
	       status_mask("CapEff"), status_mask("CapPrm"),
	       status_mask("CapInh"), status_mask("CapAmb"),
	       getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE), getuid(),
	       geteuid(), getegid(), bind_port_80(),
	       prctl(PR_GET_SECUREBITS));
	return 0;
}
