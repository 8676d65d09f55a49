/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs that are made by hand, of one page each.
 */
#ifndef CLIP_TESTS_ELF_H
#define CLIP_TESTS_ELF_H

#include <stddef.h>
#include <stdint.h>

/* exit(0), for 64 bits and for 32. */
#define EXIT_64	"\x31\xff\xb8\x3c\0\0\0\x0f\x05"
#define EXIT_32	"\x31\xdb\xb8\x01\0\0\0\xcd\x80"

struct segment {
	uint32_t type, flags;
	uint64_t filesz, memsz;	/* for text: the whole file */
};

/*
 * A file of one page: headers, @interp, and code at 0xf00; then the segments of
 * @more.
 */
int make_elf64(const char *name, const char *text, size_t size,
	       const char *interp, const struct segment *more,
	       unsigned int count);

int make_elf32(const char *name, const char *text, size_t size,
	       const struct segment *more, unsigned int count);

#endif /* CLIP_TESTS_ELF_H */
