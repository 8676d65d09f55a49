/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of the effects of an active context 0. Tests of administration
 * leave this header out, and find the kernel as it is after boot.
 */
#ifndef CLIP_TESTS_ACTIVE_H
#define CLIP_TESTS_ACTIVE_H

#include "contexts.h"

__attribute__((constructor)) static void activate_before_main(void)
{
	activate_context_0();
}

#endif /* CLIP_TESTS_ACTIVE_H */
