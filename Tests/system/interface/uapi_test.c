// SPDX-License-Identifier: GPL-2.0-only
/*
 * The form of the interface: sizes, flags, pointers, rights.
 */
#include "contexts.h"
#include "device.h"
#include "image.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

FIXTURE(uapi)
{
	int fd;
	struct store_state before;
};

FIXTURE_SETUP(uapi)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	self->before = store_state();
}

FIXTURE_TEARDOWN(uapi)
{
	const struct store_state after = store_state();

	/* Nothing in this file may change the store. */
	EXPECT_EQ(self->before.generation, after.generation);
	EXPECT_EQ(self->before.entries, after.entries);
	close(self->fd);
}

TEST_F(uapi, info_tells_versions_and_masks)
{
	struct clip_info info;

	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(sizeof(info), info.size);
	EXPECT_EQ(1, info.abi_version);
	EXPECT_EQ(CLIP_IMAGE_VERSION, info.image_version);
	EXPECT_EQ(CLIP_CONTEXT_ADMIN, info.context);
	EXPECT_TRUE(info.features & CLIP_FEATURE_EXEC);
	EXPECT_TRUE(info.features & CLIP_FEATURE_CAPS);
	EXPECT_TRUE(info.algorithms & 1 << CLIP_ALGO_SHA256);
	EXPECT_TRUE(info.algorithms & 1 << CLIP_ALGO_SHA512);
	EXPECT_TRUE(info.algorithms & 1 << CLIP_ALGO_FSVERITY_SHA256);
	EXPECT_TRUE(info.features & CLIP_FEATURE_LIBS);
	/* ST-08: MD5 and SHA-1 are a build option, off in this kernel. */
	EXPECT_FALSE(info.algorithms & 1 << CLIP_ALGO_MD5);
	EXPECT_FALSE(info.algorithms & 1 << CLIP_ALGO_SHA1);
	EXPECT_EQ(CLIP_PRIV_ALL, info.privileges_known);
	EXPECT_EQ(0, info.flags_enforced & ~info.flags_known);
	EXPECT_TRUE(info.capabilities >> CLIP_CAP_CONTEXT & 1);
}

TEST_F(uapi, status_and_entries_agree_with_info)
{
	struct clip_info info;
	struct stat st;

	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(info.generation, status_value("generation"));
	EXPECT_EQ(info.entries, status_value("entries"));
	EXPECT_EQ(info.entries, status_value("context.0.entries"));
	EXPECT_EQ(info.flags_known, status_value("flags_known"));
	ASSERT_EQ(0, stat(CLIP_SECURITYFS_PATH "/status", &st));
	EXPECT_EQ(0444, st.st_mode & 07777);
	ASSERT_EQ(0, stat(CLIP_SECURITYFS_PATH "/entries", &st));
	EXPECT_EQ(0400, st.st_mode & 07777);
	ASSERT_EQ(0, stat(CLIP_DEVICE_PATH, &st));
	EXPECT_EQ(0644, st.st_mode & 07777);
}

TEST_F(uapi, unknown_request)
{
	EXPECT_EQ(-1, ioctl(self->fd, _IO(CLIP_IOC_MAGIC, 99)));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IO('T', 0)));
	EXPECT_EQ(ENOTTY, errno);
}

FIXTURE(request)
{
	int fd;
	unsigned long number;
	size_t size;
	uint32_t *args;
	struct store_state before;
	long long contexts;
};

FIXTURE_VARIANT(request)
{
	unsigned long number;
	size_t size;
};

FIXTURE_VARIANT_ADD(request, info) {
	.number = CLIP_IOC_INFO, .size = sizeof(struct clip_info),
};

FIXTURE_VARIANT_ADD(request, commit) {
	.number = CLIP_IOC_COMMIT, .size = sizeof(struct clip_commit),
};

FIXTURE_VARIANT_ADD(request, query) {
	.number = CLIP_IOC_QUERY, .size = sizeof(struct clip_query),
};

FIXTURE_VARIANT_ADD(request, context_create) {
	.number = CLIP_IOC_CONTEXT_CREATE,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_VARIANT_ADD(request, context_open) {
	.number = CLIP_IOC_CONTEXT_OPEN,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_VARIANT_ADD(request, context_get) {
	.number = CLIP_IOC_CONTEXT_GET,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_VARIANT_ADD(request, context_narrow) {
	.number = CLIP_IOC_CONTEXT_NARROW,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_VARIANT_ADD(request, context_delete) {
	.number = CLIP_IOC_CONTEXT_DELETE,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_VARIANT_ADD(request, set_level) {
	.number = CLIP_IOC_SET_LEVEL,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_VARIANT_ADD(request, exception) {
	.number = CLIP_IOC_EXCEPTION, .size = sizeof(struct clip_exception),
};

FIXTURE_VARIANT_ADD(request, run_allowed) {
	.number = CLIP_IOC_RUN_ALLOWED, .size = sizeof(struct clip_run_allowed),
};

FIXTURE_VARIANT_ADD(request, permissive) {
	.number = CLIP_IOC_PERMISSIVE, .size = sizeof(struct clip_permissive),
};

FIXTURE_VARIANT_ADD(request, ask) {
	.number = CLIP_IOC_ASK, .size = sizeof(struct clip_ask),
};

FIXTURE_VARIANT_ADD(request, set_update) {
	.number = CLIP_IOC_SET_UPDATE,
	.size = sizeof(struct clip_context_args),
};

FIXTURE_SETUP(request)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd);
	/* Longer than a page, and zero. */
	self->args = calloc(1, 16384);
	ASSERT_NE(NULL, self->args);
	self->before = store_state();
	self->contexts = status_value("contexts");
}

FIXTURE_TEARDOWN(request)
{
	EXPECT_EQ(self->before.generation, store_state().generation);
	EXPECT_EQ(self->contexts, status_value("contexts"));
	EXPECT_EQ(0, status_value("update_context"));
	free(self->args);
	close(self->fd);
}

TEST_F(request, bad_pointer)
{
	EXPECT_EQ(-1, ioctl(self->fd, variant->number, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, variant->number, (void *)-4096L));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(request, every_shorter_size_is_refused)
{
	for (size_t size = 0; size < variant->size; size++) {
		self->args[0] = size;
		EXPECT_EQ(-1, ioctl(self->fd, variant->number, self->args));
		EXPECT_EQ(EINVAL, errno);
	}
}

TEST_F(request, nonzero_tail_is_refused)
{
	self->args[0] = variant->size + 8;
	((char *)self->args)[variant->size + 3] = 1;
	EXPECT_EQ(-1, ioctl(self->fd, variant->number, self->args));
	EXPECT_EQ(E2BIG, errno);
}

TEST_F(request, huge_size_is_refused)
{
	self->args[0] = 4097;
	EXPECT_EQ(-1, ioctl(self->fd, variant->number, self->args));
	EXPECT_EQ(E2BIG, errno);
	self->args[0] = UINT32_MAX;
	EXPECT_EQ(-1, ioctl(self->fd, variant->number, self->args));
	EXPECT_EQ(E2BIG, errno);
}

TEST_F(uapi, longer_info_with_zero_tail_is_taken)
{
	struct {
		struct clip_info info;
		uint64_t future[4];
	} args = { .info.size = sizeof(args) };

	ASSERT_EQ(0, ioctl(self->fd, CLIP_IOC_INFO, &args));
	EXPECT_EQ(sizeof(args.info), args.info.size);
	EXPECT_EQ(0, args.future[0]);
}

TEST_F(uapi, longer_context_args_with_zero_tail_are_taken)
{
	struct {
		struct clip_context_args args;
		uint64_t future[4];
	} args = { .args.size = sizeof(args), .args.xid = 0 };

	ASSERT_EQ(0, ioctl(self->fd, CLIP_IOC_CONTEXT_GET, &args));
	EXPECT_EQ(sizeof(args.args), args.args.size);
	EXPECT_NE(0, args.args.cap_bound);
	EXPECT_EQ(0, args.future[0]);
}

/*
 * If the answer cannot be written, the error is EFAULT and no descriptor is
 * left behind.
 */
TEST_F(uapi, context_args_that_cannot_be_written)
{
	struct clip_context_args *args =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const int next = dup(self->fd);

	close(next);
	args->size = sizeof(*args);
	args->xid = CLIP_CONTEXT_WATCH;
	ASSERT_EQ(0, mprotect(args, 4096, PROT_READ));
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_CONTEXT_GET, args));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_CONTEXT_OPEN, args));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(next, dup(self->fd));
	close(next);
}

TEST_F(uapi, commit_mode_and_flags)
{
	const struct clip_commit good = {
		.size = sizeof(good), .mode = CLIP_COMMIT_ADD,
	};
	struct clip_commit args;

	for (uint32_t mode = 0; mode < 8; mode++) {
		if (mode >= CLIP_COMMIT_ADD && mode <= CLIP_COMMIT_REMOVE)
			continue;
		args = good;
		args.mode = mode;
		EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
		EXPECT_EQ(EINVAL, errno);
	}
	for (int bit = 3; bit < 32; bit++) {
		args = good;
		args.flags = 1U << bit;
		EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
		EXPECT_EQ(EINVAL, errno);
	}
}

TEST_F(uapi, commit_image_pointer_and_size)
{
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
		.image = 4096, .image_size = 65536,
	};

	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(EFAULT, errno);
	args.image_size = CLIP_IMAGE_MAX_SIZE + 1ULL;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(E2BIG, errno);
	args.image_size = UINT64_MAX;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(E2BIG, errno);
	args.image_size = 0;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(EINVAL, errno);
	args.image_size = 63;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_COMMIT, &args));
	EXPECT_EQ(EINVAL, errno);
}

/* The offset of a fault in the image is returned. */
TEST_F(uapi, commit_error_offset)
{
	const struct rule rule = {
		.path = "/bin/sh", .algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32,
	};
	struct outcome outcome;
	size_t size;
	struct clip_image_header *header = image_make(&rule, 1, &size);
	struct clip_image_entry *entry = (void *)(header + 1);

	header->version = 9;
	image_seal(header, size);
	EXPECT_EQ(EINVAL, commit_image(header, size, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(8, outcome.commit.error_offset);
	EXPECT_EQ(CLIP_REASON_BAD_IMAGE, outcome.commit.reason);

	header->version = CLIP_IMAGE_VERSION_PLAIN;
	header->checksum = ~header->checksum;
	EXPECT_EQ(EINVAL, commit_image(header, size, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(56, outcome.commit.error_offset);
	EXPECT_EQ(CLIP_REASON_CHECKSUM, outcome.commit.reason);

	entry->path_offset = 0xfffffff0;
	image_seal(header, size);
	EXPECT_EQ(EINVAL, commit_image(header, size, CLIP_COMMIT_ADD, 0,
				       &outcome));
	EXPECT_EQ(64 + offsetof(struct clip_image_entry, path_offset),
		  outcome.commit.error_offset);
	free(header);
}

/*
 * Root without the capability and an ordinary user may read, and may not change
 * anything.
 */
TEST_F(uapi, commit_needs_mac_admin)
{
	const long long refused = status_value("refused.permission");
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
	};
	struct clip_info info = { .size = sizeof(info) };
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		/* A descriptor that root opened is not enough. */
		if (setgid(USER_ID) || setuid(USER_ID))
			_exit(1);
		if (!ioctl(self->fd, CLIP_IOC_COMMIT, &args) || errno != EPERM)
			_exit(2);
		if (ioctl(self->fd, CLIP_IOC_INFO, &info))
			_exit(3);
		if (device_open() >= 0 || errno != EACCES)
			_exit(4);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* Every refusal is counted under its reason. */
	EXPECT_EQ((refused < 0 ? 0 : refused) + 1,
		  status_value("refused.permission"));
}

/* The same call by root of a user namespace, whose capability is not global. */
TEST_F(uapi, commit_refused_in_user_namespace)
{
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
	};
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		_exit(ioctl(self->fd, CLIP_IOC_COMMIT, &args) &&
		      errno == EPERM ? 0 : 2);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(uapi, query_arguments)
{
	struct clip_query args = { .size = sizeof(args), .fd = -1 };
	int directory = open("/", O_RDONLY | O_DIRECTORY);
	int writer = open("/tmp/clip-query", O_WRONLY | O_CREAT, 0600);

	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(EBADF, errno);
	args.fd = directory;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(EINVAL, errno);
	args.fd = writer;
	args.flags = CLIP_QUERY_VERIFY;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(EBADF, errno);
	args.flags = 2;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(EINVAL, errno);
	args.flags = 0;
	args.context = 1002;
	EXPECT_EQ(-1, ioctl(self->fd, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(ENOENT, errno);
	args.context = CLIP_CONTEXT_ADMIN;
	EXPECT_EQ(0, ioctl(self->fd, CLIP_IOC_QUERY, &args));
	EXPECT_EQ(CLIP_STATE_UNLISTED, args.state);
	EXPECT_EQ(CLIP_REASON_NO_ENTRY, args.reason);
	close(directory);
	close(writer);
	unlink("/tmp/clip-query");
}

TEST_HARNESS_MAIN
