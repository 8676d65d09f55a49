// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the allow digests of an image
 *
 * Nearly all of the policy of a Debian is allow digests. They come in blocks,
 * and a block is checked and inserted as a whole: nothing is allocated or looked
 * up for one of its digests.
 */
#include "core/common.h"

#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "core/reason.h"
#include "digest/content.h"
#include "load/digests.h"
#include "load/image.h"
#include "load/job.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/transaction.h"

/* So many digests are handled before a signal or another task is looked at. */
#define BATCH	4096U

/* The part of a block that begins with digest @done. */
static struct clip_allow_batch batch_at(const struct clip_block *block, u32 done)
{
	return (struct clip_allow_batch) {
		.algorithm = block->algorithm,
		.count = min(block->count - done, BATCH),
		.digests = block->digests + (size_t)done * block->digest_size,
		.sizes = block->sizes ? block->sizes + done : NULL,
	};
}

static int pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Notes the same of each digest of a block. */
static void note_block(struct clip_job *job, const struct clip_block *block,
		       enum clip_reason reason, bool skip)
{
	u32 i;

	for (i = 0; i < block->count; i++)
		clip_job_note(job, block->first + i, reason,
			      clip_reason_errno(reason), skip);
}

/* Refuses digests that are all zero, as free slots of a set are. */
static int check_digests(struct clip_job *job, const struct clip_block *block)
{
	struct clip_allow_batch part;
	const u8 *digest;
	u32 done, i;
	int err = 0;

	for (done = 0; done < block->count && !err; done += part.count) {
		part = batch_at(block, done);
		digest = part.digests;
		for (i = 0; i < part.count; i++, digest += block->digest_size)
			if (clip_allow_is_zero(digest, block->digest_size))
				clip_job_refuse(job, block->first + done + i,
						CLIP_REASON_BAD_DIGEST);
		err = pause();
	}
	return err;
}

static int prepare_block(struct clip_job *job, const struct clip_block *block)
{
	struct clip_job_block *accepted = &job->blocks[job->nr_blocks];
	enum clip_reason reason = clip_block_check(block);
	struct clip_context *ctx;

	if (reason == CLIP_REASON_NONE && !clip_digest_usable(block->algorithm))
		reason = CLIP_REASON_UNSUPPORTED_ALGORITHM;
	if (reason != CLIP_REASON_NONE) {
		note_block(job, block, reason, false);
		return pause();
	}
	reason = clip_job_find_context(job, block->context, &ctx);
	if (reason != CLIP_REASON_NONE) {
		clip_context_put(ctx);
		note_block(job, block, reason,
			   reason == CLIP_REASON_NO_CONTEXT &&
			   (job->args->flags & CLIP_COMMIT_SKIP_CONTEXTS));
		return pause();
	}
	*accepted = (struct clip_job_block) { .digests = *block, .ctx = ctx };
	job->nr_blocks++;
	return check_digests(job, block);
}

/**
 * clip_job_prepare_digests - Check the blocks of an image and find their contexts
 * @job: the commit
 *
 * Faults are noted with the job, each of them.
 *
 * Return: 0, or -EINTR.
 */
int clip_job_prepare_digests(struct clip_job *job)
{
	struct clip_block block = {};
	int err = 0;

	while (!err && clip_image_block(&job->image, &block))
		err = prepare_block(job, &block);
	return err;
}

static int count_digests(struct clip_txn *txn, struct clip_context *ctx,
			 u16 algorithm, u32 count)
{
	struct clip_allow_change *change = clip_txn_allow(txn, ctx);

	if (!change)
		return -ENOMEM;
	change->more[algorithm] += count;
	return 0;
}

/**
 * clip_job_make_sets - Allocate room for the digests of the image
 * @job: the commit
 * @txn: the transaction
 *
 * Adding the digests afterwards cannot fail.
 *
 * Return: 0, or -ENOMEM.
 */
int clip_job_make_sets(struct clip_job *job, struct clip_txn *txn)
{
	const bool adds = job->args->mode != CLIP_COMMIT_REMOVE;
	struct clip_rule rule;
	u64 unused;
	int err = 0;
	u32 i;

	for (i = 0; i < job->nr_blocks && !err; i++) {
		const struct clip_block *block = &job->blocks[i].digests;

		err = count_digests(txn, job->blocks[i].ctx, block->algorithm,
				    adds ? block->count : 0);
	}
	for (i = 0; i < job->nr_items && !err; i++) {
		if (!job->items[i].allow)
			continue;
		clip_image_rule(&job->image, job->items[i].index, &rule, &unused);
		err = count_digests(txn, job->items[i].ctx, rule.algorithm, adds);
	}
	return err ?: clip_txn_allow_make(txn);
}

static void remove_digest(struct clip_job *job, struct clip_allow_change *change,
			  u16 algorithm, const u8 *digest, u32 index)
{
	if (!change->set || !clip_allow_remove(change->set, algorithm, digest)) {
		clip_job_note_absent(job, index);
		return;
	}
	change->changed = true;
	job->args->removed++;
}

static void add_digests(struct clip_job *job, struct clip_allow_change *change,
			const struct clip_allow_batch *batch)
{
	const u32 added = clip_txn_allow_add(change, batch);

	job->args->added += added;
	job->args->unchanged += batch->count - added;
}

static int change_block(struct clip_job *job, struct clip_txn *txn,
			const struct clip_job_block *accepted)
{
	struct clip_allow_change *change = clip_txn_allow(txn, accepted->ctx);
	const struct clip_block *block = &accepted->digests;
	struct clip_allow_batch part;
	u32 done, i;
	int err = 0;

	for (done = 0; done < block->count && !err; done += part.count) {
		part = batch_at(block, done);
		if (job->args->mode == CLIP_COMMIT_REMOVE)
			for (i = 0; i < part.count; i++)
				remove_digest(job, change, block->algorithm,
					      part.digests + (size_t)i * block->digest_size,
					      block->first + done + i);
		else
			add_digests(job, change, &part);
		err = pause();
	}
	return err;
}

/**
 * clip_job_change_digests - Add or remove the digests of all blocks
 * @job: the commit
 * @txn: the transaction, after clip_job_make_sets()
 *
 * Return: 0, or -EINTR.
 */
int clip_job_change_digests(struct clip_job *job, struct clip_txn *txn)
{
	int err = 0;
	u32 i;

	for (i = 0; i < job->nr_blocks && !err; i++)
		err = change_block(job, txn, &job->blocks[i]);
	return err;
}

/**
 * clip_job_change_digest - Add or remove a digest that is an entry of the image
 * @job: the commit
 * @txn: the transaction, after clip_job_make_sets()
 * @item: the entry
 */
void clip_job_change_digest(struct clip_job *job, struct clip_txn *txn,
			    const struct clip_item *item)
{
	struct clip_allow_change *change = clip_txn_allow(txn, item->ctx);
	struct clip_rule rule;
	u64 unused;

	clip_image_rule(&job->image, item->index, &rule, &unused);
	if (job->args->mode == CLIP_COMMIT_REMOVE)
		remove_digest(job, change, rule.algorithm, rule.digest, item->index);
	else
		add_digests(job, change, &(const struct clip_allow_batch) {
			.algorithm = rule.algorithm,
			.count = 1,
			.digests = rule.digest,
		});
}

/**
 * clip_job_release_digests - Release the blocks of a commit
 * @job: the commit
 */
void clip_job_release_digests(struct clip_job *job)
{
	u32 i;

	for (i = 0; i < job->nr_blocks; i++)
		clip_context_put(job->blocks[i].ctx);
	kvfree(job->blocks);
}
