/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: requests for exceptions
 */
#ifndef _SECURITY_CLIP_LOAD_EXCEPTION_H
#define _SECURITY_CLIP_LOAD_EXCEPTION_H

struct clip_exception;
struct clip_run_allowed;

int clip_exception_request(struct clip_exception *args);
int clip_exception_run(struct clip_run_allowed *args);

#endif /* _SECURITY_CLIP_LOAD_EXCEPTION_H */
