// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: descriptors of contexts
 *
 * A descriptor stands for the right to enter the context, and keeps the context
 * from being freed. It can be passed to a process that has no such right of its
 * own.
 */
#include "core/common.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>

#include "context/carried.h"
#include "context/enter.h"
#include "interface/args.h"
#include "interface/context_fd.h"
#include "network/given.h"
#include "store/context.h"

/* The interface must not change with the compiler or with a field. */
static_assert(sizeof(struct clip_context_address) == 40);

static int ioctl_address(struct clip_context *ctx, void __user *argp)
{
	struct clip_context_address args;
	int err = clip_args_read(&args, sizeof(args), sizeof(args), argp);

	if (!err)
		err = clip_args_reserve(argp, sizeof(args));
	if (err)
		return err;
	args.reason = CLIP_REASON_NONE;
	args.count = 0;
	err = clip_given_request(ctx, &args);
	args.size = sizeof(args);
	clip_args_write(argp, &args, sizeof(args));
	return err;
}

static long fop_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (_IOC_TYPE(cmd) != CLIP_IOC_MAGIC)
		return -ENOTTY;
	/* Only the number counts: the size part grows with the structure. */
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_ENTER):
		if (cmd != CLIP_IOC_ENTER)
			return -ENOTTY;
		return arg ? -EINVAL : clip_enter(file->private_data, file);
	case _IOC_NR(CLIP_IOC_CONTEXT_ADDRESS):
		return ioctl_address(file->private_data, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static int fop_release(struct inode *inode, struct file *file)
{
	clip_context_put(file->private_data);
	return 0;
}

static const struct file_operations clip_context_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = fop_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = fop_release,
	.llseek = noop_llseek,
};

/**
 * clip_context_file - Create a file that will stand for a context
 *
 * Return: The file, or an error pointer.
 */
struct file *clip_context_file(void)
{
	return anon_inode_getfile("[clip-context]", &clip_context_fops, NULL,
				  O_RDWR);
}

/**
 * clip_context_file_set - Let a file stand for a context
 * @file: the file, which no task can use yet
 * @ctx: the context; the file takes over the caller's reference
 */
void clip_context_file_set(struct file *file, struct clip_context *ctx)
{
	file->private_data = ctx;
}

static int __init clip_context_fd_init(void)
{
	if (clip_initialized)
		clip_enter_forbid(&clip_context_fops);
	return 0;
}
device_initcall(clip_context_fd_init);
