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
#include <linux/sched/signal.h>

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
 * any more: it may have been opened before the task was raised. Lowering the
 * value stays subject to the kernel's own checks alone.
 */
static int hook_task_setoomadj(struct task_struct *p, int adj)
{
	if (adj <= READ_ONCE(p->signal->oom_score_adj))
		return 0;
	if (!is_immortal(p) && clip_task_may_limit(p))
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
