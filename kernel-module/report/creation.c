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
#include <linux/lsm_hooks.h>
#include <linux/namei.h>
#include <linux/path.h>

#include "core/cred_blob.h"
#include "core/setup.h"
#include "privilege/scoped.h"
#include "report/creation.h"
#include "report/events.h"

/*
 * Nothing says that a listener is there to stay, or when the last one is gone
 * for good: so it stays on. All else is asked where the event is sent.
 */
DEFINE_STATIC_KEY_FALSE(clip_creations_told);

/**
 * clip_creation_listen - somebody wants to know from now on
 *
 * Context: may sleep.
 */
void clip_creation_listen(void)
{
	static_branch_enable(&clip_creations_told);
}

static void tell(const char *act, struct file *file, const struct path *place)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_CREATE,
		.enforced = true,
		.act = act,
		.ctx = clip_cred(current_cred())->context,
		.file = file,
		.place = place,
	};

	clip_events_send(&event);
}

/**
 * clip_creation_tell - open(2) has made a file
 * @file: the file
 */
void clip_creation_tell(struct file *file)
{
	tell("open", file, NULL);
}

/* The kernel asks about rights to the directory later. */
static bool may_make(const struct path *dir)
{
	return !path_permission(dir, MAY_WRITE | MAY_EXEC);
}

/**
 * clip_creation_tell_node - a node is to be made
 * @dir: its directory
 * @dentry: its name
 * @mode: what it will be
 */
void clip_creation_tell_node(const struct path *dir, struct dentry *dentry,
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

/* How a file that open(2) made without a name gets one. */
static int hook_path_link(struct dentry *old_dentry,
			  const struct path *new_dir, struct dentry *new_dentry)
{
	const struct path place = { .mnt = new_dir->mnt, .dentry = new_dentry };

	if (static_branch_unlikely(&clip_creations_told) && may_make(new_dir))
		tell("link", NULL, &place);
	return 0;
}

static struct security_hook_list clip_creation_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(path_link, hook_path_link),
};

/**
 * clip_add_creation_hooks - register the hooks of this file
 */
void __init clip_add_creation_hooks(void)
{
	security_add_hooks(clip_creation_hooks, ARRAY_SIZE(clip_creation_hooks),
			   &clip_lsm_id);
}
