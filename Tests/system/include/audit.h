/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening to audit, with only a socket.
 */
#ifndef CLIP_TESTS_AUDIT_H
#define CLIP_TESTS_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

/* Returns a socket that gets every record, and switches audit on or off. */
int audit_listen(bool on);

/* Reads the next record of the module; false if none comes within @wait ms. */
bool audit_read(int fd, char *text, size_t size, int wait);

/* The same of the next record of a file's name. */
bool audit_read_path(int fd, char *text, size_t size, int wait);

#endif /* CLIP_TESTS_AUDIT_H */
