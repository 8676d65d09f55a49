/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the security blob of an IPC object, a key, and a performance counter
 */
#ifndef _SECURITY_CLIP_CORE_OBJECT_BLOB_H
#define _SECURITY_CLIP_CORE_OBJECT_BLOB_H

#include <linux/ipc.h>
#include <linux/key.h>
#include <linux/perf_event.h>
#include <linux/types.h>

#include "core/common.h"

/**
 * struct clip_object - To which context an object belongs
 * @serial: that of the context of the task that made it. Set once. All-zero
 *	memory belongs to no context.
 */
struct clip_object {
	u64 serial;
};

static inline struct clip_object *clip_ipc_object(const struct kern_ipc_perm *perm)
{
	return perm->security + clip_blob_sizes.lbs_ipc;
}

#ifdef CONFIG_KEYS
static inline struct clip_object *clip_key_object(const struct key *key)
{
	return key->security + clip_blob_sizes.lbs_key;
}
#endif

#ifdef CONFIG_PERF_EVENTS
static inline struct clip_object *
clip_perf_object(const struct perf_event *event)
{
	return event->security + clip_blob_sizes.lbs_perf_event;
}
#endif

#endif /* _SECURITY_CLIP_CORE_OBJECT_BLOB_H */
