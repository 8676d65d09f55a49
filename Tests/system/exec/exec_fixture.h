/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A copy of the probe, and a rule for it that forces NET_BIND_SERVICE.
 */
#ifndef CLIP_TESTS_EXEC_FIXTURE_H
#define CLIP_TESTS_EXEC_FIXTURE_H

#include "active.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/exec"
#define A	DIR "/a"
#define COPY	DIR "/copy"

FIXTURE(exec)
{
	struct rule rule;	/* forces NET_BIND_SERVICE */
};

FIXTURE_SETUP(exec)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
}

FIXTURE_TEARDOWN(exec)
{
	umount2(DIR, MNT_DETACH);
}

#endif /* CLIP_TESTS_EXEC_FIXTURE_H */
