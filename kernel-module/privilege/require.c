// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: required privileges
 */
#include "core/common.h"

#include <linux/errno.h>

#include "privilege/require.h"
#include "report/report.h"

/**
 * clip_require - Require privileges of the current task
 * @act: name of the act, for the report
 * @needs: CLIP_PRIV_*, all of which the act needs
 *
 * Return: 0 if the current task has all of them, or -EPERM after a report.
 */
int clip_require(const char *act, u64 needs)
{
	if (clip_has_privileges(needs, CLIP_REQUIRE_ALL))
		return 0;
	clip_report_privilege(act, needs);
	return -EPERM;
}
