/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Running things in a context. For tests that define CLIP_TESTS_INACTIVE:
 * context 0 being inactive, plain root may make contexts and load into them.
 */
#ifndef CLIP_TESTS_CONFINED_H
#define CLIP_TESTS_CONFINED_H

#include "common.h"

#define ALL_CAPS	(~0ULL >> 23 | 1ULL << 63)

/* A descriptor of a new context; -1, with errno, if it cannot be made. */
static inline int confined_create(uint32_t xid, uint32_t level,
				  uint64_t cap_bound, uint64_t priv_bound)
{
	struct clip_context_args args = {
		.xid = xid, .level = level,
		.cap_bound = cap_bound, .priv_bound = priv_bound,
	};

	return context_fd(CLIP_IOC_CONTEXT_CREATE, &args);
}

static inline int confined_delete(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	return context_call(CLIP_IOC_CONTEXT_DELETE, &args);
}

/* Runs @act in the context of @fd, and returns what it returns, 0 to 254. */
static inline int confined_do(int fd, int (*act)(void *), void *data)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		/* Nothing may come along but the way in. */
		close_range(3, fd - 1, 0);
		close_range(fd + 1, ~0U, 0);
		if (ioctl(fd, CLIP_IOC_ENTER, 0))
			_exit(255);
		_exit(act(data));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 254;
	return WEXITSTATUS(status);
}

static inline int exec_in_child(void *path)
{
	char *const argv[] = { path, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execve(path, argv, envp);
		_exit(errno);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 253;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 252;
}

/* errno of executing a program in the context of @fd that ends with 0. */
static inline int confined_exec(int fd, const char *path)
{
	return confined_do(fd, exec_in_child, (void *)path);
}

/* An allow digest for what a file is now. */
static inline int allow_rule(struct rule *rule, const char *path, uint32_t xid)
{
	int err = rule_for(rule, path, 0);

	rule->path = "";
	rule->context = xid;
	return err;
}

static inline int allow(const char *path, uint32_t xid)
{
	struct rule rule;

	return allow_rule(&rule, path, xid) ?:
	       commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, NULL);
}

static inline int disallow(const char *path, uint32_t xid)
{
	struct rule rule;

	return allow_rule(&rule, path, xid) ?:
	       commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL);
}

/* ------------------------------------------------ children that say more */

static inline int confined_enter(int fd)
{
	return ioctl(fd, CLIP_IOC_ENTER, 0) ? errno : 0;
}

/* The number of the context the caller is in; it need not be able to open. */
static inline uint32_t context_by(int device)
{
	struct clip_info info = { .size = sizeof(info) };

	return ioctl(device, CLIP_IOC_INFO, &info) ? 0xbadU : info.context;
}

static inline uint32_t context_now(void)
{
	int device = device_open();
	uint32_t xid = device < 0 ? 0xbadU : context_by(device);

	close(device);
	return xid;
}

/* Runs @act in a child that has standard streams and @fd; its exit status. */
static inline int in_child(int fd, int (*act)(int fd))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		close_range(3, fd - 1, 0);
		close_range(fd + 1, ~0U, 0);
		_exit(act(fd));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 +
	       WTERMSIG(status);
}

/* For these children: what must hold, or they say where it did not, and end. */
#define MUST(wanted, got) do { \
	const long long wanted_ = (wanted), got_ = (got); \
	\
	if (wanted_ != got_) { \
		fprintf(stderr, "# %s:%d: wanted %lld, got %lld\n", \
			__FILE__, __LINE__, wanted_, got_); \
		_exit(1); \
	} \
} while (0)

static inline int send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(socket, &message, 0) == 1 ? 0 : errno;
}

static inline int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return fd;
}

#endif /* CLIP_TESTS_CONFINED_H */
