// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault 32: a request whose answer cannot be written changes nothing. Each
 * request is made with its structure where it can only be read; the twin is the
 * same request where it can be written.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "device/table.h"

#include <sys/mman.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/answer"
#define A	DIR "/a"
#define XID	4085
#define NEW	4086
#define PAGE	4096

FIXTURE(answer)
{
	struct rule rule;
	struct store_state before;
	char *pages;	/* the first can be written, the second cannot */
	void *image;
	size_t size;
};

static struct clip_context_args get(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	if (context_call(CLIP_IOC_CONTEXT_GET, &args))
		memset(&args, 0xff, sizeof(args));
	return args;
}

FIXTURE_SETUP(answer)
{
	context_delete(XID);
	context_delete(NEW);
	close(context_create(XID, 0, ALL_CAPS, CLIP_PRIV_ALL));
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	self->rule.context = XID;
	self->image = image_make(&self->rule, 1, &self->size);
	self->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	self->before = store_state();
}

FIXTURE_TEARDOWN(answer)
{
	munmap(self->pages, 2 * PAGE);
	free(self->image);
	context_delete(NEW);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

#define EXPECT_UNCHANGED() do { \
	EXPECT_EQ(self->before.generation, store_state().generation); \
	EXPECT_EQ(self->before.entries, store_state().entries); \
} while (0)

/* Puts a structure where only its bytes up to @writable can be written. */
static void *put(char *pages, const void *args, size_t size, size_t writable)
{
	char *at = pages + PAGE - writable;

	mprotect(pages, 2 * PAGE, PROT_READ | PROT_WRITE);
	memcpy(at, args, size);
	mprotect(pages + PAGE, PAGE, PROT_READ);
	return at;
}

/* What a request answers in such a place, and then in one that is good. */
static int refused_call(char *pages, const char *device, unsigned long request,
			const void *args, size_t size)
{
	int fd = open(device, O_RDWR | O_CLOEXEC), err = 0;
	const size_t places[] = { 0, 8, size - 8 };

	for (int i = 0; i < 3 && (!err || err == EFAULT); i++)
		err = ioctl(fd, request, put(pages, args, size, places[i])) < 0 ?
			      errno : -1;
	close(fd);
	return err;
}

#define EXPECT_FAULT(request, args) \
	EXPECT_EQ(EFAULT, refused_call(self->pages, CLIP_DEVICE_PATH, request, \
				       &(args), sizeof(args)))

TEST_F(answer, context_creation)
{
	struct clip_context_args args = {
		.size = sizeof(args), .xid = NEW, .cap_bound = ALL_CAPS,
		.priv_bound = CLIP_PRIV_ALL,
	};
	const long long contexts = status_value("contexts");
	int before = dup(0), after, fd;

	close(before);
	EXPECT_FAULT(CLIP_IOC_CONTEXT_CREATE, args);
	EXPECT_EQ(contexts, status_value("contexts"));
	after = dup(0);
	close(after);
	/* No descriptor has been left. */
	EXPECT_EQ(before, after);
	fd = context_fd(CLIP_IOC_CONTEXT_CREATE, &args);
	EXPECT_LE(0, fd);
	EXPECT_EQ(contexts + 1, status_value("contexts"));
	close(fd);
	/* Without a free descriptor. */
	EXPECT_EQ(0, context_delete(NEW));
	{
		const int device = device_open();
		int last = device, err = 0;

		while ((fd = dup(0)) >= 0)
			last = fd;
		args.size = sizeof(args);
		if (ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args) < 0)
			err = errno;
		for (fd = device + 1; fd <= last; fd++)
			close(fd);
		close(device);
		EXPECT_EQ(EMFILE, err);
	}
	EXPECT_EQ(contexts, status_value("contexts"));
}

TEST_F(answer, context_requests)
{
	struct clip_context_args args = { .size = sizeof(args), .xid = XID };
	int before = dup(0), after;
	struct clip_info info;

	close(before);
	EXPECT_FAULT(CLIP_IOC_CONTEXT_OPEN, args);
	after = dup(0);
	close(after);
	EXPECT_EQ(before, after);
	EXPECT_FAULT(CLIP_IOC_CONTEXT_GET, args);
	EXPECT_FAULT(CLIP_IOC_CONTEXT_NARROW, args);
	EXPECT_EQ(ALL_CAPS & get(0).cap_bound, get(XID).cap_bound);
	args.level = CLIP_LEVEL_ENFORCE_MNTRO;
	EXPECT_FAULT(CLIP_IOC_SET_LEVEL, args);
	EXPECT_EQ(0, get(XID).level);
	EXPECT_FAULT(CLIP_IOC_SET_UPDATE, args);
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(0, info.update_context);
	EXPECT_FAULT(CLIP_IOC_CONTEXT_DELETE, args);
	EXPECT_EQ(XID, get(XID).xid);
	EXPECT_UNCHANGED();
	/* The twins. */
	EXPECT_EQ(0, set_level(XID, CLIP_LEVEL_ENFORCE_MNTRO));
	EXPECT_EQ(CLIP_LEVEL_ENFORCE_MNTRO, get(XID).level);
	EXPECT_EQ(0, set_level(XID, 0));
	args.level = 0;
	EXPECT_EQ(0, context_call(CLIP_IOC_CONTEXT_NARROW, &args));
	EXPECT_EQ(0, get(XID).cap_bound);
}

TEST_F(answer, commit)
{
	struct clip_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
		.image = (uintptr_t)self->image, .image_size = self->size,
	};

	EXPECT_FAULT(CLIP_IOC_COMMIT, commit);
	commit.mode = CLIP_COMMIT_REPLACE;
	EXPECT_FAULT(CLIP_IOC_COMMIT, commit);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, get(XID).entries);
	commit.mode = CLIP_COMMIT_ADD;
	EXPECT_EQ(0, device_call(CLIP_IOC_COMMIT, &commit));
	EXPECT_EQ(1, get(XID).entries);
	self->before = store_state();
	commit.mode = CLIP_COMMIT_REMOVE;
	EXPECT_FAULT(CLIP_IOC_COMMIT, commit);
	EXPECT_UNCHANGED();
	EXPECT_EQ(0, device_call(CLIP_IOC_COMMIT, &commit));
	EXPECT_EQ(0, get(XID).entries);
}

/* The list of results has a place of its own, which need not be used. */
TEST_F(answer, results_of_a_commit)
{
	struct clip_result room[2];
	struct rule rules[2] = { self->rule, self->rule };
	struct clip_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
		.flags = CLIP_COMMIT_SKIP_MISSING, .results_capacity = 2,
	};
	const uintptr_t places[] = {
		(uintptr_t)self->pages + PAGE,		/* read-only */
		(uintptr_t)self->pages + PAGE - 16,	/* the second one is */
		8,					/* unmapped */
		~0ULL << 47,				/* no address */
	};
	size_t size;
	void *image;

	rules[1].path = DIR "/missing";
	image = image_make(rules, 2, &size);
	commit.image = (uintptr_t)image;
	commit.image_size = size;
	mprotect(self->pages + PAGE, PAGE, PROT_READ);
	for (int i = 0; i < 4; i++) {
		commit.results = places[i];
		EXPECT_EQ(EFAULT, device_call(CLIP_IOC_COMMIT, &commit));
		EXPECT_UNCHANGED();
		EXPECT_EQ(0, get(XID).entries);
	}
	/* The twins: a good place, and no more room than is asked for. */
	commit.results = (uintptr_t)room;
	EXPECT_EQ(0, device_call(CLIP_IOC_COMMIT, &commit));
	EXPECT_EQ(1, commit.results_count);
	EXPECT_EQ(1, room[0].index);
	EXPECT_EQ(1, get(XID).entries);
	commit.results = (uintptr_t)self->pages + PAGE - 32;
	commit.results_capacity = 1000000;
	EXPECT_EQ(0, device_call(CLIP_IOC_COMMIT, &commit));
	memcpy(room, self->pages + PAGE - 32, sizeof(room));
	EXPECT_EQ(1, room[0].index);
	EXPECT_EQ(ENOENT, room[0].error);
	EXPECT_EQ(1, get(XID).entries);
	free(image);
}

TEST_F(answer, device_table)
{
	static const struct clip_device_rule rule = LOOP_RULE(9, 0, 1, R);
	struct clip_device_commit commit = {
		.size = sizeof(commit), .mode = CLIP_COMMIT_ADD,
		.rules = (uintptr_t)&rule, .rules_count = 1,
		.rule_size = sizeof(rule),
	};
	struct clip_device_list list = {
		.size = sizeof(list), .rule_size = sizeof(rule),
	};
	const uint32_t before = rules_in_force();
	int fd;

	EXPECT_EQ(EFAULT, refused_call(self->pages, CLIP_DEVCTL_PATH,
				       CLIP_IOC_DEVICE_COMMIT, &commit,
				       sizeof(commit)));
	EXPECT_EQ(EFAULT, refused_call(self->pages, CLIP_DEVCTL_PATH,
				       CLIP_IOC_DEVICE_LIST, &list,
				       sizeof(list)));
	EXPECT_EQ(before, rules_in_force());
	mprotect(self->pages + PAGE, PAGE, PROT_READ);
	commit.results = (uintptr_t)self->pages + PAGE;
	commit.results_capacity = 1;
	fd = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	EXPECT_EQ(EFAULT, ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &commit) ? errno :
								       0);
	EXPECT_EQ(before, rules_in_force());
	/* The twin, and back. */
	commit.results = (uintptr_t)self->pages;
	EXPECT_EQ(0, ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &commit));
	EXPECT_EQ(before + 1, rules_in_force());
	commit.mode = CLIP_COMMIT_REMOVE;
	EXPECT_EQ(0, ioctl(fd, CLIP_IOC_DEVICE_COMMIT, &commit));
	EXPECT_EQ(before, rules_in_force());
	close(fd);
}

TEST_HARNESS_MAIN
