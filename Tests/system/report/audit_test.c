// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audit records (LG-*): one for each refusal, and none for success.
 */
#include "audit.h"
#include "device.h"
#include "events.h"
#include "events_fixture.h"
#include "files.h"
#include "image.h"

#include <signal.h>

#include "kselftest_harness.h"

/* Each kind of refusal makes one record. Success makes none. */
TEST_F(events, audit_records)
{
	static const char *const args[] = { "anon", "-" };
	int audit = audit_listen(true);
	char text[8192], part[256];
	struct rule rule;
	pid_t pid;

	ASSERT_LE(0, audit);
#define EXPECT_PART(...) do { \
	snprintf(part, sizeof(part), __VA_ARGS__); \
	EXPECT_NE(NULL, strstr(text, part)) \
		TH_LOG("no '%s' in: %s", part, text); \
} while (0)
	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	EXPECT_EQ(0, run_oddly(A, NULL, &pid));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, run_oddly(A, NULL, &pid));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=exec reason=digest-mismatch errno=%d enforced=1 ",
		    EACCES);
	EXPECT_PART(" context=0 pid=%d uid=%d auid=%u ", pid, USER_ID, -1);
	/*
	 * Names with special bytes are in hexadecimal: "a \"", escape, 0xff,
	 * "=".
	 */
	EXPECT_PART(" comm=6120221BFF3D path=\"%s\" ", A);
	EXPECT_PART(" ino=%lu ", self->st.st_ino);
	EXPECT_PART(" wanted=%02x%02x", self->rule.digest[0],
		    self->rule.digest[1]);
	EXPECT_PART(" found=");
	EXPECT_PART(" rule=2F6574632F7665726963746C2E642F736F20226D650A ");
	EXPECT_PART(" line=%d ", LINE);
	EXPECT_PART(" res=0");

	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/mapper", MAPPER, 0755));
	ASSERT_EQ(0, rule_for(&rule, MAPPER, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_NEEDLIBS));
	ASSERT_EQ(0, load(&rule));
	EXPECT_EQ(-SIGKILL, run_oddly(MAPPER, args, &pid));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=map reason=wx-memory errno=%d ", EACCES);

	pid = refused_signal(self->raised.pid, 1);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=signal reason=permission errno=%d ", EPERM);
	EXPECT_PART(" pid=%d ", pid);
	EXPECT_PART(" target=%d ", self->raised.pid);

	rule.flags = 1U << 31;
	EXPECT_EQ(EINVAL, load(&rule));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" op=commit reason=bad-flags errno=%d ", EINVAL);

	/*
	 * While audit is off there is no record: the next one is of a later
	 * refusal.
	 */
	close(audit_listen(false));
	EXPECT_EQ(EINVAL, load(&rule));
	close(audit_listen(true));
	pid = refused_signal(self->raised.pid, 1);
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_PART(" pid=%d ", pid);
	close(audit_listen(false));
	close(audit);
}

TEST_HARNESS_MAIN
