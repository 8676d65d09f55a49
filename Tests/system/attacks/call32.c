// SPDX-License-Identifier: GPL-2.0-only
#include "call32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int call32(int number, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
	   uint32_t e, uint32_t f)
{
	int result = number;

	/* The frame pointer is the sixth argument; red zones are left alone. */
	asm volatile("lea -128(%%rsp), %%rsp\n\t"
		     "push %%rbp\n\t"
		     "mov %[f], %%ebp\n\t"
		     "int $0x80\n\t"
		     "pop %%rbp\n\t"
		     "lea 128(%%rsp), %%rsp"
		     : "+a"(result)
		     : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "r"(f)
		     : "memory", "r8", "r9", "r10", "r11", "cc");
	return result;
}

void *low_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (at == MAP_FAILED) {
		perror("low memory");
		exit(1);
	}
	return at;
}

uint32_t low_text(const char *text)
{
	return low_address(strcpy(low_memory(strlen(text) + 1), text));
}

uint32_t low_address(const void *at)
{
	return (uintptr_t)at;
}
