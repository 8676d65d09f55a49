// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: objects of other contexts
 *
 * System V IPC, keys and performance counters are found by numbers that all
 * contexts share unless they have namespaces of their own, and are guarded by
 * user ids alone. So each belongs to the context of the task that made it, and
 * only that context and context 0 use it. The watching context reads the
 * state of objects, and no content.
 */
#include "core/common.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ipc.h>
#include <linux/key-type.h>
#include <linux/lsm_hooks.h>
#include <linux/msg.h>
#include <linux/perf_event.h>
#include <linux/sem.h>
#include <linux/shm.h>
#include <linux/string.h>
#include <uapi/linux/shm.h>

#include "context/objects.h"
#include "core/cred_blob.h"
#include "core/object_blob.h"
#include "core/syscall.h"
#include "report/report.h"
#include "store/context.h"

static u64 serial_of(const struct cred *cred)
{
	const struct clip_context *ctx = clip_cred(cred)->context;

	return ctx ? ctx->serial : 0;
}

static bool may_use(const struct cred *cred, const struct clip_object *object)
{
	const struct clip_context *ctx = clip_cred(cred)->context;

	return likely(ctx == &clip_admin_context) ||
	       (ctx && ctx->serial == object->serial);
}

static bool may_read(const struct cred *cred, const struct clip_object *object)
{
	return may_use(cred, object) ||
	       clip_context_is_watch(clip_cred(cred)->context);
}

/* System V IPC ----------------------------------------------------------- */

static int refuse_ipc(void)
{
	clip_report_object("System V object");
	return -EACCES;
}

static int hook_ipc_alloc(struct kern_ipc_perm *perm)
{
	clip_ipc_object(perm)->serial = serial_of(current_cred());
	return 0;
}

/* Reading the state of an object, and taking messages, look alike here. */
static int hook_ipc_permission(struct kern_ipc_perm *perm, short flag)
{
	const struct clip_object *object = clip_ipc_object(perm);

	if (flag & 0222)
		return may_use(current_cred(), object) ? 0 : refuse_ipc();
	return may_read(current_cred(), object) ? 0 : refuse_ipc();
}

static int check_use(const struct kern_ipc_perm *perm)
{
	return may_use(current_cred(), clip_ipc_object(perm)) ? 0 :
								refuse_ipc();
}

/* An object that is looked up by its key, or that IPC_CREAT has found. */
static int hook_ipc_associate(struct kern_ipc_perm *perm, int flags)
{
	return check_use(perm);
}

/*
 * Requests that change nothing have other numbers for each kind of object.
 * Without an object, they are about none.
 */
static int check_ctl(const struct kern_ipc_perm *perm, bool reads)
{
	if (!perm)
		return 0;
	if (reads && may_read(current_cred(), clip_ipc_object(perm)))
		return 0;
	return check_use(perm);
}

static int hook_msgctl(struct kern_ipc_perm *perm, int cmd)
{
	return check_ctl(perm, cmd == IPC_STAT || cmd == MSG_STAT ||
			 cmd == MSG_STAT_ANY);
}

static int hook_shmctl(struct kern_ipc_perm *perm, int cmd)
{
	return check_ctl(perm, cmd == IPC_STAT || cmd == SHM_STAT ||
			 cmd == SHM_STAT_ANY);
}

static int hook_semctl(struct kern_ipc_perm *perm, int cmd)
{
	switch (cmd) {
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY:
	case GETPID:
	case GETVAL:
	case GETALL:
	case GETNCNT:
	case GETZCNT:
		return check_ctl(perm, true);
	default:
		return check_ctl(perm, false);
	}
}

static int hook_msgsnd(struct kern_ipc_perm *perm, struct msg_msg *msg,
		       int flags)
{
	return check_use(perm);
}

static int hook_msgrcv(struct kern_ipc_perm *perm, struct msg_msg *msg,
		       struct task_struct *target, long type, int mode)
{
	return may_use(__task_cred(target), clip_ipc_object(perm)) ?
	       0 : refuse_ipc();
}

static int hook_shmat(struct kern_ipc_perm *perm, char __user *address,
		      int flags)
{
	return check_use(perm);
}

static int hook_semop(struct kern_ipc_perm *perm, struct sembuf *sops,
		      unsigned int nsops, int alter)
{
	return check_use(perm);
}

/* Keys ------------------------------------------------------------------- */

#ifdef CONFIG_KEYS

/*
 * A key that request_key(2) does not find is made by a program that the kernel
 * starts, with the rights of root, in context 0, and with what the caller wants.
 */
static bool asks_host(const struct key *key, const struct cred *cred)
{
	return clip_cred(cred)->context != &clip_admin_context &&
	       key->type != &key_type_keyring && cred == current_cred() &&
	       clip_current_call() == CLIP_CALL_REQUEST_KEY;
}

static int hook_key_alloc(struct key *key, const struct cred *cred,
			  unsigned long flags)
{
	if (unlikely(asks_host(key, cred))) {
		clip_report_object("key");
		return -EACCES;
	}
	clip_key_object(key)->serial = serial_of(cred);
	return 0;
}

/*
 * The kernel searches its own keyrings with the credential of the task for
 * which it checks a signature. It claims to possess them, which no task outside
 * of context 0 does: none keeps a keyring when it enters. Users can make no
 * keyring whose name begins with a dot.
 */
static bool is_search_of_kernel(key_ref_t ref, const struct key *key,
				enum key_need_perm need)
{
	if (need != KEY_NEED_SEARCH || !is_key_possessed(ref) ||
	    clip_key_object(key)->serial != clip_admin_context.serial)
		return false;
	if (key->type == &key_type_keyring)
		return key->description && key->description[0] == '.';
	return !strcmp(key->type->name, "asymmetric") ||
	       !strcmp(key->type->name, "blacklist");
}

/* A search, and a list, visit many keys that the task did not mean. */
static bool is_visit(enum key_need_perm need)
{
	return need == KEY_NEED_VIEW || need == KEY_NEED_SEARCH;
}

/**
 * clip_object_check_key - Check whether a key belongs to the context
 * @ref: the key
 * @cred: the credential of the task
 * @need: what the task needs
 *
 * Return: 0, or -EACCES.
 */
int clip_object_check_key(key_ref_t ref, const struct cred *cred,
			  enum key_need_perm need)
{
	const struct key *key = key_ref_to_ptr(ref);
	const struct clip_object *object = clip_key_object(key);

	if (likely(may_use(cred, object)) ||
	    (need == KEY_NEED_VIEW && may_read(cred, object)) ||
	    is_search_of_kernel(ref, key, need))
		return 0;
	if (!is_visit(need))
		clip_report_object("key");
	return -EACCES;
}

#endif /* CONFIG_KEYS */

/* Performance counters and BPF --------------------------------------------- */

static bool is_outside(void)
{
	return clip_cred(current_cred())->context != &clip_admin_context &&
	       !(current->flags & PF_KTHREAD);
}

#ifdef CONFIG_PERF_EVENTS

static int hook_perf_event_alloc(struct perf_event *event)
{
	clip_perf_object(event)->serial = serial_of(current_cred());
	return 0;
}

/**
 * clip_object_check_perf - Check whether a counter belongs to the context
 * @event: the counter
 *
 * Return: 0, or -EACCES after a report.
 */
int clip_object_check_perf(const struct perf_event *event)
{
	if (likely(may_use(current_cred(), clip_perf_object(event))))
		return 0;
	clip_report_object("counter");
	return -EACCES;
}

#endif /* CONFIG_PERF_EVENTS */

/**
 * clip_object_check_perf_type - Check the opening of a counter
 * @type: PERF_SECURITY_*
 *
 * Counters of a CPU, of the kernel and of tracepoints tell of all contexts, so
 * that the sysctl kernel.perf_event_paranoid cannot open them to a context.
 *
 * Return: 0, or -EACCES after a report.
 */
int clip_object_check_perf_type(int type)
{
	if (likely(!is_outside()) || type == PERF_SECURITY_OPEN ||
	    perfmon_capable())
		return 0;
	clip_report_object("counter");
	return -EACCES;
}

/**
 * clip_object_check_bpf - Check a request of bpf(2)
 *
 * Programs and maps have numbers that all contexts share. No program of a
 * context needs them without the capability, whatever
 * kernel.unprivileged_bpf_disabled says.
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_object_check_bpf(void)
{
	if (likely(!is_outside()) || bpf_capable())
		return 0;
	clip_report_object("bpf");
	return -EPERM;
}

static struct security_hook_list clip_objects_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(ipc_permission, hook_ipc_permission),
	LSM_HOOK_INIT(msg_queue_alloc_security, hook_ipc_alloc),
	LSM_HOOK_INIT(msg_queue_associate, hook_ipc_associate),
	LSM_HOOK_INIT(msg_queue_msgctl, hook_msgctl),
	LSM_HOOK_INIT(msg_queue_msgsnd, hook_msgsnd),
	LSM_HOOK_INIT(msg_queue_msgrcv, hook_msgrcv),
	LSM_HOOK_INIT(shm_alloc_security, hook_ipc_alloc),
	LSM_HOOK_INIT(shm_associate, hook_ipc_associate),
	LSM_HOOK_INIT(shm_shmctl, hook_shmctl),
	LSM_HOOK_INIT(shm_shmat, hook_shmat),
	LSM_HOOK_INIT(sem_alloc_security, hook_ipc_alloc),
	LSM_HOOK_INIT(sem_associate, hook_ipc_associate),
	LSM_HOOK_INIT(sem_semctl, hook_semctl),
	LSM_HOOK_INIT(sem_semop, hook_semop),
#ifdef CONFIG_KEYS
	LSM_HOOK_INIT(key_alloc, hook_key_alloc),
#endif
#ifdef CONFIG_PERF_EVENTS
	LSM_HOOK_INIT(perf_event_alloc, hook_perf_event_alloc),
#endif
};

/**
 * clip_add_objects_hooks - Register the hooks of this file
 */
void __init clip_add_objects_hooks(void)
{
	security_add_hooks(clip_objects_hooks, ARRAY_SIZE(clip_objects_hooks),
			   &clip_lsm_id);
}
