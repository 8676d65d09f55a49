/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: argument structures of requests
 */
#ifndef _SECURITY_CLIP_INTERFACE_ARGS_H
#define _SECURITY_CLIP_INTERFACE_ARGS_H

#include <linux/types.h>

struct clip_result;

int clip_args_read(void *args, size_t size, size_t min,
		   const void __user *from);
int clip_args_reserve(void __user *to, size_t size);
int clip_args_write(void __user *to, const void *args, size_t size);
int clip_args_write_results(u64 to, const struct clip_result *results,
			    size_t count);

#endif /* _SECURITY_CLIP_INTERFACE_ARGS_H */
