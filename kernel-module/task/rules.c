// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the rules about tasks, as arithmetic on sets
 *
 * Nothing in this file looks at a task. The hooks in task/access.c,
 * task/sigio.c and task/creds.c find the two tasks, check their contexts and
 * decide about the effect of a refusal.
 */
#include "core/common.h"

#include <linux/bits.h>
#include <linux/capability.h>
#include <uapi/linux/clip.h>

#include "core/caps.h"
#include "core/cred_blob.h"
#include "task/rules.h"

/**
 * clip_authority_dominates - Does the actor hold the target's capabilities?
 * @actor: authority of the acting task
 * @target: authority of the other task
 *
 * If so, the actor could have done the target's work itself. Of the actor, only
 * the capabilities in effect count.
 *
 * Return: true if the target's P and I are subsets of the actor's E and I.
 */
bool clip_authority_dominates(const struct clip_authority *actor,
			      const struct clip_authority *target)
{
	return !(target->caps.permitted & ~actor->caps.effective) &&
	       !(target->caps.inheritable & ~actor->caps.inheritable);
}

/* Has the actor the privileges of the target, but for the plain ones? */
static bool has_privileges_of(const struct clip_authority *actor,
			      const struct clip_authority *target)
{
	return !(target->privileges & ~CLIP_PRIV_PLAIN & ~actor->privileges);
}

/**
 * clip_authority_over - May the actor send a signal or change a priority?
 * @actor: authority of the acting task
 * @target: authority of the other task
 * @capable: the actor has the capability for the act
 *
 * A task that is not raised is protected by user ids alone, as on every Linux.
 * The capability reaches a raised task only if the actor itself got
 * capabilities from an entry, or has all capabilities of the target: then the
 * privileges of the target are no obstacle, so that root can stop a daemon that
 * holds one. A task with the user id alone must have the privileges, too.
 *
 * Return: true if it may.
 */
bool clip_authority_over(const struct clip_authority *actor,
			 const struct clip_authority *target, bool capable)
{
	if (!target->raised)
		return true;
	if (capable && actor->capraised)
		return true;
	return clip_authority_dominates(actor, target) &&
	       (capable || has_privileges_of(actor, target));
}

/**
 * clip_authority_for_file - May the actor have a file signal for its opener?
 * @actor: authority of the acting task
 * @opener: authority of the opener of the file
 * @capable: the actor has CAP_KILL
 *
 * The file sends its signals with the opener's E.
 *
 * Return: true if it may.
 */
bool clip_authority_for_file(const struct clip_authority *actor,
			     const struct clip_authority *opener, bool capable)
{
	if (capable && (actor->capraised || !opener->capraised))
		return true;
	return !(opener->caps.effective & ~actor->caps.effective) &&
	       !(opener->caps.inheritable & ~actor->caps.inheritable) &&
	       has_privileges_of(actor, opener);
}

/**
 * clip_authority_to_trace - May the actor take over or read the target?
 * @actor: authority of the acting task
 * @target: authority of the other task
 *
 * No single capability opens a raised task: the tracer must already have all
 * rights that it would gain.
 *
 * Return: true if it may.
 */
bool clip_authority_to_trace(const struct clip_authority *actor,
			     const struct clip_authority *target)
{
	if (!target->raised)
		return true;
	return clip_authority_dominates(actor, target) &&
	       has_privileges_of(actor, target);
}

/**
 * clip_authority_to_end - May the actor signal the target if it is immortal?
 * @actor: authority of the acting task
 * @target: authority of the other task; only privileges in force protect it
 *
 * CAP_SYS_BOOT in E does not count: it means that the actor may reboot, not
 * that it stands above the tasks that must outlive all others.
 *
 * Return: true if it may.
 */
bool clip_authority_to_end(const struct clip_authority *actor,
			   const struct clip_authority *target)
{
	if (!(target->privileges & CLIP_PRIV_IMMORTAL))
		return true;
	return actor->caps.inheritable & BIT_ULL(CAP_SYS_BOOT);
}

/**
 * clip_rights_setuid - Apply a change of user ids to a set of rights
 * @rights: the rights before the change; updated
 * @change: the change
 *
 * The three rules are evaluated in this order on each change. Plain privileges
 * do not depend on root and survive all of them; KEEPPRIV keeps the other
 * privileges too, but no capability.
 */
void clip_rights_setuid(struct clip_rights *rights,
			const struct clip_setuid *change)
{
	const bool keep = rights->privileges & CLIP_PRIV_KEEPPRIV;

	if (change->left_all) {
		rights->caps = (struct clip_caps) {};
		rights->task_flags &= ~CLIP_TASK_INHERITED;
		if (!keep) {
			rights->privileges &= CLIP_PRIV_PLAIN;
			rights->saved_privileges = 0;
			rights->task_flags &= ~CLIP_TASK_BUMPED;
		}
	}
	if (change->euid_left) {
		rights->caps.effective = 0;
		if (!keep) {
			rights->saved_privileges |=
				rights->privileges & ~CLIP_PRIV_PLAIN;
			rights->privileges &= CLIP_PRIV_PLAIN;
		}
		if (!rights->caps.permitted && !rights->caps.inheritable)
			rights->task_flags &= ~CLIP_TASK_RAISED;
	}
	if (change->euid_joined) {
		rights->caps.effective = rights->caps.permitted;
		if (!keep) {
			rights->privileges |= rights->saved_privileges;
			rights->saved_privileges = 0;
		}
	}
}
