// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: predicting the exec of a file
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/string.h>

#include "context/caller.h"
#include "context/rules.h"
#include "core/cred_blob.h"
#include "core/reason.h"
#include "digest/content.h"
#include "exec/chain.h"
#include "exec/offer.h"
#include "interface/query.h"
#include "store/context.h"
#include "store/entry.h"
#include "verify/judge.h"
#include "verify/unlisted.h"

static void query_fill(struct clip_query *query, const struct clip_entry *entry)
{
	const struct clip_entry_rights *rights = clip_entry_rights(entry);

	query->entry_flags = entry->flags;
	query->cap_effective = rights->cap_effective;
	query->cap_permitted = rights->cap_permitted;
	query->cap_inheritable = rights->cap_inheritable;
	query->privileges = rights->privileges;
	query->algorithm = entry->algorithm;
	query->digest_size = entry->digest_size;
	memcpy(query->wanted, entry->digest, entry->digest_size);
}

/*
 * Fills in what the entry says, before the content is verified. Returns true if
 * the entry applies to the caller, that is, if the caller meets its conditions.
 */
static bool query_entry(struct clip_query *query, const struct file *file,
			const struct clip_entry *entry)
{
	query->state = CLIP_STATE_LISTED;
	query->reason = CLIP_REASON_NONE;
	query_fill(query, entry);
	/* exec ignores the entry of a program whose conditions are not met. */
	if (entry->flags & CLIP_ENTRY_EXE)
		query->reason = clip_entry_unmet(entry);
	if (query->reason != CLIP_REASON_NONE)
		return false;
	query->reason = clip_grant_obstacle(file, entry);
	return true;
}

/* Fills in the result for a file without an entry, or with an unmet one. */
static void query_unlisted(struct clip_query *query, int err,
			   const struct clip_judgement *judgement, bool listed)
{
	const u32 enforced = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC;

	if (!err && !listed) {
		query->state = CLIP_STATE_ALLOWED;
		query->reason = CLIP_REASON_NONE;
	} else if (err && (query->level & enforced) == enforced) {
		query->state = CLIP_STATE_REFUSED;
		query->reason = judgement->verdict.reason;
		query->error = -err;
	}
	if (listed || !judgement->verdict.hashed)
		return;
	query->algorithm = judgement->verdict.algorithm;
	query->digest_size = clip_digest_size(query->algorithm);
	memcpy(query->found, judgement->verdict.found, query->digest_size);
}

/*
 * Predicts the verdict of exec. @counts is the result of query_entry(), and @how
 * is for clip_judge().
 */
static void query_content(struct clip_query *query, struct file *file,
			  struct clip_context *ctx,
			  struct clip_judgement *judgement, bool counts,
			  unsigned int how)
{
	const bool listed = judgement->entry;
	const int err = clip_judge(judgement, ctx, file, how);
	const struct clip_entry *entry = judgement->entry;

	if (!counts) {
		query_unlisted(query, err, judgement, listed);
		return;
	}
	if (!err && !entry) {
		/* Its allow digest lets it run, but grants nothing. */
		query->state = CLIP_STATE_ALLOWED;
		query->reason = CLIP_REASON_NONE;
		return;
	}
	query_fill(query, entry);
	query->state = err ? CLIP_STATE_REFUSED : CLIP_STATE_VERIFIED;
	query->error = -err;
	if (err)
		query->reason = judgement->verdict.reason;
	if (judgement->verdict.hashed)
		memcpy(query->found, judgement->verdict.found,
		       entry->digest_size);
}

/*
 * Is a file without an entry that counts hashed at exec? Where scripts are
 * enforced, this is also said of programs.
 */
static bool enforces(const struct clip_query *query)
{
	return (query->level & CLIP_LEVEL_ACTIVE) &&
	       (query->level & (CLIP_LEVEL_ENFORCE_EXEC |
				CLIP_LEVEL_ENFORCE_SCRIPT));
}

/*
 * @like_exec: the file is hashed only if exec would do so; otherwise its digest
 * is a part of the answer. Returns true if the mark of the current task lifts
 * the refusal.
 */
static bool judge_file(struct clip_query *query, struct file *file,
		       struct clip_context *ctx, bool like_exec)
{
	struct clip_judgement judgement;
	bool counts, lifted;

	*query = (struct clip_query) {
		.fd = query->fd,
		.context = ctx->xid,
		.flags = query->flags,
		.state = CLIP_STATE_UNLISTED,
		.reason = CLIP_REASON_NO_ENTRY,
		.generation = clip_store_generation(),
		.level = READ_ONCE(ctx->level),
	};
	clip_judge_begin(&judgement, ctx, file);
	counts = judgement.entry && query_entry(query, file, judgement.entry);
	if ((query->flags & CLIP_QUERY_VERIFY) &&
	    (!like_exec || enforces(query) ||
	     (counts && (query->level & CLIP_LEVEL_ACTIVE))))
		query_content(query, file, ctx, &judgement, counts,
			      like_exec ? 0 : CLIP_JUDGE_DIGEST);
	lifted = query->error && clip_unlisted_permits(ctx, &judgement,
						       -(int)query->error);
	clip_judge_end(&judgement);
	return lifted;
}

/**
 * clip_query_answer - Answer a query about a file
 * @query: the query; receives all fields of the result but @size
 *
 * Context: May sleep; reads the file.
 * Return: 0; -EINVAL, -EBADF, -ENOENT or -EPERM for an invalid query.
 */
int clip_query_answer(struct clip_query *query)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	struct clip_caller caller;

	if (query->flags & ~CLIP_QUERY_VERIFY)
		return -EINVAL;

	CLASS(fd, f)(query->fd);
	if (fd_empty(f))
		return -EBADF;
	if (!S_ISREG(file_inode(fd_file(f))->i_mode))
		return -EINVAL;
	if ((query->flags & CLIP_QUERY_VERIFY) &&
	    !(fd_file(f)->f_mode & FMODE_READ))
		return -EBADF;
	ctx = clip_context_named(query->context);
	if (!ctx)
		return -ENOENT;
	clip_caller_now(&caller, ctx);
	if (!clip_may_see_context(&caller))
		return -EPERM;

	judge_file(query, fd_file(f), ctx, false);
	return 0;
}

/**
 * clip_ask_answer - Say whether the caller could execute a file
 * @ask: the question; receives the answer
 *
 * Every user may ask, so the question tells and costs no more than an attempt to
 * execute the file does: it takes the permission, and is about the context of
 * the caller, and its mark of CLIP_IOC_RUN_ALLOWED.
 *
 * Context: May sleep; reads the file.
 * Return: 0; -EBADF or -EINVAL for an invalid question; -EACCES if the caller
 * may not execute the file; -ENOENT if it has no context.
 */
int clip_ask_answer(struct clip_ask *ask)
{
	struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_query query = { .flags = CLIP_QUERY_VERIFY };
	bool enforced, lifted;
	int err;

	CLASS(fd, f)(ask->fd);
	if (fd_empty(f) || !(fd_file(f)->f_mode & FMODE_READ))
		return -EBADF;
	if (!S_ISREG(file_inode(fd_file(f))->i_mode))
		return -EINVAL;
	if (path_noexec(&fd_file(f)->f_path))
		return -EACCES;
	err = file_permission(fd_file(f), MAY_EXEC);
	if (err)
		return err;
	if (!ctx)
		return -ENOENT;
	/* The credential of the task keeps its context. */
	lifted = judge_file(&query, fd_file(f), ctx, true);
	enforced = (query.level & CLIP_LEVEL_ACTIVE) &&
		   !(query.level & CLIP_LEVEL_PERMISSIVE) && !lifted;
	ask->error = enforced ? query.error : 0;
	ask->reason = query.error ? query.reason : CLIP_REASON_NONE;
	return 0;
}
