// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the device that are malformed, or that no rule can mean (V-03 to
 * V-26, faults 2, 31 and 32), from one who may make them: before anything is
 * enforced plain root, and then the program that has every privilege. Commits
 * are dry runs, so that the twin changes nothing either.
 */
#include "../hostile.h"

#include "image.h"

#include <sys/mman.h>
#include <sys/stat.h>

#define PAGE	4096

static int ask(unsigned long request, long argument)
{
	const int fd = open(DEV "veriexec", O_RDWR | O_CLOEXEC);
	int err;

	if (fd < 0)
		return 1;
	err = TRY(ioctl, fd, request, argument);
	close(fd);
	return err;
}

/* ------------------------------------------------------------------- sizes */

static const struct {
	const char *name;
	unsigned long request;
	unsigned int size;
} requests[] = {
	{ "info", CLIP_IOC_INFO, sizeof(struct clip_info) },
	{ "commit", CLIP_IOC_COMMIT, sizeof(struct clip_commit) },
	{ "query", CLIP_IOC_QUERY, sizeof(struct clip_query) },
	{ "get", CLIP_IOC_CONTEXT_GET, sizeof(struct clip_context_args) },
	{ "create", CLIP_IOC_CONTEXT_CREATE, sizeof(struct clip_context_args) },
	{ "level", CLIP_IOC_SET_LEVEL, sizeof(struct clip_context_args) },
	{ "exception", CLIP_IOC_EXCEPTION, sizeof(struct clip_exception) },
	{ "permissive", CLIP_IOC_PERMISSIVE, sizeof(struct clip_permissive) },
	{ "allowed", CLIP_IOC_RUN_ALLOWED, sizeof(struct clip_run_allowed) },
	{ "ask", CLIP_IOC_ASK, sizeof(struct clip_ask) },
};

/*
 * "REQUEST SIZE": the size that the structure claims; "tail" for one that is
 * longer and not zero behind its end, "none" for no structure at all.
 */
static int of_size(const char *what)
{
	char name[16], size[16];
	uint32_t *args = low(PAGE);

	sscanf(what, "%15s %15s", name, size);
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		if (strcmp(name, requests[i].name))
			continue;
		*args = !strcmp(size, "right") ? requests[i].size :
			!strcmp(size, "tail") ? requests[i].size + 8 :
			strtoul(size, NULL, 0);
		if (!strcmp(size, "tail"))
			args[requests[i].size / 4 + 1] = 1;
		return ask(requests[i].request, !strcmp(size, "none") ? 0 :
			   (long)args);
	}
	return 1;
}

/* ------------------------------------------------------------------- rules */

/* A valid allow digest, which each act spoils in its own way. */
static struct rule valid(void)
{
	return (struct rule) {
		.path = "", .context = CLIP_CONTEXT_ADMIN,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
		.digest = { 7, 7, 7 },
	};
}

static int commit(const struct rule *rules, unsigned int count,
		  uint32_t mode, uint32_t flags)
{
	size_t size;
	void *image = image_make(rules, count, &size);
	const struct clip_commit args = {
		.size = sizeof(args), .mode = mode,
		.flags = flags | CLIP_COMMIT_DRY_RUN,
		.image = low_copy(image, size), .image_size = size,
	};

	return ask(CLIP_IOC_COMMIT, COPY(args));
}

static int add(const struct rule *rule)
{
	return commit(rule, 1, CLIP_COMMIT_ADD, 0);
}

static int of_mode(const char *what)
{
	const struct rule rule = valid();

	return commit(&rule, 1, strtoul(what, NULL, 0), 0);
}

static int with_flags(const char *what)
{
	const struct rule rule = valid();

	return commit(&rule, 1, CLIP_COMMIT_ADD, strtoul(what, NULL, 0));
}

/* Paths are those that the kernel resolves. */
static const char *absolute(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), TOP "/%s", name);
	return path;
}

static int of_path(const char *path)
{
	struct rule rule = valid();

	rule.path = path;
	rule.flags = CLIP_ENTRY_EXE;
	return add(&rule);
}

static int of_file(const char *what)
{
	return of_path(absolute(file(what)));
}

static int of_tmpfs(const char *what)
{
	return of_path(absolute("tmpfs/c/good"));
}

static int of_fifo(const char *what)
{
	return mknod(file("new"), S_IFIFO | 0755, 0) ? 1 : of_file("new");
}

static int of_dangling_link(const char *what)
{
	return symlink("nothing", file("new")) ? 1 : of_file("new");
}

static int of_link_loop(const char *what)
{
	return symlink("new", file("new")) ? 1 : of_file("new");
}

static int with_bits(const char *what)
{
	struct rule rule = valid();

	rule.path = absolute("tmpfs/c/good");
	rule.flags = CLIP_ENTRY_EXE;
	if (!strcmp(what, "flags"))
		rule.flags |= 1U << 30;
	else if (!strcmp(what, "privileges"))
		rule.privileges = 1ULL << 50;
	else if (!strcmp(what, "capabilities"))
		rule.effective = rule.permitted = 1ULL << 55;
	else if (!strcmp(what, "algorithm"))
		rule.algorithm = 99;
	else if (!strcmp(what, "digest"))
		rule.digest_size = 31;
	return add(&rule);
}

static int of_context(const char *what)
{
	struct rule rule = valid();

	rule.context = strtoul(what, NULL, 0);
	return add(&rule);
}

/* Two rules for one file, with different digests. */
static int twice(const char *what)
{
	struct rule rules[2] = { valid(), valid() };

	rules[0].path = rules[1].path = absolute("tmpfs/c/good");
	rules[0].flags = rules[1].flags = CLIP_ENTRY_EXE;
	rules[0].digest[0] = 1;
	return commit(rules, strcmp(what, "one") ? 2 : 1, CLIP_COMMIT_ADD, 0);
}

/* One byte of the image is another one. */
static int damaged(const char *what)
{
	const struct rule rule = valid();
	const long at = strtol(what, NULL, 0);
	size_t size;
	char *image = image_make(&rule, 1, &size);
	struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
		.flags = CLIP_COMMIT_DRY_RUN, .image_size = size,
	};

	if (at >= 0)
		image[at] ^= 0x5a;
	else
		args.image_size += at;
	args.image = low_copy(image, size);
	if (at == -1000)
		args.image_size = size;
	return ask(CLIP_IOC_COMMIT, COPY(args));
}

/* The answer cannot be written. */
static int commit_to_read(const char *what)
{
	const struct rule rule = valid();
	size_t size;
	void *image = image_make(&rule, 1, &size);
	struct clip_commit *args = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
					-1, 0);

	*args = (struct clip_commit) {
		.size = sizeof(*args), .mode = CLIP_COMMIT_ADD,
		.flags = strcmp(what, "read") ? CLIP_COMMIT_DRY_RUN : 0,
		.image = low_copy(image, size), .image_size = size,
	};
	if (!strcmp(what, "read"))
		mprotect(args, PAGE, PROT_READ);
	return ask(CLIP_IOC_COMMIT, (long)args);
}

static int declare_update(const char *what)
{
	const struct clip_context_args args = {
		.size = sizeof(args), .xid = XID_OTHER,
	};

	return ask(strcmp(what, "update") ? CLIP_IOC_CONTEXT_GET :
					    CLIP_IOC_SET_UPDATE, COPY(args));
}

/* ------------------------------------------------- other acts on the device */

static int map_device(const char *what)
{
	const int fd = open(DEV "veriexec", O_RDWR | O_CLOEXEC);
	const int err = TRY(mmap, 0, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	return err;
}

static int write_device(const char *what)
{
	const int fd = open(DEV "veriexec", O_RDWR | O_CLOEXEC);
	const int err = write(fd, "x", 1) < 0 ? errno : 0;

	close(fd);
	return err;
}

static int cut_device(const char *what)
{
	const int fd = open(DEV "veriexec", O_RDWR | O_CLOEXEC);
	const int err = TRY(ftruncate, fd, 0);

	close(fd);
	return err;
}

static int extend_device(const char *what)
{
	const int fd = open(DEV "veriexec", O_RDWR | O_CLOEXEC);
	const int err = TRY(fallocate, fd, 0, 0, 1);

	close(fd);
	return err;
}

static int read_info(const char *what)
{
	return of_size("info right");
}

/* Where an entry identifies a file. */
#define LISTED	(ON(EXT4) | ON(TMPFS) | ON(LOOP) | ON(MAPPER))

#define SIZE(id, name, what, err) \
	{ id, name, CALL_ioctl, of_size, what, "info right", NULL, err, \
	  CLIP_REASON_NONE, NO_FS, IN(HOST), ALWAYS, {} }
#define RULE(id, name, act, bad, good, err) \
	{ id, name, CALL_ioctl, act, bad, good, NULL, err, CLIP_REASON_NONE, \
	  NO_FS, IN(HOST), ALWAYS | BY_HOLDER | HELD, {} }
/* The twin is a rule for a file that can have one. */
#define FILE_RULE(id, name, act, bad, err, filesystems) \
	{ id, name, CALL_ioctl, act, bad, "", of_tmpfs, err, \
	  CLIP_REASON_NONE, filesystems, IN(HOST), \
	  ALWAYS | BY_HOLDER | HELD | PREPARES, {} }
#define OTHER(id, name, call, act, err) \
	{ id, name, CALL_##call, act, "", "", read_info, err, \
	  CLIP_REASON_NONE, NO_FS, IN(HOST), ALWAYS, {} }

const struct row request_rows[] = {
	SIZE("V-03", "commit_of_size_0", "commit 0", EINVAL),
	SIZE("V-03", "commit_too_short", "commit 72", EINVAL),
	SIZE("V-03", "commit_with_a_tail", "commit tail", E2BIG),
	SIZE("V-03", "query_of_size_0", "query 0", EINVAL),
	SIZE("V-03", "query_too_short", "query 215", EINVAL),
	SIZE("V-03", "query_with_a_tail", "query tail", E2BIG),
	SIZE("V-03", "context_of_size_0", "get 0", EINVAL),
	SIZE("V-03", "context_too_short", "get 48", EINVAL),
	SIZE("V-03", "context_with_a_tail", "get tail", E2BIG),
	SIZE("V-03", "creation_of_size_0", "create 0", EINVAL),
	SIZE("V-03", "creation_too_short", "create 48", EINVAL),
	SIZE("V-03", "creation_with_a_tail", "create tail", E2BIG),
	SIZE("V-03", "level_of_size_0", "level 0", EINVAL),
	SIZE("V-03", "level_with_a_tail", "level tail", E2BIG),
	SIZE("V-03", "exception_of_size_0", "exception 0", EINVAL),
	SIZE("V-03", "exception_too_short", "exception 80", EINVAL),
	SIZE("V-03", "exception_with_a_tail", "exception tail", E2BIG),
	SIZE("V-03", "permissive_of_size_0", "permissive 0", EINVAL),
	SIZE("V-03", "permissive_with_a_tail", "permissive tail", E2BIG),
	SIZE("V-03", "run_allowed_of_size_0", "allowed 0", EINVAL),
	SIZE("V-03", "run_allowed_with_a_tail", "allowed tail", E2BIG),
	SIZE("V-03", "question_of_size_0", "ask 0", EINVAL),
	SIZE("V-03", "question_with_a_tail", "ask tail", E2BIG),

	RULE("V-06", "commit_without_memory", of_size, "commit none",
	     "info right", EFAULT),
	RULE("V-06", "creation_without_memory", of_size, "create none",
	     "info right", EFAULT),
	RULE("F-32", "commit_without_room_for_the_answer", commit_to_read,
	     "read", "write", EFAULT),

	RULE("V-03", "commit_of_mode_0", of_mode, "0", "1", EINVAL),
	RULE("V-03", "commit_of_mode_4", of_mode, "4", "1", EINVAL),
	RULE("V-03", "commit_of_unknown_flags", with_flags, "0x20000000", "0",
	     EINVAL),
	RULE("V-03", "commit_of_all_contexts_by_adding", with_flags, "0x10",
	     "0", EINVAL),
	RULE("V-04", "image_that_ends_early", damaged, "-1", "-1000", EINVAL),
	RULE("V-04", "image_of_a_header_alone", damaged, "-60", "-1000",
	     EINVAL),
	RULE("V-04", "image_of_another_magic", damaged, "0", "-1000", EINVAL),
	RULE("V-04", "image_of_another_length", damaged, "9", "-1000",
	     EINVAL),
	RULE("V-04", "image_of_another_checksum", damaged, "40", "-1000",
	     EINVAL),
	RULE("V-22", "rule_with_unknown_flags", with_bits, "flags", "none",
	     EINVAL),
	RULE("V-22", "rule_with_unknown_privileges", with_bits, "privileges",
	     "none", EINVAL),
	RULE("V-22", "rule_with_unknown_capabilities", with_bits,
	     "capabilities", "none", EINVAL),
	RULE("V-22", "rule_of_an_unknown_algorithm", with_bits, "algorithm",
	     "none", EINVAL),
	RULE("V-22", "rule_with_a_short_digest", with_bits, "digest", "none",
	     EINVAL),
	RULE("V-12", "rule_of_a_context_that_is_not_there", of_context, "3399",
	     "0", ENOENT),
	RULE("V-23", "two_rules_for_one_file", twice, "unlike", "one",
	     EEXIST),
	{ "V-14", "second_update_context", CALL_ioctl, declare_update,
	  "update", "get", NULL, EPERM, CLIP_REASON_IMMUTABLE, NO_FS, IN(HOST),
	  ALWAYS | BY_HOLDER | HELD, {} },

	FILE_RULE("V-10", "rule_for_a_directory", of_file, "dir", EINVAL,
		  LISTED),
	FILE_RULE("V-10", "rule_for_a_fifo", of_fifo, "", EINVAL, LISTED),
	FILE_RULE("F-31", "rule_for_a_dangling_link", of_dangling_link, "",
		  ENOENT, LISTED),
	FILE_RULE("V-10", "rule_for_a_loop_of_links", of_link_loop, "", ELOOP,
		  LISTED),
	FILE_RULE("V-19", "rule_for_a_file_without_identity", of_file, "good",
		  EOPNOTSUPP, ON(OVERLAY) | ON(FUSE)),

	OTHER("V-26", "device_is_mapped", mmap, map_device, ENODEV),
	OTHER("V-26", "device_is_written", NONE, write_device, EINVAL),
	OTHER("V-26", "device_is_truncated", ftruncate, cut_device, EINVAL),
	OTHER("V-26", "device_is_extended", fallocate, extend_device, ENODEV),
	{},
};
