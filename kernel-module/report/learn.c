// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: permitted refusals, each reported once
 *
 * The events of a permissive context tell an administrator which files still
 * need a rule. A file that is executed a thousand times needs one rule, and
 * must not crowd out the event of another file. So the listeners receive such
 * an event once for each context, file and content.
 *
 * Only events that were sent are remembered: an event that was dropped is sent
 * the next time. The memory is bounded. An event that was forgotten is sent
 * again, which is harmless. A listener that joins starts with an empty memory.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/once.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "core/inode_blob.h"
#include "digest/content.h"
#include "report/event.h"
#include "report/learn.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/filesystem.h"

#define NR_SETS		1024
#define NR_WAYS		4

/* A join takes effect some time after the hook that observes it. */
#define JOIN_TIME	(HZ / 5)

static DEFINE_SPINLOCK(lock);	/* protects all below; innermost */
static u64 known[NR_SETS][NR_WAYS];
static unsigned int victim;
static unsigned long started;

/* What makes two events the same. Compared as bytes. */
struct facts {
	u64 serial;
	u64 superblock;
	u64 inode;
	u64 writes;
	s64 changed;
	u32 changed_ns;
	u32 generation;
	u32 report;
	u32 reason;
	u32 algorithm;
	char act[CLIP_ACT_MAX];
	u8 found[CLIP_DIGEST_MAX];
} __aligned(8);

static u64 hash_facts(const struct facts *facts)
{
	static siphash_aligned_key_t key;

	get_random_once(&key, sizeof(key));
	/* 0 marks an empty place. */
	return siphash(facts, sizeof(*facts), &key) ?: 1;
}

static void collect(struct facts *facts, const struct clip_event *event)
{
	const struct inode *inode = d_real_inode(event->file->f_path.dentry);

	memset(facts, 0, sizeof(*facts));
	facts->serial = event->ctx ? event->ctx->serial : U64_MAX;
	facts->superblock = (unsigned long)inode->i_sb;
	facts->inode = inode->i_ino;
	facts->generation = inode->i_generation;
	facts->report = event->report;
	facts->reason = event->reason;
	if (event->act)
		strscpy(facts->act, event->act);
}

/*
 * The file as it was left by its last writer. Only where the kernel sees every
 * writer does this stand for the content; elsewhere the content is always read,
 * and the result is 0.
 */
static u64 hash_of_state(const struct clip_event *event)
{
	struct inode *inode = d_real_inode(event->file->f_path.dentry);
	struct facts facts;

	if (event->found && !clip_sb_trusted(inode->i_sb))
		return 0;
	clip_inode_watch(inode);
	/* Pairs with the increment of i_writecount, which is a full barrier. */
	smp_mb();
	if (atomic_read(&inode->i_writecount) > 0)
		return 0;
	collect(&facts, event);
	facts.writes = clip_inode_writes(inode);
	/* Writers of a time when the inode was not watched are seen by this only. */
	facts.changed = inode_get_ctime_sec(inode);
	facts.changed_ns = inode_get_ctime_nsec(inode);
	return hash_facts(&facts);
}

/* The content of the file; 0 if it was not read. */
static u64 hash_of_content(const struct clip_event *event)
{
	struct facts facts;
	u16 algorithm;

	if (!event->found)
		return 0;
	algorithm = event->entry ? event->entry->algorithm :
				   event->found_algorithm;
	collect(&facts, event);
	facts.algorithm = algorithm;
	memcpy(facts.found, event->found, clip_digest_size(algorithm));
	return hash_facts(&facts);
}

static u64 *set_of(u64 hash)
{
	return known[hash % NR_SETS];
}

static bool is_known(u64 hash)
{
	const u64 *set = set_of(hash);

	lockdep_assert_held(&lock);
	for (int i = 0; hash && i < NR_WAYS; i++)
		if (set[i] == hash)
			return true;
	return false;
}

static void remember(u64 hash)
{
	u64 *set = set_of(hash);

	if (!hash || is_known(hash))
		return;
	for (int i = 0; i < NR_WAYS; i++) {
		if (!set[i]) {
			set[i] = hash;
			return;
		}
	}
	set[victim++ % NR_WAYS] = hash;
}

/**
 * clip_learn_restart - Forget which events were sent
 *
 * Called for each listener that joins, shortly before it receives events.
 *
 * Context: May sleep.
 */
void clip_learn_restart(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	memset(known, 0, sizeof(known));
	started = jiffies;
	spin_unlock_irqrestore(&lock, flags);
}

/**
 * clip_learn_is_known - Was an equal event sent to all present listeners?
 * @event: a refusal of a file that is not enforced; without a digest, if the
 *	content was not read yet
 *
 * Context: Any.
 * Return: True if it was, and nothing has written to the file since or the
 * content is the same; false otherwise.
 */
bool clip_learn_is_known(const struct clip_event *event)
{
	const u64 state = hash_of_state(event);
	const u64 content = hash_of_content(event);
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&lock, flags);
	found = is_known(state);
	if (!found && is_known(content)) {
		remember(state);
		found = true;
	}
	spin_unlock_irqrestore(&lock, flags);
	return found;
}

/**
 * clip_learn_sent - Remember that an event was sent
 * @event: the event
 *
 * Context: Any.
 */
void clip_learn_sent(const struct clip_event *event)
{
	const u64 state = hash_of_state(event);
	const u64 content = hash_of_content(event);
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (!time_before(jiffies, started + JOIN_TIME)) {
		remember(state);
		remember(content);
	}
	spin_unlock_irqrestore(&lock, flags);
}
