// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: structures that requests pass
 */
#include "core/common.h"

#include <linux/minmax.h>
#include <linux/uaccess.h>
#include <uapi/linux/clip.h>

#include "interface/args.h"

/**
 * clip_args_read - read the structure of a request
 * @args: out: the structure as this kernel knows it; what the caller does not
 *	know is zero
 * @size: bytes of it
 * @min: bytes that the first version of the structure had
 * @from: the caller's memory, which begins with the size that he knows
 *
 * Return: 0; -EINVAL for a size below the least; -E2BIG for one above a page,
 * or if a field that is not known here is not zero; -EFAULT.
 */
int clip_args_read(void *args, size_t size, size_t min, const void __user *from)
{
	u32 usize;

	if (get_user(usize, (const u32 __user *)from))
		return -EFAULT;
	if (usize < min)
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(args, size, from, usize);
}

/**
 * clip_args_write - write the structure of a request back
 * @to: the caller's memory, which begins with the size that he knows
 * @args: the structure
 * @size: bytes of it
 *
 * Writes what the caller has room for; fields he does not know stay away.
 *
 * Return: 0, or -EFAULT.
 */
int clip_args_write(void __user *to, const void *args, size_t size)
{
	u32 usize;

	if (get_user(usize, (const u32 __user *)to))
		return -EFAULT;
	return copy_to_user(to, args, min_t(size_t, usize, size)) ? -EFAULT :
								    0;
}

/**
 * clip_args_write_results - write what became of the entries of a request
 * @to: address in the caller's memory
 * @results: the results
 * @count: how many the caller has room for
 *
 * Return: 0, or -EFAULT.
 */
int clip_args_write_results(u64 to, const struct clip_result *results,
			    size_t count)
{
	if (!count)
		return 0;
	return copy_to_user(u64_to_user_ptr(to), results,
			    count * sizeof(*results)) ? -EFAULT : 0;
}
