// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: where each kind of events is reported
 */
#include "core/common.h"

#include <linux/kernel.h>

#include "core/counters.h"
#include "report/event.h"

/* A refusal that is reported to the log, to listeners and to audit. */
#define REFUSAL(number, class_) \
	.kind = (number), .class = CLIP_REFUSALS_ ## class_, .counter = -1, \
	.refusal = true, .log = true, \
	.listen = true, .audit = true

const struct clip_report_rule clip_report_rules[__CLIP_REPORT_MAX] = {
	[CLIP_REPORT_EXEC] = { REFUSAL(CLIP_EVENT_EXEC, EXEC) },
	[CLIP_REPORT_CHECK] = { REFUSAL(CLIP_EVENT_CHECK, EXEC) },
	[CLIP_REPORT_MAP] = { REFUSAL(CLIP_EVENT_MAP, MEMORY) },
	[CLIP_REPORT_MEMORY] = { REFUSAL(CLIP_EVENT_MAP, MEMORY) },
	[CLIP_REPORT_COMMIT] = { REFUSAL(CLIP_EVENT_ADMIN, ADMIN) },
	[CLIP_REPORT_ADMIN] = { REFUSAL(CLIP_EVENT_ADMIN, ADMIN) },
	[CLIP_REPORT_TASK] = { REFUSAL(CLIP_EVENT_TASK, TASK), .atomic = true },
	[CLIP_REPORT_PRIVILEGE] = { REFUSAL(CLIP_EVENT_TASK, PRIVILEGE), .atomic = true },
	[CLIP_REPORT_SOCKET] = { REFUSAL(CLIP_EVENT_TASK, SOCKET), .atomic = true },
	[CLIP_REPORT_ADDRESS] = { REFUSAL(CLIP_EVENT_TASK, SOCKET), .atomic = true },
	[CLIP_REPORT_EXCHANGE] = { REFUSAL(CLIP_EVENT_TASK, SOCKET), .atomic = true },
	[CLIP_REPORT_DEVICE] = { REFUSAL(CLIP_EVENT_TASK, DEVICE), .atomic = true },
	[CLIP_REPORT_MOUNT] = { REFUSAL(CLIP_EVENT_TASK, DEVICE), .atomic = true },
	[CLIP_REPORT_OBJECT] = { REFUSAL(CLIP_EVENT_TASK, OBJECT), .atomic = true },
	[CLIP_REPORT_UNGRANTED] = {
		.kind = CLIP_EVENT_UNGRANTED, .counter = CLIP_COUNT_UNGRANTED,
		.log = true, .listen = true,
	},
	[CLIP_REPORT_GRANT] = {
		.kind = CLIP_EVENT_GRANT, .counter = CLIP_COUNT_GRANTED,
		.listen = true,
	},
	[CLIP_REPORT_MATCH] = {
		.kind = CLIP_EVENT_EXEC, .counter = -1, .listen = true,
	},
	[CLIP_REPORT_CHANGE] = {
		.kind = CLIP_EVENT_ADMIN, .counter = -1, .listen = true,
	},
	[CLIP_REPORT_CREATE] = {
		.kind = CLIP_EVENT_CREATE, .counter = -1, .listen = true,
	},
	[CLIP_REPORT_REPLACED] = {
		.kind = CLIP_EVENT_REPLACED, .counter = -1, .log = true,
		.listen = true,
	},
};

/**
 * clip_event_act - Get the name of the act of an event, as listeners receive it
 * @event: the event
 * @text: receives the name, which starts with the name of the kind for
 *	those of sockets, addresses, exchanges and devices
 * @size: size of @text in bytes
 *
 * Return: True if the event has such a name, false otherwise.
 */
bool clip_event_act(const struct clip_event *event, char *text, size_t size)
{
	if (!event->act)
		return false;
	snprintf(text, size, "%s%s",
		 event->report == CLIP_REPORT_SOCKET ? "socket " :
		 event->report == CLIP_REPORT_ADDRESS ? "address " :
		 event->report == CLIP_REPORT_EXCHANGE ? "exchange " :
		 event->report == CLIP_REPORT_DEVICE ? "device " : "",
		 event->act);
	return true;
}
