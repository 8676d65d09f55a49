// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: signals that files send
 *
 * When something happens on an open file, its owner gets SIGIO, SIGURG or the
 * signal of its choice. Nobody is "current" then: the sender is the task that
 * opened the file. The kernel keeps that task's credential with the file for as
 * long as the file lives, and with it our part: flags, E, P, I and context. So
 * nothing needs to be recorded here, and opening a file costs nothing more.
 *
 * (Recording at F_SETOWN instead would do for the owner, but not for F_SETSIG,
 * which anybody who shares the file may change later.)
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/security.h>

#include "core/cred_blob.h"
#include "report/report.h"
#include "task/access.h"
#include "task/rules.h"
#include "task/sigio.h"

/**
 * clip_sigio_check_owner - may the current task say whom a file signals?
 * @file: the file, which another task may have opened
 *
 * And how: whatever it says is done with the power of that other task.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_sigio_check_owner(const struct file *file)
{
	const struct cred *cred = current_cred();
	const struct cred *opener = file->f_cred;
	struct clip_authority a, t;

	if (cred == opener)
		return 0;
	if (clip_cred(cred)->context != clip_cred(opener)->context)
		goto refuse;
	if (!clip_raised(clip_cred(opener)))
		return 0;
	a = clip_authority_of_actor(cred, opener);
	t = clip_authority_of_target(opener);
	if ((a.capraised || !t.capraised) &&
	    !security_capable(cred, opener->user_ns, CAP_KILL, CAP_OPT_NOAUDIT))
		return 0;
	/* What the file does is done with the opener's E. */
	t.caps.permitted = t.caps.effective;
	if (cred->user_ns == opener->user_ns && clip_authority_dominates(&a, &t))
		return 0;
refuse:
	clip_report_task("file owner", NULL);
	return -EPERM;
}

/*
 * In softirq or hardirq, under RCU. Not reported: the task that causes it is
 * not there any more, and the file may do it a thousand times a second.
 *
 * A raised task therefore gets no such signal from a file that a lesser task
 * opened and handed to it, even if it made itself the owner.
 */
static int hook_file_send_sigiotask(struct task_struct *tsk,
				    struct fown_struct *fown, int sig)
{
	const struct cred *sender = fown->file->f_cred;
	const struct cred *target = __task_cred(tsk);
	struct clip_authority a, t;
	bool capable;

	if (!clip_cred(sender)->context ||
	    clip_cred(sender)->context != clip_cred(target)->context)
		return -EPERM;
	if (likely(!clip_raised(clip_cred(target))))
		return 0;
	if (clip_cred(target)->privileges & CLIP_PRIV_IMMORTAL)
		return -EPERM;
	a = clip_authority_of_actor(sender, target);
	t = clip_authority_of_target(target);
	/* Not security_capable(): other modules expect no interrupt there. */
	capable = a.capraised && !cap_capable(sender, target->user_ns, CAP_KILL,
					      CAP_OPT_NOAUDIT);
	if (sender->user_ns != target->user_ns)
		return capable ? 0 : -EPERM;
	return clip_authority_over(&a, &t, capable) ? 0 : -EPERM;
}

static struct security_hook_list clip_sigio_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(file_send_sigiotask, hook_file_send_sigiotask),
};

/**
 * clip_add_sigio_hooks - register the hooks of this file
 */
void __init clip_add_sigio_hooks(void)
{
	security_add_hooks(clip_sigio_hooks, ARRAY_SIZE(clip_sigio_hooks),
			   &clip_lsm_id);
}
