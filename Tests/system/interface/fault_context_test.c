// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests on the descriptor of a context while memory is exhausted, or user
 * memory cannot be copied: one that fails has changed nothing, and can be made
 * again.
 */
#include "contexts.h"
#include "control.h"
#include "fault.h"
#include "files.h"
#include "process.h"

#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define PLACE	"/tmp/fault_context"
#define GROUPS	PLACE "/groups"
#define GROUP	GROUPS "/one"
#define A	2001
#define MOST	100	/* faults that one request can have */

FIXTURE(faulty)
{
	int a, cgroup, pidfd;
};

FIXTURE_SETUP(faulty)
{
	ASSERT_EQ(0, private_tmpfs(PLACE, 0));
	ASSERT_EQ(0, mkdir(GROUPS, 0755));
	ASSERT_EQ(0, mount("none", GROUPS, "cgroup2", 0, NULL));
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	self->cgroup = open(GROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	self->pidfd = syscall(SYS_pidfd_open, getpid(), 0);
	self->a = context_create(A, 0, 0, 0);
	ASSERT_LE(0, self->a);
	ASSERT_EQ(0, fault_prepare());
}

FIXTURE_TEARDOWN(faulty)
{
	close(self->a);
	close(self->cgroup);
	close(self->pidfd);
	context_delete(A);
	rmdir(GROUP);
	umount2(GROUPS, MNT_DETACH);
	umount2(PLACE, MNT_DETACH);
}

/* The errno of a request with one fault in it; @happened if there was one. */
static int with_fault(int fd, unsigned long request, void *args, size_t size,
		      unsigned int nth, bool *happened)
{
	int err;

	*(uint32_t *)args = size;
	if (fault_arm(nth))
		return EIO;
	err = ioctl(fd, request, args) ? errno : 0;
	*happened = fault_disarm();
	return err;
}

TEST_F(faulty, set_up)
{
	unsigned int nth, failed = 0;
	bool happened = true;

	for (nth = 1; happened && nth < MOST; nth++) {
		struct clip_context_setup args = { .confidentiality = nth % 8 };
		const uint32_t before = context_info(self->a).confidentiality;
		const int err = with_fault(self->a, CLIP_IOC_CONTEXT_SETUP,
					   &args, sizeof(args), nth, &happened);

		EXPECT_EQ(err ? before : nth % 8,
			  context_info(self->a).confidentiality);
		failed += !!err;
	}
	EXPECT_FALSE(happened);
	EXPECT_LT(0, failed);
}

TEST_F(faulty, bind_and_unbind)
{
	const struct clip_context_bind bind = { .cgroup_fd = self->cgroup };
	struct clip_context_bind args;
	unsigned int nth, failed = 0;
	bool happened = true;

	for (nth = 1; happened && nth < MOST; nth++) {
		args = bind;
		const int err = with_fault(self->a, CLIP_IOC_CONTEXT_BIND,
					   &args, sizeof(args), nth, &happened);

		failed += !!err;
		/* Bound or not, as the request has said. */
		EXPECT_EQ(err ? 0 : EEXIST,
			  context_bind(self->a, GROUP, "", 0, NULL));
		EXPECT_EQ(0, context_bind(self->a, GROUP, "", CLIP_BIND_UNBIND,
					  NULL));
	}
	EXPECT_FALSE(happened);
	EXPECT_LT(1, failed);
}

TEST_F(faulty, arm_and_disarm)
{
	const struct clip_context_arm arm = { .pidfd = self->pidfd };
	struct clip_context_arm args;
	unsigned int nth, failed = 0;
	bool happened = true;

	for (nth = 1; happened && nth < MOST; nth++) {
		args = arm;
		const int err = with_fault(self->a, CLIP_IOC_CONTEXT_ARM, &args,
					   sizeof(args), nth, &happened);

		failed += !!err;
		EXPECT_EQ(err ? ENOENT : 0,
			  context_arm(self->a, getpid(), CLIP_ARM_DISARM,
				      NULL));
	}
	EXPECT_FALSE(happened);
	EXPECT_LT(0, failed);
}

TEST_HARNESS_MAIN
