// SPDX-License-Identifier: GPL-2.0-only
#include "control.h"

#include <poll.h>
#include <sys/syscall.h>

int control_call(int fd, unsigned long request, void *args, size_t size,
		 uint32_t *reason)
{
	uint32_t *head = args;
	int err;

	head[0] = size;
	head[1] = 0;
	err = ioctl(fd, request, args) ? errno : 0;
	if (reason)
		*reason = head[1];
	return err;
}

int context_setup(int fd, uint32_t flags, uint32_t confidentiality,
		  uint64_t ns_cap_bound, uint32_t *reason)
{
	struct clip_context_setup args = {
		.flags = flags, .confidentiality = confidentiality,
		.ns_cap_bound = ns_cap_bound,
	};

	return control_call(fd, CLIP_IOC_CONTEXT_SETUP, &args, sizeof(args),
			    reason);
}

int context_arm(int fd, pid_t pid, uint32_t flags, uint32_t *reason)
{
	struct clip_context_arm args = {
		.pidfd = syscall(SYS_pidfd_open, pid, 0), .flags = flags,
	};
	int err = control_call(fd, CLIP_IOC_CONTEXT_ARM, &args, sizeof(args),
			       reason);

	close(args.pidfd);
	return err;
}

int context_bind(int fd, const char *cgroup, const char *child, uint32_t flags,
		 uint32_t *reason)
{
	struct clip_context_bind args = {
		.cgroup_fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.flags = flags,
	};
	int err;

	snprintf((char *)args.child, sizeof(args.child), "%s", child);
	err = control_call(fd, CLIP_IOC_CONTEXT_BIND, &args, sizeof(args),
			   reason);
	close(args.cgroup_fd);
	return err;
}

int context_kill(int fd, int signal, uint32_t *reached, uint32_t *reason)
{
	struct clip_context_kill args = { .signal = signal };
	int err = control_call(fd, CLIP_IOC_CONTEXT_KILL, &args, sizeof(args),
			       reason);

	if (reached)
		*reached = args.tasks;
	return err;
}

struct clip_context_info context_info(int fd)
{
	struct clip_context_info args;

	if (control_call(fd, CLIP_IOC_CONTEXT_INFO, &args, sizeof(args), NULL))
		memset(&args, 0xff, sizeof(args));
	return args;
}

bool context_is_empty(int fd, int milliseconds)
{
	struct pollfd poll_one = { .fd = fd, .events = POLLIN };

	return poll(&poll_one, 1, milliseconds) == 1 &&
	       poll_one.revents == (POLLIN | POLLHUP);
}

static uint32_t ask_device(unsigned long request, int fd)
{
	struct clip_context_of args = { .size = sizeof(args), .fd = fd };

	return device_call(request, &args) ? 0xbadU : args.xid;
}

uint32_t context_of(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	uint32_t xid = ask_device(CLIP_IOC_TASK_CONTEXT, fd);

	close(fd);
	return xid;
}

uint32_t context_of_peer(int socket)
{
	return ask_device(CLIP_IOC_SOCKET_CONTEXT, socket);
}
