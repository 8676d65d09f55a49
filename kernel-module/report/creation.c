// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: new files, told to those who listen
 *
 * MF-04: what the mount flag "trace" wrote to the log for the files of one
 * mount, is told here for all of them, to whoever has joined the group. Not
 * told are directories, symbolic links and other names by rename(2).
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/namei.h>
#include <linux/path.h>

#include "core/cred_blob.h"
#include "core/syscall.h"
#include "report/creation.h"
#include "report/report.h"

static void tell(const char *act, struct file *file, const struct path *place)
{
	const struct clip_event event = {
		.report = CLIP_REPORT_CREATE,
		.act = act,
		.ctx = clip_cred(current_cred())->context,
		.file = file,
		.place = place,
	};

	clip_report(&event);
}

/**
 * clip_creation_report - open(2) has made a file
 * @file: the file
 */
void clip_creation_report(struct file *file)
{
	tell("open", file, NULL);
}

/* The kernel asks about rights to the directory later. */
static bool may_make(const struct path *dir)
{
	return !path_permission(dir, MAY_WRITE | MAY_EXEC);
}

/**
 * clip_creation_report_node - a node is to be made
 * @dir: its directory
 * @dentry: its name
 * @mode: what it will be
 */
void clip_creation_report_node(const struct path *dir, struct dentry *dentry,
			       umode_t mode)
{
	const struct path place = { .mnt = dir->mnt, .dentry = dentry };
	const bool call = clip_current_call() == CLIP_CALL_MKNOD;

	/* open(2) asks as well, and is told when it has made the file. */
	if (S_ISREG(mode) && !call)
		return;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) &&
	    !has_capability_noaudit(current, CAP_MKNOD))
		return;
	if (may_make(dir))
		tell(call ? "mknod" : "bind", NULL, &place);
}

/**
 * clip_creation_report_link - a file gets another name
 * @dir: the directory of the name
 * @dentry: the name
 *
 * How a file that open(2) made without a name gets one.
 */
void clip_creation_report_link(const struct path *dir, struct dentry *dentry)
{
	const struct path place = { .mnt = dir->mnt, .dentry = dentry };

	if (may_make(dir))
		tell("link", NULL, &place);
}
