// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the lists of allow digests and of exceptions as text
 */
#include "core/common.h"

#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <linux/unaligned.h>

#include "context/caller.h"
#include "digest/content.h"
#include "interface/digests.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/lookup.h"

/*
 * The position of a reader. If a set is replaced meanwhile, its slots differ:
 * digests can then appear twice or not at all, as in any list that changes.
 */
struct digest_place {
	u64 next;		/* lowest number of the next context */
	u32 xid;
	u16 algorithm;
	u32 slot;
	const u8 *digest;	/* the digest to show, and its size; valid under RCU */
};

/* Advances within one context. Returns true if it has another digest. */
static bool find_in(struct digest_place *place, const struct clip_context *ctx)
{
	const struct clip_allow *set = clip_allow_in_force(&ctx->allow);

	for (; set && place->algorithm < CLIP_ALGO_COUNT; place->algorithm++) {
		const u8 size = clip_digest_size(place->algorithm);
		const u8 *slots = set->memory +
				  set->groups[place->algorithm].offset;

		for (; place->slot < set->groups[place->algorithm].slots;
		     place->slot++) {
			place->digest = slots + place->slot *
					(size + CLIP_ALLOW_SIZE_BYTES);
			if (memchr_inv(place->digest, 0, size))
				return true;
		}
		place->slot = 0;
	}
	return false;
}

/* Finds the digest at the position or the first after it; NULL at the end. */
static void *find(struct digest_place *place)
{
	for (;;) {
		u64 next = place->next;
		const struct clip_context *ctx = clip_context_find_rcu(&next);

		if (!ctx)
			return NULL;
		if (place->next != ctx->xid) {
			place->next = ctx->xid;
			place->algorithm = 0;
			place->slot = 0;
		}
		place->xid = ctx->xid;
		if (clip_context_visible(ctx) && find_in(place, ctx))
			return place;
		place->next = next;
		place->algorithm = 0;
		place->slot = 0;
	}
}

static void *digests_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct digest_place *place = seq->private;

	rcu_read_lock();
	if (*pos == 0)
		*place = (struct digest_place) {};
	return find(place);
}

static void *digests_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct digest_place *place = seq->private;

	++*pos;
	place->slot++;
	return find(place);
}

static void digests_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static int digests_show(struct seq_file *seq, void *v)
{
	const struct digest_place *place = v;
	const u8 size = clip_digest_size(place->algorithm);
	const u32 file_size = get_unaligned((const u32 *)(place->digest + size));

	seq_printf(seq, "context=%u algorithm=%u digest=%*phN", place->xid,
		   place->algorithm, size, place->digest);
	if (file_size != CLIP_SIZE_UNKNOWN)
		seq_printf(seq, " size=%u", file_size);
	seq_putc(seq, '\n');
	return 0;
}

static const struct seq_operations digests_seq_ops = {
	.start = digests_start,
	.next = digests_next,
	.stop = digests_stop,
	.show = digests_show,
};

static int digests_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &digests_seq_ops, sizeof(struct digest_place));
}

static const struct file_operations digests_fops = {
	.open = digests_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_private,
};

static bool is_visible(const struct clip_exception_entry *entry)
{
	u64 from = entry->xid;
	const struct clip_context *ctx = clip_context_find_rcu(&from);

	return ctx && clip_context_visible(ctx);
}

static int exceptions_show(struct seq_file *seq, void *unused)
{
	const u64 now = ktime_get_boottime_ns();
	const struct clip_exception_entry *entry;
	u32 from = 0;

	guard(rcu)();
	while ((entry = clip_exception_next(&from))) {
		if (!is_visible(entry) || entry->end <= now)
			continue;
		seq_printf(seq, "context=%u algorithm=%u digest=%*phN seconds=%llu\n",
			   entry->xid, entry->algorithm,
			   clip_digest_size(entry->algorithm), entry->digest,
			   div_u64(entry->end - now + NSEC_PER_SEC - 1,
				   NSEC_PER_SEC));
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exceptions);

/**
 * clip_digestfs_add - Create the files "digests" and "exceptions"
 * @dir: their directory in securityfs
 *
 * Return: 0 or a negative errno value.
 */
int clip_digestfs_add(struct dentry *dir)
{
	int err = PTR_ERR_OR_ZERO(securityfs_create_file("digests", 0400, dir,
							 NULL, &digests_fops));

	return err ?: PTR_ERR_OR_ZERO(securityfs_create_file("exceptions",
							     0400, dir, NULL,
							     &exceptions_fops));
}
