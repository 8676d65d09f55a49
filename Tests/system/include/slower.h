/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How slow the kernel is.
 */
#ifndef CLIP_TESTS_SLOWER_H
#define CLIP_TESTS_SLOWER_H

/* So many times as much time as "test" takes: guest.slower=N of the command line, or 1. */
int slower(void);

#endif /* CLIP_TESTS_SLOWER_H */
