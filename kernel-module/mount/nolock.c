// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: mounts without locks, leases and watches
 *
 * A lock on a file that several contexts can see is a message to the others,
 * and can stop one of them. The mount flag nolock forbids locks through this
 * mount, whether or not the latch kernel.clip.mount is set. A task that reaches
 * the file by another mount may lock it there. A context with the flag NOLOCK
 * has all its read-only mounts like this.
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/mount.h>
#include <linux/path.h>

#include "core/cred_blob.h"
#include "mount/nolock.h"
#include "report/report.h"
#include "store/context.h"

/* What no task here can write is there for others, too. */
static bool is_shared(const struct path *path)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	return ctx && (READ_ONCE(ctx->flags) & CLIP_CONTEXT_NOLOCK) &&
	       __mnt_is_readonly(path->mnt);
}

static bool is_nolock(const struct path *path)
{
	return (READ_ONCE(path->mnt->mnt_flags) & MNT_NOLOCK) ||
	       is_shared(path);
}

static int refuse(const char *operation, const struct path *path)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_MOUNT,
		.reason = CLIP_REASON_MOUNT,
		.err = -EPERM,
		.act = operation,
		.ctx = clip_cred(current_cred())->context,
		.sb = path->mnt->mnt_sb,
		.lacks = "-",
	});
	return -EPERM;
}

/**
 * clip_nolock_check - Check a query of the locks of a file
 * @file: the open file
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_nolock_check(const struct file *file)
{
	if (likely(!is_nolock(&file->f_path)))
		return 0;
	return refuse("lock", &file->f_path);
}

/*
 * MF-03: covers flock(2), POSIX and OFD locks and leases, including their
 * release.
 */
static int hook_file_lock(struct file *file, unsigned int cmd)
{
	return clip_nolock_check(file);
}

/*
 * MF-03 for inotify. Also covers dnotify and fanotify, which the original left
 * out.
 */
static int hook_path_notify(const struct path *path, u64 mask,
			    unsigned int obj_type)
{
	if (likely(!is_nolock(path)))
		return 0;
	return refuse("watch", path);
}

static struct security_hook_list clip_nolock_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(file_lock, hook_file_lock),
	LSM_HOOK_INIT(path_notify, hook_path_notify),
};

/**
 * clip_add_nolock_hooks - Register the hooks of this file
 */
void __init clip_add_nolock_hooks(void)
{
	security_add_hooks(clip_nolock_hooks, ARRAY_SIZE(clip_nolock_hooks),
			   &clip_lsm_id);
}
