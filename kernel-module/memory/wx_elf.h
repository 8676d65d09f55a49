/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the memory that the headers of a program request
 */
#ifndef _SECURITY_CLIP_MEMORY_WX_ELF_H
#define _SECURITY_CLIP_MEMORY_WX_ELF_H

#include <linux/fs.h>
#include <linux/jump_label.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "core/task_blob.h"

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
void clip_wx_elf_note(const struct file *file);

DECLARE_STATIC_KEY_FALSE(clip_wx_elf_noted);

/**
 * clip_wx_elf_note_open - Note the interpreter that an exec opens
 * @file: a file that was opened in order to execute it
 */
static __always_inline void clip_wx_elf_note_open(const struct file *file)
{
	if (static_branch_unlikely(&clip_wx_elf_noted) && current->in_execve)
		clip_wx_elf_note(file);
}

/**
 * clip_wx_elf_begin - Note that a file of an exec has been opened
 *
 * Interpreters that were opened before are those of scripts.
 */
static __always_inline void clip_wx_elf_begin(void)
{
	if (static_branch_unlikely(&clip_wx_elf_noted))
		clip_task(current)->interpreter = CLIP_INTERPRETER_NONE;
}

#endif /* _SECURITY_CLIP_MEMORY_WX_ELF_H */
