/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: objects of other contexts
 */
#ifndef _SECURITY_CLIP_CONTEXT_OBJECTS_H
#define _SECURITY_CLIP_CONTEXT_OBJECTS_H

#include <linux/key.h>

struct cred;
struct perf_event;

int clip_object_check_key(key_ref_t ref, const struct cred *cred,
			  enum key_need_perm need);
int clip_object_check_perf(const struct perf_event *event);
int clip_object_check_perf_type(int type);
int clip_object_check_bpf(void);

#endif /* _SECURITY_CLIP_CONTEXT_OBJECTS_H */
