/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: predicting the exec of a file
 */
#ifndef _SECURITY_CLIP_INTERFACE_QUERY_H
#define _SECURITY_CLIP_INTERFACE_QUERY_H

#include <uapi/linux/clip.h>

int clip_query_answer(struct clip_query *query);
int clip_ask_answer(struct clip_ask *ask);

#endif /* _SECURITY_CLIP_INTERFACE_QUERY_H */
