// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what the current task needs a privilege for
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/sched.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "privilege/require.h"
#include "report/report.h"

/**
 * clip_need_privilege - has the current task a privilege?
 * @operation: what for, for the log
 * @needs: CLIP_PRIV_*
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_need_privilege(const char *operation, u64 needs)
{
	if ((current->flags & PF_KTHREAD) ||
	    (needs & ~clip_cred(current_cred())->privileges) == 0)
		return 0;
	clip_report_privilege(operation, needs);
	return -EPERM;
}

/**
 * clip_gate - may the current task pass?
 * @act: word for what it does, for the log
 * @needs: one of CLIP_PRIV_*, or 0 for what everybody may
 *
 * Return: 0 if nobody asked for the privilege, or it is there; or -EPERM after
 * a report.
 */
int clip_gate(const char *act, u64 needs)
{
	if (likely(!clip_required(needs)) || (current->flags & PF_KTHREAD))
		return 0;
	if (clip_cred(current_cred())->privileges & needs)
		return 0;
	clip_report_privilege(act, needs);
	return -EPERM;
}
