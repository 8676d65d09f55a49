// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privilege for the kernel log
 *
 * Neither root nor a capability replaces it. The kernel also requires
 * CAP_SYSLOG, which comes with the privilege: see privilege/scoped.c.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/syslog.h>
#include <uapi/linux/clip.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "privilege/require.h"
#include "report/report.h"
#include "store/context.h"

static bool may_look(const struct clip_context *ctx)
{
	if (clip_context_is_watch(ctx))
		return true;
	return ctx && (READ_ONCE(ctx->flags) & CLIP_CONTEXT_KERNEL_LOG) &&
	       ns_capable_noaudit(&init_user_ns, CAP_SYSLOG);
}

/* Other acts clear the log, take lines from other readers, or set the console. */
static bool only_looks(int type)
{
	switch (type) {
	case SYSLOG_ACTION_CLOSE:
	case SYSLOG_ACTION_OPEN:
	case SYSLOG_ACTION_READ_ALL:
	case SYSLOG_ACTION_SIZE_UNREAD:
		return true;
	default:
		return false;
	}
}

/*
 * The log belongs to context 0, and tells of all contexts. On a stock Linux every
 * user may read it unless kernel.dmesg_restrict is set. An entry of a context can
 * grant more by the privilege.
 */
static int check_context(int type)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (likely(ctx == &clip_admin_context) ||
	    type == SYSLOG_ACTION_SIZE_BUFFER ||
	    (clip_privileges() & CLIP_PRIV_KSYSLOG) ||
	    (only_looks(type) && may_look(ctx)))
		return 0;
	clip_report_object("syslog");
	return -EPERM;
}

/*
 * MI-02. The hook is called for each read of /proc/kmsg, but for /dev/kmsg only
 * at open. The size of the log is not confidential.
 */
static int hook_syslog(int type)
{
	if (check_context(type))
		return -EPERM;
	if (!clip_latched(CLIP_LATCH_SYSLOG) ||
	    type == SYSLOG_ACTION_SIZE_BUFFER)
		return 0;
	return clip_require("syslog", CLIP_PRIV_KSYSLOG);
}

static struct security_hook_list clip_syslog_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(syslog, hook_syslog),
};

/**
 * clip_add_syslog_hooks - Register the hooks of this file
 */
void __init clip_add_syslog_hooks(void)
{
	security_add_hooks(clip_syslog_hooks, ARRAY_SIZE(clip_syslog_hooks),
			   &clip_lsm_id);
}
