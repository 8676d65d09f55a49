// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of reading the headers of a program (M-04)
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/elf.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../memory/wx_elf.h"

#define R	PF_R
#define W	PF_W
#define X	PF_X

struct header_case {
	const char *name;
	u16 machine;
	u32 type, flags;
	u64 filesz, memsz;
	bool segment, stack;
};

/*
 * Each header is added to a valid text segment. The program for 386 has no
 * header for its stack.
 */
static const struct header_case header_cases[] = {
	{ "nothing but text", EM_X86_64, PT_NULL, 0, 0, 0, false, false },
	{ "data", EM_X86_64, PT_LOAD, R | W, 8, 4096, false, false },
	{ "W and X", EM_X86_64, PT_LOAD, R | W | X, 8, 8, true, false },
	{ "W and X without content", EM_X86_64, PT_LOAD, W | X, 0, 8, true,
	  false },
	{ "text with a tail", EM_X86_64, PT_LOAD, R | X, 8, 9, true, false },
	{ "text without content", EM_X86_64, PT_LOAD, X, 0, 1, true, false },
	{ "W and X, not loaded", EM_X86_64, PT_NOTE, R | W | X, 8, 8, false,
	  false },
	{ "a stack of data", EM_X86_64, PT_GNU_STACK, R | W, 0, 0, false,
	  false },
	{ "a stack of code", EM_X86_64, PT_GNU_STACK, R | W | X, 0, 0, false,
	  true },
	{ "386 without a word", EM_386, PT_NULL, 0, 0, 0, false, true },
	{ "386 with a stack of data", EM_386, PT_GNU_STACK, R | W, 0, 0, false,
	  false },
	{ "386 with a stack of code", EM_386, PT_GNU_STACK, R | W | X, 0, 0,
	  false, true },
	{ "386, W and X", EM_386, PT_LOAD, R | W | X, 8, 8, true, true },
};

KUNIT_ARRAY_PARAM_DESC(header, header_cases, name);

static void wxelf_headers(struct kunit *test)
{
	const struct header_case *c = test->param_value;
	const struct clip_wxelf elf = {
		.count = 2, .wide = c->machine == EM_X86_64,
		.must_say = c->machine == EM_386,
	};
	const struct elf64_phdr wide[] = {
		{ .p_type = PT_LOAD, .p_flags = R | X, .p_filesz = 99,
		  .p_memsz = 99 },
		{ .p_type = c->type, .p_flags = c->flags,
		  .p_filesz = c->filesz, .p_memsz = c->memsz },
	};
	const struct elf32_phdr narrow[] = {
		{ .p_type = PT_LOAD, .p_flags = R | X, .p_filesz = 99,
		  .p_memsz = 99 },
		{ .p_type = c->type, .p_flags = c->flags,
		  .p_filesz = c->filesz, .p_memsz = c->memsz },
	};
	struct clip_wxelf_wants wants;

	KUNIT_EXPECT_EQ(test, clip_wxelf_size(&elf),
			elf.wide ? sizeof(wide) : sizeof(narrow));
	clip_wxelf_look(&elf, elf.wide ? (const void *)wide :
					 (const void *)narrow, &wants);
	KUNIT_EXPECT_EQ(test, wants.segment, c->segment);
	KUNIT_EXPECT_EQ(test, wants.stack, c->stack);
	KUNIT_EXPECT_EQ(test, wants.interpreter_size, 0);
}

/* Only the first interpreter counts, as for the loader. */
static void wxelf_interpreter(struct kunit *test)
{
	const struct clip_wxelf elf = { .count = 2, .wide = true };
	const struct elf64_phdr headers[] = {
		{ .p_type = PT_INTERP, .p_offset = 64, .p_filesz = 28 },
		{ .p_type = PT_INTERP, .p_offset = 99, .p_filesz = 5 },
	};
	struct clip_wxelf_wants wants;

	clip_wxelf_look(&elf, headers, &wants);
	KUNIT_EXPECT_EQ(test, wants.interpreter_at, 64);
	KUNIT_EXPECT_EQ(test, wants.interpreter_size, 28);
}

static struct elf64_hdr sound_head(void)
{
	return (struct elf64_hdr) {
		.e_ident = ELFMAG, .e_machine = EM_X86_64, .e_phoff = 64,
		.e_phentsize = sizeof(struct elf64_phdr), .e_phnum = 3,
	};
}

static bool read_head(const struct elf64_hdr *head, struct clip_wxelf *elf)
{
	u8 bytes[CLIP_WXELF_HEAD];

	memcpy(bytes, head, sizeof(bytes));
	return clip_wxelf_read(bytes, elf);
}

static void wxelf_wide(struct kunit *test)
{
	struct elf64_hdr head = sound_head();
	struct clip_wxelf elf;

	/* The class is ignored, because the loader ignores it as well. */
	for (int class = ELFCLASSNONE; class <= ELFCLASS64; class++) {
		head.e_ident[EI_CLASS] = class;
		KUNIT_EXPECT_TRUE(test, read_head(&head, &elf));
		KUNIT_EXPECT_TRUE(test, elf.wide);
		KUNIT_EXPECT_FALSE(test, elf.must_say);
		KUNIT_EXPECT_EQ(test, elf.at, 64);
		KUNIT_EXPECT_EQ(test, elf.count, 3);
	}
	head.e_phnum = SZ_64K / sizeof(struct elf64_phdr);
	KUNIT_EXPECT_TRUE(test, read_head(&head, &elf));
}

static void wxelf_narrow(struct kunit *test)
{
	const struct elf32_hdr narrow = {
		.e_ident = ELFMAG, .e_machine = EM_386, .e_phoff = 52,
		.e_phentsize = sizeof(struct elf32_phdr), .e_phnum = 7,
	};
	u8 bytes[CLIP_WXELF_HEAD] = {};
	struct clip_wxelf elf;

	memcpy(bytes, &narrow, sizeof(narrow));
	/* The bytes that hold the size in a 64-bit header have no effect. */
	bytes[54] = sizeof(struct elf64_phdr);
	KUNIT_EXPECT_TRUE(test, clip_wxelf_read(bytes, &elf));
	KUNIT_EXPECT_FALSE(test, elf.wide);
	KUNIT_EXPECT_TRUE(test, elf.must_say);
	KUNIT_EXPECT_EQ(test, elf.at, 52);
	KUNIT_EXPECT_EQ(test, elf.count, 7);
}

static void wxelf_no_program(struct kunit *test)
{
	struct elf64_hdr head = sound_head();
	struct clip_wxelf elf = { .count = 77 };

	head.e_phnum = 0;
	KUNIT_EXPECT_FALSE(test, read_head(&head, &elf));
	head.e_phnum = SZ_64K / sizeof(struct elf64_phdr) + 1;
	KUNIT_EXPECT_FALSE(test, read_head(&head, &elf));
	head = sound_head();
	head.e_phentsize++;
	KUNIT_EXPECT_FALSE(test, read_head(&head, &elf));
	head = sound_head();
	head.e_ident[EI_MAG3] = 'G';
	KUNIT_EXPECT_FALSE(test, read_head(&head, &elf));
	memset(&head, 0, sizeof(head));
	KUNIT_EXPECT_FALSE(test, read_head(&head, &elf));
	KUNIT_EXPECT_EQ(test, elf.count, 77);
}

static struct kunit_case wxelf_test_cases[] = {
	KUNIT_CASE_PARAM(wxelf_headers, header_gen_params),
	KUNIT_CASE(wxelf_interpreter),
	KUNIT_CASE(wxelf_wide),
	KUNIT_CASE(wxelf_narrow),
	KUNIT_CASE(wxelf_no_program),
	{}
};

static struct kunit_suite wxelf_test_suite = {
	.name = "clip_wxelf",
	.test_cases = wxelf_test_cases,
};

kunit_test_suite(wxelf_test_suite);
