// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: scoped capabilities, which work in one system call only
 *
 * Some privileges stand for a part of what a coarse capability allows. A task
 * with such a privilege has the capability in its sets, because the kernel
 * would otherwise refuse before it calls our hooks. The capable hook then
 * refuses the capability everywhere except in the system call that the
 * privilege covers. The credential records which capabilities are scoped, so
 * that all other code can disregard them.
 *
 * A capability check that runs while a task is in a system call need not belong
 * to that call: it can come from an interrupt, use the credential of another
 * task, or be part of the work that io_uring left for the return to user space.
 * Only the checks of the call itself count.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <uapi/linux/clip.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/syscall.h"
#include "core/task_blob.h"
#include "privilege/firmware.h"
#include "privilege/scoped.h"

/**
 * clip_scoped_of - Get the capabilities that privileges need
 * @privileges: CLIP_PRIV_*
 *
 * Return: A mask like cap_permitted.
 */
u64 clip_scoped_of(u64 privileges)
{
	u64 caps = 0;

	if (privileges & CLIP_PRIV_UNSHARE)
		caps |= BIT_ULL(CAP_SYS_ADMIN) | BIT_ULL(CAP_SYS_CHROOT);
	if (privileges & CLIP_PRIV_PROCFD)
		caps |= BIT_ULL(CAP_SYS_PTRACE);
	if (privileges & (CLIP_PRIV_FUSE | CLIP_PRIV_DRM))
		caps |= BIT_ULL(CAP_SYS_ADMIN);
	if (privileges & CLIP_PRIV_FIRMWARE)
		caps |= BIT_ULL(CAP_SYS_RAWIO);
	if (privileges & CLIP_PRIV_KSYSLOG)
		caps |= BIT_ULL(CAP_SYSLOG);
	return caps;
}

static bool take(u8 *asks)
{
	if (!*asks)
		return false;
	--*asks;
	return true;
}

/*
 * A task that uses io_uring runs requests on its return from any system call,
 * while its registers still name that call.
 */
static bool uses_io_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring;
#else
	return false;
#endif
}

/* Is the current task within the system call that its privilege covers? */
static bool in_scope(const struct cred *cred, int cap)
{
	const u64 held = clip_cred(cred)->privileges;

	if (cred != current_cred() || cred != current_real_cred() ||
	    in_compat_syscall() || uses_io_uring())
		return false;
	switch (clip_current_call()) {
	case CLIP_CALL_CLONE:
		return (held & CLIP_PRIV_UNSHARE) && cap == CAP_SYS_ADMIN &&
		       take(&clip_task(current)->clone_checks);
	case CLIP_CALL_UNSHARE:
		return (held & CLIP_PRIV_UNSHARE) && cap == CAP_SYS_ADMIN;
	case CLIP_CALL_SETNS:
		return held & CLIP_PRIV_UNSHARE;
	case CLIP_CALL_LOOK:
		/* The target and the kind of access: see task/access.c. */
		return (held & CLIP_PRIV_PROCFD) && cap == CAP_SYS_PTRACE;
	case CLIP_CALL_MOUNT:
		return (held & CLIP_PRIV_FUSE) && cap == CAP_SYS_ADMIN &&
		       take(&clip_task(current)->mount_checks);
	case CLIP_CALL_UMOUNT:
		/* The mount is known only later: see mount/fuse.c. */
		return (held & CLIP_PRIV_FUSE) && cap == CAP_SYS_ADMIN;
	case CLIP_CALL_SYSLOG:
		return (held & CLIP_PRIV_KSYSLOG) && cap == CAP_SYSLOG;
	case CLIP_CALL_WRITE:
		return (held & CLIP_PRIV_FIRMWARE) && cap == CAP_SYS_RAWIO &&
		       clip_firmware_writing();
	case CLIP_CALL_IOCTL:
		return (held & CLIP_PRIV_DRM) && cap == CAP_SYS_ADMIN &&
		       clip_task(current)->drm_core_ioctl;
	default:
		return false;
	}
}

/*
 * The owner of a user namespace has all capabilities in it, regardless of the
 * capability sets.
 */
static bool owns(const struct cred *cred, const struct user_namespace *ns)
{
	for (; ns->level > cred->user_ns->level; ns = ns->parent)
		if (ns->parent == cred->user_ns &&
		    uid_eq(ns->owner, cred->euid))
			return true;
	return false;
}

/**
 * clip_scoped_capable - Check whether a scoped capability works now
 * @cred: the credential
 * @ns: the user namespace in which the capability would be effective
 * @cap: the capability
 *
 * Context: Any.
 * Return: 1 if a privilege makes it work; 0 if other checks decide; -EPERM if
 * it does not work.
 */
int clip_scoped_capable(const struct cred *cred, struct user_namespace *ns,
			int cap)
{
	/*
	 * in_scope() comes first to count checks that ownership decides as
	 * well: a clone makes only a few.
	 */
	if (in_scope(cred, cap) && ns == &init_user_ns)
		return 1;
	return owns(cred, ns) ? 0 : -EPERM;
}

/*
 * Some checks of the core kernel pass by the hook for capabilities. The hooks
 * for those checks are called from before the first such credential is in use.
 */
static void scope(struct cred *new, u64 caps)
{
	if (!caps)
		return;
	clip_wake_hooks(CLIP_WAKE_SCOPED);
	clip_cred(new)->scoped |= caps;
	new->cap_permitted.val |= caps;
	new->cap_effective.val |= caps;
}

/**
 * clip_scoped_grant - Grant an exec the capabilities that its privileges need
 * @new: the credential of the exec, with all other grants in place
 *
 * A capability that was dropped from the bounding set is not granted here
 * either.
 */
void clip_scoped_grant(struct cred *new)
{
	struct clip_cred *blob = clip_cred(new);

	blob->scoped = 0;
	scope(new, clip_scoped_of(blob->privileges) & new->cap_bset.val &
		   ~new->cap_permitted.val);
}

/**
 * clip_scoped_exec - Drop all scoped capabilities at an unsafe exec
 * @new: the credential after the exec, as the capability module left it
 *
 * The capability module computes the sets anew. For an unsafe exec it limits
 * them to the sets before the exec, and those include scoped capabilities that
 * the task did not fully have.
 */
void clip_scoped_exec(struct cred *new)
{
	const u64 lost = clip_scoped(current_cred());

	new->cap_permitted.val &= ~lost;
	new->cap_effective.val &= ~lost;
	new->cap_ambient.val &= ~lost;
}

/**
 * clip_scoped_setuid - Restore scoped capabilities after a change of user ids
 * @new: the credential after the change, with the privileges that remain
 * @old: the credential before the change
 *
 * The change clears capabilities. If the task keeps a privilege, it gets back
 * the capabilities that the privilege needs; they are scoped from now on.
 */
void clip_scoped_setuid(struct cred *new, const struct cred *old)
{
	struct clip_cred *blob = clip_cred(new);
	u64 kept;

	if (new->user_ns != &init_user_ns)
		return;
	kept = clip_scoped_of(blob->privileges) & old->cap_effective.val &
	       ~new->cap_permitted.val;
	scope(new, kept);
}

/**
 * clip_scoped_pretends - Did a scoped capability pass for a full one?
 * @actor: credential of the task that acts
 * @target: credential of the task that is acted on
 * @cap: the capability that overrides a comparison of the sets
 *
 * The kernel lets a task act on another task whose permitted set is a subset of
 * its own.
 *
 * Return: True if that was the case only because of scoped capabilities, false
 * otherwise.
 */
bool clip_scoped_pretends(const struct cred *actor, const struct cred *target,
			  int cap)
{
	const u64 scoped = clip_scoped(actor);

	if (likely(!scoped) ||
	    !(scoped & target->cap_permitted.val & ~clip_scoped(target)))
		return false;
	return security_capable(actor, target->user_ns, cap, CAP_OPT_NOAUDIT);
}
