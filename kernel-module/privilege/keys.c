// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: who may use other people's keys
 *
 * The owner of a key can open it to others, and root owns many; with the latch
 * set, a task without KEYS has its own keys and those that can be found from
 * its keyrings, whatever the permissions of the others say.
 */
#include "core/common.h"

#include <linux/key.h>
#include <linux/lsm_hooks.h>
#include <linux/sched.h>
#include <linux/uidgid.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "privilege/surface_rules.h"
#include "report/report.h"

#ifdef CONFIG_KEYS

/*
 * Looking for a key, and listing /proc/keys, comes by many that are not meant:
 * those are left out without a word.
 */
static bool is_search(enum key_need_perm need)
{
	return need == KEY_NEED_VIEW || need == KEY_NEED_SEARCH;
}

static int hook_key_permission(key_ref_t ref, const struct cred *cred,
			       enum key_need_perm need)
{
	const struct key *key = key_ref_to_ptr(ref);
	const struct clip_key_use use = {
		.own = uid_eq(key->uid, cred->fsuid),
		.roots = uid_eq(key->uid, GLOBAL_ROOT_UID),
		.possessed = is_key_possessed(ref),
		.need = need,
	};

	if (likely(!clip_required(CLIP_PRIV_KEYS)) ||
	    (current->flags & PF_KTHREAD) ||
	    !(clip_surface_key_needs(&use) & ~clip_cred(cred)->privileges))
		return 0;
	if (!is_search(need))
		clip_report_privilege("key", CLIP_PRIV_KEYS);
	return -EPERM;
}

static struct security_hook_list clip_keys_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(key_permission, hook_key_permission),
};

/**
 * clip_add_keys_hooks - register the hooks of this file
 */
void __init clip_add_keys_hooks(void)
{
	security_add_hooks(clip_keys_hooks, ARRAY_SIZE(clip_keys_hooks),
			   &clip_lsm_id);
}

#else

void __init clip_add_keys_hooks(void)
{
}

#endif /* CONFIG_KEYS */
