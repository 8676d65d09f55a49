/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls of 32-bit programs, from a 64-bit one.
 */
#ifndef CLIP_TESTS_CALL32_H
#define CLIP_TESTS_CALL32_H

#include <stddef.h>
#include <stdint.h>

/* Numbers of arch/x86/entry/syscalls/syscall_32.tbl. */
enum {
	NR32_OPEN = 5, NR32_EXECVE = 11, NR32_MOUNT = 21, NR32_PTRACE = 26,
	NR32_KILL = 37, NR32_IOCTL = 54, NR32_SWAPON = 87, NR32_MMAP = 90,
	NR32_SOCKETCALL = 102, NR32_MPROTECT = 125, NR32_PERSONALITY = 136,
	NR32_MMAP2 = 192, NR32_EXECVEAT = 358, NR32_PKEY_MPROTECT = 380,
	NR32_SHMAT = 397, NR32_FSOPEN = 430, NR32_FSCONFIG = 431,
	NR32_FSMOUNT = 432,
};

/* 0 or a result, or an errno below 0. */
int call32(int number, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
	   uint32_t e, uint32_t f);

/* Memory, and a copy of a text, at an address that fits into 32 bits. */
void *low_memory(size_t size);
uint32_t low_text(const char *text);
uint32_t low_address(const void *at);

#endif /* CLIP_TESTS_CALL32_H */
