/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The acts of programs/memory_actor.c, and the answer of each for a program
 * that is subject to the rule and for one that is exempt or outside of it:
 * "errno/ran".
 */
#ifndef CLIP_TESTS_ACTS_H
#define CLIP_TESTS_ACTS_H

#include "elf.h"
#include "place.h"

#include <stdbool.h>

#define WXACTS	45

extern const struct wxact {
	const char *verb, *subject, *exempt;
} wxacts[WXACTS];

/* Outside of context 0, the device of one act cannot be opened. */
const char *wxact_wanted(const struct wxact *act, bool is_subject, bool outside);

/* Runs each act by @program in a context, or in the test's own. */
#define EXPECT_ACTS(fd, program, is_subject) do { \
	for (size_t i_ = 0; i_ < WXACTS; i_++) { \
		EXPECT_STREQ(wxact_wanted(&wxacts[i_], is_subject, \
					  (fd) >= 0), \
			     says(fd, program, wxacts[i_].verb, CODE)); \
	} \
} while (0)

#define WXELFS	12

/*
 * The requests of programs that are made by hand, and the result of executing
 * them.
 */
extern const struct wxelf {
	const char *name;
	bool narrow, interp;	/* the segment is its interpreter's */
	struct segment segment;
	int error;		/* errno under the rule */
} wxelfs[WXELFS];

const char *wxelf_path(const struct wxelf *elf, bool jit);
int wxelf_make(const struct wxelf *elf, const char *name);

/* The interpreter is mapped where the program is not. */
int wxelf_make_loader(const struct wxelf *elf);

#endif /* CLIP_TESTS_ACTS_H */
