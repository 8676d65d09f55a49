/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: files that are code in memory, and their writers
 */
#ifndef _SECURITY_CLIP_VERIFY_CODE_H
#define _SECURITY_CLIP_VERIFY_CODE_H

#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

bool clip_code_possible(const struct inode *inode);
int clip_code_hold(struct file *file);
int clip_code_check_writer(const struct inode *inode, bool opened);

/**
 * clip_code_of_exec - Is this the program that is being executed?
 * @file: a file that is about to be mapped
 *
 * Return: True if the loader of exec maps it, false otherwise.
 */
static inline bool clip_code_of_exec(const struct file *file)
{
	const struct file *program;

	/* A program that the kernel starts has no memory until it is loaded. */
	if (!current->in_execve || !current->mm)
		return false;
	guard(rcu)();
	program = rcu_dereference(current->mm->exe_file);
	return program && file_inode(program) == file_inode(file);
}

#endif /* _SECURITY_CLIP_VERIFY_CODE_H */
