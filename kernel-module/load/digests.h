/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the allow digests of an image
 */
#ifndef _SECURITY_CLIP_LOAD_DIGESTS_H
#define _SECURITY_CLIP_LOAD_DIGESTS_H

struct clip_item;
struct clip_job;
struct clip_txn;

int clip_job_prepare_digests(struct clip_job *job);
int clip_job_make_sets(struct clip_job *job, struct clip_txn *txn);
int clip_job_change_digests(struct clip_job *job, struct clip_txn *txn);
void clip_job_change_digest(struct clip_job *job, struct clip_txn *txn,
			    const struct clip_item *item);
void clip_job_release_digests(struct clip_job *job);

#endif /* _SECURITY_CLIP_LOAD_DIGESTS_H */
