// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trusted path execution (E-23): kernel.clip.tpe and kernel.clip.tpe_gid. The
 * latch cannot be cleared: the fixture "off" comes first and leaves it unset.
 */
#include "active.h"
#include "image.h"
#include "log.h"
#include "tpe_fixture.h"

#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/xattr.h>

/* ------------------------------------------------------------ not set yet */

FIXTURE(off) {};

FIXTURE_SETUP(off)
{
	ASSERT_EQ(0, setup());
	ASSERT_STREQ("0", read_line(LATCH));
}

FIXTURE_TEARDOWN(off)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(off, nothing_is_required)
{
	EXPECT_EQ(0, run_as(USER_ID, DIR "/good/probe"));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/own/probe"));
	EXPECT_EQ(0, run_as(0, DIR "/own/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "map", DIR "/own/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "prot", DIR "/own/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "memfd", "-"));
	EXPECT_EQ(-1, status_value(REASON));
}

TEST_F(off, group_can_be_set_before_the_latch)
{
	int status;
	pid_t pid;

	EXPECT_STREQ("0", read_line(LATCH "_gid"));
	EXPECT_EQ(0, write_text(LATCH "_gid", "4999\n"));
	EXPECT_STREQ("4999", read_line(LATCH "_gid"));
	EXPECT_EQ(EINVAL, write_text(LATCH "_gid", "staff"));
	EXPECT_EQ(EINVAL, write_text(LATCH "_gid", "0x10"));
	EXPECT_EQ(EINVAL, write_text(LATCH "_gid", "-1"));
	EXPECT_EQ(EINVAL, write_text(LATCH "_gid", "4294967295"));
	EXPECT_EQ(EINVAL, write_text(LATCH "_gid", "4294967296"));
	EXPECT_EQ(EINVAL, write_text(LATCH "_gid", "0000000000005000"));
	EXPECT_EQ(EINVAL, write_text(LATCH, "2"));
	pid = fork();
	if (pid == 0)
		_exit(give_up_capability(CAP_SYS_MODULE) ? 99 : write_text(LATCH "_gid", "0"));
	waitpid(pid, &status, 0);
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	EXPECT_STREQ("4999", read_line(LATCH "_gid"));
	EXPECT_EQ(0, write_text(LATCH "_gid", "5000"));
	EXPECT_EQ(0, write_text(LATCH, "0"));
	EXPECT_STREQ("0", read_line(LATCH));
}

/* ------------------------------------------------------------------- set */

FIXTURE(tpe) {};

FIXTURE_SETUP(tpe)
{
	ASSERT_EQ(0, setup_with_latch());
}

FIXTURE_TEARDOWN(tpe)
{
	umount2(DIR, MNT_DETACH);
}

TEST_F(tpe, latch_cannot_be_cleared)
{
	EXPECT_EQ(0, write_text(LATCH, "0"));
	EXPECT_STREQ("1", read_line(LATCH));
	EXPECT_EQ(EPERM, write_text(LATCH "_gid", "1000"));
	EXPECT_EQ(EPERM, write_text(LATCH "_gid", "5000"));
	EXPECT_STREQ("5000", read_line(LATCH "_gid"));
}

/* All programs of the system still work. */
TEST_F(tpe, trusted_paths_work)
{
	EXPECT_EQ(0, run_as(USER_ID, DIR "/good/probe"));
	EXPECT_EQ(0, run_as(USER_ID, PROBE));
	EXPECT_EQ(0, map_as(USER_ID, "map", DIR "/good/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "prot", DIR "/good/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "mapr", DIR "/own/probe"));
}

struct place {
	const char *name;
	uid_t owner;
	mode_t mode;		/* of the directory */
	uid_t file_owner;
	mode_t file_mode;
	int want;
};

static const struct place places[] = {
	{ "root's", 0, 0755, 0, 0755, 0 },
	{ "root's, set-group-id", 0, 02755, 0, 0755, 0 },
	{ "his own", USER_ID, 0755, 0, 0755, EACCES },
	{ "another user's", ELSE, 0755, 0, 0755, EACCES },
	{ "writable by the group", 0, 0775, 0, 0755, EACCES },
	{ "writable by others", 0, 0757, 0, 0755, EACCES },
	{ "sticky", 0, 01777, 0, 0755, EACCES },
	{ "his own file", 0, 0755, USER_ID, 0755, EACCES },
	{ "another user's file", 0, 0755, ELSE, 0755, EACCES },
	{ "file writable by the group", 0, 0755, 0, 0775, EACCES },
	{ "file writable by others", 0, 0755, 0, 0757, EACCES },
};

/* E-23: the directory, and the file itself, for each way to run it. */
TEST_F(tpe, owners_and_modes)
{
	const char *program = DIR "/place/probe";

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const struct place *p = &places[i];

		ASSERT_EQ(0, place(DIR "/place", p->owner, p->mode));
		ASSERT_EQ(0, chown(program, p->file_owner, p->file_owner));
		ASSERT_EQ(0, chmod(program, p->file_mode));
		EXPECT_EQ(p->want, run_as(USER_ID, program)) {
			TH_LOG("%s: exec", p->name);
		}
		EXPECT_EQ(p->want, map_as(USER_ID, "map", program)) {
			TH_LOG("%s: mmap", p->name);
		}
		EXPECT_EQ(p->want, map_as(USER_ID, "prot", program)) {
			TH_LOG("%s: mprotect", p->name);
		}
		EXPECT_EQ(0, map_as(USER_ID, "mapr", program));
		EXPECT_EQ(0, run_as(0, program)) {
			TH_LOG("%s: root", p->name);
		}
		EXPECT_EQ(0, map_as(0, "map", program));
		EXPECT_EQ(0, map_as(0, "prot", program));
	}
}

/* user::rwx, user:1000:rwx, group::r-x, mask::rwx, other::r-x */
static const uint8_t list[] = {
	2, 0, 0, 0,
	1, 0, 7, 0, 255, 255, 255, 255,
	2, 0, 7, 0, USER_ID & 255, USER_ID >> 8, 0, 0,
	4, 0, 5, 0, 255, 255, 255, 255,
	16, 0, 7, 0, 255, 255, 255, 255,
	32, 0, 5, 0, 255, 255, 255, 255,
};

/*
 * E-23: an access list can permit writing although owner and group bits do not.
 */
TEST_F(tpe, access_lists)
{
	ASSERT_EQ(0, place(DIR "/listed", 0, 0755));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/listed/probe"));
	ASSERT_EQ(0, setxattr(DIR "/listed", "system.posix_acl_access", list,
			      sizeof(list), 0));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/listed/probe"));
	ASSERT_EQ(0, removexattr(DIR "/listed", "system.posix_acl_access"));
	ASSERT_EQ(0, setxattr(DIR "/listed/probe", "system.posix_acl_access",
			      list, sizeof(list), 0));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/listed/probe"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "map", DIR "/listed/probe"));
}

/* E-23: a directory further up could be exchanged. */
TEST_F(tpe, directories_above)
{
	ASSERT_EQ(0, mkdir(DIR "/a", 0755) ?: mkdir(DIR "/a/b", 0755));
	ASSERT_EQ(0, place(DIR "/a/b/c", 0, 0755));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/a/b/c/probe"));
	ASSERT_EQ(0, chown(DIR "/a/b", USER_ID, 0));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/a/b/c/probe"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "map", DIR "/a/b/c/probe"));
	ASSERT_EQ(0, chown(DIR "/a/b", 0, 0));
	ASSERT_EQ(0, chmod(DIR "/a", 01777));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/a/b/c/probe"));
	ASSERT_EQ(0, chmod(DIR "/a", 0755));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/a/b/c/probe"));
	/* The top of the filesystem counts too. */
	ASSERT_EQ(0, chmod(DIR, 01777));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/a/b/c/probe"));
	ASSERT_EQ(0, chmod(DIR, 0755));
}

/*
 * E-23: another name is another place. The place of a symbolic link does not
 * count.
 */
TEST_F(tpe, links)
{
	ASSERT_EQ(0, link(DIR "/good/probe", DIR "/own/linked"));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/own/linked"));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/good/probe"));
	ASSERT_EQ(0, symlink(DIR "/good/probe", DIR "/own/symbolic"));
	ASSERT_EQ(0, symlink(DIR "/own/probe", DIR "/good/symbolic"));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/own/symbolic"));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/good/symbolic"));
}

/* E-23: a bind mount does not change the place of a file. */
TEST_F(tpe, bind_mounts)
{
	ASSERT_EQ(0, place(DIR "/own/inner", 0, 0755));
	ASSERT_EQ(0, mkdir(DIR "/bound", 0755));
	ASSERT_EQ(0, mount(DIR "/own", DIR "/bound", NULL, MS_BIND, NULL));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/bound/probe"));
	ASSERT_EQ(0, umount(DIR "/bound"));
	/* A directory of root in a directory of the user. */
	ASSERT_EQ(0, mount(DIR "/own/inner", DIR "/bound", NULL, MS_BIND,
			   NULL));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/bound/probe"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "map", DIR "/bound/probe"));
	EXPECT_EQ(0, run_as(0, DIR "/bound/probe"));
	ASSERT_EQ(0, umount(DIR "/bound"));
	/* A file alone. */
	ASSERT_EQ(0, mount(DIR "/own/probe", DIR "/good/probe", NULL, MS_BIND,
			   NULL));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/good/probe"));
	ASSERT_EQ(0, umount(DIR "/good/probe"));
	/* A directory of root stays trusted where it is mounted. */
	ASSERT_EQ(0, mount(DIR "/good", DIR "/own/inner", NULL, MS_BIND, NULL));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/own/inner/probe"));
	ASSERT_EQ(0, umount(DIR "/own/inner"));
}

/* Mounts @from on @to, where what is stored as @inner is shown as @outer. */
static int mount_shown(const char *from, const char *to, unsigned int inner,
		       unsigned int outer)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = user_namespace_fd(inner, outer),
	};
	int tree = syscall(SYS_open_tree, AT_FDCWD, from,
			   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), err = 0;

	mkdir(to, 0755);
	if (tree < 0 || (int)attr.userns_fd < 0 ||
	    syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr,
		    sizeof(attr)) ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, to,
		    MOVE_MOUNT_F_EMPTY_PATH))
		err = errno;
	close(tree);
	close(attr.userns_fd);
	return err;
}

/* E-23: owners as a mount shows them, and as they are. */
TEST_F(tpe, idmapped_mounts)
{
	ASSERT_EQ(0, chown(DIR "/own/probe", USER_ID, USER_ID));
	ASSERT_EQ(0, mount_shown(DIR "/own", DIR "/shown", USER_ID, 0));
	struct stat st;

	ASSERT_EQ(0, stat(DIR "/shown/probe", &st));
	ASSERT_EQ(0, st.st_uid);
	EXPECT_EQ(EACCES, run_as(ELSE, DIR "/shown/probe"));
	ASSERT_EQ(0, umount(DIR "/shown"));
	ASSERT_EQ(0, mount_shown(DIR "/good", DIR "/shown", 0, USER_ID));
	ASSERT_EQ(0, stat(DIR "/shown/probe", &st));
	ASSERT_EQ(USER_ID, st.st_uid);
	EXPECT_EQ(EACCES, run_as(ELSE, DIR "/shown/probe"));
	ASSERT_EQ(0, umount(DIR "/shown"));
	/* Such a mount that does not change the owner. */
	ASSERT_EQ(0, mount_shown(DIR "/good", DIR "/shown", 0, 0));
	EXPECT_EQ(0, run_as(ELSE, DIR "/shown/probe"));
	ASSERT_EQ(0, umount(DIR "/shown"));
}

static int write_program(int fd)
{
	char buffer[65536];
	int in = open(PROBE, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	while ((got = read(in, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, got) != got)
			return errno ?: EIO;
	close(in);
	return 0;
}

/* E-04, E-06, E-07: a file without a name is in no trusted place. */
TEST_F(tpe, files_without_a_name)
{
	char path[64];
	int fd, read_only;

	fd = open(DIR "/good/probe", O_RDONLY);
	EXPECT_EQ(0, run_fd(USER_ID, 0, fd, "", NULL));
	ASSERT_EQ(0, unlink(DIR "/good/probe"));
	EXPECT_EQ(EACCES, run_fd(USER_ID, 0, fd, "", NULL));
	EXPECT_EQ(0, run_fd(0, 0, fd, "", NULL));
	close(fd);
	fd = memfd_create("program", 0);
	ASSERT_EQ(0, write_program(fd));
	EXPECT_EQ(EACCES, run_fd(USER_ID, 0, fd, "", NULL));
	EXPECT_EQ(0, run_fd(0, 0, fd, "", NULL));
	close(fd);
	fd = open(DIR "/good", O_TMPFILE | O_RDWR, 0755);
	ASSERT_EQ(0, write_program(fd));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_only = open(path, O_RDONLY);
	close(fd);
	EXPECT_EQ(EACCES, run_fd(USER_ID, 0, read_only, "", NULL));
	EXPECT_EQ(0, run_fd(0, 0, read_only, "", NULL));
	close(read_only);
	EXPECT_EQ(EACCES, map_as(USER_ID, "memfd", "-"));
	EXPECT_EQ(0, map_as(0, "memfd", "-"));
}

/* Each file of the chain is checked. */
TEST_F(tpe, scripts)
{
	ASSERT_EQ(0, write_script(DIR "/good/script", DIR "/good/probe"));
	ASSERT_EQ(0, write_script(DIR "/own/script", DIR "/good/probe"));
	ASSERT_EQ(0, write_script(DIR "/good/script2", DIR "/own/probe"));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/good/script"));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/own/script"));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/good/script2"));
	EXPECT_EQ(0, run_as(0, DIR "/own/script"));
	EXPECT_EQ(0, run_as(0, DIR "/good/script2"));
}

/* E-02: the ELF loader started by hand maps the program like a library. */
TEST_F(tpe, loader_by_hand)
{
	ASSERT_EQ(0, copy_file(FILES "/ld.so", DIR "/ld.so", 0755));
	ASSERT_EQ(0, copy_file(FILES "/dynamic", DIR "/good/dynamic", 0755));
	ASSERT_EQ(0, copy_file(FILES "/dynamic", DIR "/own/dynamic", 0755));
	EXPECT_EQ(0, run_fd(USER_ID, 0, AT_FDCWD, DIR "/ld.so",
			    DIR "/good/dynamic"));
	EXPECT_EQ(0, run_fd(0, 0, AT_FDCWD, DIR "/ld.so", DIR "/own/dynamic"));
	/* "failed to map segment" */
	EXPECT_EQ(127, run_fd(USER_ID, 0, AT_FDCWD, DIR "/ld.so",
			      DIR "/own/dynamic"));
}

/*
 * Root and members of the group are exempt, and no other user is; of a user
 * both ids count.
 */
TEST_F(tpe, who_is_subject_to_it)
{
	const char *own = DIR "/own/probe";

	EXPECT_EQ(EACCES, run_fd(USER_ID, 0, AT_FDCWD, own, NULL));
	EXPECT_EQ(EACCES, run_fd(USER_ID, TRUSTED - 1, AT_FDCWD, own, NULL));
	EXPECT_EQ(0, run_fd(USER_ID, TRUSTED, AT_FDCWD, own, NULL));
	EXPECT_EQ(0, run_fd(TRUSTED, 0, AT_FDCWD, own, NULL));
	EXPECT_EQ(0, run_fd(0, 0, AT_FDCWD, own, NULL));
}

static int seteuid_user(void)
{
	return seteuid(USER_ID) ? errno : 0;
}

static int setruid_user(void)
{
	return setreuid(USER_ID, 0) ? errno : 0;
}

static int own_namespace(void)
{
	if (setgid(USER_ID) || setuid(USER_ID) || prctl(PR_SET_DUMPABLE, 1))
		return errno;
	return become_namespace_root(0) ?: setuid(0) || geteuid() ? EIO : 0;
}

static int run_after(int (*become)(void), const char *path)
{
	char *const none[] = { NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (become())
			_exit(201);
		freopen("/dev/null", "w", stdout);
		execve(path, none, none);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/*
 * A daemon of root that acts for a user; a set-user-id program; a user
 * namespace.
 */
TEST_F(tpe, one_root_id_is_not_enough)
{
	EXPECT_EQ(EACCES, run_after(seteuid_user, DIR "/own/probe"));
	EXPECT_EQ(0, run_after(seteuid_user, DIR "/good/probe"));
	EXPECT_EQ(EACCES, run_after(setruid_user, DIR "/own/probe"));
	EXPECT_EQ(0, run_after(setruid_user, DIR "/good/probe"));
	EXPECT_EQ(EACCES, run_after(own_namespace, DIR "/own/probe"));
	EXPECT_EQ(0, run_after(own_namespace, DIR "/good/probe"));
}

/* Root of a user namespace is not trusted for the mounts that it made there. */
static int mounted_there(void)
{
	int err = own_namespace();

	if (err || unshare(CLONE_NEWNS) ||
	    mount("tmpfs", DIR "/good", "tmpfs", 0, "mode=755"))
		return err ?: errno;
	return copy_file(PROBE, DIR "/good/probe", 0755);
}

TEST_F(tpe, mounted_in_a_namespace)
{
	EXPECT_EQ(EACCES, run_after(mounted_there, DIR "/good/probe"));
	EXPECT_EQ(0, run_after(mounted_there, PROBE));
}

/* On overlayfs, the owner that overlayfs shows counts, among others. */
TEST_F(tpe, overlay)
{
	ASSERT_EQ(0, mkdir(DIR "/empty", 0755) ?: mkdir(DIR "/over", 0755));
	ASSERT_EQ(0, mount("overlay", DIR "/over", "overlay", 0,
			   "lowerdir=" DIR "/good:" DIR "/empty"));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/over/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "map", DIR "/over/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "prot", DIR "/over/probe"));
	ASSERT_EQ(0, umount(DIR "/over"));
	ASSERT_EQ(0, mount("overlay", DIR "/over", "overlay", 0,
			   "lowerdir=" DIR "/own:" DIR "/empty"));
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/over/probe"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "map", DIR "/over/probe"));
	EXPECT_EQ(EACCES, map_as(USER_ID, "prot", DIR "/over/probe"));
	EXPECT_EQ(0, map_as(0, "prot", DIR "/over/probe"));
	ASSERT_EQ(0, umount(DIR "/over"));
}

/* A rule grants something, and does not make a place trusted. */
TEST_F(tpe, listed_files)
{
	struct rule good, own;

	ASSERT_EQ(0, rule_for(&own, DIR "/own/probe", CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&good, DIR "/good/probe", CLIP_ENTRY_EXE));
	good.effective = own.effective = BIND;
	good.permitted = own.permitted = BIND;
	ASSERT_EQ(0, load(&own));
	ASSERT_EQ(0, load(&good));
	EXPECT_EQ(EACCES, probe_run(DIR "/own/probe", USER_ID).error);
	EXPECT_GRANTED(probe_run(DIR "/good/probe", USER_ID));
	ASSERT_EQ(0, unload(DIR "/own/probe"));
	ASSERT_EQ(0, unload(DIR "/good/probe"));
}

static int run_untrusted(void *unused)
{
	return run_as(USER_ID, DIR "/own/probe");
}

/* A refusal is counted once, and its line says what and why. */
TEST_F(tpe, refusal_is_counted_and_logged)
{
	static const char *const parts[] = {
		"refused exec", "(untrusted-path)", "own/probe", NULL,
	};
	long long before;

	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/own/probe"));
	before = status_value(REASON);
	EXPECT_EQ(EACCES, run_as(USER_ID, DIR "/own/probe"));
	EXPECT_EQ(before + 1, status_value(REASON));
	EXPECT_EQ(EACCES, map_as(USER_ID, "map", DIR "/own/probe"));
	EXPECT_EQ(before + 2, status_value(REASON));
	EXPECT_TRUE(log_shows(run_untrusted, NULL, EACCES, parts));
}

TEST_HARNESS_MAIN
