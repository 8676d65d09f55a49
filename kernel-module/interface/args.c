// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: argument structures of requests
 */
#include "core/common.h"

#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>
#include <uapi/linux/clip.h>

#include "interface/args.h"

/**
 * clip_args_read - Read the argument structure of a request
 * @args: receives the structure as this kernel knows it; fields that the caller
 *	does not know are zero
 * @size: size of the structure in bytes
 * @min: size of the first version of the structure in bytes
 * @from: user memory, which starts with the size that the caller knows
 *
 * Return: 0; -EINVAL if the caller's size is smaller than @min; -E2BIG if it is
 * larger than a page, or if a field that this kernel does not know is not zero;
 * -EFAULT.
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
 * clip_args_reserve - Check that the answer of a request can be written
 * @to: user memory
 * @size: size of the answer in bytes
 *
 * Comes before anything takes effect: a request whose answer has no place is
 * refused, and changes nothing. Another thread can take the place away after
 * this check. Such a request has taken effect and says so, and its answer is
 * lost.
 *
 * Context: May sleep.
 * Return: 0, or -EFAULT.
 */
int clip_args_reserve(void __user *to, size_t size)
{
	return !access_ok(to, size) || fault_in_safe_writeable(to, size) ?
		       -EFAULT : 0;
}

/**
 * clip_args_write - Write back the argument structure of a request
 * @to: user memory, which starts with the size that the caller knows
 * @args: the structure
 * @size: size of the structure in bytes
 *
 * Writes no more than the caller's size: fields that the caller does not know
 * are omitted.
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
 * clip_args_write_results - Write the results for the entries of a request
 * @to: address in user memory
 * @results: the results
 * @count: number of results to write, at most the caller's capacity
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
