// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trusted path execution: writers from before, and overlays that show another
 * owner than that of the content (fault 18).
 */
#include "active.h"
#include "tpe_fixture.h"

#include <sys/fanotify.h>
#include <sys/mman.h>

FIXTURE(tpe) {};

FIXTURE_SETUP(tpe)
{
	ASSERT_EQ(0, setup_with_latch());
}

FIXTURE_TEARDOWN(tpe)
{
	umount2(DIR, MNT_DETACH);
}

/* Fault 18: a user may have opened the file before it was root's. */
TEST_F(tpe, open_for_writing)
{
	const long long before = status_value("refused.being-written");
	int fd = open(DIR "/good/probe", O_WRONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(ETXTBSY, map_as(USER_ID, "map", DIR "/good/probe"));
	EXPECT_EQ(ETXTBSY, map_as(USER_ID, "prot", DIR "/good/probe"));
	EXPECT_EQ((before < 0 ? 0 : before) + 2,
		  status_value("refused.being-written"));
	EXPECT_EQ(ETXTBSY, run_as(USER_ID, DIR "/good/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "mapr", DIR "/good/probe"));
	EXPECT_EQ(0, map_as(0, "map", DIR "/good/probe"));
	close(fd);
	EXPECT_EQ(0, map_as(USER_ID, "map", DIR "/good/probe"));
	EXPECT_EQ(0, map_as(USER_ID, "prot", DIR "/good/probe"));
	EXPECT_EQ(0, run_as(USER_ID, DIR "/good/probe"));
}

/* The kernel itself runs it if the filesystem has a pre-content watch. */
TEST_F(tpe, open_for_writing_under_pre_content_watch)
{
	int watch = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
				  O_RDONLY);
	int fd;

	ASSERT_LE(0, watch);
	ASSERT_EQ(0, fanotify_mark(watch, FAN_MARK_ADD, FAN_CLOSE_WRITE,
				   AT_FDCWD, DIR "/own"));
	fd = open(DIR "/good/probe", O_WRONLY | O_CLOEXEC);
	EXPECT_EQ(ETXTBSY, run_as(USER_ID, DIR "/good/probe"));
	EXPECT_EQ(0, run_as(0, DIR "/good/probe"));
	close(fd);
	EXPECT_EQ(0, run_as(USER_ID, DIR "/good/probe"));
	close(watch);
}

/* The answers for a program in an overlay of root's over this directory. */
static int expect_over(const char *options, int want)
{
	int err = mount("overlay", DIR "/over", "overlay", 0, options) ?
		  errno : 0;

	if (!err && run_as(USER_ID, DIR "/over/probe") != want)
		err = 201;
	if (!err && map_as(USER_ID, "map", DIR "/over/probe") != want)
		err = 202;
	if (!err && map_as(USER_ID, "prot", DIR "/over/probe") != want)
		err = 203;
	if (!err && run_as(0, DIR "/over/probe"))
		err = 204;
	umount(DIR "/over");
	return err;
}

/* Fault 18: the directories of the layer that has the content count as well. */
TEST_F(tpe, overlay_over_the_directory_of_a_user)
{
	ASSERT_EQ(0, mkdir(DIR "/empty", 0755) ?: mkdir(DIR "/over", 0755));
	ASSERT_EQ(0, place(DIR "/own/inner", 0, 0755));
	EXPECT_EQ(0, expect_over("lowerdir=" DIR "/empty:" DIR "/good", 0));
	EXPECT_EQ(0, expect_over("lowerdir=" DIR "/empty:" DIR "/own", EACCES));
	EXPECT_EQ(0, expect_over("lowerdir=" DIR "/own/inner:" DIR "/empty",
				 EACCES));
}

#define UPPER	"upperdir=" DIR "/upper,workdir=" DIR "/work,metacopy=on,"

/* The owner comes from the upper layer alone, the content from a user's. */
TEST_F(tpe, overlay_with_the_owner_of_another_file)
{
	ASSERT_EQ(0, mkdir(DIR "/over", 0755) ?: mkdir(DIR "/upper", 0755) ?:
		     mkdir(DIR "/work", 0755));
	ASSERT_EQ(0, chown(DIR "/own/probe", USER_ID, USER_ID));
	ASSERT_EQ(0, mount("overlay", DIR "/over", "overlay", 0,
			   UPPER "lowerdir=" DIR "/own"));
	ASSERT_EQ(0, chown(DIR "/over/probe", 0, 0));
	ASSERT_EQ(0, umount(DIR "/over"));
	EXPECT_EQ(0, expect_over(UPPER "lowerdir=" DIR "/own", EACCES));
	/* After a copy of the content it is root's. */
	ASSERT_EQ(0, mount("overlay", DIR "/over", "overlay", 0,
			   UPPER "lowerdir=" DIR "/own"));
	ASSERT_EQ(0, try_open(DIR "/over/probe", O_WRONLY));
	ASSERT_EQ(0, umount(DIR "/over"));
	EXPECT_EQ(0, expect_over(UPPER "lowerdir=" DIR "/own", 0));
}

/* A user maps the file of a descriptor from before a copy-up. */
static int map_old(const char *lower)
{
	char options[256];
	int status, fd;
	pid_t pid;

	snprintf(options, sizeof(options), UPPER "lowerdir=%s", lower);
	if (mount("overlay", DIR "/over", "overlay", 0, options))
		return 200;
	fd = open(DIR "/over/probe", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || try_open(DIR "/over/probe", O_WRONLY) ||
	    map_as(USER_ID, "map", DIR "/over/probe"))
		return 201;
	pid = fork();
	if (pid == 0) {
		if (setgid(USER_ID) || setuid(USER_ID))
			_exit(202);
		_exit(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
			   0) == MAP_FAILED ? errno : 0);
	}
	waitpid(pid, &status, 0);
	close(fd);
	umount(DIR "/over");
	return WEXITSTATUS(status);
}

TEST_F(tpe, overlay_and_a_descriptor_from_before)
{
	ASSERT_EQ(0, mkdir(DIR "/over", 0755) ?: mkdir(DIR "/upper", 0755) ?:
		     mkdir(DIR "/work", 0755));
	EXPECT_EQ(0, map_old(DIR "/good"));
	ASSERT_EQ(0, unlink(DIR "/upper/probe"));
	EXPECT_EQ(EACCES, map_old(DIR "/own"));
}

TEST_HARNESS_MAIN
