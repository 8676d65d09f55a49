/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One request of io_uring.
 */
#ifndef CLIP_TESTS_RING_H
#define CLIP_TESTS_RING_H

#include <stdint.h>

/* Hands a command to the driver of @fd. 0 or an errno value; 1000 without a ring. */
int command_by_ring(int fd, uint32_t command);

#endif /* CLIP_TESTS_RING_H */
