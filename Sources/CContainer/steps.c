// SPDX-License-Identifier: LGPL-2.1-or-later
/* libclip: what a process does to itself between its creation and its program */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int clip_join_namespaces(const struct clip_jail *jail, struct clip_failure *failure)
{
	for (size_t i = 0; i < jail->joined_count; i++)
		if (setns(jail->joined[i], 0) < 0)
			return clip_fail(failure, 0, "namespaces", "join a namespace of the jail");
	/* Joining a mount namespace leaves the process at its root. */
	return 0;
}

static int bring_up_loopback(struct clip_failure *failure)
{
	struct ifreq request = { .ifr_name = "lo" };
	const int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result = -1;

	if (handle >= 0 && ioctl(handle, SIOCGIFFLAGS, &request) == 0) {
		request.ifr_flags |= IFF_UP;
		result = ioctl(handle, SIOCSIFFLAGS, &request);
	}
	if (result < 0)
		clip_fail(failure, 0, "network", "bring up the loopback device");
	if (handle >= 0)
		close(handle);
	return result;
}

/*
 * A process is in a new time namespace only from its creation on, or once it has
 * joined it; then the clocks cannot be set any more.
 */
static int enter_time(const struct clip_jail *jail, struct clip_failure *failure)
{
	char text[96];
	int file, result;

	if (!(jail->namespaces & CLONE_NEWTIME))
		return 0;
	if (unshare(CLONE_NEWTIME) < 0)
		return clip_fail(failure, 0, "namespaces", "make a time namespace");
	snprintf(text, sizeof(text), "monotonic %lld 0\nboottime %lld 0\n", (long long)jail->monotonic_offset,
		 (long long)jail->boottime_offset);
	file = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	result = file < 0 || write(file, text, strlen(text)) < 0 ?
		 clip_fail(failure, 0, "namespaces", "set the clocks of the time namespace") : 0;
	if (file >= 0)
		close(file);
	if (result < 0)
		return -1;
	file = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	result = file < 0 || setns(file, CLONE_NEWTIME) < 0 ?
		 clip_fail(failure, 0, "namespaces", "enter the time namespace") : 0;
	if (file >= 0)
		close(file);
	return result;
}

int clip_settle_inside(const struct clip_jail *jail, struct clip_failure *failure)
{
	if (jail->host_name && sethostname(jail->host_name, strlen(jail->host_name)) < 0)
		return clip_fail(failure, 0, "host-name", "set the host name %s", jail->host_name);
	if ((jail->flags & CLIP_JAIL_LOOPBACK) && bring_up_loopback(failure) < 0)
		return -1;
	if (enter_time(jail, failure) < 0)
		return -1;
	return clip_build_tree(jail, failure);
}

/*
 * The tree may have links, and /proc in it has some that lead out: with the rights
 * of this process /proc/1/root is the root directory of the host.
 */
static int go_to(const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	const int directory = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	int result, error;

	if (directory < 0)
		return -1;
	result = fchdir(directory);
	error = errno;
	close(directory);
	errno = error;
	return result;
}

static int in_view(const struct clip_jail *jail, struct clip_failure *failure)
{
	if (jail->view && (go_to(jail->view) < 0 || chroot(".") < 0))
		return clip_fail(failure, 0, "view", "the view %s", jail->view);
	if (jail->directory && go_to(jail->directory) < 0)
		return clip_fail(failure, 0, "directory", "the working directory %s", jail->directory);
	return 0;
}

int clip_take_ids(const struct clip_jail *jail, struct clip_failure *failure)
{
	if (!(jail->flags & CLIP_JAIL_KEEP_GROUPS) && syscall(SYS_setgroups, jail->group_count, jail->groups) < 0)
		return clip_fail(failure, 0, "user", "set the supplementary groups");
	if (syscall(SYS_setresgid, jail->group, jail->group, jail->group) < 0)
		return clip_fail(failure, 0, "user", "become group %u", jail->group);
	if (syscall(SYS_setresuid, jail->user, jail->user, jail->user) < 0)
		return clip_fail(failure, 0, "user", "become user %u", jail->user);
	return 0;
}

/* Groups and user are set here: later they would take capabilities of the context. */
int clip_become_user(const struct clip_jail *jail, struct clip_failure *failure)
{
	if (in_view(jail, failure) < 0)
		return -1;
	umask(022);
	if (clip_take_ids(jail, failure) < 0)
		return -1;
	if ((jail->flags & CLIP_JAIL_NO_NEW_PRIVS) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return clip_fail(failure, 0, "user", "set no_new_privs");
	return 0;
}
