/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the error that goes with a reason
 */
#ifndef _SECURITY_CLIP_CORE_REASON_H
#define _SECURITY_CLIP_CORE_REASON_H

#include <uapi/linux/clip.h>

int clip_reason_errno(enum clip_reason reason);

#endif /* _SECURITY_CLIP_CORE_REASON_H */
