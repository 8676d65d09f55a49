// SPDX-License-Identifier: LGPL-2.1-or-later
/* libclip: requests on the descriptor of a context, about it and what is in it */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../kernel-module/include/uapi/linux/clip.h"

static const char *const refusal_names[] = { CLIP_REFUSALS_NAMES };

_Static_assert(CLIP_CTX_REFUSAL_CLASSES == CLIP_REFUSALS_CLASSES, "classes of refusals");

/* The result of a request on a descriptor, as a failure that says what was attempted. */
static int finish(int result, unsigned int reason, const char *act, struct clip_failure *failure)
{
	const int error = errno;
	const char *word = clip_reason_word(reason);

	if (result >= 0)
		return 0;
	if (error == ENOTTY)
		clip_fail(failure, error, "context", "%s (this kernel does not know the request)", act);
	else if (word)
		clip_fail(failure, error, "context", "%s (%s)", act, word);
	else
		clip_fail(failure, error, "context", "%s", act);
	if (failure)
		failure->reason = reason;
	return -1;
}

int clip_ctx_setup(int context, uint32_t flags, uint32_t confidentiality, uint64_t namespace_capabilities,
		   struct clip_failure *failure)
{
	struct clip_context_setup args = {
		.size = sizeof(args),
		.flags = flags,
		.confidentiality = confidentiality,
		.ns_cap_bound = namespace_capabilities,
	};
	const int result = ioctl(context, CLIP_IOC_CONTEXT_SETUP, &args);

	return finish(result, args.reason, "set up the context", failure);
}

int clip_ctx_address(int context, enum clip_address_act act, int family, const uint8_t *address, uint32_t prefix,
		     struct clip_failure *failure)
{
	struct clip_context_address args = {
		.size = sizeof(args),
		.operation = (__u16)act,
		.family = (__u16)family,
		.prefix = prefix,
	};
	int result;

	if (act != CLIP_ADDRESSES_ARE_REMOVED)
		memcpy(args.address, address, family == AF_INET ? 4 : 16);
	result = ioctl(context, CLIP_IOC_CONTEXT_ADDRESS, &args);
	return finish(result, args.reason, "change the addresses of the context", failure);
}

int clip_ctx_get_address(int context, uint32_t number, int *family, uint8_t address[16], uint32_t *prefix,
			 struct clip_failure *failure)
{
	struct clip_context_address args = {
		.size = sizeof(args),
		.operation = CLIP_ADDRESS_GET,
		.index = number,
	};
	const int result = ioctl(context, CLIP_IOC_CONTEXT_ADDRESS, &args);

	if (result < 0 && errno == ENOENT)
		return 0;
	if (finish(result, args.reason, "read the addresses of the context", failure) < 0)
		return -1;
	*family = args.family;
	*prefix = args.prefix;
	memcpy(address, args.address, 16);
	return 1;
}

int clip_process_open(pid_t process, struct clip_failure *failure)
{
	const int descriptor = (int)syscall(SYS_pidfd_open, process, 0);

	return descriptor < 0 ? clip_fail(failure, 0, "process", "process %d", (int)process) : descriptor;
}

int clip_ctx_arm(int context, int process, int disarm, struct clip_failure *failure)
{
	struct clip_context_arm args = {
		.size = sizeof(args),
		.pidfd = process,
		.flags = disarm ? CLIP_ARM_DISARM : 0,
	};
	const int result = ioctl(context, CLIP_IOC_CONTEXT_ARM, &args);

	return finish(result, args.reason, "have the process take the context", failure);
}

int clip_ctx_bind(int context, int cgroup, const char *child, int unbind, struct clip_failure *failure)
{
	struct clip_context_bind args = {
		.size = sizeof(args),
		.cgroup_fd = cgroup,
		.flags = unbind ? CLIP_BIND_UNBIND : 0,
	};
	int result;

	if (child && strlen(child) >= sizeof(args.child))
		return clip_fail(failure, ENAMETOOLONG, "context", "the cgroup %s", child);
	if (child)
		strcpy((char *)args.child, child);
	result = ioctl(context, CLIP_IOC_CONTEXT_BIND, &args);
	return finish(result, args.reason, "have the cgroup take the context", failure);
}

int clip_ctx_kill(int context, int signal, uint32_t *reached, struct clip_failure *failure)
{
	struct clip_context_kill args = { .size = sizeof(args), .signal = (__u32)signal };
	const int result = ioctl(context, CLIP_IOC_CONTEXT_KILL, &args);

	if (finish(result, args.reason, "send a signal to all of the context", failure) < 0)
		return -1;
	if (reached)
		*reached = args.tasks;
	return 0;
}

int clip_ctx_info(int context, struct clip_ctx_info *info, struct clip_failure *failure)
{
	struct clip_context_info args = { .size = sizeof(args) };
	const int result = ioctl(context, CLIP_IOC_CONTEXT_INFO, &args);

	if (finish(result, args.reason, "look at the context", failure) < 0)
		return -1;
	*info = (struct clip_ctx_info){
		.number = args.xid,
		.level = args.level,
		.serial = args.serial,
		.capabilities = args.cap_bound,
		.namespace_capabilities = args.ns_cap_bound,
		.privileges = args.priv_bound,
		.flags = args.flags,
		.confidentiality = args.confidentiality,
		.entered = !!(args.state & CLIP_CONTEXT_ENTERED),
		.deleted = !!(args.state & CLIP_CONTEXT_DELETED),
		.addresses = args.addresses,
		.tasks = args.tasks,
		.entries = args.entries,
		.digests = args.digests,
	};
	for (int i = 0; i < CLIP_CTX_REFUSAL_CLASSES; i++)
		info->refusals[i] = args.refusals[i];
	return 0;
}

const char *clip_ctx_refusal_name(unsigned int refusal)
{
	return refusal < CLIP_CTX_REFUSAL_CLASSES ? refusal_names[refusal] : NULL;
}

static long now_in_milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int clip_ctx_wait_empty(int context, int milliseconds, struct clip_failure *failure)
{
	const long end = milliseconds < 0 ? 0 : now_in_milliseconds() + milliseconds;

	/* A context that nothing has entered yet is empty, and poll(2) does not say so. */
	for (;;) {
		struct pollfd ready = { .fd = context, .events = POLLIN };
		struct clip_ctx_info info;
		const long left = milliseconds < 0 ? -1 : end - now_in_milliseconds();

		if (clip_ctx_info(context, &info, failure) < 0)
			return -1;
		if (!info.tasks)
			return 1;
		if (milliseconds >= 0 && left <= 0)
			return 0;
		if (poll(&ready, 1, (int)left) < 0 && errno != EINTR)
			return clip_fail(failure, 0, "context", "wait for the end of the context");
	}
}

static int context_of(unsigned long request, int descriptor, uint32_t *number, uint64_t *serial, const char *act,
		      struct clip_failure *failure)
{
	struct clip_context_of args = { .size = sizeof(args), .fd = descriptor };
	const int device = open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	int result, error;

	if (device < 0)
		return clip_fail(failure, 0, "device", "open " CLIP_DEVICE_PATH);
	result = ioctl(device, request, &args);
	error = errno;
	close(device);
	errno = error;
	if (finish(result, args.reason, act, failure) < 0)
		return -1;
	*number = args.xid;
	*serial = args.serial;
	return 0;
}

int clip_ctx_of_task(int process, uint32_t *number, uint64_t *serial, struct clip_failure *failure)
{
	return context_of(CLIP_IOC_TASK_CONTEXT, process, number, serial, "find the context of a process", failure);
}

int clip_ctx_of_peer(int socket, uint32_t *number, uint64_t *serial, struct clip_failure *failure)
{
	return context_of(CLIP_IOC_SOCKET_CONTEXT, socket, number, serial, "find the context of a socket", failure);
}
