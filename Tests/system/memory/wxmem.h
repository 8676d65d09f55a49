/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of memory that is written and executed share: the places they
 * work in, and programs made by hand.
 */
#ifndef CLIP_TESTS_WXMEM_H
#define CLIP_TESTS_WXMEM_H

#include "confined.h"

#include <elf.h>

#define DIR	"/tmp/wx"
#define PLAIN	DIR "/plain"	/* without an entry */
#define JIT	DIR "/jit"	/* e and j */
#define CODE	DIR "/code"	/* two pages of code */
#define ACTOR	"/usr/lib/clip/tests/wxactor"
#define LATCH	"/proc/sys/kernel/clip/wx_memory"

#define JIT_FLAGS	(CLIP_ENTRY_EXE | CLIP_ENTRY_JIT)

static inline int put_file(const char *name, const void *bytes, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755), err;

	if (fd < 0)
		return errno;
	err = write(fd, bytes, size) == (ssize_t)size ? 0 : errno ?: EIO;
	close(fd);
	return err;
}

/* mov $42,%eax; ret, and on the next page the same with 43. */
static inline int make_code(const char *name)
{
	static char pages[8192];

	memcpy(pages, "\xb8\x2a\0\0\0\xc3", 6);
	memcpy(pages + 4096, "\xb8\x2b\0\0\0\xc3", 6);
	return put_file(name, pages, sizeof(pages));
}

/* An entry that grants nothing, in the context @xid. */
static inline int list(const char *name, uint32_t xid, uint32_t flags)
{
	struct rule rule;
	int err = rule_for(&rule, name, flags);

	rule.context = xid;
	return err ?: commit_rules(&rule, 1, CLIP_COMMIT_ADD, 0, NULL);
}

/* What a program prints, run with up to five arguments behind the two. */
struct words {
	int fd;			/* of its context, or -1 */
	const char *argv[9];
	char out[512];
};

static inline int run_words(void *data)
{
	const struct words *words = data;

	execv(words->argv[0], (char *const *)words->argv);
	return errno;
}

static inline const char *what_prints(struct words *words)
{
	int fds[2], status;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	memset(words->out, 0, sizeof(words->out));
	if (pipe(fds))
		return "pipe";
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		if (words->fd < 0)
			_exit(run_words(words));
		_exit(confined_do(words->fd, run_words, words));
	}
	close(fds[1]);
	while ((got = read(fds[0], words->out + used,
			   sizeof(words->out) - 1 - used)) > 0)
		used += got;
	close(fds[0]);
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status) || WEXITSTATUS(status))
		snprintf(words->out + used, sizeof(words->out) - used,
			 "status %#x", status);
	return words->out;
}

static inline const char *says(int fd, const char *program, const char *verb,
			       const char *file)
{
	static struct words words;

	words = (struct words) { .fd = fd, .argv = { program, verb, file } };
	return what_prints(&words);
}

static inline const char *says_two(int fd, const char *program,
				   const char *verb, const char *file,
				   const char *verb2, const char *file2)
{
	static struct words words;

	words = (struct words) {
		.fd = fd, .argv = { program, verb, file, verb2, file2 },
	};
	return what_prints(&words);
}

/* The places: a tmpfs with two copies of the actor, that differ in nothing. */
static inline int make_place(void)
{
	return private_tmpfs(DIR, 0) ?: copy_file(ACTOR, PLAIN, 0755) ?:
	       copy_file(ACTOR, JIT, 0755) ?: make_code(CODE);
}

/* -------------------------------------------------- programs made by hand */

/* exit(0), for 64 bits and for 32. */
#define EXIT_64	"\x31\xff\xb8\x3c\0\0\0\x0f\x05"
#define EXIT_32	"\x31\xdb\xb8\x01\0\0\0\xcd\x80"

struct segment {
	uint32_t type, flags;
	uint64_t filesz, memsz;	/* text: the whole file */
};

#define BASE	0x400000
#define MORE	0x600000

/* One page: heads, @interp, and code at 0xf00; then what @more asks for. */
static inline int make_elf64(const char *name, const char *text, size_t size,
			     const char *interp, const struct segment *more,
			     unsigned int count)
{
	static uint8_t page[4096];
	Elf64_Ehdr *head = (void *)page;
	Elf64_Phdr *segment = (void *)(head + 1);

	memset(page, 0, sizeof(page));
	*head = (Elf64_Ehdr) {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64,
		.e_version = EV_CURRENT, .e_entry = BASE + 0xf00,
		.e_phoff = sizeof(*head), .e_ehsize = sizeof(*head),
		.e_phentsize = sizeof(*segment),
		.e_phnum = 1 + !!interp + count,
	};
	*segment++ = (Elf64_Phdr) {
		.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = BASE,
		.p_filesz = sizeof(page), .p_memsz = sizeof(page),
		.p_align = 4096,
	};
	if (interp) {
		strcpy((char *)page + 0xe00, interp);
		*segment++ = (Elf64_Phdr) {
			.p_type = PT_INTERP, .p_flags = PF_R, .p_offset = 0xe00,
			.p_filesz = strlen(interp) + 1,
			.p_memsz = strlen(interp) + 1,
		};
	}
	for (unsigned int i = 0; i < count; i++)
		*segment++ = (Elf64_Phdr) {
			.p_type = more[i].type, .p_flags = more[i].flags,
			.p_vaddr = more[i].type == PT_LOAD ? MORE : 0,
			.p_filesz = more[i].filesz, .p_memsz = more[i].memsz,
			.p_align = 4096,
		};
	memcpy(page + 0xf00, text, size);
	return put_file(name, page, sizeof(page));
}

static inline int make_elf32(const char *name, const char *text, size_t size,
			     const struct segment *more, unsigned int count)
{
	static uint8_t page[4096];
	Elf32_Ehdr *head = (void *)page;
	Elf32_Phdr *segment = (void *)(head + 1);

	memset(page, 0, sizeof(page));
	*head = (Elf32_Ehdr) {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_386,
		.e_version = EV_CURRENT, .e_entry = BASE + 0xf00,
		.e_phoff = sizeof(*head), .e_ehsize = sizeof(*head),
		.e_phentsize = sizeof(*segment), .e_phnum = 1 + count,
	};
	*segment++ = (Elf32_Phdr) {
		.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = BASE,
		.p_filesz = sizeof(page), .p_memsz = sizeof(page),
		.p_align = 4096,
	};
	for (unsigned int i = 0; i < count; i++)
		*segment++ = (Elf32_Phdr) {
			.p_type = more[i].type, .p_flags = more[i].flags,
			.p_vaddr = more[i].type == PT_LOAD ? MORE : 0,
			.p_filesz = more[i].filesz, .p_memsz = more[i].memsz,
			.p_align = 4096,
		};
	memcpy(page + 0xf00, text, size);
	return put_file(name, page, sizeof(page));
}

#endif /* CLIP_TESTS_WXMEM_H */
