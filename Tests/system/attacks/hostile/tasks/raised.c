// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acts on raised tasks (L, X-20, fault 15a): on one with a capability, one with
 * a privilege alone, and an immortal one. Where rules do not count, the same
 * program has nothing, and everybody who may act on it does: the control. The
 * twin is the same act on a program that is granted nothing.
 */
#include "tasks.h"

#define GRANTS	(IN(HOST) | IN(CONTEXT) | IN(CHROOT))
#define TRACERS	(IN(HOST) | IN(CONTEXT))

/* An ordinary user, against a program of the same user. */
#define USER(id, name, call, act, to, err, why) \
	{ id, name, CALL_##call, act, to, PLAIN, NULL, err, \
	  CLIP_REASON_##why, NO_FS, GRANTS, AS_USER, {} }
/* Tracing, which a chrooted task does not do. */
#define TRACER(id, name, call, act, to, err, why) \
	{ id, name, CALL_##call, act, to, PLAIN, NULL, err, \
	  CLIP_REASON_##why, NO_FS, TRACERS, AS_USER, {} }
/* Root, against one that has what root does not have. */
#define ROOT(id, name, call, act, to, err, why, places) \
	{ id, name, CALL_##call, act, to, PLAIN, NULL, err, \
	  CLIP_REASON_##why, NO_FS, places, 0, {} }

const struct row raised_rows[] = {
	USER("L-09", "raised_kill", kill, by_kill, RAISED, EPERM, PERMISSION),
	USER("L-09", "raised_kill_0", kill, by_kill_0, RAISED, EPERM,
	     PERMISSION),
	USER("L-09", "raised_tkill", tkill, by_tkill, RAISED, EPERM,
	     PERMISSION),
	USER("L-09", "raised_tgkill", tgkill, by_tgkill, RAISED, EPERM,
	     PERMISSION),
	USER("L-09", "raised_rt_sigqueueinfo", rt_sigqueueinfo, by_queue,
	     RAISED, EPERM, PERMISSION),
	USER("L-09", "raised_pidfd_send_signal", pidfd_send_signal, by_pidfd,
	     RAISED, EPERM, PERMISSION),

	/* The kernel looks at the capabilities first. */
	USER("L-13", "raised_setpriority", setpriority, change_priority,
	     RAISED, EPERM, NONE),
	USER("L-13", "raised_sched_setaffinity", sched_setaffinity,
	     change_affinity, RAISED, EPERM, NONE),
	USER("L-13", "raised_sched_setscheduler", sched_setscheduler,
	     change_scheduler, RAISED, EPERM, NONE),
	USER("L-13", "raised_sched_setattr", sched_setattr, change_attributes,
	     RAISED, EPERM, NONE),
	USER("L-13", "raised_ioprio_set", ioprio_set, change_io_priority,
	     RAISED, EPERM, NONE),
	USER("L-13", "raised_prlimit64", prlimit64, change_limit, RAISED,
	     EPERM, PERMISSION),
	USER("L-13", "raised_oom_score", pwrite64, write_score, RAISED,
	     EACCES, NONE),

	/* A raised task is not dumpable, and the kernel looks at that first. */
	TRACER("L-05", "raised_ptrace_seize", ptrace, by_seize, RAISED, EPERM,
	     NONE),
	TRACER("L-05", "raised_ptrace_attach", ptrace, by_attach, RAISED, EPERM,
	     NONE),
	TRACER("L-05", "raised_process_vm_readv", NONE, read_memory, RAISED,
	     EPERM, NONE),
	TRACER("L-05", "raised_process_vm_writev", NONE, write_memory, RAISED,
	     EPERM, NONE),
	TRACER("L-05", "raised_pidfd_getfd", pidfd_getfd, take_descriptor,
	     RAISED, EPERM, NONE),
	TRACER("L-05", "raised_get_robust_list", get_robust_list, robust_list,
	     RAISED, EPERM, NONE),
	TRACER("L-05", "raised_kcmp", kcmp, compare_objects, RAISED, EPERM,
	     NONE),
	TRACER("L-05", "raised_memory", openat, open_memory, RAISED, EACCES,
	     NONE),
	TRACER("L-05", "raised_map", openat, open_map, RAISED, EACCES, NONE),
	TRACER("L-05", "raised_environment", openat, open_environment, RAISED,
	     EACCES, NONE),
	TRACER("L-05", "raised_descriptors", openat, open_descriptors, RAISED,
	     EACCES, NONE),
	TRACER("L-05", "raised_root", openat, open_root, RAISED, EACCES, NONE),

	/* Root may trace what is not dumpable, and lacks the privilege. */
	ROOT("L-05", "holder_ptrace_seize", ptrace, by_seize, LOGGER, EPERM,
	     PERMISSION, TRACERS),
	ROOT("L-05", "holder_ptrace_attach", ptrace, by_attach, LOGGER, EPERM,
	     PERMISSION, TRACERS),
	ROOT("L-05", "holder_process_vm_readv", NONE, read_memory, LOGGER,
	     EPERM, PERMISSION, TRACERS),
	ROOT("L-05", "holder_process_vm_writev", NONE, write_memory, LOGGER,
	     EPERM, PERMISSION, TRACERS),
	ROOT("L-05", "holder_pidfd_getfd", pidfd_getfd, take_descriptor,
	     LOGGER, EPERM, PERMISSION, TRACERS),
	ROOT("L-05", "holder_get_robust_list", get_robust_list, robust_list,
	     LOGGER, EPERM, PERMISSION, TRACERS),
	ROOT("L-05", "holder_kcmp", kcmp, compare_objects, LOGGER, EPERM,
	     PERMISSION, TRACERS),
	ROOT("L-05", "holder_memory", openat, open_memory, LOGGER, EACCES,
	     PERMISSION, TRACERS),
	ROOT("L-05", "holder_map", openat, open_map, LOGGER, EACCES,
	     PERMISSION, TRACERS),
	ROOT("L-05", "holder_environment", openat, open_environment, LOGGER,
	     EACCES, PERMISSION, TRACERS),
	ROOT("L-05", "holder_root", openat, open_root, LOGGER, EACCES,
	     PERMISSION, TRACERS),

	USER("F-15a", "holder_kill", kill, by_kill, LOGGER, EPERM, PERMISSION),
	USER("F-15a", "holder_kill_0", kill, by_kill_0, LOGGER, EPERM,
	     PERMISSION),
	USER("F-15a", "holder_tkill", tkill, by_tkill, LOGGER, EPERM,
	     PERMISSION),
	USER("F-15a", "holder_tgkill", tgkill, by_tgkill, LOGGER, EPERM,
	     PERMISSION),
	USER("F-15a", "holder_rt_sigqueueinfo", rt_sigqueueinfo, by_queue,
	     LOGGER, EPERM, PERMISSION),
	USER("F-15a", "holder_pidfd_send_signal", pidfd_send_signal, by_pidfd,
	     LOGGER, EPERM, PERMISSION),
	/* A privilege that brings no capability along. */
	USER("F-15a", "holder_setpriority", setpriority, change_priority,
	     IMMORTAL, EPERM, PERMISSION),
	USER("F-15a", "holder_sched_setaffinity", sched_setaffinity,
	     change_affinity, IMMORTAL, EPERM, PERMISSION),
	USER("F-15a", "holder_ioprio_set", ioprio_set, change_io_priority,
	     IMMORTAL, EPERM, PERMISSION),
	USER("F-15a", "holder_prlimit64", prlimit64, change_limit, LOGGER,
	     EPERM, PERMISSION),

	/* Root lacks the privilege that ending it takes; that is not logged. */
	ROOT("X-20", "immortal_kill", kill, by_kill, IMMORTAL, EPERM, NONE,
	     GRANTS),
	ROOT("X-20", "immortal_tkill", tkill, by_tkill, IMMORTAL, EPERM, NONE,
	     GRANTS),
	ROOT("X-20", "immortal_tgkill", tgkill, by_tgkill, IMMORTAL, EPERM,
	     NONE, GRANTS),
	ROOT("X-20", "immortal_rt_sigqueueinfo", rt_sigqueueinfo, by_queue,
	     IMMORTAL, EPERM, NONE, GRANTS),
	ROOT("X-20", "immortal_pidfd_send_signal", pidfd_send_signal, by_pidfd,
	     IMMORTAL, EPERM, NONE, GRANTS),
	ROOT("X-20", "immortal_oom_score", pwrite64, write_score, IMMORTAL,
	     EACCES, PERMISSION, IN(HOST) | IN(CONTEXT)),
	{},
};
