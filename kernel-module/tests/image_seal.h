/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: checksums of images that the tests make
 */
#ifndef _SECURITY_CLIP_TESTS_IMAGE_SEAL_H
#define _SECURITY_CLIP_TESTS_IMAGE_SEAL_H

#include <linux/crc32.h>
#include <uapi/linux/clip.h>

/* Makes the checksum right, so that a test finds the fault it has made, and no other. */
static inline void seal(void *image, size_t size)
{
	struct clip_image_header *header = image;

	header->checksum = 0;
	header->checksum = cpu_to_le32(~crc32_le(~0U, image, size));
}

#endif /* _SECURITY_CLIP_TESTS_IMAGE_SEAL_H */
