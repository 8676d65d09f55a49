// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: putting an image in force
 *
 * All that can fail for a reason in the image, or that can sleep on another
 * filesystem, happens first and without the store's lock: reading the image,
 * resolving the paths, allocating the entries. Paths stay referenced until the
 * transaction is over, so that no file can be deleted, and no filesystem go
 * away, between its being named and its entry being in the table.
 */
#include "common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "commit.h"
#include "context.h"
#include "cred.h"
#include "digest.h"
#include "image.h"
#include "names.h"
#include "report.h"
#include "superblock.h"
#include "txn.h"

/* One entry of the image on its way into the store. */
struct item {
	u32 index;
	struct path path;
	struct clip_context *ctx;
	struct clip_file_id id;
	struct clip_entry *entry;	/* NULL when removing */
};

struct job {
	struct clip_commit *args;
	struct clip_results *results;
	struct clip_image image;
	struct item *items;
	u32 nr_items;
};

static int errno_of(enum clip_reason reason)
{
	switch (reason) {
	case CLIP_REASON_NO_CONTEXT:
	case CLIP_REASON_NO_FILE:
	case CLIP_REASON_NO_ENTRY:
		return -ENOENT;
	case CLIP_REASON_UNSUPPORTED_ALGORITHM:
	case CLIP_REASON_UNTRUSTED_FS:
		return -EOPNOTSUPP;
	case CLIP_REASON_EXISTS:
	case CLIP_REASON_DUPLICATE:
		return -EEXIST;
	case CLIP_REASON_NO_MEMORY:
		return -ENOMEM;
	default:
		return -EINVAL;
	}
}

static void note(struct job *job, u32 index, enum clip_reason reason, int err,
		 bool skip)
{
	struct clip_results *results = job->results;

	if (results->count < results->room)
		results->list[results->count] = (struct clip_result) {
			.index = index,
			.error = -err,
			.reason = reason,
			.flags = skip ? CLIP_RESULT_SKIPPED : 0,
		};
	results->count++;
	if (skip) {
		job->args->skipped++;
	} else if (!results->error) {
		results->error = err;
		job->args->reason = reason;
	}
}

static void refuse(struct job *job, u32 index, enum clip_reason reason)
{
	note(job, index, reason, errno_of(reason), false);
}

static struct clip_context *find_context(u32 xid)
{
	if (xid == CLIP_CONTEXT_OWN)
		return clip_context_get(clip_cred(current_cred())->context);
	return clip_context_find(xid);
}

/* Follows the path as the caller would, to the file at its end. */
static enum clip_reason resolve(const char *name, struct path *path, int *err)
{
	const struct inode *inode;

	*err = kern_path(name, LOOKUP_FOLLOW, path);
	if (*err)
		return CLIP_REASON_NO_FILE;
	inode = d_backing_inode(path->dentry);
	if (!S_ISREG(inode->i_mode))
		return CLIP_REASON_NOT_REGULAR;
	if (!clip_sb_identifies(inode->i_sb))
		return CLIP_REASON_UNTRUSTED_FS;
	if (!inode->i_nlink) {
		*err = -ENOENT;
		return CLIP_REASON_NO_FILE;
	}
	return CLIP_REASON_NONE;
}

/* "Not there", in whichever way; not "may not look". */
static bool is_missing(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

static struct clip_entry *make_entry(const struct clip_rule *rule,
				     const struct clip_file_id *id)
{
	struct clip_entry *entry = clip_entry_alloc(id, rule->digest_size);

	if (!entry)
		return NULL;
	entry->flags = rule->flags;
	entry->algorithm = rule->algorithm;
	entry->source_line = rule->source_line;
	entry->cap_effective = rule->cap_effective;
	entry->cap_permitted = rule->cap_permitted;
	entry->cap_inheritable = rule->cap_inheritable;
	entry->privileges = rule->privileges;
	memcpy(entry->digest, rule->digest, rule->digest_size);
	return entry;
}

static void release_item(struct item *item)
{
	clip_entry_put(item->entry);
	clip_sb_put(item->id.sb);
	clip_context_put(item->ctx);
	path_put(&item->path);
}

/* From the file to the entry; the item's path has been resolved. */
static enum clip_reason bind_item(struct job *job, struct item *item,
				  const struct clip_rule *rule)
{
	const struct inode *inode = d_backing_inode(item->path.dentry);
	int err;

	item->id.ino = inode->i_ino;
	item->id.generation = inode->i_generation;
	item->id.sb = clip_sb_of(inode->i_sb);
	if (!item->id.sb)
		return CLIP_REASON_NO_MEMORY;
	if (job->args->mode == CLIP_COMMIT_REMOVE)
		return CLIP_REASON_NONE;
	item->entry = make_entry(rule, &item->id);
	if (!item->entry)
		return CLIP_REASON_NO_MEMORY;
	err = clip_name_set(item->entry->id, rule->path, rule->path_length,
			    rule->source, rule->source_length);
	return err ? CLIP_REASON_NO_MEMORY : CLIP_REASON_NONE;
}

static enum clip_reason check_rule(const struct job *job,
				   const struct clip_rule *rule)
{
	enum clip_reason reason;

	/* Removal goes by context and path; old tools pass a dummy digest. */
	if (job->args->mode == CLIP_COMMIT_REMOVE)
		return rule->path[0] == '/' &&
		       !memchr(rule->path, '\0', rule->path_length) ?
		       CLIP_REASON_NONE : CLIP_REASON_BAD_PATH;
	reason = clip_rule_check(rule);
	if (reason == CLIP_REASON_NONE && !clip_digest_usable(rule->algorithm))
		reason = CLIP_REASON_UNSUPPORTED_ALGORITHM;
	return reason;
}

static void prepare_item(struct job *job, const struct clip_rule *rule,
			 u32 index)
{
	struct item *item = &job->items[job->nr_items];
	enum clip_reason reason = check_rule(job, rule);
	int err;

	if (reason != CLIP_REASON_NONE) {
		refuse(job, index, reason);
		return;
	}
	*item = (struct item) { .index = index };
	item->ctx = find_context(rule->context);
	if (!item->ctx) {
		note(job, index, CLIP_REASON_NO_CONTEXT, -ENOENT,
		     job->args->flags & CLIP_COMMIT_SKIP_CONTEXTS);
		return;
	}
	reason = resolve(rule->path, &item->path, &err);
	if (err)
		note(job, index, reason, err,
		     is_missing(err) &&
		     (job->args->flags & CLIP_COMMIT_SKIP_MISSING));
	else if (reason == CLIP_REASON_NONE)
		reason = bind_item(job, item, rule);

	if (reason == CLIP_REASON_NONE) {
		job->nr_items++;
		return;
	}
	if (!err)
		refuse(job, index, reason);
	if (item->entry)
		clip_name_erase(item->entry->id);
	release_item(item);
}

/* All entries are looked at, so that the caller learns of every fault. */
static int prepare(struct job *job)
{
	struct clip_rule rule;
	u32 i;

	for (i = 0; i < job->image.count; i++) {
		if (clip_image_rule(&job->image, i, &rule,
				    &job->args->error_offset)) {
			job->args->reason = CLIP_REASON_BAD_IMAGE;
			return -EINVAL;
		}
		prepare_item(job, &rule, i);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return job->results->error;
}

static bool same_rule(const struct clip_entry *a, const struct clip_entry *b)
{
	return a->flags == b->flags && a->algorithm == b->algorithm &&
	       a->cap_effective == b->cap_effective &&
	       a->cap_permitted == b->cap_permitted &&
	       a->cap_inheritable == b->cap_inheritable &&
	       a->privileges == b->privileges &&
	       !memcmp(a->digest, b->digest, a->digest_size);
}

static void add_item(struct job *job, struct clip_txn *txn, struct item *item)
{
	const struct clip_entry *old;
	int err = clip_txn_insert(txn, item->ctx, item->entry);

	if (!err) {
		/* The reference is the table's now. */
		item->entry = NULL;
		job->args->added++;
		return;
	}
	clip_name_erase(item->entry->id);
	if (err != -EEXIST) {
		note(job, item->index, CLIP_REASON_NO_MEMORY, err, false);
		return;
	}
	old = clip_store_lookup_at(item->ctx, &item->id, txn->next);
	if (old && same_rule(old, item->entry))
		job->args->unchanged++;
	else
		refuse(job, item->index, old && old->born == txn->next ?
		       CLIP_REASON_DUPLICATE : CLIP_REASON_EXISTS);
}

static void remove_item(struct job *job, struct clip_txn *txn,
			struct item *item)
{
	int err = clip_txn_remove(txn, item->ctx, &item->id);

	if (!err)
		job->args->removed++;
	else if (err == -ENOENT)
		note(job, item->index, CLIP_REASON_NO_ENTRY, err,
		     job->args->flags & CLIP_COMMIT_SKIP_MISSING);
	else
		note(job, item->index, CLIP_REASON_NO_MEMORY, err, false);
}

static int apply(struct job *job)
{
	const u32 mode = job->args->mode;
	struct clip_context *ctx = &clip_admin_context;
	struct clip_txn txn;
	u32 i;
	int err;

	guard(mutex)(&clip_store_lock);
	err = clip_txn_begin(&txn, job->nr_items, mode == CLIP_COMMIT_REPLACE ?
			     atomic_long_read(&ctx->nr_entries) :
			     job->nr_items);
	if (err)
		return err;
	if (mode == CLIP_COMMIT_REPLACE) {
		err = clip_txn_remove_all(&txn, ctx);
		job->args->removed = txn.nr_dying;
	}
	for (i = 0; i < job->nr_items && !err; i++) {
		if (mode == CLIP_COMMIT_REMOVE)
			remove_item(job, &txn, &job->items[i]);
		else
			add_item(job, &txn, &job->items[i]);
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	err = err ?: job->results->error;
	if (err || (job->args->flags & CLIP_COMMIT_DRY_RUN))
		clip_txn_abort(&txn);
	else if (txn.nr_born || txn.nr_dying)
		clip_txn_commit(&txn);
	else
		clip_txn_abort(&txn);
	return err;
}

static int make_room(struct job *job)
{
	struct clip_results *results = job->results;

	results->room = min_t(size_t, results->max, job->image.count);
	/* One more, so that none is no special case. */
	results->list = kvcalloc(results->room + 1, sizeof(*results->list),
				 GFP_KERNEL_ACCOUNT);
	job->items = kvcalloc(job->image.count + 1UL, sizeof(*job->items),
			      GFP_KERNEL_ACCOUNT);
	return results->list && job->items ? 0 : -ENOMEM;
}

/**
 * clip_commit - put an image in force, entirely or not at all
 * @image: the image in kernel memory, aligned to eight bytes
 * @size: its bytes
 * @args: the request; its output fields are written
 * @results: in: @max; out: the rest
 *
 * Context: process context of the requester, whose root, mount namespace and
 * rights count for the paths.
 * Return: 0; -EINVAL or -E2BIG for the form of the image; the error of the
 * first refused entry; -ENOMEM; -EINTR.
 */
int clip_commit(const void *image, size_t size, struct clip_commit *args,
		struct clip_results *results)
{
	struct job job = { .args = args, .results = results };
	enum clip_reason reason;
	u32 i;
	int err;

	err = clip_image_open(&job.image, image, size, &args->error_offset,
			      &reason);
	args->reason = reason;
	if (err)
		goto out;
	err = make_room(&job);
	if (!err)
		err = prepare(&job);
	if (!err)
		err = apply(&job);
	for (i = 0; i < job.nr_items; i++) {
		if (err && job.items[i].entry)
			clip_name_erase(job.items[i].entry->id);
		release_item(&job.items[i]);
	}
	kvfree(job.items);
	if (err) {
		args->added = 0;
		args->removed = 0;
		args->unchanged = 0;
	}
out:
	args->results_count = results->count;
	args->generation = clip_store_generation();
	if (err == -ENOMEM && args->reason == CLIP_REASON_NONE)
		args->reason = CLIP_REASON_NO_MEMORY;
	/* A caller who is being killed was not refused. */
	if (err && args->reason != CLIP_REASON_NONE)
		clip_report_load(args->reason, err);
	else if (args->added + args->removed &&
		 !(args->flags & CLIP_COMMIT_DRY_RUN))
		clip_report_change("commit", args->generation);
	return err;
}
