/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: budgets of log lines and of events
 */
#ifndef _SECURITY_CLIP_REPORT_BUDGET_H
#define _SECURITY_CLIP_REPORT_BUDGET_H

#include <linux/types.h>

struct clip_event;

/**
 * enum clip_budget_for - Receivers whose budgets are apart
 * @CLIP_BUDGET_LOG: the kernel log
 * @CLIP_BUDGET_EVENTS: the listeners of the group "events"
 */
enum clip_budget_for {
	CLIP_BUDGET_LOG,
	CLIP_BUDGET_EVENTS,
};

bool clip_budget_take(enum clip_budget_for receiver,
		      const struct clip_event *event);

#endif /* _SECURITY_CLIP_REPORT_BUDGET_H */
