// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: signals that files send
 *
 * An event on an open file sends SIGIO, SIGURG or a signal of its choice to the
 * owner of the file. The current task has nothing to do with it then: the
 * sender is the task that opened the file. The kernel keeps the credential of
 * this task with the file for as long as the file lives, including clip's part:
 * flags, E, P, I and context. So nothing needs to be recorded here, and opening
 * a file costs nothing more.
 *
 * (Recording at F_SETOWN instead would do for the owner, but not for F_SETSIG,
 * which every task that shares the file may change later.)
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
 * clip_sigio_check_owner - Check a change of the task or signal of a file
 * @file: the file, which another task may have opened
 *
 * The current task may change which task a file signals, and by which signal,
 * only if it may act for the opener: the file sends its signals with the
 * authority of the opener.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_sigio_check_owner(const struct file *file)
{
	const struct cred *cred = current_cred();
	const struct cred *opener = file->f_cred;
	struct clip_authority a, t;
	bool capable;

	if (cred == opener)
		return 0;
	if (clip_cred(cred)->context != clip_cred(opener)->context)
		goto refuse;
	if (!clip_raised(clip_cred(opener)))
		return 0;
	a = clip_authority_of_actor(cred, opener);
	t = clip_authority_of_target(opener);
	capable = !security_capable(cred, opener->user_ns, CAP_KILL,
				    CAP_OPT_NOAUDIT);
	if (cred->user_ns == opener->user_ns ?
	    clip_authority_for_file(&a, &t, capable) :
	    capable && (a.capraised || !t.capraised))
		return 0;
refuse:
	clip_report_task("file owner", NULL);
	return -EPERM;
}

/*
 * Called in softirq or hardirq context, under RCU. Refusals are not reported:
 * the task that caused the signal may be gone, and the file may send a thousand
 * signals a second.
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
	/*
	 * Not security_capable(): other modules do not expect to run in an
	 * interrupt.
	 */
	capable = !cap_capable(sender, target->user_ns, CAP_KILL,
			       CAP_OPT_NOAUDIT);
	if (sender->user_ns != target->user_ns)
		return capable && a.capraised ? 0 : -EPERM;
	return clip_authority_over(&a, &t, capable) ? 0 : -EPERM;
}

static struct security_hook_list clip_sigio_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(file_send_sigiotask, hook_file_send_sigiotask),
};

/**
 * clip_add_sigio_hooks - Register the hooks of this file
 */
void __init clip_add_sigio_hooks(void)
{
	security_add_hooks(clip_sigio_hooks, ARRAY_SIZE(clip_sigio_hooks),
			   &clip_lsm_id);
}
