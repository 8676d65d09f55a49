// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listed scripts and their interpreters (EX-01, EX-02, EX-09, EX-15 to EX-20).
 * The probe plays the interpreter.
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"
#include "script.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

FIXTURE(script)
{
	struct rule script;	/* forces NET_BIND_SERVICE */
	struct rule interp;	/* empty */
};

FIXTURE_SETUP(script)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, write_script(S, A));
	ASSERT_EQ(0, rule_for(&self->script, S, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_SCRIPT));
	self->script.effective = BIND;
	self->script.permitted = BIND;
	ASSERT_EQ(0, rule_for(&self->interp, A, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_INTERP));
	ASSERT_EQ(0, mkdir(SIDE, 0755));
}

FIXTURE_TEARDOWN(script)
{
	umount2(MISC, MNT_DETACH);
	umount2(DIR, MNT_DETACH);
}

/* EX-01, EX-15, EX-16: the grant passes to an interpreter that has an entry. */
TEST_F(script, grant_passes_to_interpreter)
{
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(S, USER_ID);
	/* The interpreter alone has nothing (EX-09). */
	EXPECT_PLAIN(probe_run(A, USER_ID));
	/* Nor has it with a script that is not listed. */
	ASSERT_EQ(0, unload(S));
	EXPECT_PLAIN(probe_run(S, USER_ID));
}

/*
 * EX-18, intent: without an entry of the interpreter there is no grant, and the
 * exec succeeds.
 */
TEST_F(script, unlisted_interpreter_strips)
{
	ASSERT_EQ(0, load(&self->script));
	EXPECT_STRIPPED(S, USER_ID);
	/* Also the second time, when the verdict is cached. */
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(S, USER_ID);
}

/* EX-17: without INTERP, even the interpreter's own grant is lost. */
TEST_F(script, interpreter_without_interp_strips)
{
	self->interp.flags = CLIP_ENTRY_EXE;
	self->interp.effective = BIND;
	self->interp.permitted = BIND;
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_STRIPPED(S, USER_ID);
	EXPECT_GRANTED_TO(A, USER_ID);
	/* Root keeps its own capabilities. */
	EXPECT_EQ(probe_run(PROBE, 0).permitted, probe_run(S, 0).permitted);
}

/*
 * EX-06 for an interpreter: an entry whose conditions are not met does not
 * count.
 */
TEST_F(script, ineligible_interpreter_strips)
{
	self->interp.flags |= CLIP_ENTRY_NEEDROOT;
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_STRIPPED(S, USER_ID);
	EXPECT_EQ(1, probe_run(S, 0).secure);
}

/* EX-02: without SCRIPT, only the interpreter's own entry counts. */
TEST_F(script, without_script_flag)
{
	self->script.flags = CLIP_ENTRY_EXE;
	ASSERT_EQ(0, load(&self->script));
	EXPECT_PLAIN(probe_run(S, USER_ID));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_PLAIN(probe_run(S, USER_ID));
	ASSERT_EQ(0, unload(A));
	self->interp.flags = CLIP_ENTRY_EXE;
	self->interp.effective = BIND;
	self->interp.permitted = BIND;
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(S, USER_ID);
	ASSERT_EQ(0, append_byte(S));
	EXPECT_EQ(EACCES, probe_run(S, USER_ID).error);
}

/* The flag has no effect on a program without an interpreter. */
TEST_F(script, script_flag_of_a_program)
{
	self->interp.flags = CLIP_ENTRY_EXE | CLIP_ENTRY_SCRIPT;
	self->interp.effective = BIND;
	self->interp.permitted = BIND;
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(A, USER_ID);
}

/* EX-07: each file of the chain is verified. */
TEST_F(script, changed_files_do_not_run)
{
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_EQ(0, probe_run(S, USER_ID).error);
	ASSERT_EQ(0, append_byte(S));
	EXPECT_EQ(EACCES, probe_run(S, USER_ID).error);
	ASSERT_EQ(0, unload(S));
	EXPECT_EQ(0, probe_run(S, USER_ID).error);
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, probe_run(S, USER_ID).error);
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

static int user_keeping(uint64_t caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
	};

	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(USER_ID) || setuid(USER_ID) ||
	    syscall(SYS_capset, &header, data))
		return errno;
	return 0;
}

/*
 * The chain loses its grant and then fails: the caller's credentials must be
 * unchanged.
 */
static int fail_and_compare(void *unused)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	char *const argv[] = { S, NULL };
	int err = user_keeping(BOTH);

	if (err)
		return err;
	execv(S, argv);
	if (errno != EACCES)
		return errno;
	if (syscall(SYS_capget, &header, data))
		return errno;
	return data[0].effective == BOTH && data[0].permitted == BOTH ?
	       0 : ENODATA;
}

/* EX-17: the original code emptied the caller's own credentials. */
TEST_F(script, caller_keeps_its_credentials)
{
	ASSERT_EQ(0, write_script(S, MID));
	ASSERT_EQ(0, rule_for(&self->script, S, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_SCRIPT));
	ASSERT_EQ(0, write_script(MID, A));
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(0, probe_run_fn(PROBE, 0, fail_and_compare, NULL).error);
}

FIXTURE(cut)
{
	struct rule script;
	struct rule interp;
};

FIXTURE_VARIANT(cut)
{
	uint64_t effective, permitted;	/* of the interpreter */
	uint64_t want_effective, want_permitted;
};

FIXTURE_VARIANT_ADD(cut, empty_limits_nothing)
{
	.want_effective = BOTH, .want_permitted = BOTH,
};

FIXTURE_VARIANT_ADD(cut, one_of_two)
{
	.effective = BIND, .permitted = BIND,
	.want_effective = BIND, .want_permitted = BIND,
};

FIXTURE_VARIANT_ADD(cut, each_mask_on_its_own)
{
	.effective = BIND, .permitted = BOTH,
	.want_effective = BIND, .want_permitted = BOTH,
};

FIXTURE_VARIANT_ADD(cut, others_add_nothing)
{
	.effective = RAW, .permitted = RAW,
};

FIXTURE_SETUP(cut)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, write_script(S, A));
	ASSERT_EQ(0, rule_for(&self->script, S, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_SCRIPT));
	self->script.effective = BOTH;
	self->script.permitted = BOTH;
	ASSERT_EQ(0, rule_for(&self->interp, A, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_INTERP));
}

FIXTURE_TEARDOWN(cut)
{
	umount2(DIR, MNT_DETACH);
}

/* EX-16 */
TEST_F(cut, by_the_interpreter)
{
	struct probe p;

	self->interp.effective = variant->effective;
	self->interp.permitted = variant->permitted;
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	p = probe_run(S, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(variant->want_effective, p.effective);
	EXPECT_EQ(variant->want_permitted, p.permitted);
	/* The task is protected even if nothing is left. */
	EXPECT_EQ(1, p.secure);
	EXPECT_EQ(0, p.dumpable);
	/* Root's own capabilities are cut too, unless the group is empty. */
	p = probe_run(S, 0);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(variant->permitted ?: probe_run(PROBE, 0).permitted,
		  p.permitted);
}

/*
 * EX-16: privileges are a group of their own, and a privilege protects the
 * task.
 */
TEST_F(script, privileges)
{
	struct probe p;

	self->script.effective = 0;
	self->script.permitted = 0;
	self->script.privileges = CLIP_PRIV_NETLINK;
	self->interp.privileges = CLIP_PRIV_NETLINK | CLIP_PRIV_XFRMSP;
	ASSERT_EQ(0, load(&self->script));
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, load(&self->interp));
	p = probe_run(S, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(1, p.secure);
	EXPECT_EQ(0, p.dumpable);
}

/* EX-20: the interpreter's flags count; inheritance needs both entries. */
TEST_F(script, flags_after_the_script)
{
	self->script.effective = 0;
	self->script.permitted = 0;
	self->script.inheritable = BIND;
	self->script.flags |= CLIP_ENTRY_INHERIT;
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_EQ(0, probe_run(S, USER_ID).inheritable);
	ASSERT_EQ(0, unload(A));
	self->interp.flags |= CLIP_ENTRY_INHERIT;
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_EQ(BIND, probe_run(S, USER_ID).inheritable);
	ASSERT_EQ(0, unload(S));
	self->script.flags &= ~CLIP_ENTRY_INHERIT;
	ASSERT_EQ(0, load(&self->script));
	EXPECT_EQ(0, probe_run(S, USER_ID).inheritable);
}

/* EX-08, EX-19, intent: a nosuid mount anywhere in the chain ends the grant. */
TEST_F(script, nosuid_interpreter_strips)
{
	ASSERT_EQ(0, mount("tmpfs", SIDE, "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, copy_file(PROBE, SIDE "/a", 0755));
	ASSERT_EQ(0, write_script(S, SIDE "/a"));
	ASSERT_EQ(0, rule_for(&self->script, S, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_SCRIPT));
	self->script.effective = BIND;
	self->script.permitted = BIND;
	self->interp.path = SIDE "/a";
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(S, USER_ID);
	ASSERT_EQ(0, mount(NULL, SIDE, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL));
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, mount(NULL, SIDE, NULL, MS_REMOUNT | MS_BIND, NULL));
	EXPECT_GRANTED_TO(S, USER_ID);
	ASSERT_EQ(0, mount(NULL, DIR, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL));
	EXPECT_STRIPPED(S, USER_ID);
	umount(SIDE);
}

/*
 * A filesystem whose content can change after it was verified: no entry refers
 * to an interpreter there, so it takes the grant from every script.
 */
TEST_F(script, untrusted_interpreter_strips)
{
	ASSERT_EQ(0, mkdir(SIDE "/upper", 0755));
	ASSERT_EQ(0, mkdir(SIDE "/work", 0755));
	ASSERT_EQ(0, mkdir(SIDE "/merged", 0755));
	ASSERT_EQ(0, mkdir(SIDE "/lower", 0755));
	ASSERT_EQ(0, mount("o", SIDE "/merged", "overlay", 0, "lowerdir=" SIDE
			   "/lower,upperdir=" SIDE "/upper,workdir=" SIDE
			   "/work"));
	ASSERT_EQ(0, copy_file(PROBE, SIDE "/merged/b", 0755));
	ASSERT_EQ(0, write_script(S, SIDE "/merged/b"));
	ASSERT_EQ(0, rule_for(&self->script, S, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_SCRIPT));
	self->script.effective = BIND;
	self->script.permitted = BIND;
	self->interp.path = SIDE "/merged/b";
	ASSERT_EQ(0, load(&self->script));
	EXPECT_EQ(EOPNOTSUPP, load(&self->interp));
	EXPECT_STRIPPED(S, USER_ID);
	umount(SIDE "/merged");
}

/* A chain of interpreters: each cuts the grant, and none may lack its entry. */
TEST_F(script, several_interpreters)
{
	struct rule mid;
	struct probe p;

	ASSERT_EQ(0, write_script(MID, A));
	ASSERT_EQ(0, write_script(S, MID));
	ASSERT_EQ(0, rule_for(&mid, MID, CLIP_ENTRY_EXE | CLIP_ENTRY_INTERP));
	ASSERT_EQ(0, rule_for(&self->script, S, CLIP_ENTRY_EXE |
			      CLIP_ENTRY_SCRIPT));
	self->script.effective = BOTH | RAW;
	self->script.permitted = BOTH | RAW;
	mid.effective = BOTH;
	mid.permitted = BOTH;
	self->interp.effective = BIND | RAW;
	self->interp.permitted = BIND | RAW;
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, load(&mid));
	EXPECT_GRANTED_TO(S, USER_ID);
	/* The script in the middle is opened by its name as well. */
	ASSERT_EQ(0, chmod(MID, 0775));
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, chmod(MID, 0755));
	EXPECT_GRANTED_TO(S, USER_ID);
	/* The entry of the last interpreter is missing. */
	ASSERT_EQ(0, unload(A));
	EXPECT_STRIPPED(S, USER_ID);
	/* A chain without a grant is still verified to its end. */
	self->interp.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->interp));
	ASSERT_EQ(0, unload(MID));
	p = probe_run(S, USER_ID);
	EXPECT_EQ(EACCES, p.error);
}

/*
 * There is no grant if another user can write to the script or to a directory
 * above it.
 */
TEST_F(script, script_must_be_guarded)
{
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(S, USER_ID);
	ASSERT_EQ(0, chown(S, USER_ID, 0));
	EXPECT_STRIPPED(S, USER_ID);
	EXPECT_STRIPPED(S, USER_ID + 1);
	ASSERT_EQ(0, chown(S, 0, 0));
	ASSERT_EQ(0, chmod(S, 0775));
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, chmod(S, 0757));
	EXPECT_STRIPPED(S, USER_ID);
	ASSERT_EQ(0, chmod(S, 0555));
	EXPECT_GRANTED_TO(S, USER_ID);
}

static int run_script(void *unused)
{
	return probe_run(S, USER_ID).error;
}

static bool reason_logged(const char *text)
{
	const char *const parts[] = { "clip: no grant at exec: ", text, NULL };

	return log_shows(run_script, NULL, 0, parts);
}

/*
 * The log distinguishes a script that others can write from a missing
 * interpreter.
 */
TEST_F(script, reason_is_logged)
{
	ASSERT_EQ(0, load(&self->script));
	EXPECT_TRUE(reason_logged("reason=12 (interpreter) "));
	ASSERT_EQ(0, load(&self->interp));
	ASSERT_EQ(0, chmod(S, 0775));
	EXPECT_TRUE(reason_logged("reason=29 (script) "));
}

TEST_F(script, directory_must_be_guarded)
{
	const mode_t bad[] = { 0775, 0757, 01777 };

	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, chmod(DIR, bad[i]));
		EXPECT_STRIPPED(S, USER_ID);
	}
	ASSERT_EQ(0, chmod(DIR, 0755));
	EXPECT_GRANTED_TO(S, USER_ID);
	ASSERT_EQ(0, chown(DIR, USER_ID, 0));
	EXPECT_STRIPPED(S, USER_ID);
}

/* Further up, a sticky bit is enough, as in /tmp. */
TEST_F(script, directories_above_must_be_guarded)
{
	static const char deep[] = SIDE "/deep/s";

	ASSERT_EQ(0, mkdir(SIDE "/deep", 0755));
	ASSERT_EQ(0, rename(S, deep));
	self->script.path = deep;
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_GRANTED_TO(deep, USER_ID);
	ASSERT_EQ(0, chmod(SIDE, 0777));
	EXPECT_STRIPPED(deep, USER_ID);
	ASSERT_EQ(0, chmod(SIDE, 01777));
	EXPECT_GRANTED_TO(deep, USER_ID);
	ASSERT_EQ(0, chown(SIDE, USER_ID, 0));
	EXPECT_STRIPPED(deep, USER_ID);
}

static int exec_script(void *path)
{
	char *const argv[] = { path, NULL };

	if (chdir(DIR))
		return errno;
	execv(path, argv);
	return errno;
}

static int exec_script_by_fd(void *unused)
{
	char *const argv[] = { S, NULL };
	int fd = open(S, O_RDONLY);

	syscall(SYS_execveat, fd, "", argv, NULL, AT_EMPTY_PATH);
	return errno;
}

/* Names that can mean another file by the time the interpreter opens them. */
TEST_F(script, name_must_be_plain)
{
	static char *const names[] = {
		"s", "./s", "../script/s", SIDE "/../s", SIDE "/link",
		DIR "//s", DIR "/./s", "/proc/self/cwd/s",
	};
	long long before;
	struct probe p;

	ASSERT_EQ(0, symlink(S, SIDE "/link"));
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		before = status_value("ungranted");
		p = probe_run_fn(S, USER_ID, exec_script, names[i]);
		EXPECT_PLAIN(p);
		EXPECT_EQ(before + 1, status_value("ungranted"));
	}
	before = status_value("ungranted");
	EXPECT_PLAIN(probe_run_fn(S, USER_ID, exec_script_by_fd, NULL));
	EXPECT_EQ(before + 1, status_value("ungranted"));
	/* Another plain name works as well. */
	ASSERT_EQ(0, link(S, SIDE "/s"));
	EXPECT_GRANTED_TO(SIDE "/s", USER_ID);
	p = probe_run_fn(S, USER_ID, exec_script, S);
	EXPECT_GRANTED(p);
}

/* EX-09 */
TEST_F(script, interpreter_entry_grants_nothing)
{
	self->interp.effective = BIND;
	self->interp.permitted = BIND;
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_STRIPPED(A, USER_ID);
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

static int no_new_privs(void *unused)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0;
}

TEST_F(script, no_new_privs)
{
	ASSERT_EQ(0, load(&self->script));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_PLAIN(probe_run_fn(S, USER_ID, no_new_privs, NULL));
}

TEST_HARNESS_MAIN
