// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: putting an image in force
 *
 * A commit is a request. It becomes a job, which load/job.h describes, and the
 * job changes the tables in one transaction of the store.
 *
 * All steps that can fail because of the image, or that can sleep on another
 * filesystem, come first and without the store's lock: reading the image,
 * resolving the paths, allocating the entries. The job keeps references to the
 * paths until the transaction is over. Between the look-up of a file and the
 * insertion of its entry, no file can thereby be deleted and no filesystem can
 * go away.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "digest/content.h"
#include "load/apply.h"
#include "load/commit.h"
#include "load/digests.h"
#include "load/image.h"
#include "load/job.h"
#include "load/resolve.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/names.h"

static enum clip_reason find_file(struct clip_job *job,
				  const struct clip_rule *rule,
				  struct path *path, int *err)
{
	const struct inode *inode;

	*err = clip_resolve(&job->directory, rule->path, rule->path_length,
			    path);
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

static struct clip_entry *make_entry(const struct clip_rule *rule,
				     const struct clip_item *item)
{
	const struct clip_entry_rights rights = {
		.cap_effective = rule->cap_effective,
		.cap_permitted = rule->cap_permitted,
		.cap_inheritable = rule->cap_inheritable,
		.privileges = rule->privileges,
	};
	struct clip_name *name;
	struct clip_entry *entry;

	name = clip_name_alloc(rule->path, rule->path_length, rule->source,
			       rule->source_length, rule->source_line);
	if (!name && IS_ENABLED(CONFIG_SECURITY_CLIP_NAMES))
		return NULL;
	entry = clip_entry_alloc(&item->id, rule->digest_size, &rights, name);
	if (!entry) {
		kfree(name);
		return NULL;
	}
	entry->flags = rule->flags;
	entry->algorithm = rule->algorithm;
	entry->path_hash = item->path_hash;
	memcpy(entry->digest, rule->digest, rule->digest_size);
	return entry;
}

static void release_item(struct clip_item *item)
{
	clip_entry_put(item->entry);
	clip_sb_put(item->id.sb);
	clip_context_put(item->ctx);
	path_put(&item->path);
}

/* Makes the entry for the file of an item, whose path has been resolved. */
static enum clip_reason bind_item(struct clip_job *job, struct clip_item *item,
				  const struct clip_rule *rule)
{
	const struct inode *inode = d_backing_inode(item->path.dentry);

	item->path_hash = clip_path_hash(rule->path, rule->path_length);
	item->id.ino = inode->i_ino;
	item->id.generation = inode->i_generation;
	item->id.sb = clip_sb_of(inode->i_sb);
	if (!item->id.sb)
		return CLIP_REASON_NO_MEMORY;
	if (job->args->mode == CLIP_COMMIT_REMOVE)
		return CLIP_REASON_NONE;
	item->entry = make_entry(rule, item);
	return item->entry ? CLIP_REASON_NONE : CLIP_REASON_NO_MEMORY;
}

static enum clip_reason check_rule(const struct clip_job *job,
				   const struct clip_rule *rule)
{
	enum clip_reason reason;

	/* Removal uses context and path only; old tools pass a dummy digest. */
	if (job->args->mode == CLIP_COMMIT_REMOVE && rule->path_length &&
	    !(job->args->flags & CLIP_COMMIT_BESIDE))
		return clip_rule_has_path(rule) ? CLIP_REASON_NONE :
						  CLIP_REASON_BAD_PATH;
	reason = clip_rule_check(rule);
	if (reason == CLIP_REASON_NONE && !clip_digest_usable(rule->algorithm))
		reason = CLIP_REASON_UNSUPPORTED_ALGORITHM;
	return reason;
}

/*
 * A rule can be taken back although its path leads to no file, or to one that
 * can have no entry: what it has made is found by the path. The directory says
 * on which filesystem that may be, see is_within_reach() in load/apply.c.
 */
static void bind_lost(struct clip_job *job, struct clip_item *item,
		      const struct clip_rule *rule, enum clip_reason reason, int err)
{
	item->lost = reason;
	item->error = err ?: clip_reason_errno(reason);
	item->path_hash = clip_path_hash(rule->path, rule->path_length);
	path_put(&item->path);
	clip_resolve_parent(&job->directory, rule->path, rule->path_length,
			    &item->path);
	if (item->path.dentry && clip_sb_is_named(item->path.dentry->d_sb))
		item->id.sb = clip_sb_of(item->path.dentry->d_sb);
}

static bool can_be_lost(const struct clip_job *job, enum clip_reason reason, int err)
{
	return job->args->mode == CLIP_COMMIT_REMOVE &&
	       err != -ENOMEM && !fatal_signal_pending(current) &&
	       (err || reason == CLIP_REASON_NOT_REGULAR ||
		reason == CLIP_REASON_UNTRUSTED_FS);
}

static void prepare_item(struct clip_job *job, const struct clip_rule *rule,
			 u32 index)
{
	struct clip_item *item = &job->items[job->nr_items];
	enum clip_reason reason = check_rule(job, rule);
	int err;

	if (reason != CLIP_REASON_NONE) {
		clip_job_refuse(job, index, reason);
		return;
	}
	*item = (struct clip_item) { .index = index };
	reason = clip_job_find_context(job, rule->context, &item->ctx);
	if (reason != CLIP_REASON_NONE) {
		clip_context_put(item->ctx);
		clip_job_note(job, index, reason, clip_reason_errno(reason),
			      reason == CLIP_REASON_NO_CONTEXT &&
			      (job->args->flags & CLIP_COMMIT_SKIP_CONTEXTS));
		return;
	}
	if (!rule->path_length) {
		item->allow = true;
		job->nr_items++;
		return;
	}
	reason = find_file(job, rule, &item->path, &err);
	if (can_be_lost(job, reason, err)) {
		bind_lost(job, item, rule, reason, err);
		job->nr_items++;
		return;
	}
	if (reason == CLIP_REASON_NONE &&
	    clip_job_is_pinned(item->ctx, &item->path))
		reason = CLIP_REASON_READ_ONLY;
	if (err)
		clip_job_note(job, index, reason, err,
			      clip_job_is_missing(err) &&
			      (job->args->flags & CLIP_COMMIT_SKIP_MISSING));
	else if (reason == CLIP_REASON_NONE)
		reason = bind_item(job, item, rule);

	if (reason == CLIP_REASON_NONE) {
		job->nr_items++;
		return;
	}
	if (!err)
		clip_job_refuse(job, index, reason);
	release_item(item);
}

/* Looks at all entries, so that the caller learns of every fault. */
static int prepare(struct clip_job *job)
{
	struct clip_rule rule;
	int err;
	u32 i;

	err = clip_job_prepare_digests(job);
	if (err)
		return err;
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

static int make_room(struct clip_job *job)
{
	struct clip_results *results = job->results;

	results->room = min_t(size_t, results->max,
			      job->image.count + job->image.nr_digests);
	/*
	 * Allocate at least one element, so that an empty image needs no
	 * special case.
	 */
	results->list = kvcalloc(results->room + 1, sizeof(*results->list),
				 GFP_KERNEL_ACCOUNT);
	job->items = kvcalloc(job->image.count + 1UL, sizeof(*job->items),
			      GFP_KERNEL_ACCOUNT);
	job->blocks = kvcalloc(job->image.nr_blocks + 1UL, sizeof(*job->blocks),
			       GFP_KERNEL_ACCOUNT);
	return results->list && job->items && job->blocks ? 0 : -ENOMEM;
}

/**
 * clip_commit - Put an image in force, either completely or not at all
 * @image: the image in kernel memory, aligned to eight bytes
 * @size: size of @image in bytes
 * @args: the request; its output fields are written
 * @results: in: @max; out: the other fields
 *
 * Context: process context of the requester, whose root, mount namespace and
 * rights apply to the look-up of paths.
 * Return: 0; -EINVAL or -E2BIG for a malformed image; the error of the first
 * refused entry; -ENOMEM; -EINTR.
 */
int clip_commit(const void *image, size_t size, struct clip_commit *args,
		struct clip_results *results)
{
	struct clip_job job = { .args = args, .results = results };
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
		err = clip_job_apply(&job);
	for (i = 0; i < job.nr_items; i++)
		release_item(&job.items[i]);
	kvfree(job.items);
	clip_job_release_digests(&job);
	clip_context_put(job.last);
	clip_resolve_end(&job.directory);
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
	/* A dry run asks what would happen. Its answer is not a refusal. */
	if (args->flags & CLIP_COMMIT_DRY_RUN)
		return err;
	/* A caller that is being killed was not refused. */
	if (err && args->reason != CLIP_REASON_NONE)
		clip_report_commit(args->reason, err);
	else if (job.changed)
		clip_report_change("commit", args->generation);
	return err;
}
