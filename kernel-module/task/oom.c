// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: immortal tasks and the OOM killer
 *
 * Some task has to end when memory runs out, so an immortal task can still be
 * killed: it is killed late, and its oom_score_adj cannot be raised.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "core/cred_blob.h"
#include "report/report.h"
#include "task/access.h"

#define IMMORTAL_DIVISOR	16	/* OO-01 */

static bool is_immortal(struct task_struct *p)
{
	guard(rcu)();
	return clip_cred(__task_cred(p))->privileges & CLIP_PRIV_IMMORTAL;
}

static int hook_task_oom_divisor(struct task_struct *p)
{
	return is_immortal(p) ? IMMORTAL_DIVISOR : 1;
}

/*
 * OO-02: neither root nor the task itself may raise the value of an immortal
 * task. That of another raised task is raised with the authority to lower its
 * limits, because both can end it. The file need not belong to the task's user
 * any more: it may have been opened before the task was raised.
 */
static bool is_pushed_forward(struct task_struct *p, int adj)
{
	return adj > READ_ONCE(p->signal->oom_score_adj) &&
	       (is_immortal(p) || !clip_task_may_limit(p));
}

static bool has_memory(struct task_struct *p, const struct mm_struct *mm)
{
	bool has;

	task_lock(p);
	has = p->mm == mm;
	task_unlock(p);
	return has;
}

static bool pushes_any_forward(const struct mm_struct *mm, int adj)
{
	struct task_struct *process, *thread;

	guard(rcu)();
	for_each_process_thread(process, thread)
		if (is_pushed_forward(thread, adj) && has_memory(thread, mm))
			return true;
	return false;
}

/*
 * The kernel gives the value to every process that shares the memory of @p,
 * because all of them would have to end. So it is judged for all of them. The
 * caller holds oom_adj_mutex until it has been changed.
 */
static bool pushes_sharer_forward(struct task_struct *p, int adj)
{
	struct mm_struct *mm = get_task_mm(p);
	bool pushes;

	if (!mm)
		return false;
	/* Two references are those of @p and of get_task_mm(). */
	pushes = atomic_read(&mm->mm_users) > 2 && pushes_any_forward(mm, adj);
	mmput(mm);
	return pushes;
}

/*
 * Lowering the value stays subject to the kernel's own checks alone, also where
 * it is lower for @p than for the task that shares its memory.
 */
static int hook_task_setoomadj(struct task_struct *p, int adj)
{
	if (likely(!is_pushed_forward(p, adj) &&
		   !pushes_sharer_forward(p, adj)))
		return 0;
	clip_report_task("oom score", p);
	return -EACCES;
}

static struct security_hook_list clip_oom_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(task_oom_divisor, hook_task_oom_divisor),
	LSM_HOOK_INIT(task_setoomadj, hook_task_setoomadj),
};

/**
 * clip_add_oom_hooks - Register the hooks of this file
 */
void __init clip_add_oom_hooks(void)
{
	security_add_hooks(clip_oom_hooks, ARRAY_SIZE(clip_oom_hooks),
			   &clip_lsm_id);
}
