// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privilege for the keys of other users
 *
 * The owner of a key can make it accessible to others, and root owns many keys.
 * Once the latch is set, a task without KEYS may use only its own keys and
 * those that can be found from its keyrings, regardless of the permissions of
 * all other keys.
 */
#include "core/common.h"

#include <linux/key.h>
#include <linux/lsm_hooks.h>
#include <linux/sched.h>
#include <linux/uidgid.h>

#include "context/objects.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "privilege/surface_rules.h"
#include "report/report.h"

#ifdef CONFIG_KEYS

/*
 * A search for a key, and a listing of /proc/keys, visit many keys that the
 * task did not mean to use: they are skipped silently.
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
	const int err = clip_object_check_key(ref, cred, need);

	if (unlikely(err))
		return err;
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
 * clip_add_keys_hooks - Register the hooks of this file
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
