// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: descriptors of contexts
 *
 * A descriptor stands for the right to enter the context, and keeps the context
 * from being freed. It can be passed to a process that has no such right of its
 * own. It waits until the context is empty, and holders of the right to make
 * contexts change the context by it.
 */
#include "core/common.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/poll.h>

#include "context/carried.h"
#include "context/control.h"
#include "context/enter.h"
#include "interface/args.h"
#include "interface/context_fd.h"
#include "network/given.h"
#include "store/context.h"

static_assert(sizeof(struct clip_context_address) == 40);
static_assert(sizeof(struct clip_context_setup) == 24);
static_assert(sizeof(struct clip_context_arm) == 16);
static_assert(sizeof(struct clip_context_bind) == 80);
static_assert(sizeof(struct clip_context_info) == 152);
static_assert(sizeof(struct clip_context_kill) == 16);

/*
 * Every request has a structure that begins with its size and a reason. The
 * sizes of the first version are the minimum for a caller.
 */
union request {
	struct {
		u32 size;
		u32 reason;
	};
	struct clip_context_address address;
	struct clip_context_setup setup;
	struct clip_context_arm arm;
	struct clip_context_bind bind;
	struct clip_context_info info;
	struct clip_context_kill kill;
};

static size_t size_of(unsigned int cmd)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_CONTEXT_SETUP):
		return sizeof(struct clip_context_setup);
	case _IOC_NR(CLIP_IOC_CONTEXT_ADDRESS):
		return sizeof(struct clip_context_address);
	case _IOC_NR(CLIP_IOC_CONTEXT_ARM):
		return sizeof(struct clip_context_arm);
	case _IOC_NR(CLIP_IOC_CONTEXT_BIND):
		return sizeof(struct clip_context_bind);
	case _IOC_NR(CLIP_IOC_CONTEXT_INFO):
		return sizeof(struct clip_context_info);
	case _IOC_NR(CLIP_IOC_CONTEXT_KILL):
		return sizeof(struct clip_context_kill);
	default:
		return 0;
	}
}

static int tell(struct clip_context *ctx, struct clip_context_info *args)
{
	args->addresses = clip_given_count(ctx);
	return clip_control_info(ctx, args);
}

static int act(unsigned int cmd, struct clip_context *ctx, union request *args)
{
	switch (_IOC_NR(cmd)) {
	case _IOC_NR(CLIP_IOC_CONTEXT_SETUP):
		return clip_control_setup(ctx, &args->setup);
	case _IOC_NR(CLIP_IOC_CONTEXT_ADDRESS):
		return clip_given_request(ctx, &args->address);
	case _IOC_NR(CLIP_IOC_CONTEXT_ARM):
		return clip_control_arm(ctx, &args->arm);
	case _IOC_NR(CLIP_IOC_CONTEXT_BIND):
		return clip_control_bind(ctx, &args->bind);
	case _IOC_NR(CLIP_IOC_CONTEXT_INFO):
		return tell(ctx, &args->info);
	default:
		return clip_control_kill(ctx, &args->kill);
	}
}

static int control(struct clip_context *ctx, unsigned int cmd,
		   void __user *argp)
{
	const size_t size = size_of(cmd);
	union request args;
	int err;

	if (_IOC_TYPE(cmd) != CLIP_IOC_MAGIC || !size)
		return -ENOTTY;
	err = clip_args_read(&args, size, size, argp);
	if (!err)
		err = clip_args_reserve(argp, min_t(size_t, args.size, size));
	if (err)
		return err;
	args.reason = CLIP_REASON_NONE;
	err = act(cmd, ctx, &args);
	args.size = size;
	clip_args_write(argp, &args, size);
	return err;
}

static long fop_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != CLIP_IOC_ENTER)
		return control(file->private_data, cmd, (void __user *)arg);
	return arg ? -EINVAL : clip_enter(file->private_data, file);
}

static __poll_t fop_poll(struct file *file, struct poll_table_struct *table)
{
	return clip_control_poll(file->private_data, file, table);
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
	.poll = fop_poll,
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
