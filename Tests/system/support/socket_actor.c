// SPDX-License-Identifier: GPL-2.0-only
#include "socket_actor.h"

#include <linux/netlink.h>
#include <sys/syscall.h>

int held = -1;

long result(long value)
{
	return value < 0 ? errno : 0;
}

long use(int fd)
{
	if (fd < 0)
		return errno;
	if (held >= 0 && held != fd)
		close(held);
	held = fd;
	return 0;
}

/* --------------------------------------------------------- handing over */

long take_fd(pid_t pid, int fd)
{
	const int target = syscall(SYS_pidfd_open, pid, 0);
	long err;

	if (target < 0)
		return NO_PROCESS + errno;
	err = result(syscall(SYS_pidfd_getfd, target, fd, 0));
	close(target);
	return err;
}

long give(void)
{
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &held, sizeof(int));
	return result(sendmsg(EXCHANGE, &msg, 0));
}

long take(void)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(EXCHANGE + 1, &msg, MSG_DONTWAIT) < 0)
		return errno;
	if (!CMSG_FIRSTHDR(&msg))
		return ENOMSG;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return use(fd);
}

long netlink_error(void)
{
	uint8_t buffer[16384];
	ssize_t got;

	while ((got = recv(held, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0) {
		const struct nlmsghdr *header = (void *)buffer;

		for (; NLMSG_OK(header, got); header = NLMSG_NEXT(header, got)) {
			const struct nlmsgerr *error = NLMSG_DATA(header);

			if (header->nlmsg_type == NLMSG_ERROR && error->error)
				return ANSWERED - error->error;
		}
	}
	return 0;
}

/* ---------------------------------------------------------------- commands */

long run_shared(const char *verb, const char *rest)
{
	long a = 0, b = 0, c = 0;

	sscanf(rest, "%li %li %li", &a, &b, &c);
	if (!strcmp(verb, "socket"))
		return use(socket(a, b, c));
	if (!strcmp(verb, "have"))
		return use(a);
	if (!strcmp(verb, "fd"))
		return held;
	if (!strcmp(verb, "give"))
		return give();
	if (!strcmp(verb, "take"))
		return take();
	if (!strcmp(verb, "setuid"))
		return result(setuid(a));
	if (!strcmp(verb, "exec")) {
		char *const argv[] = { (char *)rest, NULL };

		execv(rest, argv);
		return errno;
	}
	return -1;
}

int obey(long (*run)(const char *verb, const char *rest))
{
	char line[1024], verb[32], *rest;

	setvbuf(stdout, NULL, _IONBF, 0);
	/*
	 * Unbuffered too: input that was not read yet must still be there after
	 * an exec.
	 */
	setvbuf(stdin, NULL, _IONBF, 0);
	puts("0");
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		rest = line + strcspn(line, " ");
		if (*rest)
			*rest++ = '\0';
		snprintf(verb, sizeof(verb), "%s", line);
		printf("%ld\n", run(verb, rest));
	}
	return 0;
}
