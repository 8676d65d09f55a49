// SPDX-License-Identifier: GPL-2.0-only
/*
 * The latches of kernel.clip (SY-01, SY-02, SY-04), and their effects at exec
 * (CB-05, CB-06, EX-05, EX-14, NS-01). A test cannot undo the effect of
 * another: each uses its own capabilities, and the latch of one bit comes last.
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/sysctl"
#define A	DIR "/a"
#define COPY	DIR "/copy"

#define TIME	(1ULL << CAP_SYS_TIME)	/* removed from entries; no other test needs it */
#define OTHER	(USER_ID + 1)
#define EVERY_CAP	(~0ULL >> (63 - CAP_LAST_CAP))

static uint64_t bits_of(const char *name)
{
	char path[128], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), LATCHES "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0xbad;
	close(fd);
	return strtoull(text, NULL, 16);
}

static int set_bits(const char *name, uint64_t value)
{
	char text[64];

	snprintf(text, sizeof(text), "%#lx\n", value);
	return set_latch(name, text);
}

static int clear_bits(const char *name, uint64_t bits)
{
	return set_bits(name, bits_of(name) & ~bits);
}

static int set_caps(uint64_t permitted, uint64_t inheritable)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct data[2] = { {
		.effective = permitted, .permitted = permitted,
		.inheritable = inheritable,
	}, {
		.effective = permitted >> 32, .permitted = permitted >> 32,
	} };

	return syscall(SYS_capset, &header, data) ? errno : 0;
}

FIXTURE(latch)
{
	uint64_t all;		/* the masks after boot */
};

FIXTURE_SETUP(latch)
{
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	self->all = info.capabilities;
}

FIXTURE_TEARDOWN(latch)
{
}

/* This one runs first. */
TEST_F(latch, masks_are_full_at_boot)
{
	EXPECT_EQ(self->all, bits_of("rootcap"));
	EXPECT_EQ(self->all, bits_of("capbound"));
	EXPECT_EQ(0, bits_of("nosuid_root"));
}

TEST_F(latch, malformed_numbers_are_refused)
{
	static const char *const bad[] = {
		"", "x", "-1", "1 2", "1,2", "10000000000000000",
		"000000000000000000000000000000000000000000",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		EXPECT_EQ(EINVAL, set_latch("capbound", bad[i]));
		EXPECT_EQ(EINVAL, set_latch("nosuid_root", bad[i]));
	}
	EXPECT_EQ(EINVAL, set_latch("nosuid_root", "2"));
	EXPECT_EQ(self->all, bits_of("capbound"));
	EXPECT_EQ(0, bits_of("nosuid_root"));
}

/*
 * SY-02: a value is ANDed to the mask, so that setting present bits is not an
 * error.
 */
TEST_F(latch, masks_only_shrink)
{
	const uint64_t bit = 1ULL << CAP_WAKE_ALARM, both = bit |
			     1ULL << CAP_AUDIT_READ;
	static const char *const names[] = { "rootcap", "capbound" };

	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, set_bits(names[i], self->all & ~bit));
		EXPECT_EQ(self->all & ~bit, bits_of(names[i]));
		EXPECT_EQ(0, set_bits(names[i], self->all));
		EXPECT_EQ(0, set_bits(names[i], ~0ULL));
		EXPECT_EQ(self->all & ~bit, bits_of(names[i]));
		EXPECT_EQ(0, set_bits(names[i], self->all & ~(both & ~bit)));
		EXPECT_EQ(self->all & ~both, bits_of(names[i]));
	}
}

static long long half(const char *name)
{
	char path[128];
	const char *text;
	char *end;
	long long value;

	snprintf(path, sizeof(path), LATCHES "%s", name);
	text = read_line(path);
	value = strtoll(text, &end, 10);
	return *text && !*end ? value : 0xbadbadLL;
}

/*
 * Fault 34: the names of the original (SY-01), which its boot scripts write, are
 * views of the two masks: half of one each, as a signed number (SY-03), which
 * is ANDed (SY-02).
 */
TEST_F(latch, halves_of_the_original)
{
	static const char *const names[] = { "rootcap", "capbound" };
	static const char *const bad[] = {
		"", "x", "ff", "1 2", "4294967296", "-2147483649", "0x", "08",
		"1,2", "0000000000000000000000000000000000000001",
	};
	char low[16], high[16], text[32];

	for (int i = 0; i < 2; i++) {
		const uint64_t before = bits_of(names[i]);
		const uint64_t bits = 1ULL << CAP_LEASE | 1ULL << CAP_BLOCK_SUSPEND;

		snprintf(low, sizeof(low), "%s0", names[i]);
		snprintf(high, sizeof(high), "%s1", names[i]);
		EXPECT_EQ((int32_t)before, half(low));
		EXPECT_EQ((int32_t)(before >> 32), half(high));
		/* CONTEXT is the highest bit, so the number is negative. */
		EXPECT_GT(0, half(high));
		/* All bits, in each way to write them. */
		EXPECT_EQ(0, set_latch(low, "-1"));
		EXPECT_EQ(0, set_latch(low, "0xffffffff\n"));
		EXPECT_EQ(0, set_latch(low, "4294967295"));
		EXPECT_EQ(0, set_latch(low, " 037777777777 "));
		EXPECT_EQ(0, set_latch(high, "-1"));
		EXPECT_EQ(before, bits_of(names[i]));
		/* One bit of each half. The other half stays. */
		snprintf(text, sizeof(text), "%d", ~(1 << CAP_LEASE));
		EXPECT_EQ(0, set_latch(low, text));
		EXPECT_EQ(before & ~(1ULL << CAP_LEASE), bits_of(names[i]));
		snprintf(text, sizeof(text), "%#x",
			 ~(1U << (CAP_BLOCK_SUSPEND - 32)));
		EXPECT_EQ(0, set_latch(high, text));
		EXPECT_EQ(before & ~bits, bits_of(names[i]));
		/* No bit comes back. */
		EXPECT_EQ(0, set_latch(low, "-1"));
		EXPECT_EQ(0, set_latch(high, "0xffffffff"));
		EXPECT_EQ(before & ~bits, bits_of(names[i]));
		for (int j = 0; j < 9; j++)
			EXPECT_EQ(EINVAL, set_latch(low, bad[j]));
		EXPECT_EQ(before & ~bits, bits_of(names[i]));
	}
}

/* In a child: 0 if the latch could be set, or the error. */
static int try(int (*become)(void), const char *text)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(become() ? 77 : set_latch("capbound", text));
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static int root_without_sys_module(void)
{
	return set_caps(EVERY_CAP & ~(1ULL << CAP_SYS_MODULE), 0);
}

static int only_sys_module(void)
{
	return set_caps(1ULL << CAP_SYS_MODULE, 0);
}

static int ordinary_user(void)
{
	return setgid(USER_ID) || setuid(USER_ID) ? errno : 0;
}

static int new_user_namespace(void)
{
	return become_namespace_root(0);
}

/* SY-02 */
TEST_F(latch, who_may_set_it)
{
	const uint64_t before = bits_of("capbound");
	char text[64];

	snprintf(text, sizeof(text), "%#llx", before & ~TIME);
	EXPECT_EQ(EPERM, try(root_without_sys_module, text));
	EXPECT_EQ(EPERM, try(new_user_namespace, text));
	/* The open is refused, so that the descriptor is invalid. */
	EXPECT_EQ(EBADF, try(ordinary_user, text));
	EXPECT_EQ(before, bits_of("capbound"));
	EXPECT_EQ(0, try(only_sys_module, text));
	EXPECT_EQ(before & ~TIME, bits_of("capbound"));
}

FIXTURE(boot)
{
	struct rule rule;
};

FIXTURE_SETUP(boot)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
}

FIXTURE_TEARDOWN(boot)
{
	umount2(DIR, MNT_DETACH);
}

static int map_file(const char *path, int prot, int later)
{
	int fd = open(path, O_RDONLY), err = 0;
	void *at = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

	if (at == MAP_FAILED)
		err = errno;
	else if (later && mprotect(at, 4096, later))
		err = errno;
	if (at != MAP_FAILED)
		munmap(at, 4096);
	close(fd);
	return err;
}

/* LB-12, WX-01: root may not execute a file without any execute bit either. */
TEST_F(boot, exec_permission)
{
	const int exec = PROT_READ | PROT_EXEC;

	ASSERT_EQ(0, chmod(COPY, 0644));
	EXPECT_EQ(0, map_file(COPY, exec, 0));
	EXPECT_EQ(0, map_file(COPY, PROT_READ, exec));
	ASSERT_EQ(0, write_text("/proc/sys/kernel/clip/exec_permission", "1"));
	EXPECT_EQ(EACCES, map_file(COPY, exec, 0));
	EXPECT_EQ(EACCES, map_file(COPY, PROT_READ, exec));
	EXPECT_EQ(0, map_file(COPY, PROT_READ, 0));
	EXPECT_LE(2, status_value("refused.no-exec-permission"));
	ASSERT_EQ(0, chmod(COPY, 0755));
	EXPECT_EQ(0, map_file(COPY, exec, 0));
	EXPECT_EQ(0, map_file(COPY, PROT_READ, exec));
	/* Programs still start, also those with an entry. */
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(0, probe_run(COPY, USER_ID).error);
}

/* EX-14, CB-06 */
TEST_F(boot, capbound)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_INHERIT;
	self->rule.effective = BIND | KILL;
	self->rule.permitted = BIND | KILL;
	self->rule.inheritable = BIND | KILL;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(BIND | KILL, p.permitted);
	EXPECT_EQ(BIND | KILL, p.inheritable);
	ASSERT_EQ(0, clear_bits("capbound", KILL));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(BIND, p.permitted);
	EXPECT_EQ(BIND, p.effective);
	EXPECT_EQ(BIND, p.inheritable);
	/*
	 * The mask limits the grants of entries, not the capabilities of root.
	 */
	EXPECT_EQ(KILL, probe_run(A, 0).permitted & KILL);
	EXPECT_EQ(KILL, probe_run(COPY, 0).permitted & KILL);
}

static int inheritable_kill(void *unused)
{
	return set_caps(EVERY_CAP, KILL);
}

static int real_root_only(void *unused)
{
	return setresuid(0, USER_ID, USER_ID) ? errno : 0;
}

/*
 * With KILL in the ambient set, executes two programs; the second one reports.
 */
static int ambient_then_two(void *unused)
{
	char *const argv[] = { COPY, "--exec", COPY, NULL };
	int err = inheritable_kill(NULL);

	if (err)
		return err;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0))
		return errno;
	execv(COPY, argv);
	return errno;
}

static int spread_then_trusted(void *unused)
{
	char *const argv[] = { DIR "/spread", "--exec", COPY, NULL };

	execv(argv[0], argv);
	return errno;
}

static int root_of_namespace(void *unused)
{
	return new_user_namespace();
}

#define EXPECT_WITHOUT_KILL(run) do { \
	const struct probe got = (run); \
	\
	EXPECT_EQ(0, got.error); \
	EXPECT_EQ(full & ~KILL, got.permitted); \
	EXPECT_EQ(0, got.effective & KILL); \
	EXPECT_EQ(0, got.inheritable & KILL); \
	EXPECT_EQ(0, got.ambient & KILL); \
} while (0)

/*
 * EX-05, intent, CB-05: the mask counts at every exec of root, of listed files
 * or not.
 */
TEST_F(boot, rootcap)
{
	const uint64_t full = probe_run(COPY, 0).permitted;

	EXPECT_EQ(KILL, full & KILL);
	EXPECT_EQ(KILL, probe_run_fn(COPY, 0, ambient_then_two, NULL).ambient);
	ASSERT_EQ(0, chmod(COPY, 04755));
	EXPECT_EQ(KILL, probe_run(COPY, USER_ID).permitted & KILL);
	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, clear_bits("rootcap", KILL));

	EXPECT_WITHOUT_KILL(probe_run(COPY, 0));
	EXPECT_EQ(full & ~KILL, probe_run(COPY, 0).effective);
	/*
	 * A running task keeps its capabilities; the programs that it executes
	 * do not get them.
	 */
	EXPECT_WITHOUT_KILL(probe_run_fn(COPY, 0, inheritable_kill, NULL));
	/*
	 * The same holds with an entry, with a set-uid bit, and with only one
	 * of the two ids.
	 */
	EXPECT_WITHOUT_KILL(probe_run(A, 0));
	EXPECT_WITHOUT_KILL(probe_run_fn(A, 0, inheritable_kill, NULL));
	EXPECT_WITHOUT_KILL(probe_run(COPY, USER_ID));
	ASSERT_EQ(0, chmod(COPY, 0755));
	EXPECT_WITHOUT_KILL(probe_run_fn(COPY, 0, real_root_only, NULL));
	/* Execs still work: the ambient set is within the remaining set. */
	EXPECT_WITHOUT_KILL(probe_run_fn(COPY, 0, ambient_then_two, NULL));
	/* Root of a user namespace has no capabilities outside of it. */
	EXPECT_EQ(KILL, probe_run_fn(COPY, 0, root_of_namespace, NULL).permitted
		  & KILL);
}

/* The grant of an entry is added to it, within the limit for entries. */
TEST_F(boot, rootcap_and_entries)
{
	struct rule spread;
	struct probe p;

	ASSERT_EQ(0, clear_bits("rootcap", RAW));
	EXPECT_EQ(0, probe_run(A, 0).permitted & RAW);
	self->rule.effective = RAW;
	self->rule.permitted = RAW;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(RAW, probe_run(A, 0).permitted & RAW);
	EXPECT_EQ(RAW, probe_run(A, 0).effective & RAW);
	EXPECT_EQ(RAW, probe_run(A, USER_ID).permitted);
	/* EX-27: a spreader and the program that trusts it. */
	ASSERT_EQ(0, copy_file(PROBE, DIR "/spread", 0755));
	ASSERT_EQ(0, rule_for(&spread, DIR "/spread", CLIP_ENTRY_EXE |
			      CLIP_ENTRY_INHERIT | CLIP_ENTRY_NEEDROOT));
	spread.inheritable = RAW;
	ASSERT_EQ(0, load(&spread));
	p = probe_run_fn(COPY, 0, spread_then_trusted, NULL);
	EXPECT_EQ(RAW, p.inheritable);
	ASSERT_EQ(0, rule_for(&self->rule, COPY, CLIP_ENTRY_EXE));
	self->rule.effective = RAW;
	self->rule.inheritable = RAW;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(COPY, 0).permitted & RAW);
	p = probe_run_fn(COPY, 0, spread_then_trusted, NULL);
	EXPECT_EQ(RAW, p.permitted & RAW);
	EXPECT_EQ(RAW, p.effective & RAW);
	/* Capabilities of a file that a user executes are not those of root. */
	ASSERT_EQ(0, unload(COPY));
	ASSERT_EQ(0, ({
		const struct vfs_cap_data caps = {
			.magic_etc = VFS_CAP_REVISION_2 |
				     VFS_CAP_FLAGS_EFFECTIVE,
			.data = { { .permitted = RAW } },
		};

		setxattr(COPY, "security.capability", &caps, sizeof(caps), 0);
	}));
	EXPECT_EQ(RAW, probe_run(COPY, USER_ID).effective);
	EXPECT_EQ(0, probe_run(COPY, 0).permitted & RAW);
}

static int user_with_ambient(void *unused)
{
	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(USER_ID) || setuid(USER_ID) ||
	    set_caps(BIND, BIND))
		return errno;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
		     CAP_NET_BIND_SERVICE, 0, 0) ? errno : 0;
}

static int effective_root_only(void *unused)
{
	return setresuid(USER_ID, 0, 0) ? errno : 0;
}

/* Lives as long as its parent, and holds none of its files. */
static int linger(void *unused)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(0, ~0U, 0);
	pause();
	return 0;
}

/*
 * With a capability that is lost at exec, and a task that shares its fs_struct.
 */
static int shared_with_caps(void *unused)
{
	static char stack[16384];

	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(USER_ID) || setuid(USER_ID) ||
	    set_caps(BIND, 0) || clone(linger, stack + sizeof(stack),
				       CLONE_FS | SIGCHLD, NULL) < 0)
		return errno;
	return 0;
}

/* NS-01. This one runs last. */
TEST_F(boot, nosuid_root)
{
	struct probe p;

	ASSERT_EQ(0, chmod(COPY, 04755));
	EXPECT_EQ(0, probe_run(COPY, USER_ID).euid);
	EXPECT_LT(0, probe_run(COPY, USER_ID).permitted);
	EXPECT_EQ(BIND, probe_run_fn(COPY, 0, shared_with_caps,
				     NULL).permitted);
	ASSERT_EQ(0, set_latch("nosuid_root", "0"));
	EXPECT_EQ(0, probe_run(COPY, USER_ID).euid);
	ASSERT_EQ(0, set_latch("nosuid_root", "1\n"));
	EXPECT_EQ(1, bits_of("nosuid_root"));

	p = probe_run(COPY, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(USER_ID, p.uid);
	EXPECT_EQ(USER_ID, p.euid);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(0, p.effective);
	EXPECT_EQ(EACCES, p.bound);
	/* Root cannot be regained by another exec or by the saved id. */
	p = probe_run_fn(COPY, 0, real_root_only, NULL);
	EXPECT_EQ(USER_ID, p.euid);
	EXPECT_EQ(0, p.effective);
	/* The caller keeps the capabilities that it has without the bit. */
	p = probe_run_fn(COPY, 0, user_with_ambient, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(USER_ID, p.euid);
	EXPECT_EQ(BIND, p.ambient);
	EXPECT_EQ(BIND, p.effective);
	EXPECT_EQ(0, p.bound);
	/*
	 * The kernel's capability module lets it keep its capabilities, because
	 * of the bit.
	 */
	p = probe_run_fn(COPY, 0, shared_with_caps, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(USER_ID, p.euid);
	EXPECT_EQ(0, p.permitted);
	/* A task that is already root stays root. */
	EXPECT_EQ(0, probe_run(COPY, 0).euid);
	EXPECT_LT(0, probe_run(COPY, 0).permitted);
	EXPECT_EQ(0, probe_run_fn(COPY, 0, effective_root_only, NULL).euid);
	/* Other owners' set-uid and all set-gid bits work. */
	ASSERT_EQ(0, chmod(COPY, 06755));
	p = probe_run(COPY, USER_ID);
	EXPECT_EQ(USER_ID, p.euid);
	EXPECT_EQ(0, p.egid);
	ASSERT_EQ(0, chown(COPY, OTHER, OTHER));
	ASSERT_EQ(0, chmod(COPY, 06755));
	p = probe_run(COPY, USER_ID);
	EXPECT_EQ(OTHER, p.euid);
	EXPECT_EQ(OTHER, p.egid);
	/* Entries still grant, too. */
	ASSERT_EQ(0, chmod(A, 04755));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
	EXPECT_EQ(USER_ID, p.euid);

	/* SY-04: the latch cannot be cleared. */
	EXPECT_EQ(0, set_latch("nosuid_root", "0"));
	EXPECT_EQ(1, bits_of("nosuid_root"));
	EXPECT_EQ(USER_ID, ({
		chown(COPY, 0, 0);
		chmod(COPY, 04755);
		probe_run(COPY, USER_ID).euid;
	}));
}

TEST_HARNESS_MAIN
