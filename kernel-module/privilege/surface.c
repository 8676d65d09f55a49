// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: privileges for the attack surface that most programs never use
 *
 * io_uring, userfaultfd, bpf(2), perf events and user namespaces are large
 * parts of the kernel that are open to all users, or to root through a
 * capability that allows many other things. A latch can make each of them
 * require a privilege in addition, for root as well. Kernel threads are exempt.
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/lsm_hooks.h>
#include <linux/perf_event.h>

#include "context/objects.h"
#include "privilege/require.h"
#include "privilege/surface_rules.h"

static int hook_inode_init_security_anon(struct inode *inode,
					 const struct qstr *name,
					 const struct inode *context_inode)
{
	const u64 needs = clip_surface_anon_needs(name->name);

	return clip_require_latched(needs == CLIP_PRIV_IO_URING ? "io_uring" :
			 "userfaultfd", needs);
}

/*
 * Checks every command, so that holding the descriptor of a map or program
 * grants nothing.
 */
static int __maybe_unused hook_bpf(int cmd, union bpf_attr *attr,
				   unsigned int size)
{
	return clip_object_check_bpf() ?:
	       clip_require_latched("bpf", clip_surface_bpf_needs(cmd, attr));
}

/*
 * The hook is called for other types as well, partly by the kernel for itself.
 * perf_event_open(2) always checks PERF_SECURITY_OPEN first.
 */
static int __maybe_unused hook_perf_event_open(int type)
{
	return type == PERF_SECURITY_OPEN ?
	       clip_require_latched("perf_event_open", CLIP_PRIV_PERF) :
	       clip_object_check_perf_type(type);
}

static int __maybe_unused hook_perf_event_use(struct perf_event *event)
{
	return clip_object_check_perf(event) ?:
	       clip_require_latched("perf", CLIP_PRIV_PERF);
}

static struct security_hook_list clip_surface_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(inode_init_security_anon, hook_inode_init_security_anon),
#ifdef CONFIG_BPF_SYSCALL
	LSM_HOOK_INIT(bpf, hook_bpf),
#endif
#ifdef CONFIG_PERF_EVENTS
	LSM_HOOK_INIT(perf_event_open, hook_perf_event_open),
	LSM_HOOK_INIT(perf_event_read, hook_perf_event_use),
	LSM_HOOK_INIT(perf_event_write, hook_perf_event_use),
#endif
};

/**
 * clip_add_surface_hooks - Register the hooks of this file
 */
void __init clip_add_surface_hooks(void)
{
	security_add_hooks(clip_surface_hooks, ARRAY_SIZE(clip_surface_hooks),
			   &clip_lsm_id);
}
