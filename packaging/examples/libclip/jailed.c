// SPDX-License-Identifier: GPL-2.0-only
/*
 * A daemon that puts itself into a jail with libclip.
 *
 *	usage: jailed CONTEXT ROOT [LOG]
 *
 * It opens its log while it still can, makes a context without capabilities, and
 * goes on inside ROOT: it writes what it sees there, and serves until it is ended.
 * Build: cc -o jailed jailed.c $(pkg-config --cflags --libs libclip)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libclip.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed(const struct clip_failure *failure)
{
	fprintf(stderr, "jailed: %s: %s\n", failure->step, failure->text);
	return 1;
}

int main(int argc, char **argv)
{
	const struct clip_mount mounts[] = {
		{
			.kind = CLIP_MOUNT_NEW,
			.type = "proc",
			.target = "/proc",
			.attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
		},
	};
	struct clip_failure failure;
	struct clip_jail jail;
	const int log = argc > 3 ? open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : STDOUT_FILENO;
	uint32_t number;

	if (argc < 3 || log < 0) {
		fprintf(stderr, "usage: %s CONTEXT ROOT [LOG]\n", argv[0]);
		return 2;
	}
	number = (uint32_t)strtoul(argv[1], NULL, 10);
	clip_jail_init(&jail);
	jail.namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID;
	jail.root = argv[2];
	jail.root_attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	jail.mounts = mounts;
	jail.mount_count = 1;
	jail.host_name = "jailed";
	jail.user = 65534;
	jail.group = 65534;
	jail.context = clip_ctx_create(number, 1, 0, 0, &failure);
	if (jail.context < 0)
		return failed(&failure);
	if (clip_jail_self(&jail, &failure) < 0) {
		clip_ctx_delete(number, NULL);
		return failed(&failure);
	}
	/* From here on it is in the jail. */
	dprintf(log, "process %d, user %u, %s\n", (int)getpid(), getuid(),
		access("/etc/passwd", F_OK) < 0 ? "no files of the host" : "files of the host");
	for (;;)
		pause();
}
