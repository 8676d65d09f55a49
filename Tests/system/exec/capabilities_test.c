// SPDX-License-Identifier: GPL-2.0-only
/*
 * The capability sets after exec of a listed file, from those before it, from
 * the file's attribute and from the entry (EX-10, EX-27).
 */
#include "device.h"
#include "exec_fixture.h"
#include "image.h"
#include "process.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

static int set_inheritable(void *data)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];
	const uint64_t *mask = data;

	if (syscall(SYS_capget, &header, caps))
		return errno;
	caps[0].inheritable = *mask;
	caps[0].permitted |= *mask;
	return syscall(SYS_capset, &header, caps) ? errno : 0;
}

/*
 * Becomes a user with an inheritable set: capabilities are kept over setuid().
 */
static int user_with_inheritable(void *data)
{
	int err = set_inheritable(data);

	if (!err && (setgid(USER_ID) || setuid(USER_ID)))
		err = errno;
	return err;
}

/* EX-27, path of trust: E=X P=- I=X. */
TEST_F(exec, inheritable_path_of_trust)
{
	uint64_t mask = BIND, other = KILL;
	struct probe p;

	self->rule.permitted = 0;
	self->rule.inheritable = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(EACCES, p.bound);
	p = probe_run_fn(A, 0, user_with_inheritable, &other);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(KILL, p.inheritable);
	p = probe_run_fn(A, 0, user_with_inheritable, &mask);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(BIND, p.permitted);
	EXPECT_EQ(BIND, p.effective);
	EXPECT_EQ(BIND, p.inheritable);
	EXPECT_EQ(0, p.bound);
}

/*
 * EX-10, EX-27, spreader: the next program gets the capability, this one does
 * not.
 */
TEST_F(exec, forced_inheritance)
{
	uint64_t mask = KILL;
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_INHERIT;
	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.inheritable = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(BIND, p.inheritable);
	p = probe_run_fn(A, 0, user_with_inheritable, &mask);
	EXPECT_EQ(BIND | KILL, p.inheritable);
}

/* A capability outside the bounding set is not granted. */
static int drop_from_bound(void *unused)
{
	if (prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE) ||
	    setgid(USER_ID) || setuid(USER_ID))
		return errno;
	return 0;
}

TEST_F(exec, bounding_set_limits_the_grant)
{
	struct probe p;

	self->rule.effective |= KILL;
	self->rule.permitted |= KILL;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, 0, drop_from_bound, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(KILL, p.permitted);
	EXPECT_EQ(KILL, p.effective);
	EXPECT_EQ(EACCES, p.bound);
	p = probe_run(A, USER_ID);
	EXPECT_EQ(BIND | KILL, p.permitted);
}

/*
 * Root keeps its capabilities, and a listed program of root is protected too.
 */
TEST_F(exec, root_keeps_its_capabilities)
{
	struct probe listed, plain = probe_run(A, 0);

	ASSERT_EQ(0, load(&self->rule));
	listed = probe_run(A, 0);
	EXPECT_EQ(0, listed.error);
	EXPECT_EQ(plain.permitted, listed.permitted);
	EXPECT_EQ(plain.effective, listed.effective);
	EXPECT_EQ(0, plain.secure);
	EXPECT_EQ(1, listed.secure);
	EXPECT_EQ(0, listed.dumpable);
}

/* The entry decides what a listed file gets, not its extended attribute. */
TEST_F(exec, entry_overrules_file_capabilities)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = RAW } },
	};
	struct probe p;

	ASSERT_EQ(0, setxattr(A, "security.capability", &caps, sizeof(caps),
			      0));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(RAW, p.effective);
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
	ASSERT_EQ(0, unload(A));
	self->rule.effective = 0;
	self->rule.permitted = 0;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(0, p.effective);
}

static int user_with_ambient(void *data)
{
	int err = set_inheritable(data);

	if (err)
		return err;
	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(USER_ID) || setuid(USER_ID))
		return errno;
	err = set_inheritable(data);
	if (err)
		return err;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0) ?
	       errno : 0;
}

/*
 * Nor does the ambient set decide, and the next program can still exec (trap
 * 8).
 */
TEST_F(exec, entry_overrules_ambient_set)
{
	uint64_t mask = KILL;
	struct probe p = probe_run_fn(A, 0, user_with_ambient, &mask);

	EXPECT_EQ(0, p.error);
	EXPECT_EQ(KILL, p.ambient);
	EXPECT_EQ(KILL, p.effective);
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, 0, user_with_ambient, &mask);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.ambient);
	EXPECT_EQ(BIND, p.permitted);
	EXPECT_EQ(BIND, p.effective);
	EXPECT_EQ(KILL, p.inheritable);
}

TEST_HARNESS_MAIN
