/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: events for netlink listeners
 */
#ifndef _SECURITY_CLIP_REPORT_EVENTS_H
#define _SECURITY_CLIP_REPORT_EVENTS_H

#include <linux/jump_label.h>
#include <linux/types.h>

#include "report/event.h"

struct clip_context;
struct clip_entry;
struct clip_verdict;

#ifdef CONFIG_SECURITY_CLIP_EVENTS

/* Enabled once a listener has joined the group of creations, or of grants. */
DECLARE_STATIC_KEY_FALSE(clip_creations_watched);
DECLARE_STATIC_KEY_FALSE(clip_grants_watched);

void clip_events_send(const struct clip_event *event);
bool clip_events_may_listen(const struct clip_context *ctx);
bool clip_events_are_heard(void);

/* found.c */
void clip_events_add_digest(enum clip_report_kind report,
			    const struct clip_context *ctx, struct file *file,
			    const struct clip_entry *entry,
			    struct clip_verdict *verdict);

#else

static inline void clip_events_send(const struct clip_event *event)
{
}

static inline bool clip_events_are_heard(void)
{
	return false;
}

static inline void clip_events_add_digest(enum clip_report_kind report,
					  const struct clip_context *ctx,
					  struct file *file,
					  const struct clip_entry *entry,
					  struct clip_verdict *verdict)
{
}

#endif /* CONFIG_SECURITY_CLIP_EVENTS */

/**
 * clip_matches_are_reported - Can matches of files have a listener?
 *
 * Only listeners receive events of files that match their entries, and most
 * files that a system executes do. Such an event is not built before the first
 * listener joins.
 *
 * Return: True if a listener has joined the group of grants, false otherwise.
 */
static __always_inline bool clip_matches_are_reported(void)
{
#ifdef CONFIG_SECURITY_CLIP_EVENTS
	return static_branch_unlikely(&clip_grants_watched);
#else
	return false;
#endif
}

#endif /* _SECURITY_CLIP_REPORT_EVENTS_H */
