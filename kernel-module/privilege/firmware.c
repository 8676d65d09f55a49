// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privilege for giving firmware to drivers
 *
 * A driver whose firmware is not found in a file may wait for a user-space
 * program: a device of class "firmware" appears in sysfs, with two files for
 * writing. For one of them the kernel requires CAP_SYS_RAWIO, which a task with
 * FIRMWARE has as a scoped capability; see privilege/scoped.c.
 */
#include "core/common.h"

#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/kernfs.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <asm/syscall.h>
#include <uapi/linux/clip.h>

#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "core/latch.h"
#include "core/task_blob.h"
#include "privilege/firmware.h"
#include "privilege/require.h"

/* Is this node /sys/class/firmware? */
static bool is_class(struct kernfs_node *node, const struct super_block *sb)
{
	struct kernfs_node *parent = kernfs_get_parent(node);
	struct kernfs_node *top = parent ? kernfs_get_parent(parent) : NULL;
	const bool found = top &&
			   top == d_backing_inode(sb->s_root)->i_private &&
			   !strcmp(parent->name, "class") &&
			   !strcmp(node->name, "firmware");

	kernfs_put(top);
	kernfs_put(parent);
	return found;
}

/* Only the kernel creates devices, and the link that names their class. */
static bool is_in_device(struct kernfs_node *node,
			 const struct super_block *sb)
{
	struct kernfs_node *device = kernfs_get_parent(node);
	struct kernfs_node *link = NULL;
	bool found;

	if (device)
		link = kernfs_find_and_get(device, "subsystem");
	found = link && kernfs_type(link) == KERNFS_LINK &&
		is_class(link->symlink.target_kn, sb);
	kernfs_put(link);
	kernfs_put(device);
	return found;
}

/* The files that begin, fill, finish or cancel a load. */
static bool is_control(const char *name)
{
	return !strcmp(name, "loading") || !strcmp(name, "data") ||
	       !strcmp(name, "cancel");
}

/**
 * clip_firmware_check_open - Check the opening of a firmware file of sysfs
 * @file: the file, of any filesystem
 *
 * PR-15. Also marks the inode of a firmware file, for the check at write.
 *
 * Context: May sleep.
 * Return: 0, or -EPERM after a report.
 */
int clip_firmware_check_open(struct file *file)
{
	struct inode *inode = file_inode(file);
	struct kernfs_node *node;

	if (inode->i_sb->s_magic != SYSFS_MAGIC)
		return 0;
	node = inode->i_private;
	if (!(file->f_mode & FMODE_WRITE) || !S_ISREG(inode->i_mode) ||
	    !is_control(node->name) || !is_in_device(node, inode->i_sb))
		return 0;
	clip_inode_set_firmware(inode);
	if (!clip_latched(CLIP_LATCH_FIRMWARE))
		return 0;
	return clip_require("firmware", CLIP_PRIV_FIRMWARE);
}

/**
 * clip_firmware_writing - Is the current task writing firmware?
 *
 * The caller is within write(2) or a similar call, and the task has FIRMWARE.
 * The descriptor in the arguments still refers to the file with which the call
 * began: the task has not shared its descriptor table since it executed its
 * program. A file that was opened by a task without the privilege does not
 * count.
 *
 * Context: Any.
 * Return: True if it is, false otherwise.
 */
bool clip_firmware_writing(void)
{
	unsigned long args[6];
	const struct file *file;

	if (clip_task(current)->shared_files ||
	    atomic_read(&current->files->count) != 1)
		return false;
	syscall_get_arguments(current, task_pt_regs(current), args);
	/* The file stays open: no other task shares the table. */
	file = files_lookup_fd_raw(current->files, args[0]);
	return file && clip_inode_is_firmware(file_inode(file)) &&
	       (clip_cred(file->f_cred)->privileges & CLIP_PRIV_FIRMWARE);
}
