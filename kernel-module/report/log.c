// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what is told of refusals and grants
 */
#include "core/common.h"

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "core/cred_blob.h"
#include "core/reason.h"
#include "digest/content.h"
#include "report/audit.h"
#include "report/events.h"
#include "report/log.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"
#include "verify/verify.h"

static const char *const reason_names[] = { CLIP_REASON_NAMES };

static_assert(ARRAY_SIZE(reason_names) == __CLIP_REASON_MAX);

/* A storm of refusals must not drown the log: 20 lines at once, 4 a second. */
static DEFINE_RATELIMIT_STATE(clip_report_limit, 5 * HZ, 20);

/**
 * clip_reason_name - word for a reason
 * @reason: the reason
 *
 * Return: the word of the table in the interface header.
 */
const char *clip_reason_name(enum clip_reason reason)
{
	return reason < __CLIP_REASON_MAX ? reason_names[reason] : "unknown";
}

static bool may_log(void)
{
	if (__ratelimit(&clip_report_limit))
		return true;
	clip_count(CLIP_COUNT_DROPPED);
	return false;
}

/* The rule an entry came from, in a form that fits into one log line. */
static char *quotable_rule(const struct clip_entry *entry)
{
	char *copy __free(kfree) = clip_name_source(entry->id);

	return copy ? kstrdup_quotable(copy, GFP_KERNEL) : NULL;
}

/* What is known of a file, or an empty string; NULL if there is no memory. */
static char *describe_file(struct file *file)
{
	const struct inode *inode = file ? file_inode(file) : NULL;

	if (!inode)
		return kstrdup("", GFP_KERNEL);
	return kasprintf(GFP_KERNEL, " dev=%u:%u inode=%lu",
			 MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			 inode->i_ino);
}

/*
 * The same of an entry, with the digest that was found instead of its own; or
 * of a file without one, which could be allowed by what was found.
 */
static char *describe_entry(const struct clip_entry *entry, const u8 *found,
			    u16 algorithm)
{
	char *rule __free(kfree) = entry ? quotable_rule(entry) : NULL;

	if (!entry && found)
		return kasprintf(GFP_KERNEL, " algorithm=%u found=%*phN",
				 algorithm, clip_digest_size(algorithm), found);
	if (!entry)
		return kstrdup("", GFP_KERNEL);
	return kasprintf(GFP_KERNEL, " wanted=%*phN found=%*phN line=%u rule=\"%s\"",
			 (int)entry->digest_size, entry->digest,
			 found ? (int)entry->digest_size : 0,
			 found ?: entry->digest, entry->source_line,
			 rule ?: "");
}

/*
 * One call for one line, because lines of several processors mix. Every string
 * here can come from an attacker: none is printed as it is, and the one that
 * can be longer than a line of the log stands at the end.
 */
static void log_event(const char *what, const struct clip_context *ctx,
		      struct file *file, const struct clip_entry *entry,
		      enum clip_reason reason, int err, const u8 *found,
		      u16 algorithm)
{
	char *path __free(kfree) =
		file ? kstrdup_quotable_file(file, GFP_KERNEL) : NULL;
	char *of_entry __free(kfree) = describe_entry(entry, found,
							algorithm);
	char *of_file __free(kfree) = describe_file(file);
	char *comm __free(kfree) = NULL;
	char raw_comm[TASK_COMM_LEN];

	comm = kstrdup_quotable(get_task_comm(raw_comm, current), GFP_KERNEL);
	pr_notice("%s: reason=%d (%s) errno=%d context=%u pid=%d uid=%u comm=\"%s\"%s%s path=\"%s\"\n",
		  what, reason, clip_reason_name(reason), -err,
		  ctx ? ctx->xid : CLIP_CONTEXT_OWN, task_tgid_nr(current),
		  from_kuid(&init_user_ns, current_uid()), comm ?: "?",
		  of_file ?: "", of_entry ?: "", path ?: "");
}

/* To whom it may concern; the log has its own, shorter form. */
static void tell(const struct clip_event *event)
{
	clip_events_send(event);
	clip_audit(event);
}

/* One of the two acts that a verdict about a file can refuse. */
static void report_verdict(enum clip_event_kind kind, const char *what,
			   const struct clip_context *ctx, struct file *file,
			   const struct clip_entry *entry,
			   const struct clip_verdict *verdict, int err,
			   bool enforced)
{
	const u8 *found = verdict->hashed ? verdict->found : NULL;
	const struct clip_event event = {
		.kind = kind,
		.reason = verdict->reason,
		.err = err,
		.enforced = enforced,
		.ctx = ctx,
		.file = file,
		.entry = entry,
		.found = found,
		.found_algorithm = verdict->algorithm,
	};

	clip_count_refusal(verdict->reason, enforced);
	if (may_log())
		log_event(what, ctx, file, entry, verdict->reason, err, found,
			  verdict->algorithm);
	tell(&event);
}

/**
 * clip_report_map - something was not allowed to become executable
 * @ctx: the task's context
 * @file: the file, or NULL for memory without one
 * @entry: its entry, or NULL if it has none
 * @verdict: why
 * @err: the error of the call, negative
 * @enforced: the call fails; else it is only told
 *
 * Context: may sleep; mmap_lock may be held.
 */
void clip_report_map(const struct clip_context *ctx, struct file *file,
		     const struct clip_entry *entry,
		     const struct clip_verdict *verdict, int err, bool enforced)
{
	report_verdict(CLIP_EVENT_MAP,
		       enforced ? "refused map" : "permitted map", ctx, file,
		       entry, verdict, err, enforced);
}

/**
 * clip_report_memory - memory was about to be both written and executed
 * @act: how
 * @ctx: the task's context
 * @file: what is in that memory, or NULL
 * @reason: why not
 * @err: the error of the call, negative
 * @enforced: the call fails; else it is only told
 *
 * Context: may sleep; mmap_lock may be held.
 */
void clip_report_memory(const char *act, const struct clip_context *ctx,
			struct file *file, enum clip_reason reason, int err,
			bool enforced)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_MAP,
		.reason = reason,
		.err = err,
		.enforced = enforced,
		.act = act,
		.ctx = ctx,
		.file = file,
	};
	char what[32];

	clip_count_refusal(reason, enforced);
	snprintf(what, sizeof(what), "%s %s",
		 enforced ? "refused" : "permitted", act);
	if (may_log())
		log_event(what, ctx, file, NULL, reason, err, NULL, 0);
	tell(&event);
}

/**
 * clip_report_refusal - a file was not allowed to run
 * @ctx: the task's context
 * @file: the file
 * @entry: its entry, or NULL if it has none
 * @verdict: why
 * @err: the error the task will see, negative
 * @enforced: exec fails; else it is only told
 *
 * Context: may sleep.
 */
void clip_report_refusal(const struct clip_context *ctx, struct file *file,
			 const struct clip_entry *entry,
			 const struct clip_verdict *verdict, int err,
			 bool enforced)
{
	report_verdict(CLIP_EVENT_EXEC,
		       enforced ? "refused exec" : "permitted exec", ctx, file,
		       entry, verdict, err, enforced);
}

/**
 * clip_report_match - a file of an exec is what its entry says
 * @ctx: the task's context
 * @file: the file
 * @entry: its entry
 *
 * Context: may sleep.
 */
void clip_report_match(const struct clip_context *ctx, struct file *file,
		       const struct clip_entry *entry)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_EXEC,
		.enforced = true,
		.ctx = ctx,
		.file = file,
		.entry = entry,
	};

	tell(&event);
}

/**
 * clip_report_grant - an exec was given something
 * @cred: its credential, final
 * @file: the file that runs
 * @entry: the entry that it was given by
 *
 * Context: may sleep.
 */
void clip_report_grant(const struct cred *cred, struct file *file,
		       const struct clip_entry *entry)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_GRANT,
		.enforced = true,
		.ctx = clip_cred(cred)->context,
		.file = file,
		.entry = entry,
		.gains = cred,
	};

	clip_count(CLIP_COUNT_GRANTED);
	tell(&event);
}

/**
 * clip_report_ungranted - a listed file runs without what its entry grants
 * @ctx: the task's context
 * @file: the file
 * @entry: its entry
 * @reason: why
 *
 * Context: may sleep.
 */
void clip_report_ungranted(const struct clip_context *ctx, struct file *file,
			   const struct clip_entry *entry,
			   enum clip_reason reason)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_UNGRANTED,
		.reason = reason,
		.enforced = true,
		.ctx = ctx,
		.file = file,
		.entry = entry,
	};

	clip_count(CLIP_COUNT_UNGRANTED);
	if (may_log())
		log_event("no grant at exec", ctx, file, entry, reason, 0,
			  NULL, 0);
	tell(&event);
}

/**
 * clip_report_load - a commit was refused
 * @reason: why
 * @err: the error of the call, negative
 *
 * Context: may sleep.
 */
void clip_report_load(enum clip_reason reason, int err)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_ADMIN,
		.reason = reason,
		.err = err,
		.enforced = true,
		.act = "commit",
		.ctx = clip_cred(current_cred())->context,
	};

	clip_count_refusal(reason, true);
	if (may_log())
		pr_notice("refused commit: reason=%d (%s) pid=%d uid=%u\n",
			  reason, clip_reason_name(reason),
			  task_tgid_nr(current),
			  from_kuid(&init_user_ns, current_uid()));
	tell(&event);
}

/**
 * clip_report_change - other rules are in force from now on
 * @act: what was done
 * @generation: the store's, now
 *
 * Context: may sleep.
 */
void clip_report_change(const char *act, u64 generation)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_ADMIN,
		.enforced = true,
		.act = act,
		.ctx = clip_cred(current_cred())->context,
		.generation = generation,
	};

	tell(&event);
}

/**
 * clip_report_task - the current task was not allowed to act
 * @what: the act
 * @target: on whom; NULL if that is itself, or not known
 *
 * Context: any, also with tasklist_lock held and interrupts off.
 */
void clip_report_task(const char *what, struct task_struct *target)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_TASK,
		.reason = CLIP_REASON_PERMISSION,
		.err = -EPERM,
		.enforced = true,
		.atomic = true,
		.act = what,
		.ctx = clip_cred(current_cred())->context,
		.target = target,
	};
	const char *comm = current->comm;

	clip_count_refusal(CLIP_REASON_PERMISSION, true);
	/* No memory to quote the name in: the format escapes it. */
	if (may_log())
		pr_notice("refused %s: reason=%d (%s) pid=%d uid=%u comm=\"%*pE\" target=%d\n",
			  what, CLIP_REASON_PERMISSION,
			  clip_reason_name(CLIP_REASON_PERMISSION),
			  task_tgid_nr(current),
			  from_kuid(&init_user_ns, current_uid()),
			  (int)strnlen(comm, TASK_COMM_LEN), comm,
			  target ? task_tgid_nr(target) : 0);
	tell(&event);
}

/**
 * clip_report_admin - a change of a context, or entering one, was refused
 * @what: the change
 * @xid: number of the context
 * @reason: why
 */
void clip_report_admin(const char *what, u32 xid, enum clip_reason reason)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_ADMIN,
		.reason = reason,
		.err = clip_reason_errno(reason),
		.enforced = true,
		.act = what,
		.ctx = clip_cred(current_cred())->context,
	};

	clip_count_refusal(reason, true);
	if (may_log())
		pr_notice("refused %s: reason=%d (%s) context=%u pid=%d uid=%u\n",
			  what, reason, clip_reason_name(reason), xid,
			  task_tgid_nr(current),
			  from_kuid(&init_user_ns, current_uid()));
	tell(&event);
}

/* By bit of CLIP_PRIV_*, as in the rule language. */
static const char privilege_letters[] = "CVcsnPSrNkIKXxFidfAURBupDEMywT";

static_assert(BIT_ULL(sizeof(privilege_letters) - 1) - 1 == CLIP_PRIV_ALL);

/* "c|s|n": room for each letter and something behind it. */
static void spell_privileges(char text[2 * sizeof(privilege_letters)],
			     u64 privileges, char separator)
{
	size_t used = 0;

	for (int i = 0; privilege_letters[i]; i++) {
		if (!(privileges & BIT_ULL(i)))
			continue;
		if (used)
			text[used++] = separator;
		text[used++] = privilege_letters[i];
	}
	text[used] = '\0';
}

/**
 * clip_report_socket - the current task may not do that with a socket
 * @operation: the act
 * @family: of the socket
 * @needs: CLIP_PRIV_* that the act needs
 * @separator: between their letters: '|' if one would do, '+' if it takes all
 *
 * Context: any, also with the socket locked.
 */
void clip_report_socket(const char *operation, int family, u64 needs,
			char separator)
{
	const char *comm = current->comm;
	char letters[2 * sizeof(privilege_letters)];

	clip_count_refusal(CLIP_REASON_NO_PRIVILEGE, true);
	if (!may_log())
		return;
	spell_privileges(letters, needs, separator);
	pr_notice("refused socket: reason=%d (%s) operation=%s family=%d needs=%s pid=%d uid=%u comm=\"%*pE\"\n",
		  CLIP_REASON_NO_PRIVILEGE,
		  clip_reason_name(CLIP_REASON_NO_PRIVILEGE), operation, family,
		  letters, task_tgid_nr(current),
		  from_kuid(&init_user_ns, current_uid()),
		  (int)strnlen(comm, TASK_COMM_LEN), comm);
}

/**
 * clip_report_privilege - the current task lacks a privilege
 * @act: what it is for
 * @needs: CLIP_PRIV_* that the act needs; 0 if none would do
 *
 * Context: any, also under the RCU read lock.
 */
void clip_report_privilege(const char *act, u64 needs)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_TASK,
		.reason = CLIP_REASON_NO_PRIVILEGE,
		.err = -EPERM,
		.enforced = true,
		.atomic = true,
		.act = act,
		.ctx = clip_cred(current_cred())->context,
	};
	const char *comm = current->comm;
	char letters[2 * sizeof(privilege_letters)];

	clip_count_refusal(CLIP_REASON_NO_PRIVILEGE, true);
	spell_privileges(letters, needs, '+');
	if (may_log())
		pr_notice("refused %s: reason=%d (%s) needs=%s pid=%d uid=%u comm=\"%*pE\"\n",
			  act, CLIP_REASON_NO_PRIVILEGE,
			  clip_reason_name(CLIP_REASON_NO_PRIVILEGE),
			  needs ? letters : "-", task_tgid_nr(current),
			  from_kuid(&init_user_ns, current_uid()),
			  (int)strnlen(comm, TASK_COMM_LEN), comm);
	tell(&event);
}

/**
 * clip_report_device - the current task may not do that with a device
 * @operation: the act
 * @dev: the device
 * @needs: CLIP_DEVICE_* that the act needs; 0 if it is allowed on none
 *
 * Context: any.
 */
void clip_report_device(const char *operation, dev_t dev, u32 needs)
{
	const char *comm = current->comm;

	clip_count_refusal(CLIP_REASON_DEVICE, true);
	if (!may_log())
		return;
	pr_notice("refused device: reason=%d (%s) operation=%s device=%u:%u needs=%#x pid=%d uid=%u comm=\"%*pE\"\n",
		  CLIP_REASON_DEVICE, clip_reason_name(CLIP_REASON_DEVICE),
		  operation, MAJOR(dev), MINOR(dev), needs,
		  task_tgid_nr(current),
		  from_kuid(&init_user_ns, current_uid()),
		  (int)strnlen(comm, TASK_COMM_LEN), comm);
}

/**
 * clip_report_mount - the current task may not do that with a mount
 * @operation: the act
 * @sb: of the mount, or NULL
 * @needs: what is missing, in words; "-" if it is allowed to nobody
 *
 * Context: any.
 */
void clip_report_mount(const char *operation, const struct super_block *sb,
		       const char *needs)
{
	const struct clip_event event = {
		.kind = CLIP_EVENT_TASK,
		.reason = CLIP_REASON_MOUNT,
		.err = -EPERM,
		.enforced = true,
		.atomic = true,
		.act = operation,
		.ctx = clip_cred(current_cred())->context,
	};
	const dev_t dev = sb ? sb->s_dev : 0;
	const char *comm = current->comm;

	clip_count_refusal(CLIP_REASON_MOUNT, true);
	if (may_log())
		pr_notice("refused mount: reason=%d (%s) operation=%s type=%s dev=%u:%u needs=%s pid=%d uid=%u comm=\"%*pE\"\n",
			  CLIP_REASON_MOUNT,
			  clip_reason_name(CLIP_REASON_MOUNT), operation,
			  sb ? sb->s_type->name : "-", MAJOR(dev), MINOR(dev),
			  needs, task_tgid_nr(current),
			  from_kuid(&init_user_ns, current_uid()),
			  (int)strnlen(comm, TASK_COMM_LEN), comm);
	tell(&event);
}
