/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files, and a private place for them.
 */
#ifndef CLIP_TESTS_FILES_H
#define CLIP_TESTS_FILES_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>

int copy_file(const char *from, const char *to, mode_t mode);
int write_at(const char *path, off_t offset, const char *text);
int append_byte(const char *path);
int write_text(const char *path, const char *text);
int write_script(const char *path, const char *interpreter);
int put_file(const char *name, const void *bytes, size_t size);

/* The content of a small file without its last newline; "" if it is empty. */
const char *read_line(const char *path);

/*
 * Maps a page of a file executable, or maps it readable and makes it executable
 * by mprotect(2). 0 or the errno of that; EIO if it cannot be mapped readable.
 */
int map_executable(const char *path);
int protect_executable(const char *path);

/* A private place to work in: a mount namespace with a fresh tmpfs. */
int private_tmpfs(const char *where, unsigned long flags);

/* 0 or the error of opening a file. */
int try_open(const char *path, int flags);

#endif /* CLIP_TESTS_FILES_H */
