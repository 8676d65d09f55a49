// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: judging the content of a file
 *
 * One function decides, for exec, mapping, mprotect, kernel modules and the
 * query alike. It changes nothing before it has judged.
 *
 * The content is read through the file, and on an overlay that is whatever inode
 * the name stands for at that moment: a copy-up replaces it once, and for good.
 * So the inode is looked up before and after reading, and a verdict counts only
 * if both are the same; it is kept with that inode alone. What exec and mmap map
 * in the end is compared in the hook mmap_backing_file.
 */
#include "core/common.h"

#include <crypto/utils.h>
#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/fs.h>

#include "core/counters.h"
#include "digest/content.h"
#include "digest/pages.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/lookup.h"
#include "verify/judge.h"
#include "verify/verdict.h"

static int refuse(struct clip_judgement *judgement, enum clip_reason reason,
		  int err)
{
	judgement->verdict.reason = reason;
	return err;
}

static int refuse_written(struct clip_judgement *judgement)
{
	return refuse(judgement, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
}

/* A read that failed is no verdict about the content. */
static int refuse_read(struct clip_judgement *judgement, int err)
{
	switch (err) {
	case -ENODATA:
		return refuse(judgement, CLIP_REASON_NO_FSVERITY, -EACCES);
	case -ENOMEM:
		return refuse(judgement, CLIP_REASON_NO_MEMORY, err);
	default:
		return refuse(judgement, CLIP_REASON_IO_ERROR, err);
	}
}

static bool is_same_inode(const struct clip_judgement *judgement,
			  const struct file *file)
{
	return d_real_inode(file->f_path.dentry) == judgement->inode;
}

/* Hashes the file, between clip_verdict_begin() and clip_verdict_commit(). */
static int read_digest(struct clip_judgement *judgement, struct file *file,
		       u16 algorithm)
{
	int err = clip_digest_file(file, algorithm, judgement->verdict.found);

	if (err)
		return refuse_read(judgement, err);
	judgement->verdict.hashed = true;
	judgement->verdict.algorithm = algorithm;
	return 0;
}

/*
 * The digest is good: is it that of everything that can be executed, and does it
 * stay so? The verdict is kept, with @keep, where this kernel sees every writer.
 */
static int conclude(struct clip_judgement *judgement, const struct file *file,
		    u64 id, u64 writes, bool keep)
{
	const struct inode *inode = judgement->inode;

	if (clip_pages_pinned(inode))
		return refuse_written(judgement);
	if (!clip_pages_end_clear(inode))
		return refuse(judgement, CLIP_REASON_HIDDEN_TAIL, -EACCES);
	if (!is_same_inode(judgement, file) ||
	    !clip_verdict_commit(inode, id, writes, keep))
		return refuse_written(judgement);
	clip_count(CLIP_COUNT_VERIFIED);
	return 0;
}

static int match_entry(struct clip_judgement *judgement, struct file *file,
		       const struct clip_entry *entry, unsigned int how)
{
	const struct inode *inode = judgement->inode;
	const bool trusted = clip_sb_trusted(file_inode(file)->i_sb);
	u64 writes;
	int err;

	judgement->verdict = (struct clip_verdict) {};
	if (clip_inode_being_written(inode))
		return refuse_written(judgement);
	if (trusted && clip_inode_verified(inode, entry->id)) {
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}
	if (how & CLIP_JUDGE_KNOWN)
		return refuse(judgement, CLIP_REASON_LIB_MISMATCH, -EACCES);
	if (!clip_verdict_begin(inode, &writes))
		return refuse_written(judgement);
	err = read_digest(judgement, file, entry->algorithm);
	if (err)
		return err;
	if (crypto_memneq(judgement->verdict.found, entry->digest,
			  entry->digest_size))
		return refuse(judgement, CLIP_REASON_DIGEST_MISMATCH, -EACCES);
	return conclude(judgement, file, entry->id, writes, trusted);
}

/*
 * A file that is about to be written over may have an entry for what it is and
 * one for what it will be.
 */
static int match_entries(struct clip_judgement *judgement,
			 struct clip_context *ctx, struct file *file,
			 unsigned int how)
{
	int err = match_entry(judgement, file, judgement->entry, how);
	struct clip_verdict first;
	struct clip_entry *other;

	if (err != -EACCES)
		return err;
	other = clip_store_lookup_other(&ctx->table, file_inode(file),
					judgement->entry);
	if (!other)
		return err;
	first = judgement->verdict;
	if (!match_entry(judgement, file, other, how)) {
		err = 0;
		swap(judgement->entry, other);
	} else {
		judgement->verdict = first;
	}
	clip_entry_put(other);
	return err;
}

static int match_allowed(struct clip_judgement *judgement,
			 struct clip_context *ctx, struct file *file,
			 unsigned int how)
{
	const struct inode *inode = judgement->inode;
	unsigned long algorithms;
	u64 id = clip_allow_verdict(&ctx->allow);
	u64 writes;
	int err;

	judgement->verdict = (struct clip_verdict) {};
	if (!id)
		return refuse(judgement, CLIP_REASON_NOT_ALLOWED, -EACCES);
	if (!S_ISREG(inode->i_mode) || !clip_sb_trusted(inode->i_sb))
		return refuse(judgement, CLIP_REASON_UNTRUSTED_FS, -EACCES);
	if (clip_inode_being_written(inode))
		return refuse_written(judgement);
	if (clip_inode_verified(inode, id)) {
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}
	if (how & CLIP_JUDGE_KNOWN)
		return refuse(judgement, CLIP_REASON_LIB_MISMATCH, -EACCES);
	if (!clip_verdict_begin(inode, &writes))
		return refuse_written(judgement);
	algorithms = clip_allow_algorithms(&ctx->allow);
	/* The greatest number first: those cost nothing, see digest/fsverity.c. */
	while (algorithms) {
		const u16 algorithm = __fls(algorithms);

		algorithms &= ~BIT(algorithm);
		err = read_digest(judgement, file, algorithm);
		if (err && judgement->verdict.reason == CLIP_REASON_NO_FSVERITY)
			continue;
		if (err)
			return err;
		if (clip_allow_find(&ctx->allow, algorithm,
				    judgement->verdict.found, &id))
			return conclude(judgement, file, id, writes, true);
	}
	return refuse(judgement, CLIP_REASON_NOT_ALLOWED, -EACCES);
}

/*
 * What matches no entry may still be allowed by its digest; it is given nothing
 * then, and has no entry. On a refusal the entry's reason counts.
 */
static int match(struct clip_judgement *judgement, struct clip_context *ctx,
		 struct file *file, unsigned int how)
{
	struct clip_verdict listed;
	int err = -EACCES;

	if (judgement->entry) {
		err = match_entries(judgement, ctx, file, how);
		if (err != -EACCES || (how & CLIP_JUDGE_LISTED))
			return err;
		listed = judgement->verdict;
	} else if (how & CLIP_JUDGE_LISTED) {
		return refuse(judgement, CLIP_REASON_NO_ENTRY, err);
	}
	err = match_allowed(judgement, ctx, file, how);
	if (!judgement->entry)
		return err;
	if (err == -EACCES) {
		judgement->verdict = listed;
		return err;
	}
	if (!err) {
		clip_entry_put(judgement->entry);
		judgement->entry = NULL;
	}
	return err;
}

/**
 * clip_judge_begin - find the inode and the entry of a file
 * @judgement: out: the judgement, to be ended with clip_judge_end()
 * @ctx: the context whose entries count
 * @file: the file
 *
 * Context: any that a reference of an entry can be taken in.
 */
void clip_judge_begin(struct clip_judgement *judgement,
		      struct clip_context *ctx, struct file *file)
{
	judgement->inode = d_real_inode(file->f_path.dentry);
	judgement->entry = clip_store_lookup_inode(&ctx->table,
						   file_inode(file));
	judgement->verdict.reason = CLIP_REASON_NONE;
	judgement->verdict.hashed = false;
}

/**
 * clip_judge - judge the content of a file
 * @judgement: begun with the same context and file; out: the result
 * @ctx: the context whose entries and allow digests count
 * @file: the file, open for reading
 * @how: CLIP_JUDGE_*
 *
 * The answer is about the content as of now. It stays true as long as writers
 * are excluded, which exec does by itself for the file's own inode. With
 * %CLIP_JUDGE_SEAL they are excluded while the content is judged, and from a
 * good verdict on; without a good verdict nothing has changed.
 *
 * Context: may sleep and read the file; with %CLIP_JUDGE_KNOWN it does neither,
 * and mmap_lock may be held.
 * Return: 0 if the content is good; -EACCES if it is not; -ETXTBSY if it is open
 * for writing; -ENOMEM, -EINTR if the task is being killed, or the error of a
 * read, none of which is a verdict.
 */
int clip_judge(struct clip_judgement *judgement, struct clip_context *ctx,
	       struct file *file, unsigned int how)
{
	int err;

	if (!(how & CLIP_JUDGE_SEAL))
		return match(judgement, ctx, file, how);
	if (!clip_inode_deny_writers(judgement->inode))
		return refuse_written(judgement);
	err = match(judgement, ctx, file, how);
	if (!err)
		clip_inode_seal(judgement->inode);
	clip_inode_allow_writers(judgement->inode);
	return err;
}

/**
 * clip_judge_end - give back what a judgement holds
 * @judgement: the judgement
 */
void clip_judge_end(struct clip_judgement *judgement)
{
	clip_entry_put(judgement->entry);
	judgement->entry = NULL;
}
