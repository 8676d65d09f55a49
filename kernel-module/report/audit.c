// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: audit records of refusals
 *
 * Each refusal has one record. The module sets no rate limit here, because the
 * audit subsystem has its own and reports the records that it lost. The record
 * type is the one for modules without a reserved type. Programs that search the
 * records do not look for files in it, so a refusal that is about a file has a
 * PATH record besides, in the same event.
 *
 * Every string has a name that the audit library knows as that of a string, or
 * it would be shown in hexadecimal if it has unusual bytes.
 */
#include "core/common.h"

#include <linux/audit.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/reason.h"
#include "report/audit.h"
#include "report/event.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"

static const char *const kind_names[] = { CLIP_EVENT_NAMES };

static_assert(ARRAY_SIZE(kind_names) == __CLIP_EVENT_MAX);

/* Logs a string from user space. audit writes unusual ones in hexadecimal. */
static void log_text(struct audit_buffer *ab, const char *key,
		     const char *text, size_t size)
{
	audit_log_format(ab, " %s=", key);
	audit_log_n_untrustedstring(ab, text, strnlen(text, size));
}

static void log_who(struct audit_buffer *ab, const struct clip_event *event)
{
	audit_log_format(ab, " context=%u pid=%d uid=%u auid=%u ses=%u",
			 event->ctx ? event->ctx->xid : CLIP_CONTEXT_OWN,
			 task_tgid_nr(current),
			 from_kuid(&init_user_ns, current_uid()),
			 from_kuid(&init_user_ns, audit_get_loginuid(current)),
			 audit_get_sessionid(current));
	log_text(ab, "comm", current->comm, TASK_COMM_LEN);
	if (event->target)
		audit_log_format(ab, " target=%d",
				 task_tgid_nr(event->target));
}

static void log_file(struct audit_buffer *ab, const struct file *file)
{
	const struct inode *inode = file_inode(file);

	audit_log_d_path(ab, " path=", file_user_path(file));
	log_text(ab, "dev", inode->i_sb->s_id, sizeof(inode->i_sb->s_id));
	audit_log_format(ab, " ino=%lu", inode->i_ino);
}

static void log_entry(struct audit_buffer *ab, const struct clip_event *event)
{
	char *source __free(kfree) = NULL;
	const struct clip_entry *entry = event->entry;
	u32 line;

	source = clip_entry_source(entry, &line);
	audit_log_format(ab, " wanted=%*phN", (int)entry->digest_size,
			 entry->digest);
	if (event->found)
		audit_log_format(ab, " found=%*phN", (int)entry->digest_size,
				 event->found);
	if (source)
		log_text(ab, "file", source, PATH_MAX);
	if (line)
		audit_log_format(ab, " line=%u", line);
}

/* Has the form of the records that audit writes for the names of a call. */
static void log_path(const struct file *file)
{
	const struct inode *inode = file_inode(file);
	struct audit_buffer *ab;

	ab = audit_log_start(audit_context(), GFP_ATOMIC | __GFP_NOWARN,
			     AUDIT_PATH);
	if (!ab)
		return;
	audit_log_d_path(ab, "item=0 name=", &file->f_path);
	audit_log_format(ab, " inode=%lu dev=%02x:%02x mode=%#ho", inode->i_ino,
			 MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			 inode->i_mode);
	audit_log_format(ab, " ouid=%u ogid=%u rdev=%02x:%02x nametype=NORMAL",
			 from_kuid(&init_user_ns, inode->i_uid),
			 from_kgid(&init_user_ns, inode->i_gid),
			 MAJOR(inode->i_rdev), MINOR(inode->i_rdev));
	audit_log_end(ab);
}

/**
 * clip_audit - Write an audit record of a refusal, if audit is enabled
 * @event: the event; events other than refusals are ignored
 *
 * Never waits for room in the queue of audit: a full queue must not delay tasks
 * to which audit itself refuses nothing.
 *
 * Context: As clip_report().
 */
void clip_audit(const struct clip_event *event)
{
	char act[CLIP_ACT_MAX];
	struct audit_buffer *ab;

	if (!event->err || !audit_enabled)
		return;
	ab = audit_log_start(audit_context(), GFP_ATOMIC | __GFP_NOWARN,
			     AUDIT_KERNEL_OTHER);
	if (!ab)
		return;
	if (!clip_event_act(event, act, sizeof(act)))
		strscpy(act, kind_names[clip_event_rule(event)->kind]);
	/* A space would end the field for programs that read the records. */
	strreplace(act, ' ', '-');
	audit_log_format(ab, "lsm=clip op=%s reason=%s errno=%d enforced=%d",
			 act,
			 clip_reason_name(event->reason), -event->err,
			 !event->permitted);
	log_who(ab, event);
	if (event->file)
		log_file(ab, event->file);
	if (event->entry)
		log_entry(ab, event);
	audit_log_format(ab, " res=%d", event->permitted);
	audit_log_end(ab);
	if (event->file)
		log_path(event->file);
}
