// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The size of every structure that crosses the boundary is pinned here, on the
 * tools' side: a change of the header then stops the build instead of shifting
 * fields under a tool that believes in the old layout.
 */
#include "shim.h"

_Static_assert(sizeof(struct clip_image_header) == 64, "clip_image_header");
_Static_assert(sizeof(struct clip_image_entry) == 128, "clip_image_entry");
_Static_assert(sizeof(struct clip_info) == 144, "clip_info");
_Static_assert(sizeof(struct clip_result) == 16, "clip_result");
_Static_assert(sizeof(struct clip_commit) == 96, "clip_commit");
_Static_assert(sizeof(struct clip_query) == 216, "clip_query");
_Static_assert(sizeof(struct clip_context_args) == 56, "clip_context_args");
_Static_assert(sizeof(struct clip_exception) == 88, "clip_exception");
_Static_assert(sizeof(struct clip_permissive) == 16, "clip_permissive");
_Static_assert(sizeof(struct clip_run_allowed) == 16, "clip_run_allowed");
_Static_assert(sizeof(struct clip_ask) == 16, "clip_ask");
_Static_assert(sizeof(struct clip_context_address) == 40, "clip_context_address");
_Static_assert(sizeof(struct clip_context_setup) == 24, "clip_context_setup");
_Static_assert(sizeof(struct clip_context_arm) == 16, "clip_context_arm");
_Static_assert(sizeof(struct clip_context_bind) == 80, "clip_context_bind");
_Static_assert(sizeof(struct clip_context_info) == 152, "clip_context_info");
_Static_assert(sizeof(struct clip_context_kill) == 16, "clip_context_kill");
_Static_assert(sizeof(struct clip_context_of) == 32, "clip_context_of");
_Static_assert(sizeof(struct clip_device_rule) == 24, "clip_device_rule");
_Static_assert(sizeof(struct clip_device_commit) == 72, "clip_device_commit");
_Static_assert(sizeof(struct clip_device_list) == 40, "clip_device_list");

_Static_assert(offsetof(struct clip_image_header, checksum) == 56, "checksum");
_Static_assert(offsetof(struct clip_image_entry, digest) == 64, "digest");

static const char *const reason_names[] = { CLIP_REASON_NAMES };
static const char *const event_names[] = { CLIP_EVENT_NAMES };
static const char *const feature_names[] = { CLIP_FEATURE_NAMES_LIST };
static const char *const level_names[] = { CLIP_LEVEL_NAMES };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *clip_reason_name(unsigned int reason)
{
	return reason < COUNT(reason_names) ? reason_names[reason] : NULL;
}

const char *clip_event_name(unsigned int kind)
{
	return kind < COUNT(event_names) ? event_names[kind] : NULL;
}

const char *clip_feature_name(unsigned int bit)
{
	return bit < COUNT(feature_names) ? feature_names[bit] : NULL;
}

const char *clip_level_name(unsigned int bit)
{
	return bit < COUNT(level_names) ? level_names[bit] : NULL;
}
