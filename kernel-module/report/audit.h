/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: audit records of refusals
 */
#ifndef _SECURITY_CLIP_REPORT_AUDIT_H
#define _SECURITY_CLIP_REPORT_AUDIT_H

struct clip_event;

#ifdef CONFIG_AUDIT

void clip_audit(const struct clip_event *event);

#else

static inline void clip_audit(const struct clip_event *event)
{
}

#endif /* CONFIG_AUDIT */

#endif /* _SECURITY_CLIP_REPORT_AUDIT_H */
