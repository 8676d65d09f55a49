// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables and the latches (V, Z). A task without the right to change them
 * is refused, in every place, and a malformed request always is.
 */
#include "../hostile.h"

#include "image.h"
#include "process.h"

static int device(const char *path)
{
	return open(path, O_RDWR | O_CLOEXEC);
}

static int ask(unsigned long request, long argument)
{
	const int fd = device(DEV "veriexec");
	int err;

	if (fd < 0)
		return 1 + errno;
	err = TRY(ioctl, fd, request, argument);
	close(fd);
	return err;
}

/* --------------------------------------------------------- without the right */

/* A dry run takes the same rights, and leaves nothing to undo. */
static int commit_by(int fd)
{
	const struct rule rule = {
		.path = "", .context = CLIP_CONTEXT_ADMIN,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
		.digest = { 1 },
	};
	size_t size;
	void *image = image_make(&rule, 1, &size);
	const struct clip_commit args = {
		.size = sizeof(args), .mode = CLIP_COMMIT_ADD,
		.flags = CLIP_COMMIT_DRY_RUN, .image = low_copy(image, size),
		.image_size = size,
	};

	return fd < 0 ? ask(CLIP_IOC_COMMIT, COPY(args)) :
			TRY(ioctl, fd, CLIP_IOC_COMMIT, COPY(args));
}

static int commit(const char *what)
{
	return commit_by(-1);
}

/* By a descriptor that root has opened. */
static int commit_early(const char *what)
{
	return commit_by(EARLY_DEVICE);
}

static int read_early(const char *what)
{
	const struct clip_info args = { .size = sizeof(args) };

	return TRY(ioctl, EARLY_DEVICE, CLIP_IOC_INFO, COPY(args));
}

static int read_info(const char *what)
{
	const struct clip_info args = { .size = sizeof(args) };

	return ask(CLIP_IOC_INFO, COPY(args));
}

static int on_context(unsigned long request, uint32_t xid, uint32_t level)
{
	const struct clip_context_args args = {
		.size = sizeof(args), .xid = xid, .level = level,
		.cap_bound = ~0ULL >> 23 | 1ULL << 63, .priv_bound = CLIP_PRIV_ALL,
	};

	return ask(request, COPY(args));
}

static int set_level(const char *what)
{
	return on_context(CLIP_IOC_SET_LEVEL, XID_OTHER, 0);
}

static int narrow(const char *what)
{
	return on_context(CLIP_IOC_CONTEXT_NARROW, XID_OTHER, 0);
}

static int open_context(const char *what)
{
	return on_context(CLIP_IOC_CONTEXT_OPEN, XID_OTHER, 0);
}

/* A context that is not there is deleted, or one is made and deleted again. */
static int make_context(const char *what)
{
	int err = on_context(CLIP_IOC_CONTEXT_CREATE, XID_NEW, 0);

	return err ?: on_context(CLIP_IOC_CONTEXT_DELETE, XID_NEW, 0);
}

static int delete_context(const char *what)
{
	const int err = on_context(CLIP_IOC_CONTEXT_DELETE, XID_NEW, 0);

	return err == ENOENT ? 0 : err;
}

static int make_permissive(const char *what)
{
	const struct clip_permissive args = {
		.size = sizeof(args), .context = XID_OTHER,
	};

	return ask(CLIP_IOC_PERMISSIVE, COPY(args));
}

static int make_exception(const char *what)
{
	const struct clip_exception args = {
		.size = sizeof(args), .context = CLIP_CONTEXT_OWN,
		.seconds = strtoul(what, NULL, 0),
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
		.digest = { 1 },
	};
	const int err = ask(CLIP_IOC_EXCEPTION, COPY(args));

	return err == ENOENT ? 0 : err;
}

/* ------------------------------------------------------------ malformed ones */

/* Sizes that no structure has. */
static int info_of_size(const char *what)
{
	struct {
		struct clip_info info;
		char tail[4096];
	} args = { .info.size = strtoul(what, NULL, 0) };

	args.tail[0] = 1;
	return ask(CLIP_IOC_INFO, COPY(args));
}

static int info_without_memory(const char *what)
{
	const struct clip_info args = { .size = sizeof(args) };

	return ask(CLIP_IOC_INFO, strcmp(what, "0") ? COPY(args) : 0);
}

static int unknown_request(const char *what)
{
	const struct clip_info args = { .size = sizeof(args) };

	return ask(_IOWR(CLIP_IOC_MAGIC, strtoul(what, NULL, 0),
			 struct clip_info), COPY(args));
}

/* --------------------------------------------------------------- the latches */

static int write_latch(const char *what)
{
	const int fd = open(PROC "sys/kernel/clip/network",
			    O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return 1 + errno;
	err = TRY(pwrite64, fd, T(what), strlen(what), 0);
	close(fd);
	return err;
}

/* Latches that are set, or masks with a bit: they stay. */
static int set_back(const char *what)
{
	char name[32], text[32], path[96];
	int fd, err;

	sscanf(what, "%31s %31s", name, text);
	snprintf(path, sizeof(path), PROC "sys/kernel/clip/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return 1;
	err = TRY(pwrite64, fd, T(text), strlen(text), 0);
	close(fd);
	return err;
}

/* Without the capability that it takes. */
static int set_in_child(const char *what)
{
	if (!strcmp(what, "without") && give_up_capability(CAP_SYS_MODULE))
		return 1;
	return write_latch("0x1");
}

static int set_without_capability(const char *what)
{
	return in_child_of_act(set_in_child, what);
}

static int write_behind(const char *what)
{
	const int fd = open(PROC "sys/kernel/clip/network",
			    O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return 1 + errno;
	err = TRY(pwrite64, fd, T("1"), 1, strtoul(what, NULL, 0));
	close(fd);
	return err;
}

/* Tables of devices are final. */
static int load_devices(const char *what)
{
	const struct clip_device_rule rule = {
		.major = 7, .minor = 5, .priority = 9, .permissions = 0,
	};
	const struct clip_device_commit args = {
		.size = sizeof(args),
		.mode = strcmp(what, "remove") ? CLIP_COMMIT_ADD :
						 CLIP_COMMIT_REMOVE,
		.rules = COPY(rule), .rule_size = sizeof(rule),
		.rules_count = 1,
	};
	const int fd = device(DEV "devctl");
	int err;

	if (fd < 0)
		return 1 + errno;
	err = TRY(ioctl, fd, CLIP_IOC_DEVICE_COMMIT, COPY(args));
	close(fd);
	/* There is no such rule: the right was there. */
	return err == ENOENT ? 0 : err;
}

static int list_devices(const char *what)
{
	return TRY_FD(openat, AT_FDCWD,
		      T(SYS "kernel/security/clip/devices"), O_RDONLY, 0);
}

#define RIGHT(id, name, act, bad) \
	{ id, name, CALL_ioctl, act, bad, "", read_info, EPERM, \
	  CLIP_REASON_PERMISSION, NO_FS, EVERYWHERE, BY_THE_PLACE, {} }
#define MALFORMED(id, name, call, act, bad, good, error) \
	{ id, name, CALL_##call, act, bad, good, NULL, error, \
	  CLIP_REASON_NONE, NO_FS, IN(HOST), ALWAYS, {} }

/* It is no error, and the latch stays. */
#define SET_BACK(id, name, bad) \
	{ id, name, CALL_pwrite64, set_back, bad, "network 1", NULL, \
	  0, CLIP_REASON_NONE, NO_FS, IN(HOST), 0, {} }

const struct row table_rows[] = {
	RIGHT("V-02", "commit", commit, ""),
	RIGHT("V-12", "level_of_another_context", set_level, ""),
	RIGHT("V-12", "bound_of_another_context", narrow, ""),
	RIGHT("X-16", "descriptor_of_a_context", open_context, ""),
	RIGHT("V-12", "new_context", make_context, ""),
	RIGHT("V-12", "deleted_context", delete_context, ""),
	RIGHT("V-12", "permissive", make_permissive, ""),
	RIGHT("V-02", "exception", make_exception, "0"),
	MALFORMED("V-03", "size_0", ioctl, info_of_size, "0", "144", EINVAL),
	MALFORMED("V-03", "size_3", ioctl, info_of_size, "3", "144", EINVAL),
	MALFORMED("V-03", "size_with_a_tail", ioctl, info_of_size, "1000",
		  "144", E2BIG),
	MALFORMED("V-03", "size_of_4_GiB", ioctl, info_of_size, "0xffffffff",
		  "144", E2BIG),
	MALFORMED("V-06", "no_memory", ioctl, info_without_memory, "0", "1",
		  EFAULT),
	MALFORMED("V-03", "unknown_request", ioctl, unknown_request, "99", "0",
		  ENOTTY),
	MALFORMED("Z-06", "latch_of_2", pwrite64, write_latch, "2", "1",
		  EINVAL),
	MALFORMED("Z-06", "latch_below_0", pwrite64, write_latch, "-1", "1",
		  EINVAL),
	MALFORMED("Z-06", "latch_of_two_numbers", pwrite64, write_latch,
		  "1 1", " 1\n", EINVAL),
	MALFORMED("Z-06", "latch_of_text", pwrite64, write_latch, "yes", "0x1",
		  EINVAL),
	MALFORMED("Z-06", "latch_behind_its_start", pwrite64, write_behind,
		  "1", "0", EINVAL),
	{ "K-17", "latch_without_the_capability", CALL_pwrite64,
	  set_without_capability, "without", "with", NULL, EPERM,
	  CLIP_REASON_NONE, NO_FS, IN(HOST), ALWAYS, {} },
	{ "K-16", "commit_by_an_early_descriptor", CALL_ioctl, commit_early,
	  "", "", read_early, EPERM, CLIP_REASON_PERMISSION, NO_FS, IN(HOST),
	  AS_USER | ALWAYS, {} },
	SET_BACK("Z-06", "network_set_back", "network 0"),
	SET_BACK("Z-06", "chroot_set_back", "chroot 0"),
	SET_BACK("Z-06", "memory_set_back", "wx_memory 0"),
	SET_BACK("Z-06", "devices_set_back", "devmem 0"),
	{ "D-13", "device_rule", CALL_ioctl, load_devices, "remove", "",
	  list_devices, EPERM, CLIP_REASON_NONE, NO_FS, IN(HOST), 0, {} },
	{},
};
