/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files A and B, not listed, in a context that enforces exec.
 */
#ifndef CLIP_TESTS_ALLOW_FIXTURE_H
#define CLIP_TESTS_ALLOW_FIXTURE_H

#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"

#include "kselftest_harness.h"

#define DIR	"/opt/allow"
#define A	DIR "/a"
#define B	DIR "/b"
#define LIB	DIR "/lib"
#define XID	3001
#define OTHER	3002
#define TINY	"/usr/lib/clip/tests/tiny"

/* Whether allow digests are in blocks of an image; see image.h. */
#ifndef ALLOW_BLOCKS
#define ALLOW_BLOCKS	false
#endif

/* And whether each of them has a size. */
#ifndef ALLOW_SIZES
#define ALLOW_SIZES	false
#endif

#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

FIXTURE(allow)
{
	int fd;
};

FIXTURE_SETUP(allow)
{
	image_blocks = ALLOW_BLOCKS;
	image_sizes = ALLOW_SIZES;
	mkdir("/opt", 0755);
	mkdir(DIR, 0755);
	ASSERT_EQ(0, copy_file(TINY, A, 0755));
	ASSERT_EQ(0, copy_file(TINY, B, 0755));
	ASSERT_EQ(0, append_byte(B));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	/* Programs of the tests bind a port. */
	ASSERT_EQ(0, context_any_address(self->fd));
}

FIXTURE_TEARDOWN(allow)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	unlink(A);
	unlink(B);
	unlink(LIB);
	rmdir(DIR);
}

static inline struct clip_context_args context_get(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	if (context_call(CLIP_IOC_CONTEXT_GET, &args))
		memset(&args, 0xff, sizeof(args));
	return args;
}

static inline int probe_says(int fd, const char *path, uint32_t flags)
{
	struct clip_query args = {
		.size = sizeof(args), .context = XID, .flags = flags,
		.fd = open(path, O_RDONLY),
	};
	int err = device_call(CLIP_IOC_QUERY, &args);

	close(args.fd);
	return err ? -err : (int)args.state;
}

#endif /* CLIP_TESTS_ALLOW_FIXTURE_H */
