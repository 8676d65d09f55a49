/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: what memory the headers of a program ask for
 */
#ifndef _SECURITY_CLIP_MEMORY_WX_ELF_H
#define _SECURITY_CLIP_MEMORY_WX_ELF_H

#include <linux/types.h>

struct file;

/**
 * struct clip_wxelf - where a file says what it is loaded as
 * @at: where its program headers begin
 * @count: how many there are
 * @wide: they are those of a 64-bit program
 * @must_say: without a word about its stack, that is executable
 */
struct clip_wxelf {
	u64 at;
	u32 count;
	bool wide;
	bool must_say;
};

/**
 * struct clip_wxelf_wants - what its program headers ask for
 * @segment: memory that is writable and executable
 * @stack: an executable stack
 * @interpreter_at: where the name of its interpreter begins
 * @interpreter_size: bytes of that, with its NUL; 0 for none
 */
struct clip_wxelf_wants {
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
