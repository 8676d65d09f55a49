/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loop devices.
 */
#ifndef CLIP_TESTS_LOOP_H
#define CLIP_TESTS_LOOP_H

#include <linux/loop.h>
#include <stddef.h>
#include <stdint.h>

/* Attaches an image to a free loop device; returns its descriptor. */
int loop_attach(const char *image, char *path, size_t size);
const char *loop_node(int number);

/* Binds the device to a file; @flags are those of the loop driver. */
int bind_loop(int number, const char *file, uint32_t flags);

#endif /* CLIP_TESTS_LOOP_H */
