// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: messages in the kernel log
 *
 * Each line is written by one call, because the lines of several CPUs can mix.
 * Every string in a line can come from an attacker and is printed escaped.
 */
#include "core/common.h"

#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "core/reason.h"
#include "digest/content.h"
#include "report/budget.h"
#include "report/event.h"
#include "report/log.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"

/* The letters of the rule language, by bit of CLIP_PRIV_*. */
static const char privilege_letters[] = CLIP_PRIV_LETTERS;

static_assert(BIT_ULL(sizeof(privilege_letters) - 1) - 1 == CLIP_PRIV_ALL);

#define LETTERS_MAX	(2 * sizeof(privilege_letters))
#define DETAILS_MAX	160

/* Escapes bytes that would end a quoted string, or control a terminal. */
#define QUOTE_FLAGS	(ESCAPE_HEX | ESCAPE_NAP | ESCAPE_APPEND)
#define QUOTE_ALSO	"\"\\"

/* @to has room for four times the bytes of @text, and for a NUL byte. */
static void quote(char *to, size_t room, const char *text, size_t length)
{
	const int used = string_escape_mem(text, length, to, room - 1,
					   QUOTE_FLAGS, QUOTE_ALSO);

	to[min_t(size_t, used, room - 1)] = '\0';
}

static char *quoted_copy(const char *text)
{
	const size_t length = strlen(text);
	char *copy = kmalloc(4 * length + 1, GFP_KERNEL);

	if (copy)
		quote(copy, 4 * length + 1, text, length);
	return copy;
}

/*
 * Returns the path in the mount namespace of the task, or NULL if memory is
 * exhausted.
 */
static char *quoted_path(struct file *file)
{
	char *buffer __free(kfree) = kmalloc(PATH_MAX, GFP_KERNEL);
	char *path;

	if (!buffer)
		return NULL;
	/* On an overlay, not the path of the layer. */
	path = d_path(file_user_path(file), buffer, PATH_MAX);
	return quoted_copy(IS_ERR(path) ? "<too long>" : path);
}

static void spell_privileges(char text[LETTERS_MAX],
			     const struct clip_event *event)
{
	size_t used = 0;

	for (int i = 0; privilege_letters[i]; i++) {
		if (!(event->needs & BIT_ULL(i)))
			continue;
		if (used)
			text[used++] = event->any ? '|' : '+';
		text[used++] = privilege_letters[i];
	}
	if (!used)
		text[used++] = '-';
	text[used] = '\0';
}

/* An address that belongs to no family is written as "-". */
static void append_address(char text[DETAILS_MAX],
			   const struct sockaddr *address)
{
	const size_t used = strlen(text);

	if (address && (address->sa_family == AF_INET ||
			address->sa_family == AF_INET6))
		snprintf(text + used, DETAILS_MAX - used, "%pISc", address);
	else
		snprintf(text + used, DETAILS_MAX - used, "-");
}

/* Writes the details of the act, which precede those of the task. */
static void describe_act(char text[DETAILS_MAX], const struct clip_event *event)
{
	char letters[LETTERS_MAX];

	text[0] = '\0';
	spell_privileges(letters, event);
	switch (event->report) {
	case CLIP_REPORT_EXEC:
	case CLIP_REPORT_CHECK:
	case CLIP_REPORT_MAP:
	case CLIP_REPORT_MEMORY:
	case CLIP_REPORT_UNGRANTED:
		snprintf(text, DETAILS_MAX, " errno=%d context=%u", -event->err,
			 event->ctx ? event->ctx->xid : CLIP_CONTEXT_OWN);
		break;
	case CLIP_REPORT_ADMIN:
		snprintf(text, DETAILS_MAX, " context=%u", event->xid);
		break;
	case CLIP_REPORT_PRIVILEGE:
		snprintf(text, DETAILS_MAX, " needs=%s", letters);
		break;
	case CLIP_REPORT_SOCKET:
		snprintf(text, DETAILS_MAX, " operation=%s family=%d needs=%s",
			 event->act, event->family, letters);
		break;
	case CLIP_REPORT_ADDRESS:
		snprintf(text, DETAILS_MAX,
			 " operation=%s family=%d context=%u address=",
			 event->act, event->family,
			 event->ctx ? event->ctx->xid : CLIP_CONTEXT_OWN);
		append_address(text, event->address);
		break;
	case CLIP_REPORT_EXCHANGE:
		snprintf(text, DETAILS_MAX, " operation=%s context=%u other=%u",
			 event->act,
			 event->ctx ? event->ctx->xid : CLIP_CONTEXT_OWN,
			 event->xid);
		break;
	case CLIP_REPORT_DEVICE:
		snprintf(text, DETAILS_MAX,
			 " operation=%s device=%u:%u needs=%#llx", event->act,
			 MAJOR(event->dev), MINOR(event->dev), event->needs);
		break;
	case CLIP_REPORT_MOUNT:
		snprintf(text, DETAILS_MAX,
			 " operation=%s type=%s dev=%u:%u needs=%s", event->act,
			 event->sb ? event->sb->s_type->name : "-",
			 event->sb ? MAJOR(event->sb->s_dev) : 0,
			 event->sb ? MINOR(event->sb->s_dev) : 0, event->lacks);
		break;
	default:
		break;
	}
}

/* Returns the name of the act, or that of the kind if it has a fixed one. */
static const char *name_of(const struct clip_event *event)
{
	switch (event->report) {
	case CLIP_REPORT_UNGRANTED:
		return "";
	case CLIP_REPORT_EXEC:
		return "exec";
	case CLIP_REPORT_CHECK:
		return "check";
	case CLIP_REPORT_MAP:
		return "map";
	case CLIP_REPORT_SOCKET:
		return "socket";
	case CLIP_REPORT_ADDRESS:
		return "address";
	case CLIP_REPORT_EXCHANGE:
		return "exchange";
	case CLIP_REPORT_DEVICE:
		return "device";
	case CLIP_REPORT_MOUNT:
		return "mount";
	default:
		return event->act;
	}
}

/*
 * Describes the entry of a file, with the digest that was found instead of the
 * expected one. For a file without an entry, only the digest that was found is
 * given, by which the file could be allowed. The path can be longer than a line
 * of the log and therefore comes last. Returns NULL if memory is exhausted.
 */
static char *describe_entry(const struct clip_event *event)
{
	char *source __free(kfree) = NULL;
	char *rule __free(kfree) = NULL;
	const struct clip_entry *entry = event->entry;
	u32 line;

	if (!entry && event->found)
		return kasprintf(GFP_KERNEL, " algorithm=%u found=%*phN",
				 event->found_algorithm,
				 clip_digest_size(event->found_algorithm),
				 event->found);
	if (!entry)
		return kstrdup("", GFP_KERNEL);
	source = clip_entry_source(entry, &line);
	rule = source ? quoted_copy(source) : NULL;
	return kasprintf(GFP_KERNEL, " wanted=%*phN found=%*phN line=%u rule=\"%s\"",
			 (int)entry->digest_size, entry->digest,
			 event->found ? (int)entry->digest_size : 0,
			 event->found ?: entry->digest, line,
			 rule ?: "");
}

static char *describe_file(const struct clip_event *event)
{
	char *of_entry __free(kfree) = describe_entry(event);
	char *path __free(kfree) = NULL;
	const struct inode *inode = event->file ? file_inode(event->file) : NULL;

	if (!inode) {
		path = event->path ? quoted_copy(event->path) : NULL;
		return kasprintf(GFP_KERNEL, "%s path=\"%s\"", of_entry ?: "",
				 path ?: "");
	}
	path = quoted_path(event->file);
	return kasprintf(GFP_KERNEL, " dev=%u:%u inode=%lu%s path=\"%s\"",
			 MAJOR(inode->i_sb->s_dev), MINOR(inode->i_sb->s_dev),
			 inode->i_ino, of_entry ?: "", path ?: "");
}

static const char *outcome_of(const struct clip_event *event)
{
	switch (event->report) {
	case CLIP_REPORT_UNGRANTED:
		return "no grant at exec";
	case CLIP_REPORT_REPLACED:
		return "listed file: ";
	default:
		return event->permitted ? "permitted " : "refused ";
	}
}

/**
 * clip_log_event - Write a line about an event to the kernel log
 * @event: the event, of a kind that is logged
 *
 * Context: As clip_report().
 */
void clip_log_event(const struct clip_event *event)
{
	char *of_file __free(kfree) = NULL;
	const bool about_file = !clip_event_rule(event)->atomic &&
				event->report != CLIP_REPORT_COMMIT &&
				event->report != CLIP_REPORT_ADMIN;
	char comm[4 * TASK_COMM_LEN + 1], act[DETAILS_MAX], target[24] = "";

	if (!clip_budget_take(CLIP_BUDGET_LOG, event))
		return;
	describe_act(act, event);
	/* Reads comm without the task lock: the caller may hold that lock. */
	quote(comm, sizeof(comm), current->comm,
	      strnlen(current->comm, TASK_COMM_LEN));
	if (event->report == CLIP_REPORT_TASK)
		snprintf(target, sizeof(target), " target=%d",
			 event->target ? task_tgid_nr(event->target) : 0);
	if (about_file)
		of_file = describe_file(event);
	pr_notice("%s%s: reason=%d (%s)%s pid=%d uid=%u comm=\"%s\"%s%s\n",
		  outcome_of(event), name_of(event),
		  event->reason, clip_reason_name(event->reason), act,
		  task_tgid_nr(current),
		  from_kuid(&init_user_ns, current_uid()), comm, target,
		  of_file ?: "");
}
