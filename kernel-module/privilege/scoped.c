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
#include <linux/lsm_hooks.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/sched/user.h>
#include <linux/security.h>
#include <linux/unistd.h>
#include <asm/syscall.h>
#include <uapi/linux/sched.h>

#include "memory/wx.h"
#include "mount/locked.h"
#include "privilege/firmware.h"
#include "privilege/scoped.h"
#include "privilege/surface.h"
#include "report/log.h"

#define NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

#ifdef CONFIG_IA32_EMULATION
static enum clip_call call_of_ia32(int nr)
{
	switch (nr) {
	case __NR_ia32_clone:
	case __NR_ia32_clone3:
		return CLIP_CALL_CLONE;
	case __NR_ia32_unshare:
		return CLIP_CALL_UNSHARE;
	case __NR_ia32_setns:
		return CLIP_CALL_SETNS;
	case __NR_ia32_syslog:
		return CLIP_CALL_SYSLOG;
	case __NR_ia32_mount:
		return CLIP_CALL_MOUNT;
	case __NR_ia32_umount:
	case __NR_ia32_umount2:
		return CLIP_CALL_UMOUNT;
	case __NR_ia32_pivot_root:
	case __NR_ia32_open_tree:
	case __NR_ia32_move_mount:
	case __NR_ia32_fsopen:
	case __NR_ia32_fsconfig:
	case __NR_ia32_fsmount:
	case __NR_ia32_fspick:
	case __NR_ia32_mount_setattr:
		return CLIP_CALL_MOUNTING;
	case __NR_ia32_open_by_handle_at:
		return CLIP_CALL_OPEN_BY_HANDLE;
	case __NR_ia32_swapon:
		return CLIP_CALL_SWAPON;
	case __NR_ia32_mknod:
	case __NR_ia32_mknodat:
		return CLIP_CALL_MKNOD;
	case __NR_ia32_ioctl:
		return CLIP_CALL_IOCTL;
	case __NR_ia32_delete_module:
		return CLIP_CALL_DELETE_MODULE;
	default:
		return CLIP_CALL_OTHER;
	}
}
#endif

static enum clip_call call_of(int nr)
{
	switch (nr) {
	case __NR_clone:
	case __NR_clone3:
		return CLIP_CALL_CLONE;
	case __NR_unshare:
		return CLIP_CALL_UNSHARE;
	case __NR_setns:
		return CLIP_CALL_SETNS;
	case __NR_syslog:
		return CLIP_CALL_SYSLOG;
	case __NR_mount:
		return CLIP_CALL_MOUNT;
	case __NR_umount2:
		return CLIP_CALL_UMOUNT;
	case __NR_pivot_root:
	case __NR_open_tree:
	case __NR_move_mount:
	case __NR_fsopen:
	case __NR_fsconfig:
	case __NR_fsmount:
	case __NR_fspick:
	case __NR_mount_setattr:
		return CLIP_CALL_MOUNTING;
	case __NR_open_by_handle_at:
		return CLIP_CALL_OPEN_BY_HANDLE;
	case __NR_swapon:
		return CLIP_CALL_SWAPON;
#ifdef __NR_mknod
	case __NR_mknod:
#endif
	case __NR_mknodat:
		return CLIP_CALL_MKNOD;
#ifdef __NR_open
	case __NR_open:
	case __NR_readlink:
	case __NR_stat:
	case __NR_lstat:
#endif
	case __NR_openat:
	case __NR_openat2:
	case __NR_readlinkat:
	case __NR_newfstatat:
	case __NR_statx:
	case __NR_read:
	case __NR_pread64:
		return CLIP_CALL_LOOK;
	case __NR_write:
	case __NR_pwrite64:
	case __NR_writev:
		return CLIP_CALL_WRITE;
	case __NR_ioctl:
		return CLIP_CALL_IOCTL;
	case __NR_delete_module:
		return CLIP_CALL_DELETE_MODULE;
	default:
		return CLIP_CALL_OTHER;
	}
}

/**
 * clip_current_call - the system call that the current task is in
 *
 * Workers of the kernel carry a copy of their creator's registers, which says
 * nothing about what they do.
 *
 * Context: any.
 * Return: the call, by whatever table it was made.
 */
enum clip_call clip_current_call(void)
{
	int nr;

	if (!in_task() ||
	    (current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER)))
		return CLIP_CALL_OTHER;
	nr = syscall_get_nr(current, task_pt_regs(current));
#ifdef CONFIG_IA32_EMULATION
	if (in_ia32_syscall())
		return call_of_ia32(nr);
#endif
#ifdef CONFIG_X86_X32_ABI
	if (in_x32_syscall())
		nr &= ~__X32_SYSCALL_BIT;
#endif
	return call_of(nr);
}

/**
 * clip_scope_of - capabilities that go with privileges
 * @privileges: CLIP_PRIV_*
 *
 * Return: a mask like cap_permitted.
 */
u64 clip_scope_of(u64 privileges)
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
		       take(&clip_task(current)->clone_asks);
	case CLIP_CALL_UNSHARE:
		return (held & CLIP_PRIV_UNSHARE) && cap == CAP_SYS_ADMIN;
	case CLIP_CALL_SETNS:
		return held & CLIP_PRIV_UNSHARE;
	case CLIP_CALL_LOOK:
		/* At what, and how: see task/access.c. */
		return (held & CLIP_PRIV_PROCFD) && cap == CAP_SYS_PTRACE;
	case CLIP_CALL_MOUNT:
		return (held & CLIP_PRIV_FUSE) && cap == CAP_SYS_ADMIN &&
		       take(&clip_task(current)->mount_asks);
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
		       clip_task(current)->asks_card;
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

/*
 * MI-04: what the latch asks for, if it is not there. To make namespaces that
 * belong to a user namespace of their own is what everybody may on a stock
 * Linux: there, the privilege for making one is enough.
 */
static u64 lacks_for(const struct user_namespace *owner)
{
	const u64 held = clip_cred(current_cred())->privileges;
	const u64 least = owner == &init_user_ns ? CLIP_PRIV_UNSHARE :
						   CLIP_PRIV_USERNS;

	return held & (CLIP_PRIV_UNSHARE | least) ? 0 : least;
}

/* A clone is judged when its flags are known. */
static int judge_namespaces(const struct cred *cred,
			    const struct user_namespace *ns, int cap,
			    unsigned int opts)
{
	enum clip_call call;
	u64 lacks;

	if (cap != CAP_SYS_ADMIN || cred != current_cred())
		return 0;
	call = clip_current_call();
	if (call != CLIP_CALL_UNSHARE && call != CLIP_CALL_SETNS)
		return 0;
	lacks = lacks_for(ns);
	if (!lacks)
		return 0;
	if (!(opts & CAP_OPT_NOAUDIT))
		clip_report_privilege("namespaces", lacks);
	return -EPERM;
}

/* No other hook is in the way of delete_module(2). */
static int judge_module(const struct cred *cred)
{
	if (cred != current_cred() ||
	    clip_current_call() != CLIP_CALL_DELETE_MODULE)
		return 0;
	return clip_gate("module", CLIP_PRIV_MODULE);
}

/* MT-15: no other hook is in the way of swapon(2). */
static bool asks_for_swapon(const struct cred *cred, int cap)
{
	return cap == CAP_SYS_ADMIN && cred == current_cred() &&
	       clip_current_call() == CLIP_CALL_SWAPON;
}

/* PR-17: the latch. A card's refusal is its own, EACCES. */
static bool lacks_drm(const struct cred *cred, int cap)
{
	return cap == CAP_SYS_ADMIN && cred == current_cred() &&
	       !(clip_cred(cred)->privileges & CLIP_PRIV_DRM) &&
	       clip_current_call() == CLIP_CALL_IOCTL &&
	       clip_task(current)->asks_card;
}

/**
 * clip_scope_judge - does a capability that a task has work now?
 * @cred: its credential
 * @ns: the user namespace in which it is to work
 * @cap: the capability
 * @opts: as in the hook
 *
 * Context: any.
 * Return: 1 if it does, by a privilege; 0 if that is for others to say;
 * -EPERM if it does not.
 */
int clip_scope_judge(const struct cred *cred, struct user_namespace *ns,
		     int cap, unsigned int opts)
{
	int err = 0;

	if (clip_latched(CLIP_LATCH_UNSHARE))
		err = judge_namespaces(cred, ns, cap, opts);
	if (unlikely(cap == CAP_SYS_MODULE))
		err = judge_module(cred);
	if (unlikely(err))
		return err;
	if (clip_latched(CLIP_LATCH_MOUNT) && asks_for_swapon(cred, cap))
		return clip_mount_swapon();
	if (clip_latched(CLIP_LATCH_DRM) && lacks_drm(cred, cap)) {
		if (!(opts & CAP_OPT_NOAUDIT))
			clip_report_privilege("drm", CLIP_PRIV_DRM);
		return -EPERM;
	}
	if (likely(!(clip_scoped(cred) & BIT_ULL(cap))))
		return 0;
	/* Also counts what ownership answers: a clone asks a few times only. */
	if (in_scope(cred, cap) && ns == &init_user_ns)
		return 1;
	return owns(cred, ns) ? 0 : -EPERM;
}

/**
 * clip_scope_grant - give an exec the capabilities of its privileges
 * @new: its credential, with all else that it is given
 *
 * What has left the bounding set stays away, like this as well.
 */
void clip_scope_grant(struct cred *new)
{
	struct clip_cred *blob = clip_cred(new);

	blob->scoped = clip_scope_of(blob->privileges) & new->cap_bset.val &
		       ~new->cap_permitted.val;
	new->cap_permitted.val |= blob->scoped;
	new->cap_effective.val |= blob->scoped;
}

/**
 * clip_scope_exec - let nothing of a scope cross an exec
 * @new: the credential after the exec, as the capability module left it
 * @unsafe: LSM_UNSAFE_* of the exec
 *
 * The sets are computed anew, but in an exec that others can reach they are cut
 * to what there was before; and that looked like more than it was.
 */
void clip_scope_exec(struct cred *new, unsigned int unsafe)
{
	const u64 lost = unsafe ? clip_scoped(current_cred()) : 0;

	new->cap_permitted.val &= ~lost;
	new->cap_effective.val &= ~lost;
	new->cap_ambient.val &= ~lost;
	clip_cred(new)->scoped = 0;
}

/**
 * clip_scope_setuid - a change of user ids takes capabilities
 * @new: the credential after it, with the privileges that are left
 * @old: the credential before it
 *
 * With the privilege kept, what goes with it comes back, and is no more than a
 * scope from now on.
 */
void clip_scope_setuid(struct cred *new, const struct cred *old)
{
	struct clip_cred *blob = clip_cred(new);
	u64 kept;

	if (new->user_ns != &init_user_ns)
		return;
	kept = clip_scope_of(blob->privileges) & old->cap_effective.val &
	       ~new->cap_permitted.val;
	blob->scoped |= kept;
	new->cap_permitted.val |= kept;
	new->cap_effective.val |= kept;
}

/**
 * clip_scope_pretends - did the kernel take a scope for a capability?
 * @actor: who acts
 * @target: on whom
 * @cap: the capability that stands above a comparison of the sets
 *
 * The kernel lets a task act on another that has no more in P than itself.
 *
 * Return: whether that was so only by what is no more than a scope.
 */
bool clip_scope_pretends(const struct cred *actor, const struct cred *target,
			 int cap)
{
	const u64 scoped = clip_scoped(actor);

	if (likely(!scoped) ||
	    !(scoped & target->cap_permitted.val & ~clip_scoped(target)))
		return false;
	return security_capable(actor, target->user_ns, cap, CAP_OPT_NOAUDIT);
}

/*
 * MI-04. From here on a clone asks once, for its namespaces, and once more for
 * one of control groups. Later it would ask for the right to choose process
 * numbers, and before it has asked for that to exceed the limit of processes:
 * neither is a matter of namespaces.
 */
static int hook_task_alloc(struct task_struct *task, unsigned long clone_flags)
{
	const u64 wanted = clone_flags & NAMESPACES;
	struct clip_task *own = clip_task(current);
	u64 lacks;

	clip_task(task)->chrooted = own->chrooted;
	if (unlikely(clone_flags & CLONE_FILES)) {
		clip_task(task)->shared_files = true;
		own->shared_files = true;
	}
	own->clone_asks = 0;
	if (likely(!(wanted | (clone_flags & CLONE_NEWUSER))) ||
	    (current->flags & PF_KTHREAD))
		return 0;
	/* The new task has its user namespace already. */
	lacks = clip_latched(CLIP_LATCH_UNSHARE) ?
		lacks_for(task_cred_xxx(task, user_ns)) : 0;
	if (lacks) {
		clip_report_privilege("namespaces", lacks);
		return -EPERM;
	}
	if (!wanted)
		return 0;
	own->clone_asks = 1;
	if (IS_ENABLED(CONFIG_CGROUPS) && (wanted & CLONE_NEWCGROUP))
		own->clone_asks++;
	return 0;
}

static int hook_userns_create(const struct cred *cred)
{
	const u64 either = CLIP_PRIV_UNSHARE | CLIP_PRIV_USERNS;

	if (!clip_latched(CLIP_LATCH_UNSHARE) ||
	    (current->flags & PF_KTHREAD) ||
	    (clip_cred(current_cred())->privileges & either))
		return clip_gate("userns", CLIP_PRIV_USERNS);
	clip_report_privilege("namespaces", CLIP_PRIV_USERNS);
	return -EPERM;
}

/* Where a mistake of the kernel reads is asked for past our hook, too. */
static int hook_mmap_addr(unsigned long addr)
{
	if (likely(addr >= dac_mmap_min_addr))
		return 0;
	if (clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_RAWIO))
		return -EPERM;
	return clip_wxmem_low();
}

/* The memory set aside for administrators is asked for past our hook. */
static int hook_vm_enough_memory(struct mm_struct *mm, long pages)
{
	return clip_scoped(current_cred()) & BIT_ULL(CAP_SYS_ADMIN) ?
	       -EPERM : 0;
}

static struct security_hook_list clip_scope_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_alloc, hook_task_alloc),
	LSM_HOOK_INIT(userns_create, hook_userns_create),
	LSM_HOOK_INIT(vm_enough_memory, hook_vm_enough_memory),
	LSM_HOOK_INIT(mmap_addr, hook_mmap_addr),
};

/**
 * clip_add_scope_hooks - register the hooks of this file
 */
void __init clip_add_scope_hooks(void)
{
	security_add_hooks(clip_scope_hooks, ARRAY_SIZE(clip_scope_hooks),
			   &clip_lsm_id);
}
