// SPDX-License-Identifier: GPL-2.0-only
#include "acts.h"

#include <errno.h>
#include <stdio.h>

#include <elf.h>
#include <string.h>

const struct wxact wxacts[WXACTS] = {
	/* M-02 */
	{ "anonrx", "13/0", "0/0" },
	{ "anon", "13/0", "0/1" },
	{ "anonprot", "13/0", "0/1" },
	{ "anonrwxprot", "13/0", "0/1" },
	{ "noneprot", "13/0", "0/1" },
	{ "pkeyprot", "13/0", "0/1" },
	{ "sharedanon", "13/0", "0/1" },
	{ "brk", "13/0", "0/1" },
	{ "stack", "13/0", "0/1" },
	{ "growsdown", "13/0", "0/1" },		/* M-03 */
	/* M-12 */
	{ "personality", "1/0", "0/1" },
	{ "personalitybrk", "1/0", "0/1" },
	/* M-08 */
	{ "memfd", "13/0", "0/1" },
	{ "memfdprivate", "13/0", "0/1" },
	{ "memfdprot", "13/0", "0/1" },
	{ "shm", "13/0", "0/1" },
	{ "shmprot", "13/0", "0/1" },
	{ "udmabuf", "13/0", "0/1" },
	{ "twice", "26/0", "0/1" },
	{ "twiceprot", "26/0", "0/1" },
	/* M-10 */
	{ "zero", "13/0", "0/1" },
	{ "zeroshared", "13/0", "0/1" },
	{ "zeroprot", "13/0", "0/1" },
	{ "huge", "13/0", "0/1" },
	{ "hugeprot", "13/0", "0/1" },
	/* M-11 */
	{ "uring", "13/0", "0/0" },
	{ "perf", "13/0", "0/0" },
	/* M-06, M-07 */
	{ "filewx", "13/0", "0/1" },
	{ "dirty", "13/0", "0/1" },
	{ "relocation", "13/0", "0/1" },
	{ "filerdwr", "26/0", "0/1" },
	{ "remap", "26/0", "0/1" },		/* M-19 */
	/* M-14, M-15 */
	{ "selfmem", "5/0", "0/1" },
	{ "poke", "5/0", "0/1" },
	/* M-22 */
	{ "fork", "13/0", "0/1" },
	{ "clone", "13/0", "0/1" },
	/*
	 * The same for all programs: M-16, M-18, M-23, and acts that every
	 * program needs.
	 */
	{ "vmwrite", "14/0", "14/0" },
	{ "moveover", "0/0", "0/0" },
	{ "grow", "0/1", "0/1" },
	{ "discard", "0/1", "0/1" },
	{ "file", "0/1", "0/1" },
	{ "fileshared", "0/1", "0/1" },
	{ "fileprot", "0/1", "0/1" },
	{ "vdso", "0/1", "0/1" },
	{ "vsyscall", "0/1", "0/1" },
};

const char *wxact_wanted(const struct wxact *act, bool is_subject, bool outside)
{
	static char text[64];

	if (outside && !strcmp(act->verb, "udmabuf"))
		return "udmabuf: Permission denied\nstatus 0x100";
	snprintf(text, sizeof(text), "%s=%s ", act->verb,
		 is_subject ? act->subject : act->exempt);
	return text;
}

const struct wxelf wxelfs[WXELFS] = {
	{ "plain", false, false, { PT_GNU_STACK, PF_R | PF_W, 0, 0 }, 0 },
	{ "silent", false, false, { PT_NULL, 0, 0, 0 }, 0 },
	{ "bss", false, false, { PT_LOAD, PF_R | PF_W, 0, 4096 }, 0 },
	{ "stack", false, false, { PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0 },
	  EACCES },
	{ "segment", false, false, { PT_LOAD, PF_R | PF_W | PF_X, 4096, 4096 },
	  EACCES },
	{ "codebss", false, false, { PT_LOAD, PF_R | PF_W | PF_X, 0, 4096 },
	  EACCES },
	{ "tail", false, false, { PT_LOAD, PF_R | PF_X, 4096, 8192 }, EACCES },
	{ "interp", false, true, { PT_LOAD, PF_R | PF_W | PF_X, 4096, 4096 },
	  EACCES },
	{ "interpstack", false, true,
	  { PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0 }, 0 },
	{ "plain32", true, false, { PT_GNU_STACK, PF_R | PF_W, 0, 0 }, 0 },
	{ "silent32", true, false, { PT_NULL, 0, 0, 0 }, EACCES },
	{ "stack32", true, false, { PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0 },
	  EACCES },
};

const char *wxelf_path(const struct wxelf *elf, bool jit)
{
	static char name[64];

	snprintf(name, sizeof(name), DIR "/%s%s", elf->name, jit ? ".jit" : "");
	return name;
}

int wxelf_make(const struct wxelf *elf, const char *name)
{
	static const char loader[] = DIR "/loader";

	if (elf->narrow)
		return make_elf32(name, EXIT_32, sizeof(EXIT_32) - 1,
				  &elf->segment, 1);
	if (!elf->interp)
		return make_elf64(name, EXIT_64, sizeof(EXIT_64) - 1, NULL,
				  &elf->segment, 1);
	return make_elf64(name, EXIT_64, sizeof(EXIT_64) - 1, loader, NULL, 0);
}

int wxelf_make_loader(const struct wxelf *elf)
{
	if (!elf->interp)
		return 0;
	return make_elf64(DIR "/loader", EXIT_64, sizeof(EXIT_64) - 1, NULL,
			  &elf->segment, 1);
}
