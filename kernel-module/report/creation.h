/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: new files, told to those who listen
 */
#ifndef _SECURITY_CLIP_REPORT_CREATION_H
#define _SECURITY_CLIP_REPORT_CREATION_H

#include <linux/fs.h>
#include <linux/jump_label.h>

#include "report/events.h"

#ifdef CONFIG_SECURITY_CLIP_EVENTS

void clip_creation_report(struct file *file);

/**
 * clip_creation_open - a file is being opened
 * @file: the file
 */
static __always_inline void clip_creation_open(struct file *file)
{
	if (static_branch_unlikely(&clip_creations_watched) &&
	    unlikely(file->f_mode & FMODE_CREATED))
		clip_creation_report(file);
}

void clip_creation_report_node(const struct path *dir, struct dentry *dentry,
			       umode_t mode);

/**
 * clip_creation_node - a node is to be made, and nothing of ours forbids it
 * @dir: its directory
 * @dentry: its name
 * @mode: what it will be
 */
static __always_inline void clip_creation_node(const struct path *dir,
					       struct dentry *dentry,
					       umode_t mode)
{
	if (static_branch_unlikely(&clip_creations_watched))
		clip_creation_report_node(dir, dentry, mode);
}

void clip_creation_report_link(const struct path *dir, struct dentry *dentry);

/**
 * clip_creation_link - a file is about to get another name
 * @dir: the directory of the name
 * @dentry: the name
 */
static __always_inline void clip_creation_link(const struct path *dir,
					       struct dentry *dentry)
{
	if (static_branch_unlikely(&clip_creations_watched))
		clip_creation_report_link(dir, dentry);
}

#else

static inline void clip_creation_open(struct file *file)
{
}

static inline void clip_creation_node(const struct path *dir,
				      struct dentry *dentry, umode_t mode)
{
}

static inline void clip_creation_link(const struct path *dir,
				      struct dentry *dentry)
{
}

#endif /* CONFIG_SECURITY_CLIP_EVENTS */

#endif /* _SECURITY_CLIP_REPORT_CREATION_H */
