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
#include "interface/context_fd.h"
#include "store/context.h"

static long fop_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != CLIP_IOC_ENTER)
		return -ENOTTY;
	return arg ? -EINVAL : clip_enter(file->private_data, file);
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
