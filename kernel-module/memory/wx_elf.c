// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the memory that the headers of a program request
 *
 * The loader maps a part of this memory in ways that no hook of mmap sees, and
 * all of it when it is too late for exec to fail. The headers of the program
 * and of its interpreter are therefore checked before. No protection relies on
 * this: the loader will hardly run a file that this code does not understand,
 * and if it does, the later hooks still apply.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/elf.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/jump_label.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "memory/wx_elf.h"
#include "store/filesystem.h"
#include "verify/code.h"
#include "verify/verdict.h"

#define MAX_HEADERS	SZ_64K	/* bytes; the loader takes no more */
#define KNOWN_NAME	64	/* a longer name is read from the file each time */

/* A latch or a level says that memory is writable or executable. */
DEFINE_STATIC_KEY_FALSE(clip_wx_elf_noted);

static_assert(sizeof(struct elf64_hdr) == CLIP_WXELF_HEAD);
static_assert(sizeof(struct elf32_hdr) <= CLIP_WXELF_HEAD);

/**
 * clip_wxelf_read - Find the program headers of a file
 * @head: its first bytes
 * @elf: out: the place of the headers, only on success
 *
 * The loaders use the machine and the size of a header, and not the class.
 *
 * Return: true if this is an ELF file that this kernel would load.
 */
bool clip_wxelf_read(const u8 head[CLIP_WXELF_HEAD], struct clip_wxelf *elf)
{
	struct clip_wxelf found = {};
	struct elf64_hdr wide;
	struct elf32_hdr narrow;

	memcpy(&wide, head, sizeof(wide));
	memcpy(&narrow, head, sizeof(narrow));
	if (memcmp(head, ELFMAG, SELFMAG))
		return false;
	found.must_say = narrow.e_machine == EM_386 ||
			 narrow.e_machine == EM_486;
	found.wide = !found.must_say &&
		     wide.e_phentsize == sizeof(struct elf64_phdr);
	if (found.wide) {
		found.at = wide.e_phoff;
		found.count = wide.e_phnum;
	} else if (narrow.e_phentsize == sizeof(struct elf32_phdr)) {
		found.at = narrow.e_phoff;
		found.count = narrow.e_phnum;
	} else {
		return false;
	}
	if (!found.count || clip_wxelf_size(&found) > MAX_HEADERS)
		return false;
	*elf = found;
	return true;
}

/**
 * clip_wxelf_size - Get the size of the program headers
 * @elf: the file
 *
 * Return: the size in bytes.
 */
size_t clip_wxelf_size(const struct clip_wxelf *elf)
{
	return elf->count * (elf->wide ? sizeof(struct elf64_phdr) :
					 sizeof(struct elf32_phdr));
}

static struct elf64_phdr header(const struct clip_wxelf *elf,
				const void *headers, u32 number)
{
	const struct elf32_phdr *narrow = headers;
	const struct elf64_phdr *wide = headers;

	if (elf->wide)
		return wide[number];
	return (struct elf64_phdr) {
		.p_type = narrow[number].p_type,
		.p_flags = narrow[number].p_flags,
		.p_offset = narrow[number].p_offset,
		.p_filesz = narrow[number].p_filesz,
		.p_memsz = narrow[number].p_memsz,
	};
}

/**
 * clip_wxelf_look - Find the memory that program headers request
 * @elf: the file
 * @headers: clip_wxelf_size() bytes
 * @wants: out: the requests
 *
 * Memory beyond the end of the file is filled with zeros, so it was writable
 * then.
 */
void clip_wxelf_look(const struct clip_wxelf *elf, const void *headers,
		     struct clip_wxelf_wants *wants)
{
	bool said = !elf->must_say;

	*wants = (struct clip_wxelf_wants) {};
	for (u32 i = 0; i < elf->count; i++) {
		const struct elf64_phdr one = header(elf, headers, i);

		switch (one.p_type) {
		case PT_LOAD:
			wants->segment |= (one.p_flags & PF_X) &&
					  ((one.p_flags & PF_W) ||
					   one.p_memsz > one.p_filesz);
			break;
		case PT_GNU_STACK:
			said = true;
			wants->stack |= one.p_flags & PF_X;
			break;
		case PT_INTERP:
			if (wants->interpreter_size)
				break;
			wants->interpreter_at = one.p_offset;
			wants->interpreter_size = one.p_filesz;
			break;
		}
	}
	wants->stack |= !said;
}

static bool read_exactly(struct file *file, void *to, size_t size, u64 at)
{
	loff_t from = at;

	return from >= 0 && __kernel_read(file, to, size, &from) == size;
}

/*
 * Returns 0 if nothing can be read there: the loader cannot read it then,
 * either.
 */
static int look_at(struct file *file, struct clip_wxelf_wants *wants)
{
	u8 head[CLIP_WXELF_HEAD];
	struct clip_wxelf elf;

	*wants = (struct clip_wxelf_wants) {};
	if (!read_exactly(file, head, sizeof(head), 0) ||
	    !clip_wxelf_read(head, &elf))
		return 0;

	void *headers __free(kvfree) = kvmalloc(clip_wxelf_size(&elf),
						GFP_KERNEL);

	if (!headers)
		return -ENOMEM;
	if (!read_exactly(file, headers, clip_wxelf_size(&elf), elf.at))
		return 0;
	clip_wxelf_look(&elf, headers, wants);
	wants->read = true;
	return 0;
}

/*
 * The loader maps the program and its interpreter when it is too late for exec
 * to fail. On an overlay, exec keeps writers off the overlay's inode only.
 */
static int check_file(const struct file *file)
{
	if (!clip_code_possible(file_inode(file)))
		return -EACCES;
	return inode_is_open_for_write(d_real_inode(file->f_path.dentry)) ?
	       -ETXTBSY : 0;
}

/*
 * Is what was found in the headers remembered for this file? Only where this
 * kernel sees every writer, and the file is the one that is mapped.
 */
static bool is_remembered(const struct file *file)
{
	return clip_sb_trusted(file_inode(file)->i_sb) &&
	       d_real_inode(file->f_path.dentry) == file_inode(file);
}

/*
 * Remembers headers that ask for nothing bad. @name is the interpreter that the
 * caller has found in them. What could not be read is not remembered.
 */
static void remember(const struct file *file, u64 writes,
		     const struct clip_wxelf_wants *wants, const char *name)
{
	if (wants->read && !wants->segment && !wants->stack &&
	    is_remembered(file))
		clip_headers_commit(file_inode(file), writes, name,
				    strlen(name));
}

static bool has_known_headers(const struct file *file)
{
	char unused[KNOWN_NAME];

	return !check_file(file) && is_remembered(file) &&
	       clip_headers_known(file_inode(file), unused, sizeof(unused));
}

/**
 * clip_wx_elf_note - Note the interpreter of the program that is executed
 * @file: a file that an exec is opening
 *
 * The loader opens the interpreter while exec can still fail, but before the
 * rights of the program are known. If the headers of this very file are known
 * to be good, it need not be looked up and opened once more. Exec excludes writers
 * only a moment later; what one of them puts there is left to the later hooks.
 */
void clip_wx_elf_note(const struct file *file)
{
	clip_task(current)->interpreter = has_known_headers(file) ?
		CLIP_INTERPRETER_GOOD : CLIP_INTERPRETER_OTHER;
}

/*
 * Only the program decides about the stack: of the interpreter, only segments
 * count.
 */
static int check_interpreter(const char *name)
{
	struct clip_wxelf_wants wants;
	struct file *interpreter;
	u64 writes;
	int err;

	if (!*name || clip_task(current)->interpreter == CLIP_INTERPRETER_GOOD)
		return 0;
	interpreter = open_exec(name);
	if (IS_ERR(interpreter))
		return 0;
	clip_verdict_begin(file_inode(interpreter), &writes);
	err = check_file(interpreter) ?:
	      look_at(interpreter, &wants);
	if (!err && !wants.interpreter_size)
		remember(interpreter, writes, &wants, "");
	exe_file_allow_write_access(interpreter);
	fput(interpreter);
	if (err)
		return err;
	return wants.segment ? -EACCES : 0;
}

/*
 * Reads the name of the interpreter. An empty one stands for none, or for one
 * that the loader will not take. Returns 0 or -ENOMEM.
 */
static int read_interpreter(struct file *file,
			    struct clip_wxelf_wants *program, char **name)
{
	const u64 size = program->interpreter_size;
	const bool possible = size >= 2 && size <= PATH_MAX;

	*name = kzalloc(possible ? size : 1, GFP_KERNEL);
	if (!*name)
		return -ENOMEM;
	if (!possible)
		return 0;
	program->read = read_exactly(file, *name, size, program->interpreter_at);
	if (!program->read || (*name)[size - 1])
		**name = '\0';
	return 0;
}

static int check_unknown(struct file *file)
{
	char *name __free(kfree) = NULL;
	struct clip_wxelf_wants wants;
	u64 writes;
	int err;

	clip_verdict_begin(file_inode(file), &writes);
	err = look_at(file, &wants);
	if (err)
		return err;
	if (wants.segment || wants.stack)
		return -EACCES;
	err = read_interpreter(file, &wants, &name);
	if (err)
		return err;
	remember(file, writes, &wants, name);
	return check_interpreter(name);
}

/**
 * clip_wx_elf_check - Check the memory that a program's headers request
 * @file: the program, with writers denied
 *
 * Context: may sleep.
 * Return: 0; -EACCES if it requests memory that is written and executed, or is
 * such memory itself; -ETXTBSY if it is open for writing; -ENOMEM.
 */
int clip_wx_elf_check(struct file *file)
{
	char name[KNOWN_NAME];
	const int err = check_file(file);

	if (err)
		return err;
	if (is_remembered(file) &&
	    clip_headers_known(file_inode(file), name, sizeof(name)))
		return check_interpreter(name);
	return check_unknown(file);
}
