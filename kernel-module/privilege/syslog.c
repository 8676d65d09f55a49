// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privilege for the kernel's log
 *
 * Neither root nor a capability stands in for it. CAP_SYSLOG, which the kernel
 * asks for besides, comes with it: see privilege/scoped.c.
 */
#include "core/common.h"

#include <linux/lsm_hooks.h>
#include <linux/syslog.h>
#include <uapi/linux/clip.h>

#include "core/latch.h"
#include "privilege/require.h"

/*
 * MI-02. Reading /proc/kmsg comes here each time, reading /dev/kmsg when it is
 * opened. How large the log is, is no secret.
 */
static int hook_syslog(int type)
{
	if (!clip_latched(CLIP_LATCH_SYSLOG) ||
	    type == SYSLOG_ACTION_SIZE_BUFFER)
		return 0;
	return clip_require("syslog", CLIP_PRIV_KSYSLOG);
}

static struct security_hook_list clip_syslog_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(syslog, hook_syslog),
};

/**
 * clip_add_syslog_hooks - register the hooks of this file
 */
void __init clip_add_syslog_hooks(void)
{
	security_add_hooks(clip_syslog_hooks, ARRAY_SIZE(clip_syslog_hooks),
			   &clip_lsm_id);
}
