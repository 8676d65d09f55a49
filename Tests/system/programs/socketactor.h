/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the actors for sockets share (see actor.c). Such an actor has one socket
 * at a time, which it can hand to another one, and keeps across exec.
 */
#ifndef CLIP_TESTS_SOCKETACTOR_H
#define CLIP_TESTS_SOCKETACTOR_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where all actors of a test give and take sockets; the test made it. */
#define EXCHANGE	20

static int s = -1;

static inline long result(long value)
{
	return value < 0 ? errno : 0;
}

static inline long use(int fd)
{
	if (fd < 0)
		return errno;
	if (s >= 0 && s != fd)
		close(s);
	s = fd;
	return 0;
}

/* --------------------------------------------------------- handing over */

/* 1000 and the error if there is no such process to take it from. */
static inline long take_fd(pid_t pid, int fd)
{
	const int target = syscall(SYS_pidfd_open, pid, 0);
	long err;

	if (target < 0)
		return 1000 + errno;
	err = result(syscall(SYS_pidfd_getfd, target, fd, 0));
	close(target);
	return err;
}

static inline long give(void)
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
	memcpy(CMSG_DATA(cmsg), &s, sizeof(int));
	return result(sendmsg(EXCHANGE, &msg, 0));
}

static inline long take(void)
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

/* ---------------------------------------------------------------- commands */

/* The ones that all have; -1 for others. */
static inline long run_shared(const char *verb, const char *rest)
{
	long a = 0, b = 0, c = 0;

	sscanf(rest, "%li %li %li", &a, &b, &c);
	if (!strcmp(verb, "socket"))
		return use(socket(a, b, c));
	if (!strcmp(verb, "have"))
		return use(a);
	if (!strcmp(verb, "fd"))
		return s;
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

static inline int obey(long (*run)(const char *verb, const char *rest))
{
	char line[1024], verb[32], *rest;

	setvbuf(stdout, NULL, _IONBF, 0);
	/* Unbuffered too: what was not read yet is there after an exec. */
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

#endif /* CLIP_TESTS_SOCKETACTOR_H */
