// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /dev/veriexec
 *
 * Only the files in this folder access user memory.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "context/admin.h"
#include "context/caller.h"
#include "context/carried.h"
#include "context/control.h"
#include "context/interfaces.h"
#include "context/rules.h"
#include "core/cred_blob.h"
#include "interface/args.h"
#include "interface/context_fd.h"
#include "interface/info.h"
#include "interface/query.h"
#include "load/exception.h"
#include "load/job.h"
#include "load/signature.h"
#include "network/peer.h"
#include "report/report.h"
#include "store/context.h"
#include "store/entry.h"

/* The interface must not change with the compiler or with a field. */
static_assert(sizeof(struct clip_info) == 144);
static_assert(sizeof(struct clip_result) == 16);
static_assert(sizeof(struct clip_commit) == 96);
static_assert(sizeof(struct clip_query) == 216);
static_assert(sizeof(struct clip_context_args) == 56);
static_assert(sizeof(struct clip_exception) == 88);
static_assert(sizeof(struct clip_ask) == 16);
static_assert(sizeof(struct clip_permissive) == 16);
static_assert(sizeof(struct clip_run_allowed) == 16);
static_assert(sizeof(struct clip_context_of) == 32);

/* The sizes of the first version, which are the minimum for a caller. */
#define INFO_SIZE_MIN	sizeof(struct clip_info)
#define COMMIT_SIZE_MIN	offsetof(struct clip_commit, signature)
#define QUERY_SIZE_MIN	sizeof(struct clip_query)
#define CONTEXT_SIZE_MIN	sizeof(struct clip_context_args)
#define EXCEPTION_SIZE_MIN	sizeof(struct clip_exception)
#define ASK_SIZE_MIN	sizeof(struct clip_ask)
#define PERMISSIVE_SIZE_MIN	sizeof(struct clip_permissive)
#define RUN_ALLOWED_SIZE_MIN	sizeof(struct clip_run_allowed)
#define OF_SIZE_MIN	sizeof(struct clip_context_of)

/* The caller may know less of a structure than this kernel does, or more. */
static int reserve_args(void __user *argp, u32 known, size_t size)
{
	return clip_args_reserve(argp, min_t(size_t, known, size));
}

static int ioctl_info(void __user *argp)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_info info;
	int err = clip_args_read(&info, sizeof(info), INFO_SIZE_MIN, argp);

	if (err)
		return err;
	clip_info_fill(&info);
	info.context = ctx ? ctx->xid : CLIP_CONTEXT_OWN;
	info.size = sizeof(info);
	return clip_args_write(argp, &info, sizeof(info));
}

/* The right to load into a given context is checked for each entry. */
static bool may_commit(void)
{
	struct clip_caller caller;

	clip_caller_now(&caller, NULL);
	return clip_may_load_at_all(&caller);
}

/* Returns how many digests blocks can have at most, by what the image says. */
static u64 most_digests(const struct clip_commit *args, const void *image)
{
	const struct clip_image_header *header = image;
	const struct clip_image_digests *digests = image + sizeof(*header);

	if (le32_to_cpu(header->version) == CLIP_IMAGE_VERSION_PLAIN ||
	    args->image_size < sizeof(*header) + sizeof(*digests))
		return 0;
	/* The smallest digest has 16 bytes. */
	return min_t(u64, le64_to_cpu(digests->digests_size),
		     args->image_size) / 16;
}

/*
 * An image cannot have more results than entries and digests. What its header
 * says is checked later; here it only limits the room that is asked for.
 */
static int reserve_results(const struct clip_commit *args, size_t max,
			   const void *image)
{
	const u64 most = args->image_size / sizeof(struct clip_image_entry) +
			 most_digests(args, image);

	return clip_args_reserve(u64_to_user_ptr(args->results),
				 min_t(u64, max, most) *
				 sizeof(struct clip_result));
}

static int commit_from_user(struct clip_commit *args,
			    struct clip_results *results)
{
	void *image __free(kvfree) = NULL;
	void *signature __free(kvfree) = NULL;
	int err;

	if (args->image_size < sizeof(struct clip_image_header))
		return -EINVAL;
	image = kvmalloc(args->image_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!image)
		return -ENOMEM;
	/* The image is copied once: the bytes checked are the bytes used. */
	if (copy_from_user(image, u64_to_user_ptr(args->image),
			   args->image_size))
		return -EFAULT;
	err = reserve_results(args, results->max, image);
	if (err)
		return err;
	if (args->signature_size) {
		signature = vmemdup_user(u64_to_user_ptr(args->signature),
					 args->signature_size);
		if (IS_ERR(signature))
			return PTR_ERR(no_free_ptr(signature));
	}
	return clip_signed_commit(&(const struct clip_signed_image) {
		.image = image,
		.size = args->image_size,
		.signature = signature,
		.signature_size = args->signature_size,
	}, args, results);
}

static bool commit_args_ok(const struct clip_commit *args)
{
	const u32 known = CLIP_COMMIT_SKIP_MISSING | CLIP_COMMIT_SKIP_CONTEXTS |
			  CLIP_COMMIT_DRY_RUN | CLIP_COMMIT_BESIDE |
			  CLIP_COMMIT_ALL_CONTEXTS;
	/* One of the two has no meaning here, and the other none elsewhere. */
	const u32 wrong = args->mode == CLIP_COMMIT_REPLACE ?
				  CLIP_COMMIT_BESIDE : CLIP_COMMIT_ALL_CONTEXTS;

	return args->mode >= CLIP_COMMIT_ADD &&
	       args->mode <= CLIP_COMMIT_REMOVE &&
	       !(args->flags & ~known) && !(args->flags & wrong);
}

static int ioctl_commit(void __user *argp)
{
	struct clip_results results = {};
	struct clip_commit args;
	int err = clip_args_read(&args, sizeof(args), COMMIT_SIZE_MIN, argp);

	if (err)
		return err;
	if (!may_commit()) {
		clip_report_commit(CLIP_REASON_PERMISSION, -EPERM);
		return -EPERM;
	}
	if (!commit_args_ok(&args))
		return -EINVAL;
	if (args.image_size > CLIP_IMAGE_MAX_SIZE ||
	    args.signature_size > CLIP_SIGNATURE_MAX_SIZE)
		return -E2BIG;
	results.max = args.results ? args.results_capacity : 0;
	err = reserve_args(argp, args.size, sizeof(args));
	if (err)
		return err;
	args.generation = clip_store_generation();
	args.error_offset = 0;
	args.results_count = 0;
	args.added = 0;
	args.removed = 0;
	args.unchanged = 0;
	args.skipped = 0;
	args.reason = CLIP_REASON_NONE;

	err = commit_from_user(&args, &results);
	args.size = sizeof(args);
	/* The commit has happened or not; what can be said of it comes after. */
	clip_args_write_results(args.results, results.list,
				min_t(size_t, results.count, results.room));
	clip_args_write(argp, &args, sizeof(args));
	kvfree(results.list);
	return err;
}

static int ioctl_query(void __user *argp)
{
	struct clip_query query;
	int err = clip_args_read(&query, sizeof(query), QUERY_SIZE_MIN, argp);

	if (err)
		return err;
	err = clip_query_answer(&query);
	if (err)
		return err;
	query.size = sizeof(query);
	return clip_args_write(argp, &query, sizeof(query));
}

static int ioctl_exception(void __user *argp)
{
	struct clip_exception args;
	int err = clip_args_read(&args, sizeof(args), EXCEPTION_SIZE_MIN, argp);

	if (!err)
		err = reserve_args(argp, args.size, sizeof(args));
	if (err)
		return err;
	args.reason = CLIP_REASON_NONE;
	err = clip_exception_request(&args);
	args.size = sizeof(args);
	clip_args_write(argp, &args, sizeof(args));
	return err;
}

static int ioctl_permissive(void __user *argp)
{
	struct clip_permissive args;
	int err = clip_args_read(&args, sizeof(args), PERMISSIVE_SIZE_MIN, argp);

	if (!err)
		err = reserve_args(argp, args.size, sizeof(args));
	if (err)
		return err;
	args.reason = CLIP_REASON_NONE;
	err = clip_admin_permissive(&args);
	args.size = sizeof(args);
	clip_args_write(argp, &args, sizeof(args));
	return err;
}

static int ioctl_run_allowed(void __user *argp)
{
	struct clip_run_allowed args;
	int err = clip_args_read(&args, sizeof(args), RUN_ALLOWED_SIZE_MIN, argp);

	if (!err)
		err = reserve_args(argp, args.size, sizeof(args));
	if (err)
		return err;
	args.reason = CLIP_REASON_NONE;
	err = clip_exception_run(&args);
	args.size = sizeof(args);
	clip_args_write(argp, &args, sizeof(args));
	return err;
}

/* Handles a question about the context of another task. */
static int ioctl_of(int (*answer)(struct clip_context_of *args),
		    void __user *argp)
{
	struct clip_context_of args;
	int err = clip_args_read(&args, sizeof(args), OF_SIZE_MIN, argp);

	if (err)
		return err;
	args.reason = CLIP_REASON_NONE;
	err = answer(&args);
	args.size = sizeof(args);
	return clip_args_write(argp, &args, sizeof(args)) ?: err;
}

static int ioctl_ask(void __user *argp)
{
	struct clip_ask ask;
	int err = clip_args_read(&ask, sizeof(ask), ASK_SIZE_MIN, argp);

	if (err)
		return err;
	err = clip_ask_answer(&ask);
	if (err)
		return err;
	ask.size = sizeof(ask);
	return clip_args_write(argp, &ask, sizeof(ask));
}

static int read_context_args(struct clip_context_args *args,
			     const void __user *argp)
{
	int err = clip_args_read(args, sizeof(*args), CONTEXT_SIZE_MIN, argp);

	if (err)
		return err;
	args->reason = CLIP_REASON_NONE;
	return 0;
}

static int ioctl_context_get(void __user *argp)
{
	struct clip_context_args args;
	int err = read_context_args(&args, argp);

	if (err)
		return err;
	err = clip_admin_get(&args);
	args.size = sizeof(args);
	return clip_args_write(argp, &args, sizeof(args)) ?: err;
}

/* Handles a request that changes a context or the list of them. */
static int ioctl_context(int (*act)(struct clip_context_args *args),
			 void __user *argp)
{
	struct clip_context_args args;
	int err = read_context_args(&args, argp);

	if (!err)
		err = reserve_args(argp, args.size, sizeof(args));
	if (err)
		return err;
	err = act(&args);
	args.size = sizeof(args);
	clip_args_write(argp, &args, sizeof(args));
	return err;
}

/* Handles a request for a context that returns a descriptor. */
static int ioctl_context_file(int (*act)(struct clip_context_args *args,
					 struct clip_context **out),
			      void __user *argp)
{
	struct clip_context *ctx = NULL;
	struct clip_context_args args;
	struct file *file;
	int err = read_context_args(&args, argp);
	int fd;

	if (!err)
		err = reserve_args(argp, args.size, sizeof(args));
	if (err)
		return err;
	/* These come first: no context is made that could not be returned. */
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = clip_context_file();
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	err = act(&args, &ctx);
	args.size = sizeof(args);
	clip_args_write(argp, &args, sizeof(args));
	if (err) {
		fput(file);
		put_unused_fd(fd);
		return err;
	}
	clip_context_file_set(file, ctx);
	fd_install(fd, file);
	return fd;
}

static long ioctl_for_writers(unsigned int cmd, void __user *argp)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_COMMIT):
		return ioctl_commit(argp);
	case _IOC_NR(CLIP_IOC_QUERY):
		return ioctl_query(argp);
	case _IOC_NR(CLIP_IOC_CONTEXT_CREATE):
		return ioctl_context_file(clip_admin_create, argp);
	case _IOC_NR(CLIP_IOC_CONTEXT_OPEN):
		return ioctl_context_file(clip_admin_open, argp);
	case _IOC_NR(CLIP_IOC_CONTEXT_GET):
		return ioctl_context_get(argp);
	case _IOC_NR(CLIP_IOC_CONTEXT_NARROW):
		return ioctl_context(clip_admin_narrow, argp);
	case _IOC_NR(CLIP_IOC_CONTEXT_DELETE):
		return ioctl_context(clip_admin_delete, argp);
	case _IOC_NR(CLIP_IOC_SET_LEVEL):
		return ioctl_context(clip_admin_set_level, argp);
	case _IOC_NR(CLIP_IOC_SET_UPDATE):
		return ioctl_context(clip_admin_set_update, argp);
	case _IOC_NR(CLIP_IOC_EXCEPTION):
		return ioctl_exception(argp);
	case _IOC_NR(CLIP_IOC_PERMISSIVE):
		return ioctl_permissive(argp);
	case _IOC_NR(CLIP_IOC_RUN_ALLOWED):
		return ioctl_run_allowed(argp);
	case _IOC_NR(CLIP_IOC_TASK_CONTEXT):
		return ioctl_of(clip_control_of_task, argp);
	case _IOC_NR(CLIP_IOC_SOCKET_CONTEXT):
		return ioctl_of(clip_peer_request, argp);
	default:
		return -ENOTTY;
	}
}

/*
 * A device that is open for reading only answers what every user may know. Each
 * other request checks the rights of its caller as well.
 */
static long fop_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	if (_IOC_TYPE(cmd) != CLIP_IOC_MAGIC)
		return -ENOTTY;
	/* Only the number counts: the size part grows with the structure. */
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_INFO):
		return ioctl_info(argp);
	case _IOC_NR(CLIP_IOC_ASK):
		return ioctl_ask(argp);
	default:
		if (!(file->f_mode & FMODE_WRITE))
			return -EBADF;
		return ioctl_for_writers(cmd, argp);
	}
}

static const struct file_operations clip_device_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = fop_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice clip_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "veriexec",
	.mode = 0644,
	.fops = &clip_device_fops,
};

static int __init clip_device_init(void)
{
	int err;

	if (!clip_initialized)
		return 0;
	clip_enter_forbid(&clip_device_fops);
	err = misc_register(&clip_device);
	if (!err)
		clip_interface_allow(clip_device.minor);
	return err;
}
device_initcall(clip_device_init);
