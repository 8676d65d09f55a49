// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: budgets of log lines and of events
 *
 * A storm of refusals must not flood the log, and must not hide other refusals.
 * Each context has a budget of its own for each kind of events, and within it
 * the users that are refused most recently have budgets of their own, root
 * always. A line that equals the previous line of its budget is counted and not
 * written.
 *
 * The budgets of a context and a kind are allocated with their first event, and
 * freed when they are full again. Their number is
 * bounded. If it is reached, or memory is exhausted, the contexts without
 * budgets share those of a static group, which still are apart by kind.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/once.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "core/counters.h"
#include "core/reason.h"
#include "digest/content.h"
#include "report/budget.h"
#include "report/event.h"
#include "store/context.h"
#include "store/entry.h"

#define NR_RECEIVERS	2
#define MAX_GROUPS	512
#define NR_USERS	8	/* users of a group with budgets of their own */

#define LINES		20	/* of the log, of a budget ... */
#define LINES_SECONDS	5	/* ... in this time */
#define EVENTS		100	/* in a second */

/* How often a summary of the lines that were left out is written. */
#define SUMMARY_INTERVAL	(LINES_SECONDS * HZ)

struct limit {
	unsigned int burst;
	unsigned long interval;
};

static const struct limit limits[NR_RECEIVERS] = {
	[CLIP_BUDGET_LOG] = {
		.burst = LINES, .interval = LINES_SECONDS * HZ,
	},
	[CLIP_BUDGET_EVENTS] = { .burst = EVENTS, .interval = HZ },
};

/**
 * struct budget - What one user may still cause
 * @uid: the user; of the last budget of a group, the last of several users
 * @used: the budget belongs to @uid
 * @has_last: @last and @last_at are valid
 * @taken: number of lines or events in the present interval
 * @left_out: lines that were left out, and that no line has mentioned yet
 * @repeated: those of @left_out that were equal to the last line
 * @begun: begin of the present interval
 * @last_at: when the last line was written
 * @last: its fingerprint
 */
struct budget {
	kuid_t uid;
	bool used;
	bool has_last;
	unsigned int taken;
	unsigned int left_out;
	unsigned int repeated;
	unsigned long begun;
	unsigned long last_at;
	u64 last;
};

/**
 * struct group - The budgets of one context for one kind of events
 * @node: in the table of groups
 * @serial: serial of the context
 * @xid: its number
 * @receiver: who receives the events
 * @report: kind of the events
 * @users: budgets of users; the first is that of root
 * @others: the budget of all users that have none in @users
 */
struct group {
	struct hlist_node node;
	u64 serial;
	u32 xid;
	enum clip_budget_for receiver;
	enum clip_report_kind report;
	struct budget users[NR_USERS];
	struct budget others;
};

/* Protects all budgets. Taken with interrupts off, below any other lock. */
static DEFINE_SPINLOCK(lock);
static DEFINE_HASHTABLE(groups, 6);
static unsigned int nr_groups;
static struct group shared[NR_RECEIVERS][__CLIP_REPORT_MAX];

static const char *const report_names[__CLIP_REPORT_MAX] = {
	[CLIP_REPORT_EXEC] = "exec",
	[CLIP_REPORT_ADDRESS] = "address",
	[CLIP_REPORT_EXCHANGE] = "exchange",
	[CLIP_REPORT_CHECK] = "check",
	[CLIP_REPORT_REPLACED] = "replaced",
	[CLIP_REPORT_MATCH] = "match",
	[CLIP_REPORT_GRANT] = "grant",
	[CLIP_REPORT_UNGRANTED] = "ungranted",
	[CLIP_REPORT_MAP] = "map",
	[CLIP_REPORT_MEMORY] = "memory",
	[CLIP_REPORT_COMMIT] = "commit",
	[CLIP_REPORT_ADMIN] = "admin",
	[CLIP_REPORT_CHANGE] = "change",
	[CLIP_REPORT_TASK] = "task",
	[CLIP_REPORT_PRIVILEGE] = "privilege",
	[CLIP_REPORT_SOCKET] = "socket",
	[CLIP_REPORT_DEVICE] = "device",
	[CLIP_REPORT_MOUNT] = "mount",
	[CLIP_REPORT_OBJECT] = "object",
	[CLIP_REPORT_CREATE] = "create",
};

/* Fingerprints ------------------------------------------------------------- */

/* Everything that a line is made of. Compared as bytes. */
struct facts {
	u64 serial;
	u64 entry_inode;
	u64 entry_digest;
	u64 inode;
	u64 name;
	u64 mount;
	u64 needs;
	u64 device;
	u32 entry_sb;
	u32 entry_born;
	u32 report;
	u32 reason;
	s32 err;
	u32 xid;
	u32 family;
	u32 pid;
	u32 uid;
	u32 target;
	u16 found_algorithm;
	u8 permitted;
	u8 any;
	char comm[TASK_COMM_LEN];
	char act[CLIP_ACT_MAX];
	char lacks[CLIP_ACT_MAX];
	u8 found[CLIP_DIGEST_MAX];
} __aligned(8);

static size_t found_size(const struct clip_event *event)
{
	if (!event->found)
		return 0;
	return event->entry ? event->entry->digest_size :
			      clip_digest_size(event->found_algorithm);
}

/*
 * What two entries hardly have in common: in one context they differ in the digest,
 * or one has ended before the other began, in another generation. Two that do count
 * as one, and a line of the second as a repeated one.
 */
static void collect_entry(struct facts *facts, const struct clip_entry *entry)
{
	facts->entry_inode = entry->file.ino;
	facts->entry_sb = entry->file.sb;
	facts->entry_born = entry->born;
	memcpy(&facts->entry_digest, entry->digest, sizeof(facts->entry_digest));
}

static void collect_file(struct facts *facts, const struct file *file)
{
	const struct inode *inode = file_inode(file);
	const struct dentry *dentry = file->f_path.dentry;

	facts->inode = inode->i_ino;
	facts->device = inode->i_sb->s_dev;
	facts->mount = (unsigned long)file->f_path.mnt;
	facts->name = READ_ONCE(dentry->d_name.hash_len) ^
		      (unsigned long)READ_ONCE(dentry->d_parent);
}

/*
 * Returns a number that is the same for equal lines. Its key is random, so that
 * a refusal cannot be made to look like an earlier one.
 */
static u64 fingerprint(const struct clip_event *event)
{
	static siphash_aligned_key_t key;
	struct facts facts;

	get_random_once(&key, sizeof(key));
	memset(&facts, 0, sizeof(facts));
	facts.serial = event->ctx ? event->ctx->serial : U64_MAX;
	facts.needs = event->needs;
	facts.device = event->dev;
	facts.report = event->report;
	facts.reason = event->reason;
	facts.err = event->err;
	facts.xid = event->xid;
	facts.family = event->family;
	facts.pid = task_tgid_nr(current);
	facts.uid = from_kuid(&init_user_ns, current_uid());
	facts.target = event->target ? task_tgid_nr(event->target) : 0;
	facts.found_algorithm = event->found_algorithm;
	facts.permitted = event->permitted;
	facts.any = event->any;
	memcpy(facts.comm, current->comm, TASK_COMM_LEN);
	if (event->act)
		strscpy(facts.act, event->act);
	if (event->lacks)
		strscpy(facts.lacks, event->lacks);
	if (event->sb)
		facts.mount = (unsigned long)event->sb;
	if (event->entry)
		collect_entry(&facts, event->entry);
	if (event->file)
		collect_file(&facts, event->file);
	memcpy(facts.found, event->found, found_size(event));
	return siphash(&facts, sizeof(facts), &key);
}

/* Budgets ------------------------------------------------------------------ */

static bool is_over(const struct budget *budget, const struct limit *limit,
		    unsigned long now)
{
	return time_after_eq(now, budget->begun + limit->interval);
}

/* Does nothing get lost if the budget is forgotten? */
static bool is_idle(const struct budget *budget, const struct limit *limit,
		    unsigned long now)
{
	return !budget->used ||
	       (!budget->left_out && is_over(budget, limit, now));
}

static bool group_is_idle(const struct group *group, unsigned long now)
{
	const struct limit *limit = &limits[group->receiver];

	for (int i = 0; i < NR_USERS; i++)
		if (!is_idle(&group->users[i], limit, now))
			return false;
	return is_idle(&group->others, limit, now);
}

static u32 key_of(enum clip_budget_for receiver, enum clip_report_kind report,
		  u64 serial)
{
	return hash_64(serial * NR_RECEIVERS * __CLIP_REPORT_MAX +
		       receiver * __CLIP_REPORT_MAX + report, 32);
}

static struct group *find_group(enum clip_budget_for receiver,
				const struct clip_event *event)
{
	const u64 serial = event->ctx ? event->ctx->serial : U64_MAX;
	const u32 key = key_of(receiver, event->report, serial);
	struct group *group;

	lockdep_assert_held(&lock);
	hash_for_each_possible(groups, group, node, key)
		if (group->serial == serial && group->receiver == receiver &&
		    group->report == event->report)
			return group;
	group = nr_groups < MAX_GROUPS ?
		kzalloc(sizeof(*group), GFP_ATOMIC | __GFP_NOWARN) : NULL;
	if (group) {
		group->serial = serial;
		group->xid = event->ctx ? event->ctx->xid : CLIP_CONTEXT_OWN;
		hash_add(groups, &group->node, key);
		nr_groups++;
	} else {
		group = &shared[receiver][event->report];
		group->xid = CLIP_CONTEXT_OWN;
	}
	group->receiver = receiver;
	group->report = event->report;
	return group;
}

static struct budget *find_budget(struct group *group, unsigned long now)
{
	const struct limit *limit = &limits[group->receiver];
	const kuid_t uid = current_uid();
	struct budget *budget = NULL;

	if (uid_eq(uid, GLOBAL_ROOT_UID))
		budget = &group->users[0];
	for (int i = 1; !budget && i < NR_USERS; i++)
		if (group->users[i].used && uid_eq(group->users[i].uid, uid))
			budget = &group->users[i];
	for (int i = 1; !budget && i < NR_USERS; i++)
		if (is_idle(&group->users[i], limit, now))
			budget = &group->users[i];
	if (!budget)
		budget = &group->others;
	else if (!budget->used || !uid_eq(budget->uid, uid))
		*budget = (struct budget) {};
	if (!budget->used)
		budget->begun = now;
	budget->used = true;
	budget->uid = uid;
	return budget;
}

/* Is the line equal to the last one of the budget, which is not old yet? */
static bool repeats(const struct budget *budget, u64 line, unsigned long now)
{
	return budget->has_last && budget->last == line &&
	       time_before(now, budget->last_at + SUMMARY_INTERVAL);
}

/* Summaries ---------------------------------------------------------------- */

/* What a summary says, copied so that it is written without the lock. */
struct summary {
	enum clip_report_kind report;
	u32 xid;
	kuid_t uid;
	bool several;
	unsigned int left_out;
	unsigned int repeated;
};

static bool take_summary(struct summary *summary, const struct group *group,
			 struct budget *budget)
{
	if (!budget->left_out)
		return false;
	*summary = (struct summary) {
		.report = group->report,
		.xid = group->xid,
		.uid = budget->uid,
		.several = budget == &group->others,
		.left_out = budget->left_out,
		.repeated = budget->repeated,
	};
	budget->left_out = 0;
	budget->repeated = 0;
	return true;
}

static void write_summary(const struct summary *summary)
{
	char uid[16] = "several";

	if (!summary->several)
		snprintf(uid, sizeof(uid), "%u",
			 from_kuid(&init_user_ns, summary->uid));
	pr_notice("%u messages were left out, of which %u repeated the last one: kind=%s context=%u uid=%s\n",
		  summary->left_out, summary->repeated,
		  report_names[summary->report], summary->xid, uid);
}

static bool take_any_of(struct summary *summary, struct group *group)
{
	if (group->receiver != CLIP_BUDGET_LOG)
		return false;
	for (int i = 0; i < NR_USERS; i++)
		if (take_summary(summary, group, &group->users[i]))
			return true;
	return take_summary(summary, group, &group->others);
}

/* Finds one summary to write, and frees idle groups on the way. */
static bool take_any_locked(struct summary *summary)
{
	const unsigned long now = jiffies;
	struct hlist_node *next;
	struct group *group;
	int bucket;

	hash_for_each_safe(groups, bucket, next, group, node) {
		if (take_any_of(summary, group))
			return true;
		if (group_is_idle(group, now)) {
			hash_del(&group->node);
			kfree(group);
			nr_groups--;
		}
	}
	for (int i = 0; i < __CLIP_REPORT_MAX; i++)
		if (take_any_of(summary, &shared[CLIP_BUDGET_LOG][i]))
			return true;
	return false;
}

static bool take_any(struct summary *summary)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&lock, flags);
	taken = take_any_locked(summary);
	spin_unlock_irqrestore(&lock, flags);
	return taken;
}

static void summarize(struct work_struct *unused);
static DECLARE_DELAYED_WORK(summary_work, summarize);

static void summarize(struct work_struct *unused)
{
	struct summary summary;

	while (take_any(&summary))
		write_summary(&summary);
	if (READ_ONCE(nr_groups))
		schedule_delayed_work(&summary_work, SUMMARY_INTERVAL);
}

/* Taking ------------------------------------------------------------------- */

/* Return: true if the budget allows one more. */
static bool take(struct budget *budget, const struct limit *limit,
		 unsigned long now)
{
	if (is_over(budget, limit, now)) {
		budget->begun = now;
		budget->taken = 0;
	}
	if (budget->taken >= limit->burst)
		return false;
	budget->taken++;
	return true;
}

static bool take_line(struct budget *budget, u64 line, unsigned long now)
{
	const bool again = repeats(budget, line, now);

	if (again || !take(budget, &limits[CLIP_BUDGET_LOG], now)) {
		budget->left_out++;
		budget->repeated += again;
		clip_count(CLIP_COUNT_DROPPED);
		return false;
	}
	budget->has_last = true;
	budget->last = line;
	budget->last_at = now;
	return true;
}

/**
 * clip_budget_take - May an event be written to the log, or sent?
 * @receiver: who would receive it
 * @event: the event, caused by the current task
 *
 * An event that is not written to the log is counted. The next line of the same
 * budget, or a timer, writes how many were left out.
 *
 * Context: Any.
 * Return: true if it may.
 */
bool clip_budget_take(enum clip_budget_for receiver,
		      const struct clip_event *event)
{
	const u64 line = receiver == CLIP_BUDGET_LOG ? fingerprint(event) : 0;
	struct summary summary;
	bool pending = false, allowed;

	scoped_guard(spinlock_irqsave, &lock) {
		const unsigned long now = jiffies;
		struct group *group = find_group(receiver, event);
		struct budget *budget = find_budget(group, now);

		if (receiver == CLIP_BUDGET_LOG) {
			allowed = take_line(budget, line, now);
			pending = allowed &&
				  take_summary(&summary, group, budget);
		} else {
			allowed = take(budget, &limits[receiver], now);
		}
	}
	if (pending)
		write_summary(&summary);
	schedule_delayed_work(&summary_work, SUMMARY_INTERVAL);
	return allowed;
}
