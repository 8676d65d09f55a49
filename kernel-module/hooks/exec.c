// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hooks for executing a program
 *
 * All concerns that restrict exec are called here, in this order, and nowhere
 * else. The first refusal wins.
 */
#include "core/common.h"

#include <linux/binfmts.h>
#include <linux/lsm_hooks.h>
#include <linux/sched/coredump.h>

#include "context/assign.h"
#include "context/enter.h"
#include "core/asleep.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/task_blob.h"
#include "exec/chain.h"
#include "exec/interpret.h"
#include "exec/tpe.h"
#include "memory/wx.h"
#include "memory/wx_elf.h"
#include "privilege/scoped.h"
#include "store/filesystem.h"
#include "verify/unlisted.h"

static noinline int check_latches(struct file *file)
{
	if (clip_latched(CLIP_LATCH_MOUNT) && clip_sb_no_exec(file))
		return -EACCES;
	if (clip_latched(CLIP_LATCH_TPE))
		return clip_tpe_check_exec(file);
	return 0;
}

static __always_inline int check_file(struct file *file)
{
	const unsigned long latches = BIT(CLIP_LATCH_MOUNT) | BIT(CLIP_LATCH_TPE);

	return unlikely(READ_ONCE(clip_latches) & latches) ?
	       check_latches(file) : 0;
}

/*
 * Called once, for the first file of the chain. If the exec is only a question,
 * this is the last hook that is called.
 */
static int hook_bprm_creds_for_exec(struct linux_binprm *bprm)
{
	if (likely(!bprm->is_check))
		return clip_assign_begin(bprm);
	return check_file(bprm->file) ?: clip_interpret_check(bprm);
}

/* Called for each file of the chain, while exec keeps writers off it. */
static int hook_bprm_check_security(struct linux_binprm *bprm)
{
	int err = unlikely(clip_enter_is_first(bprm)) ?
		  clip_enter_check_first(bprm) : 0;

	clip_wx_elf_begin();
	return err ?: check_file(bprm->file) ?: clip_exec_check(bprm);
}

/* Called once, after the capability module. */
static int hook_bprm_creds_from_file(struct linux_binprm *bprm,
				     const struct file *file)
{
	const int err = clip_exec_settle(bprm, file);

	if (err || !clip_wx_applies(clip_cred(bprm->cred)))
		return err;
	return clip_wx_check_exec(bprm);
}

/*
 * The task no longer shares its descriptors from here on.
 *
 * secureexec does not make a task undumpable, and commit_creds() does so only
 * if the permitted set grows. At this point the new mm is in place, and
 * performance events of the old image have still to be dropped.
 */
static void hook_bprm_committing_creds(const struct linux_binprm *bprm)
{
	struct clip_cred *blob = clip_cred(bprm->cred);

	clip_assign_end(bprm);
	clip_scoped_fresh_files();
	if (likely(!(blob->task_flags & (CLIP_TASK_GAINED | CLIP_TASK_GUARDED))))
		return;
	if (blob->task_flags & CLIP_TASK_GAINED) {
		if (clip_task(current)->unlisted_end)
			clip_unlisted_mark(NULL, 0);
		blob->task_flags &= ~CLIP_TASK_GAINED;
	}
	if (blob->task_flags & CLIP_TASK_GUARDED)
		set_dumpable(current->mm, SUID_DUMP_DISABLE);
}

/* A set of capabilities that grew made the task as fs.suid_dumpable says. */
static void hook_bprm_committed_creds(const struct linux_binprm *bprm)
{
	if (clip_cred(current_cred())->task_flags & CLIP_TASK_GUARDED)
		set_dumpable(current->mm, SUID_DUMP_DISABLE);
}

static struct security_hook_list clip_exec_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(bprm_creds_from_file, hook_bprm_creds_from_file),
};

/*
 * Files are checked in active contexts and where a latch restricts them, and the
 * first program of a context. Before, no task is guarded or marked, and descriptors
 * that were shared once matter to no privilege.
 */
static struct security_hook_list clip_check_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(bprm_creds_for_exec, hook_bprm_creds_for_exec),
	LSM_HOOK_INIT(bprm_check_security, hook_bprm_check_security),
	LSM_HOOK_INIT(bprm_committing_creds, hook_bprm_committing_creds),
};

/* Only an entry guards a task, and entries count in active contexts. */
static struct security_hook_list clip_committed_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(bprm_committed_creds, hook_bprm_committed_creds),
};

/**
 * clip_add_exec_hooks - Register the hooks of this file
 */
void __init clip_add_exec_hooks(void)
{
	security_add_hooks(clip_exec_hooks, ARRAY_SIZE(clip_exec_hooks),
			   &clip_lsm_id);
	clip_add_sleeping_hooks(clip_check_hooks, ARRAY_SIZE(clip_check_hooks),
				CLIP_WAKE_CODE | CLIP_WAKE_WX |
				CLIP_WAKE_CONTEXT);
	clip_add_sleeping_hooks(clip_committed_hooks,
				ARRAY_SIZE(clip_committed_hooks),
				CLIP_WAKE_CODE);
}
