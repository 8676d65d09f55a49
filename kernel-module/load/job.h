/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: a commit in progress
 *
 * load/commit.c reads the image and finds the files and contexts without a
 * lock; load/apply.c changes the tables with the store's lock held.
 */
#ifndef _SECURITY_CLIP_LOAD_JOB_H
#define _SECURITY_CLIP_LOAD_JOB_H

#include <linux/path.h>
#include <linux/types.h>
#include <uapi/linux/clip.h>

#include "load/image.h"
#include "load/resolve.h"
#include "store/entry.h"

/**
 * struct clip_results - The results of the entries that were not accepted
 * @list: the results. clip_commit() allocates the list, its caller frees it
 *	with kvfree()
 * @room: number of slots in @list
 * @max: maximum number of slots that the caller wants
 * @count: number of results, including those that did not fit into @list
 * @error: error of the first refusal, negative; 0 without refusals
 */
struct clip_results {
	struct clip_result *list;
	size_t room;
	size_t max;
	u32 count;
	int error;
};

/**
 * struct clip_item - One entry of an image on its way into the store
 * @index: number of the entry in the image
 * @allow: the entry is an allow digest, without @path, @id and @entry
 * @lost: why the path of an entry that is removed leads to no file that could
 *	have an entry, or %CLIP_REASON_NONE
 * @error: the corresponding error, negative
 * @path: path of the file, or, if it is lost, of its directory, if that was
 *	found; the item holds a reference to it
 * @path_hash: stands for the path in the rule
 * @ctx: the context; the item holds a reference to it
 * @id: identity of the file; the item holds a reference to its superblock
 * @entry: the entry for the table; NULL for a removal. The item holds a
 *	reference until the table takes it over
 * @kept: an entry with the same rule, which a REPLACE keeps instead of @entry;
 *	without a reference, valid as long as the store's lock is held
 */
struct clip_item {
	u32 index;
	bool allow;
	enum clip_reason lost;
	int error;
	struct path path;
	u64 path_hash;
	struct clip_context *ctx;
	struct clip_file_id id;
	struct clip_entry *entry;
	struct clip_entry *kept;
};

/**
 * struct clip_job_block - Allow digests of an image on their way into the store
 * @digests: the digests
 * @ctx: the context; the job holds a reference to it
 */
struct clip_job_block {
	struct clip_block digests;
	struct clip_context *ctx;
};

/**
 * struct clip_job - A commit in progress
 * @args: the request; its output fields are written
 * @results: results of the entries that were not accepted
 * @image: the image that is committed
 * @items: the accepted entries; the job owns the array
 * @nr_items: number of @items
 * @blocks: the accepted blocks of allow digests; the job owns the array
 * @nr_blocks: number of @blocks
 * @directory: the directory of the file that was looked up last
 * @last: the context of the entry that was read last; the job holds a reference
 * @last_xid: number of @last in the image
 * @last_reason: why no entry may be loaded into @last, or %CLIP_REASON_NONE
 * @changed: the commit has changed something, if only the size of a digest
 */
struct clip_job {
	struct clip_commit *args;
	struct clip_results *results;
	struct clip_image image;
	struct clip_item *items;
	u32 nr_items;
	struct clip_job_block *blocks;
	u32 nr_blocks;
	struct clip_directory directory;
	struct clip_context *last;
	u32 last_xid;
	enum clip_reason last_reason;
	bool changed;
};

void clip_job_note(struct clip_job *job, u32 index, enum clip_reason reason,
		   int err, bool skip);
void clip_job_refuse(struct clip_job *job, u32 index, enum clip_reason reason);
void clip_job_note_absent(struct clip_job *job, u32 index);
enum clip_reason clip_job_find_context(struct clip_job *job, u32 xid,
				       struct clip_context **ctx);
enum clip_reason clip_job_check_context(struct clip_context *ctx);
bool clip_job_is_pinned(const struct clip_context *ctx, const struct path *path);
bool clip_job_is_missing(int err);

#endif /* _SECURITY_CLIP_LOAD_JOB_H */
