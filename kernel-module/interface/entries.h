/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the entries as text
 */
#ifndef _SECURITY_CLIP_INTERFACE_ENTRIES_H
#define _SECURITY_CLIP_INTERFACE_ENTRIES_H

#include <linux/fs.h>

extern const struct file_operations clip_entries_fops;

#endif /* _SECURITY_CLIP_INTERFACE_ENTRIES_H */
