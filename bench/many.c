// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: many DIRECTORY COUNT
 *
 * Makes COUNT empty files in DIRECTORY, spread over subdirectories, and prints
 * a rule line for each: a store full of entries that are not asked for.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const int count = argc > 2 ? atoi(argv[2]) : 0;
	char path[4096];

	if (argc != 3 || count < 1) {
		fprintf(stderr, "usage: many DIRECTORY COUNT\n");
		return 2;
	}
	mkdir(argv[1], 0755);
	for (int i = 0; i < count; i++) {
		int fd;

		if (i % 1000 == 0) {
			snprintf(path, sizeof(path), "%s/%03d", argv[1],
				 i / 1000);
			mkdir(path, 0755);
		}
		snprintf(path, sizeof(path), "%s/%03d/program-%06d", argv[1],
			 i / 1000, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
		if (fd < 0) {
			perror(path);
			return 1;
		}
		close(fd);
		/* Any digest will do: these files are never run. */
		printf("%s 0 e - - - - sha256 %064x\n", path, i + 1);
	}
	return 0;
}
