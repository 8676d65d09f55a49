// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the features of this kernel and the size of its tables
 */
#include "core/common.h"

#include <linux/kconfig.h>

#include "context/caller.h"
#include "core/latch.h"
#include "digest/content.h"
#include "interface/info.h"
#include "store/allowlist.h"
#include "store/context.h"
#include "store/entry.h"

/**
 * clip_info_fill - Describe this kernel and the store
 * @info: receives all fields but @size and @context
 *
 * Context: May sleep.
 */
void clip_info_fill(struct clip_info *info)
{
	const struct clip_allow *set;
	struct clip_context *ctx;

	*info = (struct clip_info) {
		.abi_version = CLIP_ABI_VERSION,
		.image_version = CLIP_IMAGE_VERSION,
		.features = CLIP_FEATURE_EXEC | CLIP_FEATURE_CAPS |
			    CLIP_FEATURE_LIBS | CLIP_FEATURE_CONTEXTS |
			    CLIP_FEATURE_ALLOW,
		.algorithms = clip_digest_usable_mask(),
		.flags_known = CLIP_ENTRY_ALL,
		.flags_enforced = CLIP_ENTRY_ALL,
		.privileges_known = CLIP_PRIV_ALL,
		.privileges_enforced = CLIP_PRIVS_ENFORCED,
		.capabilities = CLIP_CAPS_ACCEPTED,
		.generation = clip_store_generation(),
		.levels_enforced = CLIP_LEVELS_ENFORCED,
		.contexts = clip_context_count(),
		.update_context = clip_update_context(),
	};
	guard(rcu)();
	clip_context_for_each_rcu(ctx) {
		info->entries += atomic_long_read(&ctx->table.nr_entries);
		info->entry_bytes += atomic_long_read(&ctx->table.entry_bytes);
		info->name_bytes += atomic_long_read(&ctx->table.name_bytes);
		info->table_bytes += clip_table_bytes(&ctx->table);
		set = clip_allow_in_force(&ctx->allow);
		info->digests += clip_allow_count(set);
		info->digest_bytes += set ? set->bytes : 0;
	}
	if (IS_ENABLED(CONFIG_SECURITY_CLIP_NAMES))
		info->features |= CLIP_FEATURE_NAMES;
	if (IS_ENABLED(CONFIG_SECURITY_CLIP_EVENTS))
		info->features |= CLIP_FEATURE_EVENTS;
	if (IS_ENABLED(CONFIG_SECURITY_CLIP_SIGNED))
		info->features |= CLIP_FEATURE_SIGNED;
}
