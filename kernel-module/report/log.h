/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: messages in the kernel log
 */
#ifndef _SECURITY_CLIP_REPORT_LOG_H
#define _SECURITY_CLIP_REPORT_LOG_H

struct clip_event;

void clip_log_event(const struct clip_event *event);

#endif /* _SECURITY_CLIP_REPORT_LOG_H */
