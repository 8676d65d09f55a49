// SPDX-License-Identifier: GPL-2.0-only
#include "files.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int copy_file(const char *from, const char *to, mode_t mode)
{
	char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out, err = 0;
	ssize_t got;

	if (in < 0)
		return errno;
	unlink(to);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (out < 0) {
		err = errno;
		close(in);
		return err;
	}
	while ((got = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, got) != got)
			err = errno ?: EIO;
	fchmod(out, mode);
	close(in);
	close(out);
	return err;
}

int write_at(const char *path, off_t offset, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;
	const ssize_t length = strlen(text);

	if (fd < 0)
		return errno;
	if (pwrite(fd, text, length, offset) != length)
		err = errno ?: EIO;
	close(fd);
	return err;
}

int append_byte(const char *path)
{
	struct stat st;

	return stat(path, &st) ? errno : write_at(path, st.st_size, "x");
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int bad = fd < 0 || write(fd, text, strlen(text)) < 0;

	close(fd);
	return bad ? errno : 0;
}

int write_script(const char *path, const char *interpreter)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	int bad = fd < 0 || dprintf(fd, "#!%s\n", interpreter) < 0;

	close(fd);
	return bad ? errno : 0;
}

int put_file(const char *name, const void *bytes, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755), err;

	if (fd < 0)
		return errno;
	err = write(fd, bytes, size) == (ssize_t)size ? 0 : errno ?: EIO;
	close(fd);
	return err;
}

const char *read_line(const char *path)
{
	static char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
	return text;
}

int map_executable(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	err = at == MAP_FAILED ? errno : 0;
	if (!err)
		munmap(at, 4096);
	close(fd);
	return err;
}

int protect_executable(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	close(fd);
	if (at == MAP_FAILED)
		return EIO;
	err = mprotect(at, 4096, PROT_READ | PROT_EXEC) ? errno : 0;
	munmap(at, 4096);
	return err;
}

int private_tmpfs(const char *where, unsigned long flags)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	mkdir(where, 0755);
	return mount("tmpfs", where, "tmpfs", flags, "mode=755") ? errno : 0;
}

int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}
