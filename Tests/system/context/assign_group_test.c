// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts that are assigned at exec: the processes of a cgroup that was bound.
 */
#include "actor.h"
#include "control.h"
#include "enter_fixture.h"
#include "waiting.h"

#define GROUPS	"/tmp/assign"
#define GROUP	GROUPS "/one"
#define BELOW	GROUP "/below"
#define CHILD	GROUP "/payload"

static int in_group(const char *group)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	return write_text(path, "0");
}

static int in_the_group(void)
{
	return in_group(GROUP);
}

static int in_the_group_below(void)
{
	return mkdir(BELOW, 0755) || in_group(BELOW);
}

static int in_the_child(void)
{
	return mkdir(CHILD, 0755) || in_group(CHILD);
}

static int outside_of_the_group(void)
{
	return in_group(GROUPS);
}

static bool make_groups(void)
{
	mkdir(GROUPS, 0755);
	return !mount("none", GROUPS, "cgroup2", 0, NULL) &&
	       !mkdir(GROUP, 0755);
}

static void remove_groups(void)
{
	rmdir(BELOW);
	rmdir(CHILD);
	rmdir(GROUP);
	umount2(GROUPS, MNT_DETACH);
}

/* The context of a process that is moved somewhere and executes a program. */
static uint32_t context_after(int (*move)(void))
{
	struct waiting one;
	uint32_t xid = 0xbad;

	if (waiting_start(&one, move))
		return xid;
	if (!waiting_go(&one))
		xid = context_of(one.actor.pid);
	actor_stop(&one.actor);
	usleep(10000);
	return xid;
}

TEST_F(enter, bound_cgroup)
{
	uint32_t reason;

	ASSERT_TRUE(make_groups());
	EXPECT_EQ(0, context_after(in_the_group));
	EXPECT_EQ(0, context_bind(self->a, GROUP, "", 0, &reason));
	EXPECT_EQ(EEXIST, context_bind(self->a, GROUP, "", 0, &reason));
	EXPECT_EQ((uint32_t)CLIP_REASON_EXISTS, reason);
	EXPECT_EQ((uint32_t)A, context_after(in_the_group));
	EXPECT_EQ((uint32_t)A, context_after(in_the_group_below));
	EXPECT_EQ(0, context_after(outside_of_the_group));
	EXPECT_EQ(0, context_after(NULL));
	/* Of two, the nearer one counts. */
	self->b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	EXPECT_EQ(0, context_bind(self->b, BELOW, "", 0, &reason));
	rmdir(BELOW);
	EXPECT_EQ((uint32_t)A, context_after(in_the_group));
	EXPECT_EQ(ENOENT, context_bind(self->b, GROUP, "", CLIP_BIND_UNBIND,
				       &reason));
	EXPECT_EQ((uint32_t)CLIP_REASON_NO_ENTRY, reason);
	EXPECT_EQ((uint32_t)A, context_after(in_the_group));
	EXPECT_EQ(0, context_bind(self->a, GROUP, "", CLIP_BIND_UNBIND,
				  &reason));
	EXPECT_EQ(0, context_after(in_the_group));
	close(self->b);
	remove_groups();
}

/* The context of a process that is made in a cgroup, and executes a program. */
static uint32_t context_of_child_in(const char *group)
{
	const int fd = open(group, O_RDONLY | O_DIRECTORY);
	struct waiting one;
	uint32_t xid = 0xbad;

	if (fd < 0 || waiting_start_in(fd, &one, NULL))
		return xid;
	close(fd);
	if (!waiting_go(&one))
		xid = context_of(one.actor.pid);
	actor_stop(&one.actor);
	return xid;
}

static int leaves_the_group(void *unused)
{
	return context_of_child_in(GROUPS) == 0xbad ? 1 : 0;
}

/* CLONE_INTO_CGROUP moves a task that was never anywhere else. */
TEST_F(enter, made_in_a_bound_cgroup)
{
	uint32_t reason;

	ASSERT_TRUE(make_groups());
	ASSERT_EQ(0, mkdir(BELOW, 0755));
	ASSERT_EQ(0, mkdir(CHILD, 0755));
	EXPECT_EQ(0, context_of_child_in(GROUP));
	EXPECT_EQ(0, context_bind(self->a, GROUP, "", 0, &reason));
	EXPECT_EQ((uint32_t)A, context_of_child_in(GROUP));
	EXPECT_EQ((uint32_t)A, context_of_child_in(BELOW));
	EXPECT_EQ(0, context_of_child_in(GROUPS));
	/* A context is no way out of its own by another cgroup. */
	self->b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	EXPECT_EQ(0, context_bind(self->b, GROUP, "payload", 0, &reason));
	EXPECT_EQ((uint32_t)B, context_of_child_in(CHILD));
	EXPECT_EQ(1, do_in_context(self->a, leaves_the_group, NULL));
	close(self->b);
	usleep(10000);
	remove_groups();
}

static int in_the_nearer_group(void)
{
	return in_group(BELOW);
}

TEST_F(enter, nearer_binding_counts)
{
	ASSERT_TRUE(make_groups());
	ASSERT_EQ(0, mkdir(BELOW, 0755));
	self->b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	EXPECT_EQ(0, context_bind(self->a, GROUP, "", 0, NULL));
	EXPECT_EQ(0, context_bind(self->b, BELOW, "", 0, NULL));
	EXPECT_EQ((uint32_t)A, context_after(in_the_group));
	EXPECT_EQ((uint32_t)B, context_after(in_the_nearer_group));
	/* A binding ends with its context, ... */
	EXPECT_EQ(0, context_delete(B));
	EXPECT_EQ((uint32_t)A, context_after(in_the_nearer_group));
	/* ... and with its cgroup. */
	rmdir(BELOW);
	EXPECT_EQ(0, rmdir(GROUP));
	EXPECT_EQ(0, mkdir(GROUP, 0755));
	EXPECT_EQ(0, context_after(in_the_group));
	close(self->b);
	remove_groups();
}

TEST_F(enter, bound_name_of_a_child)
{
	uint32_t reason;

	ASSERT_TRUE(make_groups());
	EXPECT_EQ(0, context_bind(self->a, GROUP, "payload", 0, &reason));
	EXPECT_EQ(0, context_after(in_the_group));
	EXPECT_EQ((uint32_t)A, context_after(in_the_child));
	EXPECT_EQ(0, context_after(in_the_group_below));
	EXPECT_EQ(EINVAL, context_bind(self->a, GROUP, "a/b", 0, &reason));
	EXPECT_EQ(EINVAL, context_bind(self->a, GROUP, "..", 0, &reason));
	EXPECT_EQ(EBADF, context_bind(self->a, "/etc", "", 0, &reason));
	EXPECT_EQ(EBADF, context_bind(self->a, "/nothing", "", 0, &reason));
	remove_groups();
}

TEST_HARNESS_MAIN
