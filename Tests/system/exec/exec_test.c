// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exec of listed files: what runs, what is refused, what is granted (EX-*).
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "log.h"
#include "process.h"

#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>

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

	/* And without the entry it is over. */
	ASSERT_EQ(0, unload(A));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* EX-07 */
TEST_F(exec, changed_file_does_not_run)
{
	const long long before = status_value("refused.digest-mismatch");
	struct store_state state;
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	state = store_state();
	ASSERT_EQ(0, append_byte(A));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(EACCES, p.error);
	p = probe_run(A, 0);
	EXPECT_EQ(EACCES, p.error);
	EXPECT_EQ((before < 0 ? 0 : before) + 2,
		  status_value("refused.digest-mismatch"));
	/* The store is as it was, and the right content runs again. */
	EXPECT_EQ(state.generation, store_state().generation);
	EXPECT_EQ(state.entries, store_state().entries);
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, ({
		struct stat st;

		stat(COPY, &st) || truncate(A, st.st_size);
	}));
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
}

/* An entry that grants nothing is a check all the same. */
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

/* ST-10: neither e nor l, or only l: not looked at by exec. */
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

/* CA-01 to CA-03: the verdict is kept, and not longer than it is true. */
TEST_F(exec, verdict_is_cached_until_a_write)
{
	long long cached, verified;

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	cached = status_value("cached");
	verified = status_value("verified");
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(0, probe_run(A, 0).error);
	EXPECT_EQ(cached + 2, status_value("cached"));
	EXPECT_EQ(verified, status_value("verified"));

	/* Opening for writing is enough, even if nothing is written. */
	close(open(A, O_WRONLY));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(cached + 2, status_value("cached"));
	EXPECT_EQ(verified + 1, status_value("verified"));
	/* Reading, chmod and chown leave the verdict alone. */
	close(open(A, O_RDONLY));
	EXPECT_EQ(0, chmod(A, 0555));
	EXPECT_EQ(0, chown(A, 1, 1));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(verified + 1, status_value("verified"));
}

FIXTURE(change)
{
	struct rule rule;
	off_t size;
};

enum way { PWRITE, TRUNCATE, FTRUNCATE, OPEN_TRUNC, SHARED_MAP, FALLOCATE,
	   COPY_RANGE };

FIXTURE_VARIANT(change)
{
	enum way way;
};

#define CHANGE(name, value) \
	FIXTURE_VARIANT_ADD(change, name) { .way = value }
CHANGE(pwrite, PWRITE);
CHANGE(truncate, TRUNCATE);
CHANGE(ftruncate, FTRUNCATE);
CHANGE(open_trunc, OPEN_TRUNC);
CHANGE(shared_map, SHARED_MAP);
CHANGE(fallocate, FALLOCATE);
CHANGE(copy_range, COPY_RANGE);

FIXTURE_SETUP(change)
{
	struct stat st;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, stat(A, &st));
	self->size = st.st_size;
}

FIXTURE_TEARDOWN(change)
{
	umount2(DIR, MNT_DETACH);
}

static int change_file(enum way way, off_t size)
{
	const int flags = way == OPEN_TRUNC ? O_RDWR | O_TRUNC : O_RDWR;
	int fd, in, err = 0;
	off_t from = 0, to = size / 2;	/* the ELF header into the middle */
	char *map;

	if (way == TRUNCATE)
		return truncate(A, size - 1) ? errno : 0;
	fd = open(A, flags);
	if (fd < 0)
		return errno;
	switch (way) {
	case PWRITE:
		err = pwrite(fd, "?", 1, size / 2) == 1 ? 0 : errno;
		break;
	case FTRUNCATE:
		err = ftruncate(fd, size - 1) ? errno : 0;
		break;
	case SHARED_MAP:
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   0);
		if (map == MAP_FAILED)
			return errno;
		/* The mapping alone keeps the file open for writing. */
		close(fd);
		fd = -1;
		map[size / 2] ^= 0x55;
		if (probe_run(A, 0).error != ETXTBSY)
			err = EBUSY;
		munmap(map, size);
		break;
	case FALLOCATE:
		err = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				0, 4096) ? errno : 0;
		break;
	case COPY_RANGE:
		in = open(COPY, O_RDONLY);
		err = copy_file_range(in, &from, fd, &to, 64, 0) == 64 ? 0 :
								  errno;
		close(in);
		break;
	default:
		break;
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* Whatever the way the content changes, a cached verdict does not survive. */
TEST_F(change, ends_the_verdict)
{
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, change_file(variant->way, self->size));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_EQ(EACCES, probe_run(A, 0).error);
	/* With an entry for the new content the new content runs, or fails
	 * for what it is, but not by us.
	 */
	ASSERT_EQ(0, unload(A));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, NULL));
}

/* CA-05, CA-06 Intent: a verdict is about one digest, not about the file. */
TEST_F(exec, new_entry_is_checked_anew)
{
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

TEST_F(exec, open_for_writing)
{
	int fd = open(A, O_WRONLY);

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(ETXTBSY, probe_run(A, USER_ID).error);
	EXPECT_EQ(CLIP_STATE_REFUSED, query(A, CLIP_QUERY_VERIFY, NULL));
	close(fd);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

/*
 * A fanotify group of the pre-content class makes the kernel run programs
 * that are open for writing. Listed ones are refused all the same.
 */
TEST_F(exec, open_for_writing_under_pre_content_watch)
{
	int watch = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
				  O_RDONLY);
	const long long before = status_value("refused.being-written");
	int fd;

	ASSERT_LE(0, watch);
	ASSERT_EQ(0, fanotify_mark(watch, FAN_MARK_ADD, FAN_CLOSE_WRITE,
				   AT_FDCWD, DIR));
	ASSERT_EQ(0, copy_file(A, COPY, 0755));
	fd = open(A, O_WRONLY);
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(ETXTBSY, probe_run(A, USER_ID).error);
	/* By us, not by the kernel's own denial of writers. */
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.being-written"));
	close(fd);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	close(watch);
}

/* EX-06: NEEDROOT unmet is "as if no entry", even for a wrong digest. */
TEST_F(exec, needroot)
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

/* Both ids must be root's. */
TEST_F(exec, needroot_wants_both_ids)
{
	self->rule.flags |= CLIP_ENTRY_NEEDROOT;
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run_fn(A, 0, only_euid_root, NULL).error);
	EXPECT_EQ(EACCES, probe_run(A, 0).error);
}

/* EX-06: KTHREAD entries are not for programs that other programs start. */
TEST_F(exec, kthread)
{
	struct probe p;

	self->rule.flags |= CLIP_ENTRY_KTHREAD;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* ... but for those that the kernel starts: here, the core dump helper. */
TEST_F(exec, kthread_usermode_helper)
{
	int pattern = open("/proc/sys/kernel/core_pattern", O_RDWR);
	const long long before = status_value("granted");
	char old[128] = "";
	int tries = 200, status;
	pid_t pid;

	self->rule.flags |= CLIP_ENTRY_KTHREAD;
	ASSERT_LE(0, pattern);
	ASSERT_LT(0, read(pattern, old, sizeof(old) - 1));
	/* The helper looks the path up in the first mount namespace. */
	ASSERT_EQ(0, copy_file(PROBE, "/usr/lib/clip/helper", 0755));
	self->rule.path = "/usr/lib/clip/helper";
	ASSERT_EQ(0, load(&self->rule));
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

/* Keeps the capabilities over setuid, to have an inheritable set as a user. */
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

/* EX-10, EX-27, spreader: the next program gets it, this one does not. */
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

/* What the bounding set lacks is not granted. */
static int drop_from_bound(void *unused)
{
	if (prctl(PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE) ||
	    setgid(USER_ID) || setuid(USER_ID))
		return errno;
	return 0;
}

TEST_F(exec, bounding_set)
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

/* Root keeps what root has, and is protected like everybody with an entry. */
TEST_F(exec, root)
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

/* The entry, not the extended attribute, says what a listed file gets. */
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

/* Nor does the ambient set, and what follows can still exec (trap 8). */
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

/* PR-22, EX-12: network privileges alone need no protection, others do. */
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
	/* ST-11: PREINIT is taken and means nothing. */
	ASSERT_EQ(0, unload(A));
	self->rule.privileges = CLIP_PRIV_PREINIT;
	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_PLAIN(p);
}

/* EX-08: verified and refused as ever, nothing granted. */
TEST_F(exec, nosuid_mount)
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

/* Root of a user namespace is no root, and is given nothing. */
TEST_F(exec, user_namespace)
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

/* Through a descriptor it is the same file. */
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

/* By another name, through a bind mount, it is the same file too. */
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
 * KEYCTL_SESSION_TO_PARENT gives the parent new credentials made from nothing:
 * they must keep the context (cred_transfer).
 */
TEST_F(exec, session_keyring_to_parent)
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
	/* The new credentials are put on when we next leave the kernel. */
	getppid();
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, info.context);
	EXPECT_EQ(0, load(&self->rule));
	EXPECT_EQ(BIND, probe_run(A, USER_ID).permitted);
}

/* What query says of the file; asked by a user through root's descriptor. */
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

/* A query gives the answer of exec: same conditions, same obstacles. */
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
	/* And where nothing can be granted, it says why. */
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

/* A refusal says in the log what, who, which file, which rule, and why. */
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

/* A storm of refusals fills the log up to the limit; all are counted. */
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

/*
 * One process writes bad and good content in turn, another executes. It may
 * meet a refusal or the good content, never the bad.
 */
TEST_F(exec, race_with_a_writer)
{
	static const char good[] = "error=0 effective=", bad[] = "error=77 ";
	unsigned int rounds = 0, ran = 0, refused = 0;
	off_t offset = -1;
	struct stat st;
	pid_t writer;
	char *map;
	int fd;

	fd = open(A, O_RDONLY);
	ASSERT_EQ(0, fstat(fd, &st));
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	offset = (char *)memmem(map, st.st_size, good, strlen(good)) - map;
	ASSERT_LT(0, offset);
	munmap(map, st.st_size);
	close(fd);
	ASSERT_EQ(0, load(&self->rule));
	writer = fork();
	if (writer == 0) {
		for (;;) {
			/* Fails with ETXTBSY while the program runs. */
			while (write_at(A, offset, bad))
				usleep(rand() % 1000);
			usleep(rand() % 10000);
			while (write_at(A, offset, "error=0 e"))
				usleep(rand() % 1000);
			usleep(rand() % 10000);
		}
	}
	/* As often as it takes to meet both contents several times. */
	while (rounds++ < 2000 && (rounds < 150 || ran < 20 || refused < 20)) {
		const struct probe p = probe_run(A, USER_ID);

		ran += p.error == 0;
		refused += p.error == EACCES || p.error == ETXTBSY;
		EXPECT_NE(77, p.error);
		/* Without a pause the writer hardly finds the file free. */
		usleep(rand() % 3000);
	}
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	TH_LOG("%u ran, %u refused", ran, refused);
	EXPECT_EQ(rounds - 1, ran + refused);
	EXPECT_LE(20, ran);
	EXPECT_LE(20, refused);
}

TEST_HARNESS_MAIN
