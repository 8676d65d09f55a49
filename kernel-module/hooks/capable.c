// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the hook for capabilities
 *
 * All concerns that restrict capabilities are called here, in this order, and
 * nowhere else. Each but the last two can only refuse. A capability that comes
 * with a privilege works where the privilege applies, even outside of the
 * context's bounding set for capabilities: the privilege itself is subject to
 * the context's bounding set for privileges.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/lsm_hooks.h>

#include "chroot/confine.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "mount/locked.h"
#include "privilege/drm.h"
#include "privilege/kernel_load.h"
#include "privilege/scoped.h"
#include "privilege/userns.h"
#include "store/context.h"

static int hook_capable(const struct cred *cred, struct user_namespace *ns,
			int cap, unsigned int opts)
{
	int err = 0;

	if (unlikely(clip_is_chrooted()) && clip_chroot_capable(cred, cap, opts))
		return -EPERM;
	if (clip_latched(CLIP_LATCH_UNSHARE))
		err = clip_namespaces_capable(cred, ns, cap, opts);
	if (unlikely(cap == CAP_SYS_MODULE))
		err = clip_module_capable(cred);
	if (!err && clip_latched(CLIP_LATCH_MOUNT))
		err = clip_mount_capable(cred, cap);
	if (!err && clip_latched(CLIP_LATCH_DRM))
		err = clip_drm_capable(cred, cap, opts);
	if (unlikely(err))
		return err;
	if (unlikely(clip_scoped(cred) & BIT_ULL(cap))) {
		err = clip_scoped_capable(cred, ns, cap);
		if (err)
			return err < 0 ? err : 0;
	}
	if (likely(clip_cred(cred)->context == &clip_admin_context))
		return 0;
	return clip_context_capable(cred, ns, cap);
}

static struct security_hook_list clip_capable_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(capable, hook_capable),
};

/**
 * clip_add_capable_hooks - Register the hooks of this file
 */
void __init clip_add_capable_hooks(void)
{
	security_add_hooks(clip_capable_hooks, ARRAY_SIZE(clip_capable_hooks),
			   &clip_lsm_id);
}
