// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: /dev/veriexec
 *
 * The only file that touches the memory of user space.
 */
#include "common.h"

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "commit.h"
#include "context.h"
#include "cred.h"
#include "exec.h"
#include "info.h"
#include "offer.h"
#include "report.h"
#include "setup.h"
#include "store.h"
#include "verify.h"

/* The interface must not move when a compiler or a field changes. */
static_assert(sizeof(struct clip_info) == 144);
static_assert(sizeof(struct clip_result) == 16);
static_assert(sizeof(struct clip_commit) == 80);
static_assert(sizeof(struct clip_query) == 216);
static_assert(sizeof(struct clip_context_args) == 56);

/* The sizes of the first version; a caller must know at least so much. */
#define INFO_SIZE_MIN	sizeof(struct clip_info)
#define COMMIT_SIZE_MIN	sizeof(struct clip_commit)
#define QUERY_SIZE_MIN	sizeof(struct clip_query)

static int read_args(void *args, size_t size, size_t min,
		     const void __user *from)
{
	u32 usize;

	if (get_user(usize, (const u32 __user *)from))
		return -EFAULT;
	if (usize < min)
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(args, size, from, usize);
}

/* Writes what the caller has room for; fields he does not know stay away. */
static int write_args(void __user *to, const void *args, size_t size)
{
	u32 usize;

	if (get_user(usize, (const u32 __user *)to))
		return -EFAULT;
	return copy_to_user(to, args, min_t(size_t, usize, size)) ? -EFAULT :
								    0;
}

static int ioctl_info(void __user *argp)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;
	struct clip_info info;
	int err = read_args(&info, sizeof(info), INFO_SIZE_MIN, argp);

	if (err)
		return err;
	clip_info_fill(&info);
	info.context = ctx ? ctx->xid : CLIP_CONTEXT_OWN;
	info.size = sizeof(info);
	return write_args(argp, &info, sizeof(info));
}

/* Policy is the business of context 0 and of those who may set policy. */
static bool may_commit(void)
{
	return clip_cred(current_cred())->context == &clip_admin_context &&
	       capable(CAP_MAC_ADMIN);
}

static int commit_from_user(struct clip_commit *args,
			    struct clip_results *results)
{
	void *image __free(kvfree) = NULL;

	if (args->image_size > CLIP_IMAGE_MAX_SIZE)
		return -E2BIG;
	if (args->image_size < sizeof(struct clip_image_header))
		return -EINVAL;
	image = kvmalloc(args->image_size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!image)
		return -ENOMEM;
	/* One copy: what is checked is what is used. */
	if (copy_from_user(image, u64_to_user_ptr(args->image),
			   args->image_size))
		return -EFAULT;
	return clip_commit(image, args->image_size, args, results);
}

static int write_results(const struct clip_commit *args,
			 const struct clip_results *results)
{
	const size_t count = min_t(size_t, results->count, results->room);

	if (!count)
		return 0;
	return copy_to_user(u64_to_user_ptr(args->results), results->list,
			    count * sizeof(*results->list)) ? -EFAULT : 0;
}

static bool commit_args_ok(const struct clip_commit *args)
{
	return args->mode >= CLIP_COMMIT_ADD &&
	       args->mode <= CLIP_COMMIT_REMOVE &&
	       !(args->flags & ~(CLIP_COMMIT_SKIP_MISSING |
				 CLIP_COMMIT_SKIP_CONTEXTS |
				 CLIP_COMMIT_DRY_RUN));
}

static int ioctl_commit(void __user *argp)
{
	struct clip_results results = {};
	struct clip_commit args;
	int err = read_args(&args, sizeof(args), COMMIT_SIZE_MIN, argp);
	int written;

	if (err)
		return err;
	if (!may_commit()) {
		clip_report_load(CLIP_REASON_PERMISSION, -EPERM);
		return -EPERM;
	}
	if (!commit_args_ok(&args))
		return -EINVAL;
	results.max = args.results ? args.results_capacity : 0;
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
	written = write_results(&args, &results) ?:
		  write_args(argp, &args, sizeof(args));
	kvfree(results.list);
	return err ?: written;
}

static void query_entry(struct clip_query *query, struct file *file,
			const struct clip_entry *entry)
{
	struct clip_verdict verdict;
	int err;

	query->state = CLIP_STATE_LISTED;
	query->entry_flags = entry->flags;
	query->cap_effective = entry->cap_effective;
	query->cap_permitted = entry->cap_permitted;
	query->cap_inheritable = entry->cap_inheritable;
	query->privileges = entry->privileges;
	query->algorithm = entry->algorithm;
	query->digest_size = entry->digest_size;
	memcpy(query->wanted, entry->digest, entry->digest_size);
	/* exec does not look at a program whose conditions are not met. */
	if (entry->flags & CLIP_ENTRY_EXE)
		query->reason = clip_entry_unmet(entry);
	if (query->reason != CLIP_REASON_NONE)
		return;
	query->reason = clip_offer_obstacle(file, entry);
	if (!(query->flags & CLIP_QUERY_VERIFY))
		return;
	err = clip_verify(file, entry, &verdict);
	query->state = err ? CLIP_STATE_REFUSED : CLIP_STATE_VERIFIED;
	query->error = -err;
	if (err)
		query->reason = verdict.reason;
	if (verdict.hashed)
		memcpy(query->found, verdict.found, entry->digest_size);
}

static int ioctl_query(void __user *argp)
{
	struct clip_context *ctx __free(clip_context_put) = NULL;
	struct clip_entry *entry __free(clip_entry_put) = NULL;
	struct clip_query query;
	int err = read_args(&query, sizeof(query), QUERY_SIZE_MIN, argp);

	if (err)
		return err;
	if (query.flags & ~CLIP_QUERY_VERIFY)
		return -EINVAL;

	CLASS(fd, f)(query.fd);
	if (fd_empty(f))
		return -EBADF;
	if (!S_ISREG(file_inode(fd_file(f))->i_mode))
		return -EINVAL;
	if ((query.flags & CLIP_QUERY_VERIFY) &&
	    !(fd_file(f)->f_mode & FMODE_READ))
		return -EBADF;
	if (query.context == CLIP_CONTEXT_OWN)
		ctx = clip_context_get(clip_cred(current_cred())->context);
	else
		ctx = clip_context_find(query.context);
	if (!ctx)
		return -ENOENT;

	query = (struct clip_query) {
		.size = sizeof(query),
		.fd = query.fd,
		.context = ctx->xid,
		.flags = query.flags,
		.state = CLIP_STATE_UNLISTED,
		.reason = CLIP_REASON_NO_ENTRY,
		.generation = clip_store_generation(),
	};
	entry = clip_store_lookup_inode(ctx, file_inode(fd_file(f)));
	if (entry) {
		query.reason = CLIP_REASON_NONE;
		query_entry(&query, fd_file(f), entry);
	}
	return write_args(argp, &query, sizeof(query));
}

static long fop_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	if (_IOC_TYPE(cmd) != CLIP_IOC_MAGIC)
		return -ENOTTY;
	/* By number: the size that is part of a request grows with its structure. */
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_INFO):
		return ioctl_info(argp);
	case _IOC_NR(CLIP_IOC_COMMIT):
		return ioctl_commit(argp);
	case _IOC_NR(CLIP_IOC_QUERY):
		return ioctl_query(argp);
	default:
		return -ENOTTY;
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
	.mode = 0600,
	.fops = &clip_device_fops,
};

static int __init clip_device_init(void)
{
	return clip_initialized ? misc_register(&clip_device) : 0;
}
device_initcall(clip_device_init);
