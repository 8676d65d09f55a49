// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what exec of a file would meet
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/string.h>

#include "context/caller.h"
#include "context/rules.h"
#include "core/reason.h"
#include "digest/content.h"
#include "exec/chain.h"
#include "exec/offer.h"
#include "interface/query.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/lookup.h"
#include "verify/verify.h"

static void query_fill(struct clip_query *query, const struct clip_entry *entry)
{
	query->entry_flags = entry->flags;
	query->cap_effective = entry->cap_effective;
	query->cap_permitted = entry->cap_permitted;
	query->cap_inheritable = entry->cap_inheritable;
	query->privileges = entry->privileges;
	query->algorithm = entry->algorithm;
	query->digest_size = entry->digest_size;
	memcpy(query->wanted, entry->digest, entry->digest_size);
}

static void query_entry(struct clip_query *query, struct file *file,
			struct clip_context *ctx, struct clip_entry **entry)
{
	struct clip_verdict verdict, allowed;
	int err;

	query->state = CLIP_STATE_LISTED;
	query_fill(query, *entry);
	/* exec does not look at a program whose conditions are not met. */
	if ((*entry)->flags & CLIP_ENTRY_EXE)
		query->reason = clip_entry_unmet(*entry);
	if (query->reason != CLIP_REASON_NONE)
		return;
	query->reason = clip_offer_obstacle(file, *entry);
	if (!(query->flags & CLIP_QUERY_VERIFY))
		return;
	err = clip_verify_either(ctx, file, entry, &verdict);
	query_fill(query, *entry);
	/* It would run all the same, and be given nothing. */
	if (err == -EACCES && !clip_verify_allowed(file, ctx, &allowed)) {
		query->state = CLIP_STATE_ALLOWED;
		query->reason = CLIP_REASON_NONE;
		return;
	}
	query->state = err ? CLIP_STATE_REFUSED : CLIP_STATE_VERIFIED;
	query->error = -err;
	if (err)
		query->reason = verdict.reason;
	if (verdict.hashed)
		memcpy(query->found, verdict.found, (*entry)->digest_size);
}

/* A file that has no entry, or one that does not count for the caller. */
static void query_allowed(struct clip_query *query, struct file *file,
			  struct clip_context *ctx, struct clip_entry *entry)
{
	const u32 enforced = CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC;
	struct clip_verdict verdict;
	int err;

	if (!(query->flags & CLIP_QUERY_VERIFY))
		return;
	/* Where it has to match its entry all the same, that may be enough. */
	if (entry && !clip_verify(file, entry, &verdict))
		return;
	err = clip_verify_allowed(file, ctx, &verdict);
	if (!err) {
		query->state = entry ? query->state : CLIP_STATE_ALLOWED;
		query->reason = entry ? query->reason : CLIP_REASON_NONE;
	} else if ((query->level & enforced) == enforced) {
		query->state = CLIP_STATE_REFUSED;
		query->reason = verdict.reason;
		query->error = -err;
	}
	if (verdict.hashed && !entry) {
		query->algorithm = verdict.algorithm;
		query->digest_size = clip_digest_size(verdict.algorithm);
		memcpy(query->found, verdict.found, query->digest_size);
	}
}

/**
 * clip_query_answer - answer a question about a file
 * @query: the question; out: the answer, all fields but @size
 *
 * Context: may sleep; reads the file.
 * Return: 0; -EINVAL, -EBADF, -ENOENT or -EPERM for a bad question.
 */
int clip_query_answer(struct clip_query *query)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
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

	*query = (struct clip_query) {
		.fd = query->fd,
		.context = ctx->xid,
		.flags = query->flags,
		.state = CLIP_STATE_UNLISTED,
		.reason = CLIP_REASON_NO_ENTRY,
		.generation = clip_store_generation(),
		.level = READ_ONCE(ctx->level),
	};
	entry = clip_store_lookup_inode(&ctx->table, file_inode(fd_file(f)));
	if (entry) {
		query->reason = CLIP_REASON_NONE;
		query_entry(query, fd_file(f), ctx, &entry);
	}
	if (query->state == CLIP_STATE_UNLISTED ||
	    query->state == CLIP_STATE_LISTED)
		query_allowed(query, fd_file(f), ctx, entry);
	return 0;
}
