/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the addresses of contexts
 */
#ifndef _SECURITY_CLIP_NETWORK_GIVEN_H
#define _SECURITY_CLIP_NETWORK_GIVEN_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_context;

int clip_given_request(struct clip_context *ctx,
		       struct clip_context_address *args);
bool clip_given_is_final(const struct clip_context *ctx);
u32 clip_given_count(const struct clip_context *ctx);

#endif /* _SECURITY_CLIP_NETWORK_GIVEN_H */
