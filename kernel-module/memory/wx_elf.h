/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the memory that the headers of a program request
 */
#ifndef _SECURITY_CLIP_MEMORY_WX_ELF_H
#define _SECURITY_CLIP_MEMORY_WX_ELF_H

#include <linux/types.h>

struct file;

/**
 * struct clip_wxelf - The program headers of a file
 * @at: offset of its program headers in bytes
 * @count: number of headers
 * @wide: the headers have the 64-bit form
 * @must_say: without a header for the stack, the stack is executable
 */
struct clip_wxelf {
	u64 at;
	u32 count;
	bool wide;
	bool must_say;
};

/**
 * struct clip_wxelf_wants - The requests of program headers
 * @segment: memory that is writable and executable
 * @stack: an executable stack
 * @interpreter_at: offset of the interpreter's name in bytes
 * @interpreter_size: size of the interpreter's name in bytes, with its NUL; 0
 *	for a program without interpreter
 * @read: everything above is what the file says
 */
struct clip_wxelf_wants {
	bool read;
	bool segment;
	bool stack;
	u64 interpreter_at;
	u64 interpreter_size;
};

#define CLIP_WXELF_HEAD	64	/* bytes that clip_wxelf_read() looks at */

bool clip_wxelf_read(const u8 head[CLIP_WXELF_HEAD], struct clip_wxelf *elf);
size_t clip_wxelf_size(const struct clip_wxelf *elf);
void clip_wxelf_look(const struct clip_wxelf *elf, const void *headers,
		     struct clip_wxelf_wants *wants);
int clip_wx_elf_check(struct file *file);

#endif /* _SECURITY_CLIP_MEMORY_WX_ELF_H */
