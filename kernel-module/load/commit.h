/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: putting an image in force
 */
#ifndef _SECURITY_CLIP_LOAD_COMMIT_H
#define _SECURITY_CLIP_LOAD_COMMIT_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

struct clip_results;

int clip_commit(const void *image, size_t size, struct clip_commit *args,
		struct clip_results *results);

#endif /* _SECURITY_CLIP_LOAD_COMMIT_H */
