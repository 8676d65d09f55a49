/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the rules about tasks, as arithmetic on sets
 */
#ifndef _SECURITY_CLIP_TASK_RULES_H
#define _SECURITY_CLIP_TASK_RULES_H

#include <linux/types.h>

#include "core/caps.h"

/**
 * struct clip_authority - The rights of a task that the rules compare
 * @caps: E, P and I; bit 63 is CONTEXT
 * @privileges: CLIP_PRIV_* in force. For a target this includes the saved ones,
 *	because it can take them back
 * @raised: the task got anything from an entry that needs protection
 * @capraised: the task got capabilities from an entry
 */
struct clip_authority {
	struct clip_caps caps;
	u64 privileges;
	bool raised;
	bool capraised;
};

/**
 * struct clip_setuid - A change of user ids, as the rules see it
 * @left_all: one of the real, effective and saved ids was root, none is now,
 *	and the task did not request to keep its capabilities
 * @euid_left: the effective id was root and no longer is
 * @euid_joined: the effective id was not root and now is
 */
struct clip_setuid {
	bool left_all;
	bool euid_left;
	bool euid_joined;
};

/**
 * struct clip_rights - The rights that a change of user ids can take away
 * @caps: E, P and I; bit 63 is CONTEXT
 * @privileges: CLIP_PRIV_* in force
 * @saved_privileges: CLIP_PRIV_* set aside until the task is root again
 * @task_flags: CLIP_TASK_*
 */
struct clip_rights {
	struct clip_caps caps;
	u64 privileges;
	u64 saved_privileges;
	u32 task_flags;
};

bool clip_authority_dominates(const struct clip_authority *actor,
			      const struct clip_authority *target);
bool clip_authority_over(const struct clip_authority *actor,
			 const struct clip_authority *target, bool capable);
bool clip_authority_for_file(const struct clip_authority *actor,
			     const struct clip_authority *opener, bool capable);
bool clip_authority_to_trace(const struct clip_authority *actor,
			     const struct clip_authority *target);
bool clip_authority_to_end(const struct clip_authority *actor,
			   const struct clip_authority *target);
void clip_rights_setuid(struct clip_rights *rights,
			const struct clip_setuid *change);

#endif /* _SECURITY_CLIP_TASK_RULES_H */
