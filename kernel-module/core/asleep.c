// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: hooks that cost nothing until they are needed
 *
 * The kernel jumps over a hook that no module has. The key of such a jump is
 * turned on when a module registers a hook; here it is turned off again until
 * something happens without which the hook has nothing to say. It is never turned
 * off a second time: what a hook has noted must not be lost.
 */
#include "core/common.h"

#include <linux/cache.h>
#include <linux/cleanup.h>
#include <linux/jump_label.h>
#include <linux/mutex.h>
#include <linux/panic.h>

#include "core/asleep.h"

#define GROUPS_MAX	32

/**
 * struct group - Hooks that wait for the same, or a key
 * @hooks: the hooks
 * @count: number of them
 * @key: the key, which is off; or NULL
 * @until: CLIP_WAKE_*; each of them ends the sleep
 */
struct group {
	struct security_hook_list *hooks;
	int count;
	struct static_key_false *key;
	unsigned int until;
};

static struct group groups[GROUPS_MAX] __ro_after_init;
static int nr_groups __ro_after_init;

/* CLIP_WAKE_* that have happened. Bits are added under the lock. */
static DEFINE_MUTEX(lock);
static unsigned int happened;

static struct static_key_false *key_of(const struct security_hook_list *hook)
{
	for (int i = 0; i < MAX_LSM_COUNT; i++)
		if (hook->scalls[i].hl == hook)
			return hook->scalls[i].active;
	return NULL;
}

static void __init add(const struct group *group)
{
	if (nr_groups >= GROUPS_MAX)
		panic("clip: more groups of sleeping hooks than GROUPS_MAX\n");
	groups[nr_groups++] = *group;
}

/**
 * clip_add_sleeping_hooks - Register hooks that are not called for now
 * @hooks: the hooks
 * @count: number of them
 * @until: CLIP_WAKE_*; the first that happens lets the hooks be called
 */
void __init clip_add_sleeping_hooks(struct security_hook_list *hooks, int count,
				    unsigned int until)
{
	add(&(const struct group) {
		.hooks = hooks, .count = count, .until = until,
	});
	security_add_hooks(hooks, count, &clip_lsm_id);
	for (int i = 0; i < count; i++)
		static_branch_disable(key_of(&hooks[i]));
}

/**
 * clip_add_sleeping_key - Turn on a key at some time
 * @key: the key, which is off
 * @until: CLIP_WAKE_*; the first that happens turns it on
 */
void __init clip_add_sleeping_key(struct static_key_false *key,
				  unsigned int until)
{
	add(&(const struct group) { .key = key, .until = until });
}

static void wake(const struct group *group)
{
	for (int i = 0; i < group->count; i++)
		static_branch_enable(key_of(&group->hooks[i]));
	if (group->key)
		static_branch_enable(group->key);
}

/**
 * clip_wake_hooks - Let the hooks that wait for something be called from now on
 * @event: one of CLIP_WAKE_*, before it takes effect
 *
 * Context: May sleep.
 */
void clip_wake_hooks(unsigned int event)
{
	/* The hooks are called when it is set; pairs with the store below. */
	if (smp_load_acquire(&happened) & event)
		return;
	guard(mutex)(&lock);
	for (const struct group *group = groups; group < groups + nr_groups;
	     group++)
		if (group->until & event)
			wake(group);
	/* All processors call them before the event is known to have happened. */
	smp_store_release(&happened, happened | event);
}
