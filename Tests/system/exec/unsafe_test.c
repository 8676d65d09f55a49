// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exec of tasks that others can influence: traced, sharing a fs_struct, under
 * no_new_privs (EX-22, EX-24); and by holders of privileges (EX-03). At the end
 * a comparison of all of them by both ways through the kernel.
 */
#include "active.h"
#include "device.h"
#include "events.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/unsafe"
#define A	DIR "/a"
#define COPY	DIR "/copy"

#define BOTH	(BIND | KILL)
#define SETPCAP	(1ULL << CAP_SETPCAP)

/* Lives as long as its parent, and holds none of its files. */
static int linger(void *parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may be gone already. */
	if (getppid() != *(pid_t *)parent)
		return 0;
	close_range(0, ~0U, 0);
	pause();
	return 0;
}

static int share_fs(void)
{
	static char stack[16384];
	pid_t parent = getpid();
	pid_t pid = clone(linger, stack + sizeof(stack), CLONE_FS | SIGCHLD,
			  &parent);

	return pid < 0 ? errno : 0;
}

/* An ordinary tracer: the same user, without capabilities. */
static int be_traced(void)
{
	pid_t tracee = getpid();
	int fds[2], err = EIO;
	pid_t pid;

	/* Changing ids has made us undumpable. */
	if (prctl(PR_SET_DUMPABLE, 1) || pipe(fds))
		return errno;
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	pid = fork();
	if (pid == 0) {
		err = ptrace(PTRACE_SEIZE, tracee, NULL, NULL) ? errno : 0;
		if (write(fds[1], &err, sizeof(err)) == sizeof(err))
			linger(&tracee);
		_exit(0);
	}
	if (read(fds[0], &err, sizeof(err)) != sizeof(err))
		err = EIO;
	close(fds[0]);
	close(fds[1]);
	return err;
}

static int no_new_privs(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0;
}

/*
 * The reason why the exec is unsafe, and the capabilities that the caller has
 * before.
 */
struct caller {
	int (*prepare)(void);
	uint64_t caps;
};

static int become(void *data)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct caller *caller = data;
	const struct __user_cap_data_struct caps[2] = { {
		.effective = caller->caps, .permitted = caller->caps,
	} };

	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(USER_ID) || setuid(USER_ID) ||
	    syscall(SYS_capset, &header, caps))
		return errno;
	return caller->prepare();
}

static struct probe run(int (*prepare)(void), uint64_t caps)
{
	struct caller caller = { .prepare = prepare, .caps = caps };

	return probe_run_fn(A, 0, become, &caller);
}

FIXTURE(unsafe)
{
	struct rule rule;	/* forces NET_BIND_SERVICE */
};

FIXTURE_VARIANT(unsafe)
{
	int (*prepare)(void);
	bool never;		/* not even with the flag */
};

FIXTURE_VARIANT_ADD(unsafe, traced) { .prepare = be_traced };
FIXTURE_VARIANT_ADD(unsafe, shared) { .prepare = share_fs };
FIXTURE_VARIANT_ADD(unsafe, no_new_privs)
{
	.prepare = no_new_privs, .never = true,
};

FIXTURE_SETUP(unsafe)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
}

FIXTURE_TEARDOWN(unsafe)
{
	umount2(DIR, MNT_DETACH);
}

/* EX-22: the exec succeeds without the grant. */
TEST_F(unsafe, nothing_without_the_flag)
{
	const long long before = status_value("ungranted");
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_PLAIN(p);
	EXPECT_EQ(before + 1, status_value("ungranted"));
	/* Without another task the grant is made. */
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
	/* The file is still verified. */
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, run(variant->prepare, 0).error);
}

/*
 * EX-24: with the flag, the exec grants the capabilities that the caller had,
 * and no others.
 */
TEST_F(unsafe, flag_grants_what_the_caller_had)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_UNSAFE;
	self->rule.effective = BOTH;
	self->rule.permitted = BOTH;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(0, p.effective);
	EXPECT_EQ(!variant->never, p.secure);
	EXPECT_EQ(variant->never, p.dumpable);
	p = run(variant->prepare, BIND | RAW);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(variant->never ? 0 : BIND, p.permitted);
	EXPECT_EQ(variant->never ? 0 : BIND, p.effective);
	EXPECT_EQ(BOTH, probe_run(A, USER_ID).permitted);
}

/* EX-24: the grant of a caller that may hand out capabilities is not cut. */
TEST_F(unsafe, setpcap_is_not_cut)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_UNSAFE;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, KILL);
	EXPECT_EQ(0, p.permitted);
	p = run(variant->prepare, SETPCAP);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(variant->never ? 0 : BIND, p.permitted);
	EXPECT_EQ(variant->never ? 0 : BIND, p.effective);
}

/* Forced inheritance would only defer the capabilities to the next exec. */
TEST_F(unsafe, inheritance_is_cut)
{
	self->rule.flags |= CLIP_ENTRY_UNSAFE | CLIP_ENTRY_INHERIT;
	self->rule.inheritable = BOTH;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, run(variant->prepare, 0).inheritable);
	EXPECT_EQ(variant->never ? 0 : KILL,
		  run(variant->prepare, KILL).inheritable);
	EXPECT_EQ(BOTH, probe_run(A, USER_ID).inheritable);
}

/*
 * EX-22: privileges like those of root are granted only with the flag.
 * AT_SECURE shows that they were.
 */
TEST_F(unsafe, privileges)
{
	struct probe p;

	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = CLIP_PRIV_FUSE;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, unload(A));
	self->rule.flags |= CLIP_ENTRY_UNSAFE;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(!variant->never, p.secure);
	EXPECT_EQ(variant->never, p.dumpable);
}

/*
 * EX-22: c, s, n and r are granted without the flag too, except under
 * no_new_privs.
 */
TEST_F(unsafe, plain_privileges)
{
	long long granted = status_value("granted");
	const long long ungranted = status_value("ungranted");
	struct probe p;

	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = CLIP_PRIV_PLAIN;
	ASSERT_EQ(0, load(&self->rule));
	p = run(variant->prepare, 0);
	EXPECT_PLAIN(p);
	EXPECT_EQ(granted + !variant->never, status_value("granted"));
	EXPECT_EQ(ungranted + variant->never, status_value("ungranted"));
	ASSERT_EQ(0, unload(A));
	self->rule.privileges = CLIP_PRIV_FUSE;
	ASSERT_EQ(0, load(&self->rule));
	granted = status_value("granted");
	EXPECT_PLAIN(run(variant->prepare, 0));
	EXPECT_EQ(granted, status_value("granted"));
}

FIXTURE(next)
{
	struct rule rule;
};

FIXTURE_SETUP(next)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
}

FIXTURE_TEARDOWN(next)
{
	umount2(DIR, MNT_DETACH);
}

static int then_copy(void *unused)
{
	char *const argv[] = { A, "--exec", COPY, NULL };

	execv(A, argv);
	return errno;
}

static int then_copy_twice(void *unused)
{
	char *const argv[] = { A, "--exec", COPY, "--exec", COPY, NULL };

	execv(A, argv);
	return errno;
}

/*
 * EX-03: the next program has no privilege but is protected; the one after it
 * is not.
 */
TEST_F(next, holder_of_privileges)
{
	struct probe p;

	self->rule.privileges = CLIP_PRIV_FUSE;
	p = probe_run_fn(A, USER_ID, then_copy, NULL);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, then_copy, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(1, p.secure);
	EXPECT_EQ(0, p.dumpable);
	p = probe_run_fn(A, USER_ID, then_copy_twice, NULL);
	EXPECT_PLAIN(p);
}

/* EX-03: plain privileges and capabilities do not have this effect. */
TEST_F(next, holder_of_others)
{
	struct probe p;

	self->rule.privileges = CLIP_PRIV_PLAIN;
	self->rule.effective = BIND;
	self->rule.permitted = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, then_copy, NULL);
	EXPECT_PLAIN(p);
}

/* EX-03: forced inheritance crosses exec, every time. */
TEST_F(next, forced_inheritance)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_INHERIT;
	self->rule.inheritable = BIND;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, then_copy_twice, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(BIND, p.inheritable);
	EXPECT_EQ(0, p.permitted);
}

/*
 * A program whose content is known takes a short way through the kernel, unless
 * a listener may want to hear of it. Both ways must end the same for every kind
 * of entry, caller, level and file. The long one comes second, because the first
 * listener opens it for good: so this fixture is the last one.
 */
FIXTURE(ways)
{
	struct rule rule;
};

FIXTURE_SETUP(ways)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, 0));
}

FIXTURE_TEARDOWN(ways)
{
	umount2(DIR, MNT_DETACH);
}

/* KTHREAD is missing: no caller here is a kernel thread. */
static const uint32_t way_flags[] = {
	CLIP_ENTRY_EXE, CLIP_ENTRY_LIB, CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDROOT,
	CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS,
	CLIP_ENTRY_EXE | CLIP_ENTRY_INHERIT, CLIP_ENTRY_EXE | CLIP_ENTRY_SCRIPT,
	CLIP_ENTRY_EXE | CLIP_ENTRY_INTERP, CLIP_ENTRY_EXE | CLIP_ENTRY_JIT,
	CLIP_ENTRY_EXE | CLIP_ENTRY_RESTRICT,
	CLIP_ENTRY_EXE | CLIP_ENTRY_INDIRECT,
	CLIP_ENTRY_EXE | CLIP_ENTRY_UNSAFE | CLIP_ENTRY_INHERIT |
		CLIP_ENTRY_JIT,
};

static const struct {
	uint64_t caps, inheritable, privileges;
} way_grants[] = {
	{ 0, 0, 0 }, { BIND | KILL, BIND, CLIP_PRIV_NETSERVER | CLIP_PRIV_FUSE },
};

/* An inheritable and an ambient capability, which an entry replaces. */
static int with_ambient(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &header, caps))
		return errno;
	caps[0].inheritable |= KILL;
	if (syscall(SYS_capset, &header, caps) ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0))
		return errno;
	return 0;
}

static int as_it_is(void)
{
	return 0;
}

static int root_shares_fs(void *unused)
{
	return share_fs();
}

/* The callers, by number. Those that another task can reach come last. */
static struct probe run_as(int caller)
{
	switch (caller) {
	case 0:
		return probe_run(A, 0);
	case 1:
		return probe_run(A, USER_ID);
	case 2:
		return run(no_new_privs, BIND);
	case 3:
		return run(with_ambient, KILL);
	case 4:
		return run(as_it_is, BIND | SETPCAP);
	case 5:
		return probe_run_fn(A, 0, root_shares_fs, NULL);
	default:
		return run(be_traced, BIND);
	}
}

#define CALLERS	7
#define LONELY	5

static const char *const way_counters[] = {
	"granted", "ungranted", "permitted", "cached",
};

#define COUNTERS	4

/* Everything by which one can tell how an exec ended. */
struct ending {
	struct probe probe;
	long long counted[COUNTERS];
};

static struct ending note_ending_of(struct probe probe)
{
	static long long last[COUNTERS];
	struct ending end;

	memset(&end, 0, sizeof(end));
	end.probe = probe;
	for (int i = 0; i < COUNTERS; i++) {
		const long long now = status_value(way_counters[i]);

		end.counted[i] = now - last[i];
		last[i] = now;
	}
	return end;
}

static struct ending note_ending(int caller)
{
	return note_ending_of(run_as(caller));
}

#define COUNT(array)	((int)(sizeof(array) / sizeof((array)[0])))
#define WAYS	(COUNT(way_flags) * COUNT(way_grants) + 16)

static struct ending first_way[WAYS][CALLERS], second_way[WAYS][CALLERS];

/* Each entry that the kernel takes, for each caller. */
static int run_entries(struct rule rule, struct ending (*ends)[CALLERS])
{
	int at = 0;

	for (int flags = 0; flags < COUNT(way_flags); flags++) {
		for (int grant = 0; grant < COUNT(way_grants); grant++, at++) {
			rule.flags = way_flags[flags];
			rule.effective = way_grants[grant].caps;
			rule.permitted = way_grants[grant].caps;
			rule.inheritable = way_grants[grant].inheritable;
			rule.privileges = way_grants[grant].privileges;
			if (load(&rule))
				continue;
			for (int i = 0; i < (grant ? CALLERS : LONELY); i++)
				ends[at][i] = note_ending(i);
			if (unload(A))
				return -1;
		}
	}
	return at;
}

/* Attributes of the file, and content that is not as the entry says. */
static int run_files(struct rule rule, struct ending (*ends)[CALLERS], int at)
{
	rule.flags = CLIP_ENTRY_EXE;
	if (load(&rule))
		return -1;
	for (int mode = 0; mode < 2; mode++) {
		if (chmod(A, mode ? 04755 : 02755))
			return -1;
		for (int i = 0; i < LONELY; i++)
			ends[at][i] = note_ending(i);
		at++;
	}
	if (chmod(A, 0755))
		return -1;
	/* After a writer, what is known does not count. */
	for (int i = 0; i < LONELY; i++) {
		close(open(A, O_WRONLY));
		ends[at][i] = note_ending(i);
	}
	at++;
	if (unload(A))
		return -1;
	rule.digest[0] ^= 1;
	if (load(&rule))
		return -1;
	for (int i = 0; i < LONELY; i++)
		ends[at][i] = note_ending(i);
	at++;
	return unload(A) ? -1 : at;
}

#define WAY_XID	3161

static const uint32_t way_levels[] = {
	0, CLIP_LEVEL_ACTIVE, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_PERMISSIVE,
	CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC,
	CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_PERMISSIVE,
	CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | CLIP_LEVEL_ENFORCE_LIB |
		CLIP_LEVEL_WX_MEMORY,
};

static int way_contexts[COUNT(way_levels)];

/* While context 0 is inactive: before the constructor of active.h. */
__attribute__((constructor(101))) static void make_contexts(void)
{
	for (int i = 0; i < COUNT(way_levels); i++)
		way_contexts[i] = context_create(WAY_XID + i, way_levels[i],
						 ALL_CAPS, CLIP_PRIV_ALL);
}

static int enter(void *data)
{
	const int fd = *(int *)data;

	close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	return context_enter(fd);
}

/* Root and a user in another context, with a good and a bad entry. */
static int run_contexts(struct rule rule, struct ending (*ends)[CALLERS], int at)
{
	rule.flags = CLIP_ENTRY_EXE;
	rule.effective = BIND;
	rule.permitted = BIND;
	for (int level = 0; level < COUNT(way_levels); level++, at++) {
		int fd = way_contexts[level];

		rule.context = WAY_XID + level;
		for (int i = 0; i < CALLERS; i++) {
			/* The rule, a wrong one, that and the digest, none. */
			if (i % 2 == 0 && i < 6) {
				rule.digest[0] ^= i == 2 || i == 4;
				if (load(&rule) || (i == 4 && allow(A, rule.context)))
					return -1;
				rule.digest[0] ^= i == 2 || i == 4;
			}
			ends[at][i] = note_ending_of(
				probe_run_fn(A, i % 2 ? USER_ID : 0, enter, &fd));
			if (i % 2 && i < 6 &&
			    commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL))
				return -1;
		}
		if (disallow(A, rule.context))
			return -1;
	}
	return at;
}

static int run_all(const struct rule *rule, struct ending (*ends)[CALLERS])
{
	int at;

	note_ending(0);
	at = run_entries(*rule, ends);
	at = at < 0 ? at : run_files(*rule, ends, at);
	return at < 0 ? at : run_contexts(*rule, ends, at);
}

TEST_F_TIMEOUT(ways, end_the_same, 120)
{
	int fd, count, differ = 0, ran = 0;

	count = run_all(&self->rule, first_way);
	ASSERT_LT(0, count);
	fd = listen_to(CLIP_GENL_GROUP_GRANTS);
	ASSERT_LE(0, fd);
	ASSERT_EQ(count, run_all(&self->rule, second_way));
	close(fd);
	for (int at = 0; at < count; at++) {
		for (int i = 0; i < CALLERS; i++) {
			ran += first_way[at][i].counted[3];
			/* Only the first exec reads the file. */
			if (!at)
				continue;
			if (!memcmp(&first_way[at][i], &second_way[at][i],
				    sizeof(struct ending)))
				continue;
			differ++;
			printf("# entry %d, caller %d: error %d, %d; permitted %lx, %lx\n",
			       at, i, first_way[at][i].probe.error,
			       second_way[at][i].probe.error,
			       first_way[at][i].probe.permitted,
			       second_way[at][i].probe.permitted);
		}
	}
	EXPECT_EQ(0, differ);
	/* Most of them have run, and read nothing. */
	EXPECT_LT(COUNT(way_flags) * CALLERS, ran);
}

TEST_HARNESS_MAIN
