// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: file creation events
 *
 * MF-04: The mount flag "trace" logged the new files of one mount. Here, the
 * new files of all mounts are reported to the listeners of a netlink group.
 * Directories, symbolic links and new names by rename(2) are not reported.
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
 * clip_creation_report - Report a file that open(2) has created
 * @file: the file
 */
void clip_creation_report(struct file *file)
{
	tell("open", file, NULL);
}

/* The kernel checks the permissions of the directory only after the hook. */
static bool may_make(const struct path *dir)
{
	return !path_permission(dir, MAY_WRITE | MAY_EXEC);
}

/**
 * clip_creation_report_node - Report a node that is about to be created
 * @dir: the directory of the node
 * @dentry: the name of the node
 * @mode: type and permissions of the node
 */
void clip_creation_report_node(const struct path *dir, struct dentry *dentry,
			       umode_t mode)
{
	const struct path place = { .mnt = dir->mnt, .dentry = dentry };
	const bool call = clip_current_call() == CLIP_CALL_MKNOD;

	/* For open(2), clip_creation_open() reports the file once it exists. */
	if (S_ISREG(mode) && !call)
		return;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) &&
	    !has_capability_noaudit(current, CAP_MKNOD))
		return;
	if (may_make(dir))
		tell(call ? "mknod" : "bind", NULL, &place);
}

/**
 * clip_creation_report_link - Report a file that is about to get another name
 * @dir: the directory of the name
 * @dentry: the name
 *
 * A file that open(2) created without a name gets one in this way.
 */
void clip_creation_report_link(const struct path *dir, struct dentry *dentry)
{
	const struct path place = { .mnt = dir->mnt, .dentry = dentry };

	if (may_make(dir))
		tell("link", NULL, &place);
}
