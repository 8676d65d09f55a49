/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: a commit in progress
 *
 * load/commit.c reads the image and finds the files and contexts, without a lock;
 * load/apply.c changes the tables, under it.
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
 * struct clip_results - entries that were not taken
 * @list: allocated by clip_commit(), freed by its caller with kvfree()
 * @room: slots of @list
 * @max: most slots the caller wants
 * @count: how many there were, whether they fitted or not
 * @error: the first refusal, negative; 0 if there was none
 */
struct clip_results {
	struct clip_result *list;
	size_t room;
	size_t max;
	u32 count;
	int error;
};

/**
 * struct clip_item - one entry of an image on its way into the store
 * @index: its number in the image
 * @allow: it is an allow digest: there is no path, id and entry
 * @path: of the file; holds a reference
 * @ctx: the context; the same
 * @id: of the file
 * @entry: what will be in the table; NULL when removing
 */
struct clip_item {
	u32 index;
	bool allow;
	struct path path;
	struct clip_context *ctx;
	struct clip_file_id id;
	struct clip_entry *entry;
};

/**
 * struct clip_job - a commit in progress
 * @args: the request; its output fields are written
 * @results: entries that were not taken
 * @image: what is committed
 * @items: entries that were found good
 * @nr_items: how many
 * @directory: where the file of that entry was found
 * @last: the context of the entry that was read last; holds a reference
 * @last_xid: how it is named in the image
 * @last_reason: why nothing may be loaded into it, or %CLIP_REASON_NONE
 */
struct clip_job {
	struct clip_commit *args;
	struct clip_results *results;
	struct clip_image image;
	struct clip_item *items;
	u32 nr_items;
	struct clip_directory directory;
	struct clip_context *last;
	u32 last_xid;
	enum clip_reason last_reason;
};

void clip_job_note(struct clip_job *job, u32 index, enum clip_reason reason,
		   int err, bool skip);
void clip_job_refuse(struct clip_job *job, u32 index, enum clip_reason reason);
enum clip_reason clip_job_check_level(struct clip_context *ctx);

#endif /* _SECURITY_CLIP_LOAD_JOB_H */
