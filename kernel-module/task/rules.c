// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the rules about tasks, as arithmetic on sets
 *
 * None of this looks at a task. Who the two tasks are, whether they may meet
 * at all, and what a refusal means is for the hooks in task/access.c, task/sigio.c and
 * task/creds.c.
 */
#include "core/common.h"

#include <linux/bits.h>
#include <linux/capability.h>
#include <uapi/linux/clip.h>

#include "core/caps.h"
#include "core/cred_blob.h"
#include "task/rules.h"

/**
 * clip_authority_dominates - could the actor have done the target's work itself?
 * @actor: who acts
 * @target: on whom
 *
 * What counts of the actor is what it has in effect now.
 *
 * Return: whether the target's P and I are subsets of the actor's E and I.
 */
bool clip_authority_dominates(const struct clip_authority *actor,
			      const struct clip_authority *target)
{
	return !(target->caps.permitted & ~actor->caps.effective) &&
	       !(target->caps.inheritable & ~actor->caps.inheritable);
}

/**
 * clip_authority_over - may the actor send a signal, or change a priority?
 * @actor: who acts
 * @target: on whom
 * @capable: the actor has the capability that stands for the act
 *
 * A task that is not raised is guarded by the user ids alone, as ever. The
 * capability reaches a raised task only if it came from an entry itself.
 *
 * Return: whether it may.
 */
bool clip_authority_over(const struct clip_authority *actor,
			 const struct clip_authority *target, bool capable)
{
	if (!target->raised)
		return true;
	if (capable && actor->capraised)
		return true;
	return clip_authority_dominates(actor, target);
}

/**
 * clip_authority_to_trace - may the actor become or read the target?
 * @actor: who acts
 * @target: on whom
 *
 * No capability opens a raised task: the tracer must have all that it would
 * gain.
 *
 * Return: whether it may.
 */
bool clip_authority_to_trace(const struct clip_authority *actor,
			     const struct clip_authority *target)
{
	if (!target->raised)
		return true;
	return clip_authority_dominates(actor, target) &&
	       !(target->privileges & ~CLIP_PRIV_PLAIN & ~actor->privileges);
}

/**
 * clip_authority_to_end - may the actor signal the target if that is immortal?
 * @actor: who acts
 * @target: on whom; only privileges in force shield it
 *
 * The capability in E does not count: it says "may reboot", not "stands above
 * what must outlive everything else".
 *
 * Return: whether it may.
 */
bool clip_authority_to_end(const struct clip_authority *actor,
			   const struct clip_authority *target)
{
	if (!(target->privileges & CLIP_PRIV_IMMORTAL))
		return true;
	return actor->caps.inheritable & BIT_ULL(CAP_SYS_BOOT);
}

/**
 * clip_rights_setuid - what is left after a change of user ids
 * @rights: before, and then after
 * @change: the change
 *
 * The three rules are evaluated in this order on each change. Plain privileges
 * are for everybody and survive all of them; KEEPPRIV keeps the others too, but
 * no capability.
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
