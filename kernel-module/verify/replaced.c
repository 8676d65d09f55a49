// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: listed files that lose their name
 *
 * An entry refers to a file and not to its path. When another file takes the
 * path, or none has it any more, what is executed by that path is not listed,
 * and nothing would say so. The change is reported when it is made.
 *
 * These functions only watch. The kernel has checked the permissions of the
 * task, and the filesystem can still fail.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/cred_blob.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"
#include "store/lookup.h"
#include "store/names.h"
#include "verify/replaced.h"

static bool is_listed(struct clip_context *ctx, const struct inode *inode)
{
	struct clip_entry *entry = clip_store_lookup_inode(&ctx->table, inode);

	clip_entry_put(entry);
	return entry;
}

/*
 * Finds an entry of the file in an active context in which @other has none.
 * Returns it with a reference, or NULL.
 */
static struct clip_entry *find_entry(const struct inode *inode,
				     const struct inode *other)
{
	struct clip_context *ctx;

	guard(rcu)();
	clip_context_for_each_listing_rcu(ctx) {
		struct clip_entry *entry;

		if (!(READ_ONCE(ctx->level) & CLIP_LEVEL_ACTIVE))
			continue;
		entry = clip_store_lookup_inode(&ctx->table, inode);
		if (entry && (!other || !is_listed(ctx, other)))
			return entry;
		clip_entry_put(entry);
	}
	return NULL;
}

/*
 * The path of the rule, if it ends with the name that the file loses: the hook
 * does not know the mount. Otherwise it is another link, and its path in the
 * filesystem has to do. Returns NULL if memory is exhausted.
 */
static char *path_of(const struct clip_entry *entry, struct dentry *dentry)
{
	char *buffer __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	const struct clip_name *name;
	char *path;

	if (!buffer)
		return NULL;
	path = dentry_path_raw(dentry, buffer, PATH_MAX);
	if (IS_ERR(path))
		return NULL;
	scoped_guard(rcu) {
		name = clip_entry_name(entry);
		if (name && !strcmp(kbasename(name->path), kbasename(path)))
			return kstrdup(name->path, GFP_ATOMIC);
	}
	return kstrdup(path, GFP_KERNEL);
}

static noinline void tell(const char *act, struct dentry *dentry,
			  struct clip_entry *entry)
{
	char *path __free(kfree) = path_of(entry, dentry);

	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_REPLACED,
		.reason = CLIP_REASON_NO_ENTRY,
		.act = act,
		.ctx = clip_cred(current_cred())->context,
		.entry = entry,
		.sb = dentry->d_sb,
		.path = path,
	});
	clip_entry_put(entry);
}

/* Costs two loads on a filesystem to which no entry refers. */
static bool can_be_listed(const struct dentry *dentry)
{
	return clip_sb_is_named(dentry->d_sb) && d_is_reg(dentry);
}

/**
 * clip_replaced_unlink - Report a listed file that loses a name
 * @dentry: the name, which is about to be removed
 *
 * Context: May sleep.
 */
void clip_replaced_unlink(struct dentry *dentry)
{
	struct clip_entry *entry;

	if (!can_be_listed(dentry))
		return;
	entry = find_entry(d_inode(dentry), NULL);
	if (entry)
		tell("remove", dentry, entry);
}

/**
 * clip_replaced_rename - Report a listed file that another one replaces
 * @from: the name that is about to move
 * @to: where it moves; may be the name of another file
 *
 * A listed file that moves over another listed one is not reported. For an
 * exchange of two names, this is called for both directions.
 *
 * Context: May sleep.
 */
void clip_replaced_rename(struct dentry *from, struct dentry *to)
{
	const struct inode *there = d_is_positive(to) ? d_inode(to) : NULL;
	struct clip_entry *entry = NULL;

	if (there && can_be_listed(to))
		entry = find_entry(there, d_inode(from));
	if (entry) {
		tell("replace", to, entry);
		return;
	}
	if (can_be_listed(from))
		entry = find_entry(d_inode(from), there);
	if (entry)
		tell("move", from, entry);
}
