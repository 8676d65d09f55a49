/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: commits with signatures
 */
#ifndef _SECURITY_CLIP_LOAD_SIGNATURE_H
#define _SECURITY_CLIP_LOAD_SIGNATURE_H

#include <linux/errno.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "load/commit.h"

struct clip_results;

/**
 * struct clip_signed_image - The bytes of a request to commit
 * @image: the image, at least of the size of its header
 * @size: size of the image in bytes
 * @signature: its signature; NULL without one
 * @signature_size: size of the signature in bytes; 0 without one
 */
struct clip_signed_image {
	const void *image;
	size_t size;
	const void *signature;
	size_t signature_size;
};

#ifdef CONFIG_SECURITY_CLIP_SIGNED

int clip_signed_commit(const struct clip_signed_image *what,
		       struct clip_commit *args, struct clip_results *results);

#else

/* A signature that cannot be checked must not look as if it had been. */
static inline int clip_signed_commit(const struct clip_signed_image *what,
				     struct clip_commit *args,
				     struct clip_results *results)
{
	if (what->signature_size) {
		args->reason = CLIP_REASON_SIGNATURE;
		return -EOPNOTSUPP;
	}
	return clip_commit(what->image, what->size, args, results);
}

#endif /* CONFIG_SECURITY_CLIP_SIGNED */

#endif /* _SECURITY_CLIP_LOAD_SIGNATURE_H */
