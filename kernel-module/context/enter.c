// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: entering a context
 *
 * Only a task can change its own credentials, so a task enters a context by
 * itself, and keeps everything that it holds. Contexts are compared when an
 * object is accessed by name: a descriptor that was opened before keeps
 * working. A task with a descriptor that leads out of the context is therefore
 * not allowed to enter.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/key.h>
#include <linux/namei.h>
#include <linux/ptrace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/signal.h>

#include "context/carried.h"
#include "context/enter.h"
#include "context/members.h"
#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "report/report.h"
#include "store/context.h"

/* The arguments for the check of one descriptor. */
struct scan {
	const struct file *by;		/* descriptor of the context */
	struct path root;
};

/* Returns nonzero, to end the search, for a descriptor that leads out. */
static int leads_out(const void *data, struct file *file, unsigned int fd)
{
	const struct scan *scan = data;

	if (file == scan->by)
		return 0;
	return clip_carried_outside(&file->f_path, &scan->root) ||
	       !clip_carried_file(file);
}

static enum clip_reason check_files(const struct file *by)
{
	struct scan scan = { .by = by };
	struct path pwd;
	bool out;

	get_fs_root(current->fs, &scan.root);
	get_fs_pwd(current->fs, &pwd);
	out = clip_carried_outside(&pwd, &scan.root) ||
	      iterate_fd(current->files, 0, leads_out, &scan) ||
	      !clip_carried_work() || !clip_carried_memory();
	path_put(&pwd);
	path_put(&scan.root);
	return out ? CLIP_REASON_OPEN_FILE : CLIP_REASON_NONE;
}

/*
 * No other task may share any part of this task's state: it would be in two
 * contexts at once, or could still add descriptors to the table.
 */
static bool is_alone(void)
{
	bool alone = current_is_single_threaded() &&
		     atomic_read(&current->files->count) == 1 &&
		     !current->ptrace;

	spin_lock(&current->fs->lock);
	alone &= current->fs->users == 1;
	spin_unlock(&current->fs->lock);
	return alone;
}

static enum clip_reason check(const struct clip_context *ctx,
			      const struct file *by)
{
	if (clip_cred(current_cred())->context != &clip_admin_context)
		return CLIP_REASON_OTHER_CONTEXT;
	if (READ_ONCE(ctx->deleted))
		return CLIP_REASON_NO_CONTEXT;
	if (!is_alone())
		return CLIP_REASON_NOT_ALONE;
	return check_files(by);
}

#ifdef CONFIG_KEYS
/* The possession of a keyring is a right, so the task keeps none. */
static void drop_keyrings(struct cred *new)
{
	key_put(new->session_keyring);
	key_put(new->process_keyring);
	key_put(new->thread_keyring);
	new->session_keyring = NULL;
	new->process_keyring = NULL;
	new->thread_keyring = NULL;
}
#else
static void drop_keyrings(struct cred *new)
{
}
#endif

/* TR-09, and CAP-07 of the description of contexts. */
static void settle_caps(struct cred *new, u64 bound)
{
	struct clip_cred *blob = clip_cred(new);

	cap_clear(new->cap_inheritable);
	cap_clear(new->cap_ambient);
	new->cap_bset.val &= bound;
	new->cap_permitted.val &= bound;
	new->cap_effective.val &= bound;
	clip_set_extra(blob, clip_extra_effective(blob) & bound,
		       clip_extra_permitted(blob) & bound, 0);
}

static void settle_privileges(struct clip_cred *blob, u64 bound)
{
	if (!(blob->privileges & CLIP_PRIV_KEEPPRIV)) {
		blob->privileges = 0;
		blob->saved_privileges = 0;
		blob->task_flags &= ~CLIP_TASK_BUMPED;
	}
	blob->privileges &= bound;
	blob->saved_privileges &= bound;
	blob->task_flags &= ~CLIP_TASK_INHERITED;
	blob->task_flags |= CLIP_TASK_MIGRATED;
}

/**
 * clip_enter_settle - Put a credential into a context, without what it had
 * @new: a credential of context 0 that is not in use yet
 * @ctx: the context
 */
void clip_enter_settle(struct cred *new, struct clip_context *ctx)
{
	struct clip_cred *blob = clip_cred(new);

	clip_check_opens();
	clip_wake_hooks(CLIP_WAKE_CONTEXT);
	clip_context_put(blob->context);
	blob->context = clip_context_get(ctx);
	settle_caps(new, READ_ONCE(ctx->cap_bound));
	settle_privileges(blob, READ_ONCE(ctx->priv_bound));
	drop_keyrings(new);
}

static int refuse(const struct clip_context *ctx, enum clip_reason reason)
{
	clip_report_admin("entry", ctx->xid, reason);
	return clip_reason_errno(reason);
}

static bool is_below_root(const struct file *file)
{
	struct path root;
	bool below;

	get_fs_root(current->fs, &root);
	below = path_is_under(&file->f_path, &root);
	path_put(&root);
	return below;
}

/**
 * clip_enter_check_first - Check a file of the first exec in a context
 * @bprm: the exec
 *
 * Links of procfs lead to files that no path leads to. The task that executes is
 * still that of a launcher, whose own program /proc/self/exe is. As a program of
 * the context, other tasks there could open it, and write it once it has ended.
 * What binfmt_misc has opened before is the administrator's choice, and is known
 * by its credential.
 *
 * Context: may sleep.
 * Return: 0, or -EACCES after a report.
 */
int clip_enter_check_first(const struct linux_binprm *bprm)
{
	const struct clip_cred *blob = clip_cred(bprm->cred);

	if (bprm->file->f_cred != current_cred() || is_below_root(bprm->file))
		return 0;
	clip_report_admin("execution outside of the root", blob->context->xid,
			  CLIP_REASON_OPEN_FILE);
	return -EACCES;
}

/**
 * clip_enter - Move the current task into a context, irrevocably
 * @ctx: the context
 * @by: the descriptor that stands for the right to enter
 *
 * No capability is required: the descriptor is the right, so that an
 * unprivileged launcher can be given it. Entering can only take rights away.
 *
 * Until its next exec the task still has the memory of a task of context 0, and
 * is guarded accordingly.
 *
 * Context: process context of the task; may sleep.
 * Return: 0; -EPERM outside of context 0; -ENOENT if the context was deleted;
 * -EBUSY if the task shares state with another one, is traced, or has a
 * descriptor open that leads out; -ENOMEM.
 */
int clip_enter(struct clip_context *ctx, const struct file *by)
{
	enum clip_reason reason = check(ctx, by);
	struct cred *new;

	if (reason != CLIP_REASON_NONE)
		return refuse(ctx, reason);
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	reason = clip_members_admit(ctx);
	if (reason != CLIP_REASON_NONE) {
		abort_creds(new);
		return refuse(ctx, reason);
	}
	clip_enter_settle(new, ctx);
	clip_members_join(current, ctx);
	set_dumpable(current->mm, SUID_DUMP_DISABLE);
	return commit_creds(new);
}
