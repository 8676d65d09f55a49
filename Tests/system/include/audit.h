/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening to audit, with nothing but a socket.
 */
#ifndef CLIP_TESTS_AUDIT_H
#define CLIP_TESTS_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

/* A socket that gets every record; audit is on, or off, from now on. */
int audit_listen(bool on);

/* The text of the next record of ours; false if none comes within @wait ms. */
bool audit_read(int fd, char *text, size_t size, int wait);

#endif /* CLIP_TESTS_AUDIT_H */
