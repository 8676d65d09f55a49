/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: file creation events
 */
#ifndef _SECURITY_CLIP_REPORT_CREATION_H
#define _SECURITY_CLIP_REPORT_CREATION_H

#include <linux/fs.h>
#include <linux/jump_label.h>

#include "report/events.h"

#ifdef CONFIG_SECURITY_CLIP_EVENTS

void clip_creation_report(struct file *file);

/**
 * clip_creation_open - Report an opened file, if open(2) has created it
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
 * clip_creation_node - Report a new node that all checks of clip have allowed
 * @dir: the directory of the node
 * @dentry: the name of the node
 * @mode: type and permissions of the node
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
 * clip_creation_link - Report a file that is about to get another name
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
