/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one-way sysctls of kernel.clip.
 */
#ifndef CLIP_TESTS_LATCH_H
#define CLIP_TESTS_LATCH_H

#define LATCHES		"/proc/sys/kernel/clip/"

int set_latch(const char *name, const char *text);

/* Its number; -1 if it cannot be read. */
int latch(const char *name);

#endif /* CLIP_TESTS_LATCH_H */
