// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: judging the content of a file
 *
 * One function decides for exec, mapping, mprotect, kernel modules and queries.
 * It changes no state before it has reached its verdict.
 *
 * The content is read through the file. On an overlay, the file refers to the
 * inode that its name has at that moment, and a copy-up replaces this inode
 * once, permanently. The inode is therefore looked up before and after reading.
 * A verdict is valid only if both are the same, and the digest is remembered
 * with that inode alone. The hook mmap_backing_file compares the inode that exec and mmap
 * finally map.
 */
#include "core/common.h"

#include <crypto/utils.h>
#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/fs.h>

#include "core/counters.h"
#include "digest/content.h"
#include "digest/pages.h"
#include "report/events.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/lookup.h"
#include "verify/code.h"
#include "verify/judge.h"
#include "verify/mark.h"
#include "verify/verdict.h"

/* Clears the two fields that decide. The digest is valid only with @hashed. */
static void start(struct clip_judgement *judgement)
{
	judgement->verdict.reason = CLIP_REASON_NONE;
	judgement->verdict.hashed = false;
}

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

/* Translates the error of a failed read, which is no verdict on the content. */
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

/* How the digest of a judgement was got. */
struct reading {
	bool trusted;		/* this kernel sees every writer of the file */
	bool known;		/* from an earlier reading */
	u64 writes;		/* if not, for clip_verdict_commit() */
};

/* Gets a digest of the content: one that is known, or by reading the file. */
static int get_digest(struct clip_judgement *judgement, struct file *file,
		      u16 algorithm, unsigned int how, struct reading *reading)
{
	struct clip_verdict *verdict = &judgement->verdict;
	int err;

	reading->known = reading->trusted &&
			 clip_verdict_known(judgement->inode, algorithm,
					    verdict->found);
	if (!reading->known) {
		if (how & CLIP_JUDGE_KNOWN)
			return refuse(judgement, CLIP_REASON_LIB_MISMATCH,
				      -EACCES);
		if (!clip_verdict_begin(judgement->inode, &reading->writes))
			return refuse_written(judgement);
		err = clip_digest_file(file, algorithm, verdict->found);
		if (err)
			return refuse_read(judgement, err);
	}
	verdict->hashed = true;
	verdict->algorithm = algorithm;
	return 0;
}

/*
 * Checks, after the digest has matched, that it covers everything that can be
 * executed, and that this cannot have changed meanwhile. The digest is
 * remembered if this kernel sees every writer.
 */
static int conclude(struct clip_judgement *judgement, const struct file *file,
		    const struct reading *reading)
{
	struct clip_verdict *verdict = &judgement->verdict;
	const struct inode *inode = judgement->inode;
	int err;

	if (reading->known) {
		verdict->hashed = false;
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}
	if (clip_pages_pinned(inode))
		return refuse_written(judgement);
	if (!clip_pages_end_clear(inode))
		return refuse(judgement, CLIP_REASON_HIDDEN_TAIL, -EACCES);
	if (!is_same_inode(judgement, file))
		return refuse_written(judgement);
	err = clip_verdict_commit(inode, reading->writes, verdict->algorithm,
				  verdict->found, reading->trusted);
	if (err)
		return err == -ETXTBSY ? refuse_written(judgement) :
					 refuse_read(judgement, err);
	clip_count(CLIP_COUNT_VERIFIED);
	return 0;
}

/*
 * The content is not what was asked for. Its digest is remembered as well, so
 * that the file is not read again before it is written. What conclude()
 * would refuse stays unknown.
 */
static void note_other(const struct clip_judgement *judgement,
		       const struct file *file, const struct reading *reading)
{
	const struct clip_verdict *verdict = &judgement->verdict;
	const struct inode *inode = judgement->inode;

	if (reading->known || !reading->trusted || clip_pages_pinned(inode) ||
	    !clip_pages_end_clear(inode) || !is_same_inode(judgement, file))
		return;
	clip_verdict_commit(inode, reading->writes, verdict->algorithm,
			    verdict->found, true);
}

static int match_entry(struct clip_judgement *judgement, struct file *file,
		       const struct clip_entry *entry, unsigned int how)
{
	struct reading reading = {
		.trusted = clip_sb_trusted(file_inode(file)->i_sb),
	};
	int err;

	start(judgement);
	if (clip_inode_being_written(judgement->inode))
		return refuse_written(judgement);
	err = get_digest(judgement, file, entry->algorithm, how, &reading);
	if (err)
		return err;
	if (crypto_memneq(judgement->verdict.found, entry->digest,
			  entry->digest_size)) {
		note_other(judgement, file, &reading);
		return refuse(judgement, CLIP_REASON_DIGEST_MISMATCH, -EACCES);
	}
	return conclude(judgement, file, &reading);
}

/*
 * A file that is about to be overwritten may have one entry for its present
 * content and one for its future content.
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

static unsigned long allowed_algorithms(const struct clip_context *ctx)
{
	return clip_allow_algorithms(&ctx->allow) |
	       clip_exception_algorithms(ctx);
}

static bool is_allowed(const struct clip_context *ctx, u16 algorithm,
		       const u8 *digest)
{
	return clip_allow_find(&ctx->allow, algorithm, digest) ||
	       clip_exception_find(ctx, algorithm, digest);
}

/* Is a digest of the content known, and allowed? */
static bool is_known_and_allowed(const struct clip_context *ctx,
				 const struct inode *inode)
{
	unsigned long algorithms = allowed_algorithms(ctx);
	unsigned int algorithm;
	u8 digest[CLIP_DIGEST_MAX];

	for_each_set_bit(algorithm, &algorithms, CLIP_ALGO_COUNT)
		if (clip_verdict_known(inode, algorithm, digest) &&
		    is_allowed(ctx, algorithm, digest))
			return true;
	return false;
}

/*
 * Is the digest of a file of use, whatever the verdict? It is in events, and in
 * what is logged of a refusal that is not enforced: a rule for the file needs it.
 */
static bool needs_digest(const struct clip_context *ctx, unsigned int how)
{
	return (how & CLIP_JUDGE_DIGEST) ||
	       (READ_ONCE(ctx->level) & CLIP_LEVEL_PERMISSIVE) ||
	       clip_unlisted_marked(current, ctx) || clip_events_are_heard();
}

/*
 * Leaves out the algorithms by which the size of the file tells already that it
 * is not allowed. An exception has no size.
 */
static unsigned long algorithms_to_read(const struct clip_context *ctx,
					const struct inode *inode,
					unsigned int how)
{
	if (needs_digest(ctx, how))
		return allowed_algorithms(ctx);
	return clip_allow_algorithms_for(&ctx->allow, i_size_read(inode)) |
	       clip_exception_algorithms(ctx);
}

static int match_allowed(struct clip_judgement *judgement,
			 struct clip_context *ctx, struct file *file,
			 unsigned int how)
{
	const struct inode *inode = judgement->inode;
	unsigned long algorithms = allowed_algorithms(ctx);
	struct reading reading = { .trusted = true };
	int err;

	start(judgement);
	if (!algorithms)
		return refuse(judgement, CLIP_REASON_NOT_ALLOWED, -EACCES);
	if (!S_ISREG(inode->i_mode) || !clip_sb_trusted(inode->i_sb))
		return refuse(judgement, CLIP_REASON_UNTRUSTED_FS, -EACCES);
	if (clip_inode_being_written(inode))
		return refuse_written(judgement);
	if (is_known_and_allowed(ctx, inode)) {
		clip_count(CLIP_COUNT_CACHED);
		return 0;
	}
	if (how & CLIP_JUDGE_KNOWN)
		return refuse(judgement, CLIP_REASON_LIB_MISMATCH, -EACCES);
	algorithms = algorithms_to_read(ctx, inode, how);
	/* The highest numbers come first: fs-verity needs no hashing. */
	while (algorithms) {
		const u16 algorithm = __fls(algorithms);

		algorithms &= ~BIT(algorithm);
		err = get_digest(judgement, file, algorithm, how, &reading);
		if (err && judgement->verdict.reason == CLIP_REASON_NO_FSVERITY)
			continue;
		if (err)
			return err;
		if (is_allowed(ctx, algorithm, judgement->verdict.found))
			return conclude(judgement, file, &reading);
		note_other(judgement, file, &reading);
	}
	return refuse(judgement, CLIP_REASON_NOT_ALLOWED, -EACCES);
}

/*
 * A file that does not match its entry may still be allowed by its digest. It
 * is then treated as a file without an entry, and is granted nothing. If it is
 * refused, the reason is that of the entry.
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
 * clip_judge_begin - Find the inode and the entry of a file
 * @judgement: receives the result; the caller ends it with clip_judge_end()
 * @ctx: the context whose entries apply
 * @file: the file
 *
 * Context: Any; does not sleep.
 */
void clip_judge_begin(struct clip_judgement *judgement,
		      struct clip_context *ctx, struct file *file)
{
	judgement->inode = d_real_inode(file->f_path.dentry);
	judgement->entry = clip_store_lookup_inode(&ctx->table,
						   file_inode(file));
	start(judgement);
}

/**
 * clip_judge_deny - Judge the content of a file and exclude writers from it
 * @judgement: begun with the same context and file; receives the result
 * @ctx: the context whose entries and allow digests apply
 * @file: the file, open for reading
 * @how: CLIP_JUDGE_*
 *
 * A file without an entry is first read while others can write to it, which
 * ends the judgement. Otherwise every reader of a file could keep its writers
 * off for the time that it takes to hash it.
 *
 * Context: As clip_judge().
 * Return: 0 if the content matches: writers are excluded from the inode of the
 * judgement until the caller allows them again. An error as clip_judge():
 * nothing has changed.
 */
int clip_judge_deny(struct clip_judgement *judgement, struct clip_context *ctx,
		    struct file *file, unsigned int how)
{
	const bool listed = judgement->entry;
	int err;

	if (!listed) {
		err = match(judgement, ctx, file, how);
		if (err)
			return err;
		how |= CLIP_JUDGE_KNOWN;
	}
	if (!clip_inode_deny_writers(judgement->inode))
		return refuse_written(judgement);
	err = match(judgement, ctx, file, how);
	if (!err)
		return 0;
	clip_inode_allow_writers(judgement->inode);
	/* What was known a moment ago is not known after a writer. */
	return listed || err != -EACCES ? err : refuse_written(judgement);
}

/**
 * clip_judge - Judge the content of a file
 * @judgement: begun with the same context and file; receives the result
 * @ctx: the context whose entries and allow digests apply
 * @file: the file, open for reading
 * @how: CLIP_JUDGE_*
 *
 * The verdict is on the present content. It remains valid as long as writers
 * are excluded, which exec itself does for the inode of the file. With
 * %CLIP_JUDGE_SEAL, writers are excluded while the content is judged and, if it
 * matches, from then on. If it does not match, no state has changed.
 *
 * Context: May sleep and read the file. With %CLIP_JUDGE_KNOWN it does neither,
 * and mmap_lock may be held.
 * Return: 0 if the content matches; -EACCES if it does not; -ETXTBSY if the
 * file is open for writing; -ENOMEM, -EINTR if the task is being killed, or the
 * error of a read, which are no verdicts.
 */
int clip_judge(struct clip_judgement *judgement, struct clip_context *ctx,
	       struct file *file, unsigned int how)
{
	int err;

	if (!(how & CLIP_JUDGE_SEAL))
		return match(judgement, ctx, file, how);
	err = clip_judge_deny(judgement, ctx, file, how);
	if (err)
		return err;
	clip_inode_seal(judgement->inode);
	clip_inode_allow_writers(judgement->inode);
	return 0;
}

/**
 * clip_judge_hold - Keep writers off a file that becomes code
 * @judgement: the judgement on the file; receives the reason of a failure
 * @file: the file
 *
 * Context: may sleep; mmap_lock may be held.
 * Return: 0; -ETXTBSY if a task has it open for writing; -ENOMEM; -EINTR if the
 * task is ending.
 */
int clip_judge_hold(struct clip_judgement *judgement, struct file *file)
{
	const int err = clip_code_hold(file);

	switch (err) {
	case 0:
		return 0;
	case -ETXTBSY:
		return refuse_written(judgement);
	case -ENOMEM:
		return refuse_read(judgement, err);
	default:
		return -EINTR;
	}
}

/**
 * clip_judge_allowed - Is the present content of an inode known to be allowed?
 * @ctx: the context whose allow digests apply
 * @inode: the inode, from which the caller excludes writers
 *
 * Context: Any; does not sleep.
 * Return: True if it is, false otherwise.
 */
bool clip_judge_allowed(const struct clip_context *ctx,
			const struct inode *inode)
{
	return !clip_inode_being_written(inode) &&
	       is_known_and_allowed(ctx, inode);
}

/**
 * clip_judge_end - Drop the reference that a judgement holds
 * @judgement: the judgement
 */
void clip_judge_end(struct clip_judgement *judgement)
{
	clip_entry_put(judgement->entry);
	judgement->entry = NULL;
}
