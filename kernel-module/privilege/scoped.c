// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: capabilities that work in one system call only
 *
 * Some privileges stand for a part of what the kernel asks a coarse capability
 * for. Their holder has that capability in its sets, or the kernel would say no
 * before anybody asks us; and the hook for capabilities takes it away again
 * everywhere but where the privilege reaches. Which ones these are is written
 * down in the credential, so that all else can leave them out.
 *
 * What the kernel asks may come from elsewhere while a task is in a system
 * call: from interrupts, with the credential of somebody else, or from work
 * that io_uring left for the task's way back. Only the call's own questions
 * count.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <uapi/linux/clip.h>

#include "core/cred_blob.h"
#include "core/syscall.h"
#include "core/task_blob.h"
#include "privilege/firmware.h"
#include "privilege/scoped.h"

/**
 * clip_scoped_of - capabilities that go with privileges
 * @privileges: CLIP_PRIV_*
 *
 * Return: a mask like cap_permitted.
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

static bool take(unsigned int *asks)
{
	if (!*asks)
		return false;
	--*asks;
	return true;
}

/*
 * A task that uses io_uring runs requests on its way out of any system call,
 * while its registers still say that it is in there.
 */
static bool uses_io_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring;
#else
	return false;
#endif
}

/* In the middle of the call that the privilege is for? */
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
		/* At what, and how: see task/access.c. */
		return (held & CLIP_PRIV_PROCFD) && cap == CAP_SYS_PTRACE;
	case CLIP_CALL_MOUNT:
		return (held & CLIP_PRIV_FUSE) && cap == CAP_SYS_ADMIN &&
		       take(&clip_task(current)->mount_checks);
	case CLIP_CALL_UMOUNT:
		/* Which mount it is, is known later: see mount/fuse.c. */
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

/* Who made a user namespace may everything there, by no bit of any set. */
static bool owns(const struct cred *cred, const struct user_namespace *ns)
{
	for (; ns->level > cred->user_ns->level; ns = ns->parent)
		if (ns->parent == cred->user_ns &&
		    uid_eq(ns->owner, cred->euid))
			return true;
	return false;
}

/**
 * clip_scoped_capable - does a capability that is scoped work now?
 * @cred: whose
 * @ns: the user namespace in which it is to work
 * @cap: the capability
 *
 * Context: any.
 * Return: 1 if it does, by a privilege; 0 if that is for others to say;
 * -EPERM if it does not.
 */
int clip_scoped_capable(const struct cred *cred, struct user_namespace *ns,
			int cap)
{
	/* Also counts what ownership answers: a clone asks a few times only. */
	if (in_scope(cred, cap) && ns == &init_user_ns)
		return 1;
	return owns(cred, ns) ? 0 : -EPERM;
}

/**
 * clip_scoped_grant - give an exec the capabilities of its privileges
 * @new: its credential, with all else that it is given
 *
 * What has left the bounding set stays away, like this as well.
 */
void clip_scoped_grant(struct cred *new)
{
	struct clip_cred *blob = clip_cred(new);

	blob->scoped = clip_scoped_of(blob->privileges) & new->cap_bset.val &
		       ~new->cap_permitted.val;
	new->cap_permitted.val |= blob->scoped;
	new->cap_effective.val |= blob->scoped;
}

/**
 * clip_scoped_exec - let nothing of a scope cross an exec
 * @new: the credential after the exec, as the capability module left it
 * @unsafe: LSM_UNSAFE_* of the exec
 *
 * The sets are computed anew, but in an exec that others can reach they are cut
 * to what there was before; and that looked like more than it was.
 */
void clip_scoped_exec(struct cred *new, unsigned int unsafe)
{
	const u64 lost = unsafe ? clip_scoped(current_cred()) : 0;

	new->cap_permitted.val &= ~lost;
	new->cap_effective.val &= ~lost;
	new->cap_ambient.val &= ~lost;
	clip_cred(new)->scoped = 0;
}

/**
 * clip_scoped_setuid - a change of user ids takes capabilities
 * @new: the credential after it, with the privileges that are left
 * @old: the credential before it
 *
 * With the privilege kept, what goes with it comes back, and is no more than a
 * scope from now on.
 */
void clip_scoped_setuid(struct cred *new, const struct cred *old)
{
	struct clip_cred *blob = clip_cred(new);
	u64 kept;

	if (new->user_ns != &init_user_ns)
		return;
	kept = clip_scoped_of(blob->privileges) & old->cap_effective.val &
	       ~new->cap_permitted.val;
	blob->scoped |= kept;
	new->cap_permitted.val |= kept;
	new->cap_effective.val |= kept;
}

/**
 * clip_scoped_pretends - did the kernel take a scope for a capability?
 * @actor: who acts
 * @target: on whom
 * @cap: the capability that stands above a comparison of the sets
 *
 * The kernel lets a task act on another that has no more in P than itself.
 *
 * Return: whether that was so only by what is no more than a scope.
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
