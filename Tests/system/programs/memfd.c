// SPDX-License-Identifier: GPL-2.0-only
/*
 * memfd FILE COMMAND...: runs COMMAND with one more argument, the name in procfs
 * of a file in memory that has the content of FILE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const int from = argc > 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	const int to = memfd_create("program", MFD_CLOEXEC);
	char *command[16], name[32];
	int count = 0, reader;
	struct stat status;

	if (from < 0 || to < 0 || argc > 16 || fstat(from, &status) ||
	    sendfile(to, from, NULL, status.st_size) != status.st_size ||
	    fchmod(to, 0755))
		return 99;
	/* No descriptor for writing is left: only the content counts. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", to);
	reader = open(name, O_RDONLY);
	if (reader < 0)
		return 99;
	for (int i = 2; i < argc; i++)
		command[count++] = argv[i];
	snprintf(name, sizeof(name), "/proc/self/fd/%d", reader);
	command[count++] = name;
	command[count] = NULL;
	execv(command[0], command);
	perror(command[0]);
	return 98;
}
