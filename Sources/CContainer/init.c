// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: process 1 of a PID namespace
 *
 * It takes over the orphans of the jail and ends with the program, or with the
 * last process. It runs no program of the tree, so that a context in which only
 * listed files run needs no entry for it.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };

	syscall(SYS_capset, &header, none);
}

void clip_run_init(const struct clip_jail *jail, pid_t program)
{
	const int with_program = !!(jail->flags & CLIP_JAIL_END_WITH_PROGRAM);
	int result = 0;

	prctl(PR_SET_NAME, "init");
	close_range(0, ~0U, 0);
	drop_capabilities();
	for (;;) {
		int status;
		const pid_t ended = waitpid(-1, &status, 0);

		if (ended == program && program > 0) {
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			if (with_program)
				_exit(result);
		}
		if (ended >= 0 || errno == EINTR)
			continue;
		/* No child is left. Without a program this is an empty jail, kept until it is stopped. */
		if (program > 0)
			_exit(result);
		pause();
	}
}
