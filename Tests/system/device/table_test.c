// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of devices (DV-03 to DV-05, DV-11 to DV-13): which callers may
 * change it and how, while nothing is enforced.
 */
#include "contexts.h"
#include "device.h"
#include "latch.h"
#include "process.h"
#include "table.h"

#include <linux/capability.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

TEST(boot_state)
{
	struct clip_device_list list;

	EXPECT_EQ(1, latch("mount"));
	EXPECT_EQ(0, latch("devices_strict"));
	ASSERT_EQ(0, list_table(&list, NULL, 0));
	EXPECT_EQ(0, list.count);
	EXPECT_EQ(0, list.state);
	/* SY-04: writing 1 repeats the current value. */
	EXPECT_EQ(0, set_latch("mount", "1"));
	EXPECT_EQ(EINVAL, set_latch("mount", "2"));
	EXPECT_EQ(1, latch("mount"));
}

static const struct clip_device_rule rules[] = {
	LOOP_RULE(0, 0, 2, R | W | D | X | S), LOOP_RULE(1, 0, 2, R | W),
};

/* DV-11, DV-13 */
TEST(who_may_change_it)
{
	int rdonly = open(CLIP_DEVCTL_PATH, O_RDONLY | O_CLOEXEC), status;
	pid_t pid;

	EXPECT_EQ(EPERM, change_at(rdonly, CLIP_COMMIT_ADD, rules, 1, NULL));
	close(rdonly);
	pid = fork();
	if (pid == 0)
		_exit(give_up_capability(CAP_SYS_ADMIN) ? 99 :
		      change_table(CLIP_COMMIT_ADD, rules, 1, NULL));
	waitpid(pid, &status, 0);
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	pid = fork();
	if (pid == 0)
		_exit(setuid(USER_ID) ? 99 :
		      change_table(CLIP_COMMIT_ADD, rules, 1, NULL));
	waitpid(pid, &status, 0);
	EXPECT_EQ(EACCES, WEXITSTATUS(status));
	EXPECT_EQ(0, rules_in_force());
}

/*
 * Fault 33: what the boot script of the original does, in its order: rules are
 * active, devctl has CAP_SYS_ADMIN and no privilege, and the table is locked
 * last, whether or not it could be loaded.
 */
TEST(an_unmodified_boot_script)
{
	ASSERT_EQ(0, set_level(CLIP_CONTEXT_ADMIN, CLIP_LEVEL_ACTIVE));
	EXPECT_EQ(0, change_table(CLIP_COMMIT_ADD, rules, 1, NULL));
	EXPECT_EQ(1, rules_in_force());
	EXPECT_EQ(0, change_table(CLIP_COMMIT_REMOVE, rules, 1, NULL));
	EXPECT_EQ(0, rules_in_force());
}

/* Fault 33: a table that holds no rule is not locked by mistake. */
TEST(an_empty_table_is_not_locked)
{
	static const char *const others[] = {
		"empty", "1 empty", "0empty", "0 empt", "0 empty 0",
		"0 empty empty",
	};
	struct clip_device_rule never = rules[0];
	const long long before = refused(CLIP_REASON_NO_ENTRY);

	never.priority = 0;
	EXPECT_EQ(ENODATA, set_latch("mount", "0"));
	EXPECT_EQ(ENODATA, set_latch("mount", " 0x0\n"));
	EXPECT_EQ(1, latch("mount"));
	EXPECT_EQ(before + 2, refused(CLIP_REASON_NO_ENTRY));
	/* A rule that never counts does not make a table. */
	EXPECT_EQ(0, change_table(CLIP_COMMIT_ADD, &never, 1, NULL));
	EXPECT_EQ(ENODATA, set_latch("mount", "0"));
	EXPECT_EQ(1, latch("mount"));
	/* The table can still be changed. */
	EXPECT_EQ(0, change_table(CLIP_COMMIT_REMOVE, &never, 1, NULL));
	/* Words that do not ask for an empty table. */
	for (int i = 0; i < 6; i++)
		EXPECT_EQ(EINVAL, set_latch("mount", others[i]));
	EXPECT_EQ(1, latch("mount"));
}

/* A descriptor that root opened gives no right in a user namespace. */
TEST(not_from_a_user_namespace)
{
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC), status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) ? 99 :
		      change_at(fd, CLIP_COMMIT_ADD, rules, 1, NULL));
	waitpid(pid, &status, 0);
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	EXPECT_EQ(0, rules_in_force());
	close(fd);
}

/* V-03, V-06 */
TEST(malformed_requests)
{
	int fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	struct clip_device_commit good = {
		.size = sizeof(good), .mode = CLIP_COMMIT_ADD,
		.rules = (uintptr_t)rules, .rules_count = ARRAY_SIZE(rules),
		.rule_size = sizeof(*rules),
	}, bad;
	struct clip_device_list list = { .size = sizeof(list) };

#define BAD(err, field, value) do { \
	bad = good; \
	bad.field = (value); \
	EXPECT_EQ(-1, ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &bad)); \
	EXPECT_EQ(err, errno); \
} while (0)
	BAD(EINVAL, size, sizeof(good) - 1);
	BAD(EINVAL, size, 0);
	BAD(E2BIG, size, 65536);
	BAD(EINVAL, mode, 0);
	BAD(EINVAL, mode, 4);
	BAD(EINVAL, flags, 1 << 8);
	BAD(EINVAL, flags, CLIP_COMMIT_SKIP_MISSING);
	BAD(EINVAL, rule_size, sizeof(*rules) + 8);
	BAD(E2BIG, rules_count, CLIP_DEVICE_RULES_MAX + 1);
	BAD(EFAULT, rules, 8);
	EXPECT_EQ(-1, ioctl(fd, CLIP_IOC_DEVICE_LIST, &list));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(fd, CLIP_IOC_DEVICE_COMMIT, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(fd, CLIP_IOC_INFO, &list));
	EXPECT_EQ(ENOTTY, errno);
	/* IF-05: the old requests have another size, and other rules. */
	EXPECT_EQ(-1, ioctl(fd, 0x4014c101, rules));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(0, rules_in_force());
	close(fd);
}

/* DV-03, DV-04, DV-05: all or nothing, and every fault is reported. */
TEST(refused_rules)
{
	static const struct clip_device_rule rules[] = {
		LOOP_RULE(0, 15, 1, R), LOOP_RULE(8, 15, 1, W),
		LOOP_RULE(10, 0xfffffffb, 1, R), LOOP_RULE(0, 15, 3, R),
	};
	struct change change;

	EXPECT_EQ(EINVAL, change_table(CLIP_COMMIT_ADD, rules, 4, &change));
	EXPECT_EQ(CLIP_REASON_DEVICE_TIE, change.commit.reason);
	EXPECT_EQ(3, change.commit.results_count);
	EXPECT_EQ(1, change.results[0].index);
	EXPECT_EQ(CLIP_REASON_DEVICE_TIE, change.results[0].reason);
	EXPECT_EQ(2, change.results[1].index);
	EXPECT_EQ(CLIP_REASON_BAD_DEVICE, change.results[1].reason);
	EXPECT_EQ(3, change.results[2].index);
	EXPECT_EQ(CLIP_REASON_EXISTS, change.results[2].reason);
	EXPECT_EQ(0, change.commit.added);
	EXPECT_EQ(0, rules_in_force());
	EXPECT_EQ(0, change_table(CLIP_COMMIT_ADD, rules, 1, &change));
	EXPECT_EQ(1, change.commit.added);
	EXPECT_EQ(1, rules_in_force());
	/* DV-12 */
	EXPECT_EQ(ENOENT, change_table(CLIP_COMMIT_REMOVE, rules + 3, 1,
				       &change));
	EXPECT_EQ(CLIP_REASON_NO_ENTRY, change.commit.reason);
	EXPECT_EQ(1, rules_in_force());
	EXPECT_EQ(0, change_table(CLIP_COMMIT_REMOVE, rules, 1, NULL));
	EXPECT_EQ(0, rules_in_force());
}

/* Fault 33: it is locked where that is asked for by name. This comes last. */
TEST(an_empty_table_is_locked_by_name)
{
	EXPECT_EQ(ENODATA, set_latch("mount", "0"));
	EXPECT_EQ(1, latch("mount"));
	EXPECT_EQ(0, set_latch("mount", "0 empty\n"));
	EXPECT_EQ(0, latch("mount"));
	EXPECT_EQ(EPERM, change_table(CLIP_COMMIT_ADD, rules, 1, NULL));
	/* What is locked can be locked again. */
	EXPECT_EQ(0, set_latch("mount", "0"));
	EXPECT_EQ(0, set_latch("mount", "1"));
	EXPECT_EQ(0, latch("mount"));
}

TEST_HARNESS_MAIN
