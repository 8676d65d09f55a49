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
#include <sys/stat.h>

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
	EXPECT_PART(" file=2F6574632F7665726963746C2E642F736F20226D650A ");
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

/* The serial number of a record: records of one event have the same. */
static long serial_of(const char *record)
{
	const char *end = strchr(record, ')');

	while (end && end > record && end[-1] != ':')
		end--;
	return end ? atol(end) : -1;
}

/*
 * The fields whose values are strings from elsewhere, and may thus be in
 * hexadecimal. The audit library decodes fields with these names.
 */
static bool is_decoded(const char *name, size_t length)
{
	static const char *const names[] = {
		"path", "comm", "file", "name", "dev",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == length && !memcmp(names[i], name, length))
			return true;
	return false;
}

/* Case 20: programs that read audit records show every name, and find it. */
TEST_F(events, audit_fields_are_those_of_the_audit_library)
{
	int audit = audit_listen(true);
	char text[8192], path[8192], part[256];
	struct rule rule;
	long serial;
	pid_t pid;

	ASSERT_LE(0, audit);
	ASSERT_EQ(0, load_from(&self->rule, SOURCE, LINE));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, run_oddly(A, NULL, &pid));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_EQ(NULL, strstr(text, " rule="));
	for (char *at = text; (at = strchr(at, '"')); at++) {
		char *name = at - 1;

		while (name > text && name[-1] != ' ')
			name--;
		EXPECT_TRUE(is_decoded(name, at - 1 - name))
			TH_LOG("'%.*s' is not decoded", (int)(at - name), name);
		at = strchr(at + 1, '"');
		ASSERT_NE(NULL, at);
	}
	serial = serial_of(text);
	/* The file is in a record of the event in which it is looked for. */
	ASSERT_TRUE(audit_read_path(audit, path, sizeof(path), WAIT_MS));
	EXPECT_EQ(serial, serial_of(path));
	EXPECT_NE(NULL, strstr(path, " name=\"" A "\" "));
	snprintf(part, sizeof(part), " inode=%lu ", self->st.st_ino);
	EXPECT_NE(NULL, strstr(path, part));
	EXPECT_NE(NULL, strstr(path, " mode=0100755 ouid=0 ogid=0 "));

	/* A refusal that is about no file has no such record. */
	ASSERT_EQ(0, rule_for(&rule, A, 1U << 31));
	EXPECT_EQ(EINVAL, load(&rule));
	ASSERT_TRUE(audit_read(audit, text, sizeof(text), WAIT_MS));
	EXPECT_NE(NULL, strstr(text, " op=commit "));
	EXPECT_FALSE(audit_read_path(audit, path, sizeof(path), 200));
	close(audit_listen(false));
	close(audit);
}

TEST_HARNESS_MAIN
