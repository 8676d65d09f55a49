// SPDX-License-Identifier: GPL-2.0-only
#include "elf.h"

#include "files.h"

#include <elf.h>
#include <string.h>

#define BASE	0x400000
#define MORE	0x600000

int make_elf64(const char *name, const char *text, size_t size,
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

int make_elf32(const char *name, const char *text, size_t size,
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
