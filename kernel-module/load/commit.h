/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: putting an image in force
 */
#ifndef _SECURITY_CLIP_LOAD_COMMIT_H
#define _SECURITY_CLIP_LOAD_COMMIT_H

#include <linux/types.h>
#include <uapi/linux/clip.h>

/**
 * struct clip_results - entries that were not taken
 * @list: allocated by clip_commit(), freed by its caller with kvfree()
 * @room: slots of @list
 * @max: most slots the caller wants
 * @count: how many there were, whether they fitted or not
 * @error: the first refusal, negative; 0 if there was none
 */
struct clip_results {
	struct clip_result *list;
	size_t room;
	size_t max;
	u32 count;
	int error;
};

int clip_commit(const void *image, size_t size, struct clip_commit *args,
		struct clip_results *results);

#endif /* _SECURITY_CLIP_LOAD_COMMIT_H */
