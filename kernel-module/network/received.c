// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: descriptors that a task of a context receives
 *
 * A descriptor can come from another context by a message, out of another process,
 * or from a supervisor that answers a system call. What the task could not have
 * taken along when it entered, it does not get afterwards either. A file that its
 * own context has opened is no news, but for a directory: the sender may have
 * another root.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sched.h>

#include "context/carried.h"
#include "network/received.h"
#include "core/cred_blob.h"
#include "report/report.h"
#include "store/context.h"

static bool is_outside(const struct path *path)
{
	struct path root;
	bool inside;

	get_fs_root(current->fs, &root);
	inside = path_is_under(path, &root);
	path_put(&root);
	return !inside;
}

static enum clip_reason judge(const struct clip_context *ctx,
			      const struct clip_context *opener,
			      const struct file *file)
{
	if (S_ISDIR(file_inode(file)->i_mode))
		return is_outside(&file->f_path) ? CLIP_REASON_RECEIVED :
						   CLIP_REASON_NONE;
	return ctx == opener || clip_carried_file(file) ? CLIP_REASON_NONE :
							  CLIP_REASON_RECEIVED;
}

/**
 * clip_received_check - May the current task receive a file?
 * @file: the file
 *
 * IPC-06, IPC-07. The level of confidentiality counts in context 0 as well, where
 * it is neutral unless it was set.
 *
 * Context: May sleep.
 * Return: 0, or -EPERM after a report.
 */
int clip_received_check(struct file *file)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;
	const struct clip_context *opener = clip_cred(file->f_cred)->context;
	enum clip_reason reason;

	if (likely(ctx == &clip_admin_context) || !ctx)
		return 0;
	if (!opener)
		opener = &clip_admin_context;
	reason = clip_context_exchanges(ctx, opener) ?
			 judge(ctx, opener, file) : CLIP_REASON_CONFIDENTIALITY;
	if (reason == CLIP_REASON_NONE)
		return 0;
	clip_report_exchange("receive", ctx, opener->xid, reason, -EPERM);
	return -EPERM;
}
