// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exec of listed files: what runs, what is refused, what is granted (EX-*).
 */
#include "device.h"
#include "exec_fixture.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* EX-11, EX-23, EX-24, EX-26 */
TEST_F(exec, entry_gives_exactly_its_capabilities)
{
	struct probe p = probe_run(A, USER_ID);

	EXPECT_PLAIN(p);
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
	EXPECT_EQ(USER_ID, p.uid);
	EXPECT_EQ(USER_ID, p.euid);

	/* The same bytes under another inode are another file. */
	ASSERT_EQ(0, copy_file(A, COPY, 0755));
	p = probe_run(COPY, USER_ID);
	EXPECT_PLAIN(p);

	/* Without the entry nothing is granted. */
	ASSERT_EQ(0, unload(A));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* An entry that grants nothing is still checked. */
TEST_F(exec, integrity_only)
{
	struct probe p;

	self->rule.effective = 0;
	self->rule.permitted = 0;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

/* ST-10: exec ignores an entry with neither e nor l, or with l only. */
TEST_F(exec, entry_without_exe_is_inert)
{
	struct probe p;

	self->rule.flags = CLIP_ENTRY_LIB;
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, unload(A));
	self->rule.flags = 0;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* EX-06: NEEDROOT unmet is "as if no entry", even for a wrong digest. */
TEST_F(exec, needroot_counts_for_root_only)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_NEEDROOT;
	self->rule.effective = KILL;
	self->rule.permitted = KILL;
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
	EXPECT_EQ(EACCES, probe_run(A, 0).error);
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
	EXPECT_EQ(1, probe_run(A, 0).secure);
}

static int only_euid_root(void *unused)
{
	return setresuid(USER_ID, 0, 0) ? errno : 0;
}

/* Both the real and the effective id must be root's. */
TEST_F(exec, needroot_requires_both_ids)
{
	self->rule.flags |= CLIP_ENTRY_NEEDROOT;
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run_fn(A, 0, only_euid_root, NULL).error);
	EXPECT_EQ(EACCES, probe_run(A, 0).error);
}

/* EX-06: KTHREAD entries are not for programs that other programs start. */
TEST_F(exec, kthread_is_not_for_programs)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_KTHREAD;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* A program that the kernel starts gets the grant of a rule with KTHREAD. */
static void run_helper(struct __test_metadata *_metadata, struct rule *rule)
{
	int pattern = open("/proc/sys/kernel/core_pattern", O_RDWR);
	const long long before = status_value("granted");
	char old[128] = "";
	int tries = 200, status;
	pid_t pid;

	rule->flags |= CLIP_ENTRY_KTHREAD;
	ASSERT_LE(0, pattern);
	ASSERT_LT(0, read(pattern, old, sizeof(old) - 1));
	/* The helper looks the path up in the first mount namespace. */
	ASSERT_EQ(0, copy_file(PROBE, "/usr/lib/clip/helper", 0755));
	rule->path = "/usr/lib/clip/helper";
	ASSERT_EQ(0, load(rule));
	ASSERT_LT(0, pwrite(pattern, "|/usr/lib/clip/helper\n", 22, 0));
	pid = fork();
	if (pid == 0)
		abort();
	waitpid(pid, &status, 0);
	while (status_value("granted") == before && --tries)
		usleep(10000);
	EXPECT_EQ(before + 1, status_value("granted"));
	EXPECT_LT(0, pwrite(pattern, old, strlen(old), 0));
	close(pattern);
	EXPECT_EQ(0, unload("/usr/lib/clip/helper"));
	unlink("/usr/lib/clip/helper");
}

/* They are for programs that the kernel starts, here the core dump helper. */
TEST_F(exec, kthread_is_for_usermode_helpers)
{
	run_helper(_metadata, &self->rule);
}

/*
 * The same while a group watches the filesystem before content is read: exec
 * keeps no task from writing then. The helper has no memory yet when it is checked.
 */
TEST_F(exec, usermode_helper_under_a_watch)
{
	int watch = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
				  O_RDONLY);

	ASSERT_LE(0, watch);
	ASSERT_EQ(0, fanotify_mark(watch, FAN_MARK_ADD, FAN_CLOSE_WRITE,
				   AT_FDCWD, "/usr/lib/clip"));
	run_helper(_metadata, &self->rule);
	close(watch);
}

/* PR-22, EX-12: network privileges alone do not protect the task, others do. */
TEST_F(exec, privileges_alone)
{
	struct probe p;

	self->rule.effective = 0;
	self->rule.permitted = 0;
	self->rule.privileges = CLIP_PRIV_NETCLIENT | CLIP_PRIV_NETSERVER;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, unload(A));
	self->rule.privileges = CLIP_PRIV_NETLINK;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(1, p.secure);
	EXPECT_EQ(0, p.dumpable);
	/* ST-11: PREINIT is accepted and has no effect. */
	ASSERT_EQ(0, unload(A));
	self->rule.privileges = CLIP_PRIV_PREINIT;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* EX-08: the file is verified as usual, and nothing is granted. */
TEST_F(exec, nosuid_mount_verifies_and_grants_nothing)
{
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, mount(NULL, DIR, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
}

static int enter_userns(void *unused)
{
	return unshare(CLONE_NEWUSER) ? errno : 0;
}

/*
 * Root of a user namespace does not count as root, and nothing is granted
 * there.
 */
TEST_F(exec, user_namespace_gets_nothing)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_NEEDROOT;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, enter_userns, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	ASSERT_EQ(0, unload(A));
	self->rule.flags = CLIP_ENTRY_EXE;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, enter_userns, NULL);
	EXPECT_EQ(0, p.error);
	EXPECT_EQ(0, p.permitted);
	EXPECT_EQ(0, p.effective);
	EXPECT_EQ(EACCES, p.bound);
}

/* A program that is executed by descriptor is the same file. */
static int exec_by_fd(void *data)
{
	char *const argv[] = { A, NULL };
	int fd = open(A, O_RDONLY);

	syscall(SYS_execveat, fd, "", argv, NULL, AT_EMPTY_PATH);
	return errno;
}

TEST_F(exec, by_descriptor)
{
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	p = probe_run_fn(A, USER_ID, exec_by_fd, NULL);
	EXPECT_GRANTED(p);
	ASSERT_EQ(0, append_byte(A));
	EXPECT_EQ(EACCES, probe_run_fn(A, USER_ID, exec_by_fd, NULL).error);
}

/*
 * A program that is executed by another name or through a bind mount is the
 * same file.
 */
TEST_F(exec, by_other_names)
{
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	ASSERT_EQ(0, link(A, DIR "/hard"));
	ASSERT_EQ(0, symlink("a", DIR "/soft"));
	ASSERT_EQ(0, mkdir(DIR "/bound", 0755));
	ASSERT_EQ(0, mount(DIR, DIR "/bound", NULL, MS_BIND, NULL));
	p = probe_run(DIR "/hard", USER_ID);
	EXPECT_GRANTED(p);
	p = probe_run(DIR "/soft", USER_ID);
	EXPECT_GRANTED(p);
	p = probe_run(DIR "/bound/a", USER_ID);
	EXPECT_GRANTED(p);
}

/*
 * KEYCTL_SESSION_TO_PARENT gives the parent new credentials that are made from
 * nothing: they must keep the context (cred_transfer).
 */
TEST_F(exec, session_keyring_to_parent_keeps_the_context)
{
	struct clip_info info;
	int status;
	pid_t pid;

	ASSERT_LE(0, syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "old"));
	pid = fork();
	if (pid == 0) {
		if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
			_exit(1);
		_exit(syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT) ? 2 : 0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	/*
	 * The new credentials are installed at the next return from the kernel.
	 */
	getppid();
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, info.context);
	EXPECT_EQ(0, load(&self->rule));
	EXPECT_EQ(BIND, probe_run(A, USER_ID).permitted);
}

/* The answer of a query that a user makes through a descriptor of root. */
static int query_as_user(const char *path, struct clip_query *answer)
{
	struct clip_query *shared = mmap(NULL, sizeof(*shared),
					 PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int device = device_open(), status;
	pid_t pid = fork();

	if (pid == 0) {
		if (setgid(USER_ID) || setuid(USER_ID))
			_exit(1);
		shared->size = sizeof(*shared);
		shared->fd = open(path, O_RDONLY);
		shared->context = CLIP_CONTEXT_OWN;
		shared->flags = CLIP_QUERY_VERIFY;
		_exit(ioctl(device, CLIP_IOC_QUERY, shared) ? 2 : 0);
	}
	waitpid(pid, &status, 0);
	*answer = *shared;
	munmap(shared, sizeof(*shared));
	close(device);
	return status ? -status : (int)answer->state;
}

/*
 * A query gives the answer of exec: it has the same conditions and the same
 * obstacles.
 */
TEST_F(exec, query_tells_what_exec_would_meet)
{
	struct clip_query answer;

	self->rule.flags |= CLIP_ENTRY_NEEDROOT;
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(CLIP_STATE_LISTED, query_as_user(A, &answer));
	EXPECT_EQ(CLIP_REASON_NOT_ROOT, answer.reason);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(CLIP_STATE_REFUSED, query(A, CLIP_QUERY_VERIFY, &answer));
	EXPECT_EQ(EACCES, answer.error);
	EXPECT_EQ(EACCES, probe_run(A, 0).error);
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	self->rule.flags = CLIP_ENTRY_EXE | CLIP_ENTRY_KTHREAD;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(CLIP_STATE_LISTED, query(A, CLIP_QUERY_VERIFY, &answer));
	EXPECT_EQ(CLIP_REASON_NOT_KTHREAD, answer.reason);
	ASSERT_EQ(0, unload(A));
	self->rule.flags = CLIP_ENTRY_EXE;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, &answer));
	EXPECT_EQ(CLIP_REASON_NONE, answer.reason);
	/* Where nothing can be granted, the query says why. */
	ASSERT_EQ(0, mount(NULL, DIR, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID,
			   NULL));
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, &answer));
	EXPECT_EQ(CLIP_REASON_NOSUID_MOUNT, answer.reason);
	EXPECT_EQ(0, answer.error);
	EXPECT_EQ(0, probe_run(A, USER_ID).permitted);
}

static int run_for_user(void *path)
{
	return probe_run(path, USER_ID).error;
}

/*
 * The log of a refusal names the act, the task, the file, the digests and the
 * reason.
 */
TEST_F(exec, refusal_is_logged)
{
	char inode[64];
	const char *const parts[] = {
		"clip: refused exec: reason=2 (digest-mismatch) errno=13 context=0 pid=",
		" uid=1000 ", inode, " path=\"" A "\"\n", " wanted=", " found=",
		NULL,
	};
	struct stat st;

	ASSERT_EQ(0, stat(A, &st));
	snprintf(inode, sizeof(inode), " inode=%lu ", st.st_ino);
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_TRUE(log_shows(run_for_user, A, EACCES, parts));
}

/* Many refusals fill the log up to the limit, and all are counted. */
TEST_F(exec, refusals_are_rate_limited)
{
	const long long refused = status_value("refused.digest-mismatch");
	const long long unlogged = status_value("unlogged");

	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	for (int i = 0; i < 60; i++)
		EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_EQ((refused < 0 ? 0 : refused) + 60,
		  status_value("refused.digest-mismatch"));
	EXPECT_LT(unlogged, status_value("unlogged"));
}

TEST_HARNESS_MAIN
