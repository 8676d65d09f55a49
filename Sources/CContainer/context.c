// SPDX-License-Identifier: LGPL-2.1-or-later
/* libclip: requests about contexts */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../kernel-module/include/uapi/linux/clip.h"

static const char *const reasons[] = { CLIP_REASON_NAMES };

const char *clip_reason_word(unsigned int reason)
{
	return reason && reason < sizeof(reasons) / sizeof(*reasons) ? reasons[reason] : NULL;
}

/* The kernel's reason is part of the text. */
static int refused(struct clip_failure *failure, int code, unsigned int reason, const char *act, uint32_t number)
{
	const char *word = clip_reason_word(reason);

	if (word)
		clip_fail(failure, code, "context", "%s context %u (%s)", act, number, word);
	else
		clip_fail(failure, code, "context", "%s context %u", act, number);
	if (failure)
		failure->reason = reason;
	return -1;
}

static int request(unsigned long number, struct clip_context_args *args, const char *act, struct clip_failure *failure)
{
	const int device = open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	int result, error;

	if (device < 0)
		return clip_fail(failure, 0, "device", "open " CLIP_DEVICE_PATH);
	args->size = sizeof(*args);
	result = ioctl(device, number, args);
	error = errno;
	close(device);
	return result < 0 ? refused(failure, error, args->reason, act, args->xid) : result;
}

/* A descriptor of a context is the right to enter, which programs must not inherit. */
static int keep(int context, struct clip_failure *failure)
{
	if (context < 0 || fcntl(context, F_SETFD, FD_CLOEXEC) >= 0)
		return context;
	clip_fail(failure, 0, "context", "keep the descriptor from programs");
	close(context);
	return -1;
}

int clip_ctx_create(uint32_t number, uint32_t level, uint64_t capabilities, uint64_t privileges,
		    struct clip_failure *failure)
{
	struct clip_context_args args = {
		.xid = number,
		.level = level,
		.cap_bound = capabilities,
		.priv_bound = privileges,
	};

	return keep(request(CLIP_IOC_CONTEXT_CREATE, &args, "create", failure), failure);
}

int clip_ctx_open(uint32_t number, struct clip_failure *failure)
{
	struct clip_context_args args = { .xid = number };

	return keep(request(CLIP_IOC_CONTEXT_OPEN, &args, "open", failure), failure);
}

int clip_ctx_state(uint32_t number, struct clip_ctx_state *state, struct clip_failure *failure)
{
	struct clip_context_args args = { .xid = number };

	if (request(CLIP_IOC_CONTEXT_GET, &args, "look at", failure) < 0)
		return -1;
	*state = (struct clip_ctx_state){
		.number = args.xid,
		.level = args.level,
		.capabilities = args.cap_bound,
		.privileges = args.priv_bound,
		.serial = args.serial,
		.entries = args.entries,
		.digests = args.digests,
	};
	return 0;
}

int clip_ctx_delete(uint32_t number, struct clip_failure *failure)
{
	struct clip_context_args args = { .xid = number };

	return request(CLIP_IOC_CONTEXT_DELETE, &args, "delete", failure) < 0 ? -1 : 0;
}

int clip_ctx_enter(int context, struct clip_failure *failure)
{
	if (ioctl(context, CLIP_IOC_ENTER, 0) < 0)
		return clip_fail(failure, 0, "context", "enter the context");
	return 0;
}
