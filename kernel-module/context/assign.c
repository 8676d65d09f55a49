// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: contexts that are assigned at exec
 *
 * A manager that makes mounts and namespaces for a program cannot live in the
 * program's context itself. It arms the process that will execute the program,
 * or binds a cgroup, and the exec puts the process into the context. Only a task
 * of context 0 can be put into another one.
 *
 * The exec ends what another task shares with the process but for its open files
 * and its root. So the checks of context/enter.c become acts here: what leads
 * out is closed once no other task can open anything more, and the working directory
 * is moved to the root. What cannot be undone is refused before: a tracer, and a
 * root that is shared with another process.
 */
#include "core/common.h"

#include <linux/anon_inodes.h>
#include <linux/binfmts.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/jump_label.h>
#include <linux/kernfs.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "context/assign.h"
#include "context/carried.h"
#include "context/enter.h"
#include "context/members.h"
#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/reason.h"
#include "core/task_blob.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"

/* Set once, by the first request. */
DEFINE_STATIC_KEY_FALSE(clip_assigning);

/* Arming ----------------------------------------------------------------- */

static bool is_of_context_0(struct task_struct *task)
{
	guard(rcu)();
	return clip_cred(__task_cred(task))->context == &clip_admin_context;
}

/**
 * clip_assign_arm - Let a process take a context at its next exec, or not
 * @ctx: the context
 * @target: the leader of the process
 * @disarm: take back an earlier request for this context
 *
 * Context: may sleep.
 * Return: %CLIP_REASON_NONE, or why not.
 */
enum clip_reason clip_assign_arm(struct clip_context *ctx,
				 struct task_struct *target, bool disarm)
{
	struct clip_task *blob = clip_task(target);

	if ((target->flags & PF_KTHREAD) ||
	    !ptrace_may_access(target, PTRACE_MODE_ATTACH_REALCREDS))
		return CLIP_REASON_PERMISSION;
	if (disarm) {
		if (cmpxchg(&blob->armed, ctx, NULL) != ctx)
			return CLIP_REASON_NO_ENTRY;
		clip_context_put(ctx);
		return CLIP_REASON_NONE;
	}
	if (!is_of_context_0(target))
		return CLIP_REASON_OTHER_CONTEXT;
	if (READ_ONCE(ctx->deleted))
		return CLIP_REASON_NO_CONTEXT;
	clip_wake_hooks(CLIP_WAKE_CONTEXT);
	static_branch_enable(&clip_assigning);
	clip_context_put(xchg(&blob->armed, clip_context_get(ctx)));
	return CLIP_REASON_NONE;
}

/*
 * Contexts are freed after a grace period. One whose last reference is gone has
 * been taken back since it was found; then another may have come in its place,
 * and the program must not run outside of that one. Who takes a context back
 * drops the reference afterwards, so the next look finds what is there now.
 */
static struct clip_context *armed_for(struct task_struct *task)
{
	struct clip_context *ctx;

	guard(rcu)();
	do {
		ctx = READ_ONCE(clip_task(task)->armed);
	} while (ctx && !refcount_inc_not_zero(&ctx->usage));
	return ctx;
}

/* Binding ---------------------------------------------------------------- */

#ifdef CONFIG_CGROUPS

/**
 * struct binding - A cgroup whose processes take a context at exec
 * @list: in bindings
 * @cgroup: the cgroup; holds a reference
 * @ctx: the context; holds a reference
 * @child: name of a cgroup in @cgroup, which is the one that counts, or empty
 * @rcu: frees the binding after a grace period
 */
struct binding {
	struct list_head list;
	struct cgroup *cgroup;
	struct clip_context *ctx;
	char child[CLIP_BIND_CHILD_MAX];
	struct rcu_head rcu;
};

/* Written under clip_store_lock, read under RCU. */
static LIST_HEAD(bindings);
static unsigned int nr_bindings;

static void drop(struct binding *binding)
{
	list_del_rcu(&binding->list);
	nr_bindings--;
	cgroup_put(binding->cgroup);
	clip_context_put(binding->ctx);
	kfree_rcu(binding, rcu);
}

/* Drops the bindings of cgroups that were removed. */
static void drop_dead(void)
{
	struct binding *binding, *next;

	list_for_each_entry_safe(binding, next, &bindings, list)
		if (!(READ_ONCE(binding->cgroup->self.flags) & CSS_ONLINE))
			drop(binding);
}

static struct binding *find(const struct cgroup *cgroup, const char *child)
{
	struct binding *binding;

	list_for_each_entry(binding, &bindings, list)
		if (binding->cgroup == cgroup && !strcmp(binding->child, child))
			return binding;
	return NULL;
}

static enum clip_reason unbind(const struct clip_context *ctx,
			       struct binding *binding)
{
	if (!binding || binding->ctx != ctx)
		return CLIP_REASON_NO_ENTRY;
	drop(binding);
	return CLIP_REASON_NONE;
}

static int bind(struct clip_context *ctx, struct cgroup *cgroup,
		const char *child, enum clip_reason *reason)
{
	struct binding *new;

	if (ctx->deleted || find(cgroup, child)) {
		*reason = ctx->deleted ? CLIP_REASON_NO_CONTEXT :
					 CLIP_REASON_EXISTS;
		return 0;
	}
	if (nr_bindings >= CLIP_BINDINGS_MAX)
		return -ENOSPC;
	new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	cgroup_get(cgroup);
	new->cgroup = cgroup;
	new->ctx = clip_context_get(ctx);
	strscpy(new->child, child);
	nr_bindings++;
	list_add_rcu(&new->list, &bindings);
	return 0;
}

/**
 * clip_assign_bind - Let the processes of a cgroup take a context at exec
 * @ctx: the context
 * @cgroup_fd: descriptor of its directory
 * @child: name of a cgroup in it, shorter than %CLIP_BIND_CHILD_MAX, or empty
 * @unbind_it: take back an earlier request
 * @reason: out: why not, or %CLIP_REASON_NONE
 *
 * Context: may sleep.
 * Return: 0, -EBADF for something else, -ENOMEM, or -ENOSPC for too many. With
 * 0, @reason decides.
 */
int clip_assign_bind(struct clip_context *ctx, int cgroup_fd,
		     const char *child, bool unbind_it,
		     enum clip_reason *reason)
{
	struct cgroup *cgroup = cgroup_get_from_fd(cgroup_fd);
	int err = 0;

	if (IS_ERR(cgroup))
		return PTR_ERR(cgroup);
	clip_wake_hooks(CLIP_WAKE_CONTEXT);
	static_branch_enable(&clip_assigning);
	scoped_guard(mutex, &clip_store_lock) {
		drop_dead();
		if (unbind_it)
			*reason = unbind(ctx, find(cgroup, child));
		else
			err = bind(ctx, cgroup, child, reason);
	}
	cgroup_put(cgroup);
	return err;
}

/**
 * clip_assign_unbind_all - Remove the bindings of a context
 * @ctx: the context
 *
 * Context: the caller holds clip_store_lock.
 */
void clip_assign_unbind_all(const struct clip_context *ctx)
{
	struct binding *binding, *next;

	lockdep_assert_held(&clip_store_lock);
	list_for_each_entry_safe(binding, next, &bindings, list)
		if (binding->ctx == ctx)
			drop(binding);
}

static bool is_child(const struct binding *binding, const struct cgroup *at)
{
	return cgroup_parent((struct cgroup *)at) == binding->cgroup &&
	       !strcmp(at->kn->name, binding->child);
}

static struct clip_context *context_of(const struct cgroup *at)
{
	struct binding *binding;

	list_for_each_entry_rcu(binding, &bindings, list)
		if (binding->child[0] ? is_child(binding, at) :
					binding->cgroup == at)
			return binding->ctx;
	return NULL;
}

static struct clip_context *nearest(struct task_struct *task)
{
	struct clip_context *ctx = NULL;
	struct cgroup *at;

	for (at = task_dfl_cgroup(task); at && !ctx; at = cgroup_parent(at))
		ctx = context_of(at);
	return ctx;
}

/*
 * A cgroup of cgroup2 keeps its name. As with armed_for(): where a binding has
 * just gone, the one of a cgroup above or a new one counts.
 */
static struct clip_context *bound_for(struct task_struct *task)
{
	struct clip_context *ctx;

	guard(rcu)();
	do {
		ctx = nearest(task);
	} while (ctx && !refcount_inc_not_zero(&ctx->usage));
	return ctx;
}

#else

int clip_assign_bind(struct clip_context *ctx, int cgroup_fd,
		     const char *child, bool unbind_it,
		     enum clip_reason *reason)
{
	return -EOPNOTSUPP;
}

void clip_assign_unbind_all(const struct clip_context *ctx)
{
}

static struct clip_context *bound_for(struct task_struct *task)
{
	return NULL;
}

#endif /* CONFIG_CGROUPS */

/* The exec --------------------------------------------------------------- */

static enum clip_reason check(const struct linux_binprm *bprm,
			      struct clip_context *ctx)
{
	if (bprm->unsafe & (LSM_UNSAFE_SHARE | LSM_UNSAFE_PTRACE) ||
	    !list_empty(&current->ptraced))
		return CLIP_REASON_NOT_ALONE;
	return clip_members_admit(ctx);
}

/**
 * clip_assign_begin_slow - Put the program of an exec into the context it is due
 * @bprm: the exec; its credential is that of the task so far
 *
 * Context: may sleep.
 * Return: 0, or a negative errno value after a report: the program does not run
 * outside of the context.
 */
int clip_assign_begin_slow(struct linux_binprm *bprm)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	enum clip_reason reason;

	if (clip_cred(bprm->cred)->context != &clip_admin_context)
		return 0;
	ctx = armed_for(current->group_leader) ?: bound_for(current);
	if (!ctx)
		return 0;
	reason = check(bprm, ctx);
	if (reason != CLIP_REASON_NONE) {
		clip_report_admin("entry at exec", ctx->xid, reason);
		return clip_reason_errno(reason);
	}
	clip_enter_settle(bprm->cred, ctx);
	clip_cred(bprm->cred)->task_flags &= ~CLIP_TASK_MIGRATED;
	clip_cred(bprm->cred)->task_flags |= CLIP_TASK_ASSIGNED;
	return 0;
}

/* A stream that leads nowhere: it cannot be read or written. */
static const struct file_operations closed_fops = {
	.llseek = noop_llseek,
};

/* Returns the number of the descriptor plus one, to end the search. */
static int leads_out(const void *root, struct file *file, unsigned int fd)
{
	return clip_carried_outside(&file->f_path, root) ||
	       !clip_carried_file(file) ? fd + 1 : 0;
}

/*
 * A program relies on its standard streams being there. Another file that it
 * opens must not become one.
 */
static void close_one(unsigned int fd)
{
	struct file *empty;

	if (fd > 2) {
		close_fd(fd);
		return;
	}
	empty = anon_inode_getfile("[clip-closed]", &closed_fops, NULL, O_RDWR);
	if (IS_ERR(empty)) {
		close_fd(fd);
		return;
	}
	replace_fd(fd, empty, 0);
	fput(empty);
}

static void close_files(const struct path *root)
{
	int fd = 0;

	while ((fd = iterate_fd(current->files, fd, leads_out, root)))
		close_one(fd - 1);
}

/**
 * clip_assign_end_slow - Leave behind what leads out of the context
 * @bprm: an exec that can no longer fail, and that may change the context
 *
 * Context: the task has one thread, and its descriptors for itself; may sleep.
 */
void clip_assign_end_slow(const struct linux_binprm *bprm)
{
	struct clip_context *ctx = clip_cred(bprm->cred)->context;
	struct path root, pwd;

	if (ctx == clip_cred(current_cred())->context)
		return;
	if (cmpxchg(&clip_task(current)->armed, ctx, NULL) == ctx)
		clip_context_put(ctx);
	clip_members_join(current, ctx);
	get_fs_root(current->fs, &root);
	get_fs_pwd(current->fs, &pwd);
	if (clip_carried_outside(&pwd, &root))
		set_fs_pwd(current->fs, &root);
	close_files(&root);
	path_put(&pwd);
	path_put(&root);
	perf_event_exit_task(current);
	/* A child has asked to be traced since the check. */
	if (!list_empty(&current->ptraced))
		send_sig(SIGKILL, current, 1);
}
