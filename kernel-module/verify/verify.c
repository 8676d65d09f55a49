// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: does a file match its entry?
 */
#include "core/common.h"

#include <crypto/utils.h>
#include <linux/bitops.h>
#include <linux/dcache.h>

#include "core/counters.h"
#include "core/inode_blob.h"
#include "core/reason.h"
#include "digest/content.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "verify/verdict.h"
#include "verify/verify.h"

static int refuse(struct clip_verdict *verdict, enum clip_reason reason,
		  int err)
{
	verdict->reason = reason;
	return err;
}

static bool being_written(const struct inode *inode)
{
	return atomic_read(&inode->i_writecount) > 0;
}

/**
 * clip_verify - compare a file with its entry
 * @file: open for reading
 * @entry: the entry that is for this file
 * @verdict: out: the details
 *
 * The answer is about the content as of now. It stays true as long as writers
 * are excluded, which exec does by itself; a caller that does not can learn
 * that the content matched a moment ago, no more.
 *
 * Context: may sleep; must not be called with mmap_lock held.
 * Return: 0 if the file matches; -EACCES if it does not; -ETXTBSY if somebody
 * has it open for writing; -EOPNOTSUPP, -ENOMEM, -EINTR or a read error.
 */
int clip_verify(struct file *file, const struct clip_entry *entry,
		struct clip_verdict *verdict)
{
	const struct inode *inode = file_inode(file);
	const bool trusted = clip_sb_trusted(inode->i_sb);
	u64 writes;
	int err;

	verdict->reason = CLIP_REASON_NONE;
	verdict->hashed = false;
	if (being_written(inode))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	if (trusted && clip_inode_verified(inode, entry->id)) {
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}

	writes = clip_inode_writes(inode);
	/* No writer at one moment between the two readings of @writes ... */
	smp_mb();
	if (being_written(inode))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	err = clip_digest_file(file, entry->algorithm, verdict->found);
	if (err == -ENODATA)
		return refuse(verdict, CLIP_REASON_NO_FSVERITY, -EACCES);
	if (err)
		return refuse(verdict, err == -ENOMEM ?
			      CLIP_REASON_NO_MEMORY : CLIP_REASON_IO_ERROR,
			      err);
	verdict->hashed = true;
	if (crypto_memneq(verdict->found, entry->digest, entry->digest_size))
		return refuse(verdict, CLIP_REASON_DIGEST_MISMATCH, -EACCES);
	/* ... and none that came since, even if it has left already. */
	smp_mb();
	if (being_written(inode) || clip_inode_writes(inode) != writes ||
	    (trusted && !clip_inode_set_verified(inode, entry->id, writes)))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	clip_count(CLIP_COUNT_VERIFIED);
	return 0;
}

/**
 * clip_verify_either - compare a file with its entry, or with its other one
 * @ctx: in which context
 * @file: open for reading
 * @entry: an entry of the file, with a reference; out: the one that it matches
 * @verdict: out: the details
 *
 * A file that is about to be written over may have an entry for what it is and
 * one for what it will be.
 *
 * Context: may sleep; must not be called with mmap_lock held.
 * Return: as clip_verify().
 */
int clip_verify_either(struct clip_context *ctx, struct file *file,
		       struct clip_entry **entry, struct clip_verdict *verdict)
{
	struct clip_entry *other;
	struct clip_verdict second;
	int err = clip_verify(file, *entry, verdict);

	if (!err || verdict->reason == CLIP_REASON_BEING_WRITTEN)
		return err;
	other = clip_store_lookup_other(&ctx->table, file_inode(file), *entry);
	if (!other)
		return err;
	if (!clip_verify(file, other, &second)) {
		*verdict = second;
		err = 0;
		swap(*entry, other);
	}
	clip_entry_put(other);
	return err;
}

/* Nobody can write while it is looked at, and nobody did since it was hashed. */
static int match_allowed(struct file *file, const struct clip_context *ctx,
			 struct clip_verdict *verdict, u64 *id)
{
	unsigned long algorithms = clip_allow_algorithms(&ctx->allow);
	int err;

	/* The greatest number first: those cost nothing, see digest/fsverity.c. */
	while (algorithms) {
		verdict->algorithm = __fls(algorithms);
		algorithms &= ~BIT(verdict->algorithm);
		err = clip_digest_file(file, verdict->algorithm,
				       verdict->found);
		if (err == -ENODATA)
			continue;
		if (err)
			return refuse(verdict, err == -ENOMEM ?
				      CLIP_REASON_NO_MEMORY :
				      CLIP_REASON_IO_ERROR, err);
		verdict->hashed = true;
		if (clip_allow_find(&ctx->allow, verdict->algorithm, verdict->found,
				    id))
			return 0;
	}
	return refuse(verdict, CLIP_REASON_NOT_ALLOWED, -EACCES);
}

/**
 * clip_verify_allowed - is a file allowed by its digest?
 * @file: open for reading
 * @ctx: in which context
 * @verdict: out: the details
 *
 * On an overlay the file below counts: exec keeps writers off the overlay's
 * inode only, so writers are kept off that one here, for good.
 *
 * Context: may sleep; must not be called with mmap_lock held.
 * Return: 0 if it is; -EACCES if not; else as clip_verify().
 */
int clip_verify_allowed(struct file *file, const struct clip_context *ctx,
			struct clip_verdict *verdict)
{
	const struct inode *inode = d_real_inode(file->f_path.dentry);
	u64 id = clip_allow_verdict(&ctx->allow);
	u64 writes;
	int err;

	*verdict = (struct clip_verdict) {};
	if (!id)
		return refuse(verdict, CLIP_REASON_NOT_ALLOWED, -EACCES);
	if (!S_ISREG(inode->i_mode) || !clip_sb_trusted(inode->i_sb))
		return refuse(verdict, CLIP_REASON_UNTRUSTED_FS, -EACCES);
	if (being_written(inode) ||
	    (inode != file_inode(file) && !clip_inode_seal(inode)))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	if (clip_inode_verified(inode, id)) {
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}
	writes = clip_inode_writes(inode);
	/* As in clip_verify(): no writer between the two readings of @writes. */
	smp_mb();
	if (being_written(inode))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	err = match_allowed(file, ctx, verdict, &id);
	if (err)
		return err;
	/* As there. */
	smp_mb();
	if (being_written(inode) || clip_inode_writes(inode) != writes ||
	    !clip_inode_set_verified(inode, id, writes))
		return refuse(verdict, CLIP_REASON_BEING_WRITTEN, -ETXTBSY);
	clip_count(CLIP_COUNT_VERIFIED);
	return 0;
}
