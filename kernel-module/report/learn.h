/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: permitted refusals, each reported once
 */
#ifndef _SECURITY_CLIP_REPORT_LEARN_H
#define _SECURITY_CLIP_REPORT_LEARN_H

#include <linux/types.h>

struct clip_event;

#ifdef CONFIG_SECURITY_CLIP_EVENTS

void clip_learn_restart(void);
bool clip_learn_is_known(const struct clip_event *event);
void clip_learn_sent(const struct clip_event *event);

#endif /* CONFIG_SECURITY_CLIP_EVENTS */

#endif /* _SECURITY_CLIP_REPORT_LEARN_H */
