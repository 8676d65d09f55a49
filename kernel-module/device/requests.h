/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: which ioctls hand a command to the hardware of a disk; pure
 */
#ifndef _SECURITY_CLIP_DEVICE_REQUESTS_H
#define _SECURITY_CLIP_DEVICE_REQUESTS_H

#include <linux/types.h>

bool clip_request_raw(unsigned int cmd);
bool clip_request_known(unsigned int cmd);

#endif /* _SECURITY_CLIP_DEVICE_REQUESTS_H */
