// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: requiring privileges for acts on sockets
 */
#include "core/common.h"

#include <linux/errno.h>

#include "core/cred_blob.h"
#include "network/privilege.h"
#include "network/rules.h"
#include "privilege/require.h"
#include "report/report.h"

static void report(int family, enum clip_net_act act, u64 needs, bool any)
{
	clip_report(&(const struct clip_event) {
		.report = CLIP_REPORT_SOCKET,
		.reason = CLIP_REASON_NO_PRIVILEGE,
		.err = -EPERM,
		.act = clip_net_act_name(act),
		.ctx = clip_cred(current_cred())->context,
		.family = family,
		.needs = needs,
		.any = any,
	});
}

/**
 * clip_net_require_all - Require all privileges that an act needs
 * @family: address family of the socket
 * @act: the act, for the report
 * @needs: CLIP_PRIV_*
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_net_require_all(int family, enum clip_net_act act, u64 needs)
{
	if (clip_has_privileges(needs, CLIP_REQUIRE_ALL))
		return 0;
	report(family, act, needs, false);
	return -EPERM;
}

/**
 * clip_net_require_any - Require one of the privileges for an act
 * @family: address family of the socket
 * @act: the act, for the report
 * @needs: CLIP_PRIV_*; 0 if the act needs no privilege
 *
 * Return: 0, or -EPERM after a report.
 */
int clip_net_require_any(int family, enum clip_net_act act, u64 needs)
{
	if (!needs || clip_has_privileges(needs, CLIP_REQUIRE_ANY))
		return 0;
	report(family, act, needs, true);
	return -EPERM;
}
