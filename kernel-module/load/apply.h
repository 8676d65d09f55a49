/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the changes of the tables by an image
 */
#ifndef _SECURITY_CLIP_LOAD_APPLY_H
#define _SECURITY_CLIP_LOAD_APPLY_H

struct clip_job;

int clip_job_apply(struct clip_job *job);

#endif /* _SECURITY_CLIP_LOAD_APPLY_H */
