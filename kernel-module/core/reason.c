// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the name and the error of a reason
 */
#include "core/common.h"

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/errno.h>

#include "core/reason.h"

static const char *const reason_names[] = { CLIP_REASON_NAMES };

static_assert(ARRAY_SIZE(reason_names) == __CLIP_REASON_MAX);

/**
 * clip_reason_name - Get the name of a reason
 * @reason: the reason
 *
 * Return: The name from the table in the UAPI header.
 */
const char *clip_reason_name(enum clip_reason reason)
{
	const char *name = reason < __CLIP_REASON_MAX ? reason_names[reason] :
							NULL;

	return name ?: "unknown";
}

/**
 * clip_reason_errno - Get the error with which a request to the device fails
 * @reason: the reason of the failure
 *
 * Return: A negative errno value, or 0 for %CLIP_REASON_NONE.
 */
int clip_reason_errno(enum clip_reason reason)
{
	switch (reason) {
	case CLIP_REASON_NONE:
		return 0;
	case CLIP_REASON_NO_CONTEXT:
	case CLIP_REASON_NO_FILE:
	case CLIP_REASON_NO_ENTRY:
		return -ENOENT;
	case CLIP_REASON_UNSUPPORTED_ALGORITHM:
	case CLIP_REASON_UNTRUSTED_FS:
		return -EOPNOTSUPP;
	case CLIP_REASON_EXISTS:
	case CLIP_REASON_DUPLICATE:
		return -EEXIST;
	case CLIP_REASON_NO_MEMORY:
		return -ENOMEM;
	case CLIP_REASON_PERMISSION:
	case CLIP_REASON_IMMUTABLE:
	case CLIP_REASON_OVER_BOUND:
	case CLIP_REASON_OTHER_CONTEXT:
	case CLIP_REASON_DEVICE:
	case CLIP_REASON_MOUNT:
	case CLIP_REASON_CONFIDENTIALITY:
	case CLIP_REASON_CLEAR_TRAFFIC:
	case CLIP_REASON_RECEIVED:
		return -EPERM;
	case CLIP_REASON_ADDRESS:
		return -EADDRNOTAVAIL;
	case CLIP_REASON_NO_NETWORK:
		return -EAFNOSUPPORT;
	case CLIP_REASON_TOO_MANY:
		return -ENOSPC;
	case CLIP_REASON_SIGNATURE:
		return -EKEYREJECTED;
	case CLIP_REASON_OLD_VERSION:
		return -ESTALE;
	case CLIP_REASON_READ_ONLY:
		return -EROFS;
	case CLIP_REASON_NOT_ALONE:
	case CLIP_REASON_OPEN_FILE:
	case CLIP_REASON_ENTERED:
	case CLIP_REASON_BASE_USERNS:
		return -EBUSY;
	default:
		return -EINVAL;
	}
}
