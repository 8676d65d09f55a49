// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: what a task may take along into a context or a chroot
 *
 * Contexts are compared when an object is accessed by name, and a chroot
 * confines what is looked up by name. What a task got hold of before keeps
 * working, without a further check. So a task that enters may have nothing but
 * what is known to lead nowhere: each kind is listed here, and a kind that is
 * not known leads out.
 */
#include "core/common.h"

#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "context/carried.h"
#include "context/interfaces.h"
#include "context/terminals.h"
#include "core/inode_blob.h"

#define MAX_FORBIDDEN	3

/* Operations of clip's own files that lead out of every context. */
static const struct file_operations *forbidden[MAX_FORBIDDEN] __ro_after_init;

/**
 * clip_enter_forbid - Forbid tasks to take such a file into a context
 * @fops: the operations of open files of this kind
 *
 * Called at boot by each file of interface/ that makes such files.
 */
void __init clip_enter_forbid(const struct file_operations *fops)
{
	int i;

	for (i = 0; i < MAX_FORBIDDEN; i++) {
		if (!forbidden[i]) {
			forbidden[i] = fops;
			return;
		}
	}
	WARN_ON_ONCE(1);
}

static bool is_forbidden(const struct file *file)
{
	int i;

	for (i = 0; i < MAX_FORBIDDEN; i++)
		if (file->f_op == forbidden[i])
			return true;
	return false;
}

/*
 * Files without a name that only count or wait. Their names are given by the
 * kernel. An epoll descriptor holds on to other files, and shows no more of
 * them than when they are ready.
 */
static bool is_counter(const struct file *file)
{
	static const char *const names[] = {
		"[eventfd]", "[timerfd]", "[signalfd]", "[eventpoll]",
	};

	return file_inode(file)->i_sb->s_magic == ANON_INODE_FS_MAGIC &&
	       match_string(names, ARRAY_SIZE(names),
			    file_dentry(file)->d_name.name) >= 0;
}

/*
 * The files by which the kernel shows a task (mem, environ) or itself (kcore)
 * are checked when they are opened. Those that every user may open to read tell
 * the task nothing that it could not still see, and those of clip depend on the
 * context of the reader.
 */
static bool is_public(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (file->f_mode & FMODE_WRITE)
		return false;
	switch (inode->i_sb->s_magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
		return (inode->i_mode & 0004) && !clip_inode_owner(inode);
	case SECURITYFS_MAGIC:
		return true;
	default:
		return false;
	}
}

/* The kernel sends signals of such a file to the task, or for it to another. */
static bool has_owner(const struct file *file)
{
	const struct fown_struct *owner = file_f_owner(file);

	return owner && READ_ONCE(owner->pid);
}

/**
 * clip_carried_outside - Is a path a directory that leads out of a root?
 * @path: the path
 * @root: the root
 *
 * A directory leads to all files below and above it.
 *
 * Context: may sleep.
 * Return: true if it does.
 */
bool clip_carried_outside(const struct path *path, const struct path *root)
{
	return d_is_dir(path->dentry) && !path_is_under(path, root);
}

/**
 * clip_carried_file - May a task take along an open file?
 * @file: the file
 *
 * A directory is not considered here: where it lies is what counts. A file that
 * was opened with O_PATH can be opened for real later, so it counts like others.
 *
 * Context: any.
 * Return: true if the file leads nowhere.
 */
bool clip_carried_file(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (has_owner(file) || is_forbidden(file))
		return false;
	switch (inode->i_mode & S_IFMT) {
	case S_IFDIR:
	case S_IFIFO:
	case S_IFSOCK:
		return true;
	case S_IFREG:
		return clip_interface_plain_fs(inode->i_sb) || is_public(file);
	case S_IFCHR:
		return clip_interface_plain_device(inode) &&
		       !clip_terminal_is_master(inode);
	default:
		return is_counter(file);
	}
}

#ifdef CONFIG_PERF_EVENTS
/* Counters that the task made, and counters that others attached to it. */
static bool has_counters(void)
{
	const struct perf_event_context *ctx = current->perf_event_ctxp;

	return !list_empty(&current->perf_event_list) ||
	       (ctx && READ_ONCE(ctx->nr_events));
}
#else
static bool has_counters(void)
{
	return false;
}
#endif

/*
 * A ring works without a descriptor: it may be registered, and its requests go
 * on. A task that has used one has a record of it until its next exec.
 */
static bool has_used_rings(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring;
#else
	return false;
#endif
}

/**
 * clip_carried_work - Does nothing but the current task act for it?
 *
 * Context: the task has no other thread.
 * Return: true if it traces no task, and has no ring and no counter.
 */
bool clip_carried_work(void)
{
	return list_empty(&current->ptraced) && !has_used_rings() &&
	       !has_counters();
}

static bool is_watched(const struct vm_area_struct *vma)
{
#ifdef CONFIG_USERFAULTFD
	return vma->vm_userfaultfd_ctx.ctx;
#else
	return false;
#endif
}

/* The memory of a ring or of a counter is its queue of requests. */
static bool has_carried_file(const struct vm_area_struct *vma)
{
	return !vma->vm_file || clip_carried_file(vma->vm_file);
}

static bool is_own(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) !=
	       (VM_SHARED | VM_MAYWRITE) &&
	       has_carried_file(vma) && !is_watched(vma);
}

static bool all_mappings(bool (*fine)(const struct vm_area_struct *vma))
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	bool all = true;

	VMA_ITERATOR(area, mm, 0);
	mmap_read_lock(mm);
	for_each_vma(area, vma) {
		all = fine(vma);
		if (!all)
			break;
	}
	mmap_read_unlock(mm);
	return all;
}

/**
 * clip_carried_mappings - May the current task take along what it has mapped?
 *
 * Context: may sleep.
 * Return: true if every mapped file leads nowhere.
 */
bool clip_carried_mappings(void)
{
	return all_mappings(has_carried_file);
}

/**
 * clip_carried_memory - May the current task take along its memory?
 *
 * Memory that another task shares, and that either may write, is a way to have
 * the other act.
 *
 * Context: may sleep.
 * Return: true if it is the task's own, and every mapped file leads nowhere.
 */
bool clip_carried_memory(void)
{
	return all_mappings(is_own);
}
