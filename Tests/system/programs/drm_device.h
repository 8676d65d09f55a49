/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests for a graphics card. Their headers are in no package that is needed
 * otherwise.
 */
#ifndef CLIP_TESTS_DRM_DEVICE_H
#define CLIP_TESTS_DRM_DEVICE_H

#include <linux/types.h>
#include <sys/ioctl.h>

struct card_block {
	__u32 what;
};

struct card_magic {
	__u32 number;
};

struct card_framebuffer {
	__u32 id, width, height, pitch, bits, depth, handle;
};

struct card_buffer {
	__u32 height, width, bits, flags, handle, pitch;
	__u64 size;
};

#define CARD_AUTH_MAGIC		_IOW('d', 0x11, struct card_magic)
#define CARD_BLOCK		_IOWR('d', 0x12, struct card_block)
#define CARD_SET_MASTER		_IO('d', 0x1e)
#define CARD_DROP_MASTER	_IO('d', 0x1f)
#define CARD_GET_FRAMEBUFFER	_IOWR('d', 0xad, struct card_framebuffer)
#define CARD_ADD_FRAMEBUFFER	_IOWR('d', 0xae, struct card_framebuffer)
#define CARD_CREATE_BUFFER	_IOWR('d', 0xb2, struct card_buffer)

#endif /* CLIP_TESTS_DRM_DEVICE_H */
