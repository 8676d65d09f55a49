/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that the actors of programs/ and the tests agree on.
 */
#ifndef CLIP_TESTS_ANSWERS_H
#define CLIP_TESTS_ANSWERS_H

/* The test makes this socket, through which its actors pass descriptors. */
#define EXCHANGE	20

/* An error that the kernel answered in a message is greater by this. */
#define ANSWERED	1000

/* The error is that of finding the process to take a descriptor from. */
#define NO_PROCESS	1000

/* An error after a part was sent is greater by this. */
#define PARTLY		500

#endif /* CLIP_TESTS_ANSWERS_H */
