// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: privileges for the kernel's log and for single devices
 *
 * Neither root nor a capability stands in for them. Where the kernel asks for a
 * capability too, it goes on asking, but for the log: see privilege/scoped.c.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/lsm_hooks.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/sched.h>
#include <linux/syslog.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "privilege/syslog.h"
#include "report/log.h"

/* Minor numbers of the character devices with major number 1. */
#define MEM_MINOR	1
#define PORT_MINOR	4

/**
 * clip_need_privilege - has the current task a privilege?
 * @operation: what for, for the log
 * @needs: CLIP_PRIV_*
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_need_privilege(const char *operation, u64 needs)
{
	if ((current->flags & PF_KTHREAD) ||
	    (needs & ~clip_cred(current_cred())->privileges) == 0)
		return 0;
	clip_report_privilege(operation, needs);
	return -EPERM;
}

/*
 * MI-02. Reading /proc/kmsg comes here each time, reading /dev/kmsg when it is
 * opened. How large the log is, is no secret.
 */
static int hook_syslog(int type)
{
	if (!clip_latched(CLIP_LATCH_SYSLOG) ||
	    type == SYSLOG_ACTION_SIZE_BUFFER)
		return 0;
	return clip_need_privilege("syslog", CLIP_PRIV_KSYSLOG);
}

/**
 * clip_node_gate - may the current task open a character device?
 * @inode: the device's node
 *
 * MI-01. The kernel asks for CAP_SYS_RAWIO besides, for both kinds of memory.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_node_gate(const struct inode *inode)
{
	if (!clip_latched(CLIP_LATCH_DEVMEM) || imajor(inode) != MEM_MAJOR)
		return 0;
	switch (iminor(inode)) {
	case MEM_MINOR:
		return clip_need_privilege("devmem", CLIP_PRIV_DRM);
	case PORT_MINOR:
		clip_report_privilege("port", 0);
		return -EPERM;
	default:
		return 0;
	}
}

static struct security_hook_list clip_node_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(syslog, hook_syslog),
};

/**
 * clip_add_node_hooks - register the hooks of this file
 */
void __init clip_add_node_hooks(void)
{
	security_add_hooks(clip_node_hooks, ARRAY_SIZE(clip_node_hooks),
			   &clip_lsm_id);
}
