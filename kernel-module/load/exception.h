/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: requests for exceptions
 */
#ifndef _SECURITY_CLIP_LOAD_EXCEPTION_H
#define _SECURITY_CLIP_LOAD_EXCEPTION_H

struct clip_exception;

int clip_exception_request(struct clip_exception *args);

#endif /* _SECURITY_CLIP_LOAD_EXCEPTION_H */
