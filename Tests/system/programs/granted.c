// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that ends with one of two numbers, which say whether it has the capability
 * NET_BIND_SERVICE. It is as small as it can be, because a storm of execs starts it.
 */
#include "whole/verdicts.h"

#include <linux/capability.h>
#include <sys/syscall.h>

static long call(long number, const void *a, const void *b)
{
	long result = number;

	asm volatile("syscall" : "+a"(result) : "D"(a), "S"(b) : "rcx", "r11", "memory");
	return result;
}

__attribute__((force_align_arg_pointer)) void _start(void)
{
	const struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	long status = RUNS;

	if (call(SYS_capget, &header, data))
		status = 1;
	else if (data[0].effective & 1U << CAP_NET_BIND_SERVICE)
		status = RUNS_GRANTED;
	call(SYS_exit_group, (void *)status, NULL);
	__builtin_unreachable();
}
