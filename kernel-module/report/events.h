/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: events, told to those who listen
 */
#ifndef _SECURITY_CLIP_REPORT_EVENTS_H
#define _SECURITY_CLIP_REPORT_EVENTS_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct clip_context;
struct clip_event;

#ifdef CONFIG_SECURITY_CLIP_EVENTS

/* Somebody has joined the group of creations. */
DECLARE_STATIC_KEY_FALSE(clip_creations_watched);

void clip_events_send(const struct clip_event *event);
bool clip_events_may_listen(const struct clip_context *ctx);

#else

static inline void clip_events_send(const struct clip_event *event)
{
}

#endif /* CONFIG_SECURITY_CLIP_EVENTS */

#endif /* _SECURITY_CLIP_REPORT_EVENTS_H */
