// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: starting a program in a jail
 *
 * The caller makes a process in the new namespaces and leads it by two pipes:
 * one on which it may go on, one on which it reports that it has come to a stage,
 * or why it failed. Everything that can fail is done in that process, so that the
 * caller itself is never half way into a jail.
 *
 * The process is a copy of the caller's, which may have had threads: until it
 * executes the program, it calls nothing that takes a lock.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Pipes as the process in the jail sees them. */
struct line {
	int go;		/* a byte for each stage that may begin */
	int report;	/* a byte for each stage that is reached, or a failure */
};

/* The number of the process that another process has made for the caller. */
struct report {
	enum { REACHED = 1, PROCESS, FAILED } kind;
	pid_t process;
	struct clip_failure failure;
};

void clip_jail_init(struct clip_jail *jail)
{
	memset(jail, 0, sizeof(*jail));
	jail->size = sizeof(*jail);
	jail->context = -1;
	jail->cgroup = -1;
	jail->terminal = -1;
	for (int i = 0; i < 3; i++)
		jail->streams[i] = -1;
}

static pid_t make_process(uint64_t flags, int cgroup, int exit_signal)
{
	struct clone_args args = {
		/* The clocks are set before a process is in the namespace; see steps.c. */
		.flags = (flags & ~(uint64_t)CLONE_NEWTIME) | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
		.exit_signal = (uint64_t)exit_signal,
		.cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static ssize_t transfer(int number, void *bytes, size_t size, int writes)
{
	ssize_t count;

	do
		count = writes ? write(number, bytes, size) : read(number, bytes, size);
	while (count < 0 && errno == EINTR);
	return count;
}

static void tell(const struct line *line, const struct report *report)
{
	transfer(line->report, (void *)report, sizeof(*report), 1);
}

/* Tells that a stage is reached, and waits until the next one may begin. */
static void pause_at_stage(const struct line *line)
{
	const struct report report = { .kind = REACHED };
	char byte;

	tell(line, &report);
	if (transfer(line->go, &byte, 1, 0) != 1)
		_exit(1);
}

static void fail(const struct line *line, const struct clip_failure *failure) __attribute__((noreturn));

static void fail(const struct line *line, const struct clip_failure *failure)
{
	struct report report = { .kind = FAILED, .failure = *failure };

	tell(line, &report);
	_exit(1);
}

static int take_streams(const struct clip_jail *jail, struct clip_failure *failure)
{
	int from[3];

	/* Copies above 2, so that none is overwritten before it is used. */
	for (int i = 0; i < 3; i++) {
		const int wanted = jail->terminal >= 0 ? jail->terminal : jail->streams[i];

		from[i] = wanted < 0 ? -1 : fcntl(wanted, F_DUPFD_CLOEXEC, 3);
		if (wanted >= 0 && from[i] < 0)
			return clip_fail(failure, 0, "streams", "the standard streams");
	}
	if (((jail->flags & CLIP_JAIL_SESSION) || jail->terminal >= 0) && setsid() < 0)
		return clip_fail(failure, 0, "streams", "begin a session");
	if (jail->terminal >= 0 && ioctl(jail->terminal, TIOCSCTTY, 0) < 0)
		return clip_fail(failure, 0, "streams", "take the terminal");
	for (int i = 0; i < 3; i++)
		if (from[i] >= 0 && dup2(from[i], i) < 0)
			return clip_fail(failure, 0, "streams", "the standard streams");
	return 0;
}

/* All that is left of the caller's descriptors is what the next steps need. */
static int drop_descriptors(const struct clip_jail *jail, const struct line *line, int streams,
			    struct clip_failure *failure)
{
	int kept[6] = { line->go, line->report, jail->context, 0, 1, 2 };

	if (clip_close_all_but(kept, streams ? 6 : 3) < 0)
		return clip_fail(failure, 0, "descriptors", "close descriptors");
	return 0;
}

static void run_program(const struct clip_jail *jail, const struct line *line) __attribute__((noreturn));

static void run_program(const struct clip_jail *jail, const struct line *line)
{
	struct clip_failure failure;

	clip_reset_signals();
	if (take_streams(jail, &failure) < 0 || drop_descriptors(jail, line, 1, &failure) < 0 ||
	    clip_become_user(jail, &failure) < 0)
		fail(line, &failure);
	if (jail->context >= 0 && clip_ctx_enter(jail->context, &failure) < 0)
		fail(line, &failure);
	execve(jail->arguments[0], jail->arguments, jail->environment);
	clip_fail(&failure, 0, "program", "execute %s", jail->arguments[0]);
	fail(line, &failure);
}

/* Process 1, whose child is the program. */
static void run_first(const struct clip_jail *jail, const struct line *line) __attribute__((noreturn));

static void run_first(const struct clip_jail *jail, const struct line *line)
{
	struct clip_failure failure;
	pid_t program = 0;

	if (jail->arguments) {
		program = make_process(0, -1, SIGCHLD);
		if (program == 0)
			run_program(jail, line);
		if (program < 0) {
			clip_fail(&failure, 0, "program", "make a process");
			fail(line, &failure);
		}
	}
	clip_reset_signals();
	if (drop_descriptors(jail, line, 0, &failure) < 0 || clip_take_ids(jail, &failure) < 0)
		fail(line, &failure);
	if (jail->context >= 0 && clip_ctx_enter(jail->context, &failure) < 0)
		fail(line, &failure);
	clip_run_init(jail, program);
}

/* In the new namespaces. */
static void run_inside(const struct clip_jail *jail, const struct line *line) __attribute__((noreturn));

static void run_inside(const struct clip_jail *jail, const struct line *line)
{
	struct clip_failure failure;

	pause_at_stage(line);
	/* The ids of a new user namespace: this process is its root from here on. */
	if ((jail->namespaces & CLONE_NEWUSER) &&
	    (syscall(SYS_setresgid, 0, 0, 0) < 0 || syscall(SYS_setresuid, 0, 0, 0) < 0)) {
		clip_fail(&failure, 0, "user", "become root of the user namespace");
		fail(line, &failure);
	}
	if (clip_settle_inside(jail, &failure) < 0)
		fail(line, &failure);
	pause_at_stage(line);
	if (jail->namespaces & CLONE_NEWPID)
		run_first(jail, line);
	if (jail->arguments)
		run_program(jail, line);
	_exit(0);
}

/*
 * Joining a PID namespace has its effect on children only. The child is made as
 * one of the caller, so that no process stays between them.
 */
static void run_joined(const struct clip_jail *jail, const struct line *line) __attribute__((noreturn));

static void run_joined(const struct clip_jail *jail, const struct line *line)
{
	struct report report = { .kind = PROCESS };
	struct clip_failure failure;

	if (clip_join_namespaces(jail, &failure) < 0)
		fail(line, &failure);
	report.process = make_process(CLONE_PARENT | jail->namespaces, -1, 0);
	if (report.process == 0) {
		char byte;

		/* The caller must know of this process before it receives reports of it. */
		if (transfer(line->go, &byte, 1, 0) != 1)
			_exit(1);
		run_inside(jail, line);
	}
	if (report.process < 0) {
		clip_fail(&failure, 0, "namespaces", "make a process");
		fail(line, &failure);
	}
	tell(line, &report);
	_exit(0);
}

static int write_file(pid_t process, const char *name, const char *text, struct clip_failure *failure)
{
	char path[64];
	int file;
	ssize_t count = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file >= 0)
		count = write(file, text, strlen(text));
	if (count < 0)
		clip_fail(failure, 0, "user", "write %s", path);
	if (file >= 0)
		close(file);
	return count < 0 ? -1 : 0;
}

static int write_map(pid_t process, const char *name, const struct clip_id_range *ranges, size_t count,
		     struct clip_failure *failure)
{
	char text[2048];
	size_t used = 0;

	for (size_t i = 0; i < count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u %u %u\n", ranges[i].inside,
					 ranges[i].outside, ranges[i].count);
	if (used >= sizeof(text))
		return clip_fail(failure, E2BIG, "user", "ranges of ids");
	return write_file(process, name, text, failure);
}

static int at_stage(const struct clip_jail *jail, enum clip_stage stage, pid_t process,
		    clip_stage_function function, void *data, struct clip_failure *failure)
{
	int error;

	if (stage == CLIP_STAGE_NAMESPACES && (jail->namespaces & CLONE_NEWUSER) &&
	    (write_map(process, "uid_map", jail->users, jail->user_count, failure) < 0 ||
	     write_map(process, "gid_map", jail->group_ranges, jail->group_range_count, failure) < 0))
		return -1;
	error = function ? function(stage, process, data) : 0;
	return error ? clip_fail(failure, error, "prepare", "prepare the jail") : 0;
}

/*
 * Leads the process through its stages. Returns 0 once the report pipe is closed,
 * which is when the program was executed, or process 1 has closed it.
 */
static int lead(const struct clip_jail *jail, const struct line *line, pid_t *process,
		clip_stage_function function, void *data, struct clip_failure *failure)
{
	int stage = 0;

	for (;;) {
		struct report report;
		const ssize_t count = transfer(line->report, &report, sizeof(report), 0);
		int status;

		if (count == 0 && stage < CLIP_STAGE_TREE)
			return clip_fail(failure, ECHILD, "process", "the process of the jail has ended");
		if (count == 0)
			return 0;
		if (count != sizeof(report))
			return clip_fail(failure, count < 0 ? 0 : EPROTO, "process", "the report of the jail");
		if (report.kind == FAILED) {
			if (failure)
				*failure = report.failure;
			errno = report.failure.code;
			return -1;
		}
		if (report.kind == PROCESS) {
			waitpid(*process, &status, 0);
			*process = report.process;
		} else if (at_stage(jail, ++stage, *process, function, data, failure) < 0) {
			return -1;
		}
		if (transfer(line->go, "", 1, 1) != 1)
			return clip_fail(failure, 0, "process", "lead the process of the jail");
	}
}

static int check(const struct clip_jail *jail, struct clip_failure *failure)
{
	for (int i = 0; i < 3; i++)
		if (fcntl(i, F_GETFD) < 0)
			return clip_fail(failure, 0, "plan", "standard stream %d of the caller", i);
	if (jail->size != sizeof(*jail))
		return clip_fail(failure, EINVAL, "plan", "the size of the plan is that of another version");
	if (jail->root && !(jail->namespaces & CLONE_NEWNS))
		return clip_fail(failure, EINVAL, "plan", "a root directory takes a mount namespace");
	if (jail->host_name && !(jail->namespaces & CLONE_NEWUTS))
		return clip_fail(failure, EINVAL, "plan", "a host name takes a UTS namespace");
	if ((jail->monotonic_offset || jail->boottime_offset) && !(jail->namespaces & CLONE_NEWTIME))
		return clip_fail(failure, EINVAL, "plan", "offsets of clocks take a time namespace");
	if (!(jail->namespaces & CLONE_NEWUSER) != !jail->user_count)
		return clip_fail(failure, EINVAL, "plan", "ranges of ids and a user namespace take each other");
	return 0;
}

pid_t clip_jail_start(const struct clip_jail *jail, clip_stage_function stage, void *data,
		      struct clip_failure *failure)
{
	int go[2], report[2], status;
	struct line child, parent;
	pid_t process;

	if (check(jail, failure) < 0)
		return -1;
	if (pipe2(go, O_CLOEXEC) < 0)
		return clip_fail(failure, 0, "process", "make a pipe");
	if (pipe2(report, O_CLOEXEC) < 0) {
		clip_fail(failure, 0, "process", "make a pipe");
		close(go[0]);
		close(go[1]);
		return -1;
	}
	child = (struct line){ .go = go[0], .report = report[1] };
	parent = (struct line){ .go = go[1], .report = report[0] };
	process = make_process(jail->joined_count ? 0 : jail->namespaces, jail->cgroup, SIGCHLD);
	if (process == 0) {
		close(parent.go);
		close(parent.report);
		if (jail->joined_count)
			run_joined(jail, &child);
		run_inside(jail, &child);
	}
	/*
	 * The reading end of the other pipe stays open, so that a process that has
	 * ended causes no SIGPIPE here. It ends with the caller in any case.
	 */
	close(child.report);
	if (process < 0) {
		clip_fail(failure, 0, "namespaces", "make a process in new namespaces");
	} else if (lead(jail, &parent, &process, stage, data, failure) < 0) {
		/* Process 1 takes all others of its namespace along. */
		kill(process, SIGKILL);
		waitpid(process, &status, 0);
		process = -1;
	} else if (!jail->arguments && !(jail->namespaces & CLONE_NEWPID)) {
		waitpid(process, &status, 0);
		process = 0;
	}
	close(child.go);
	close(parent.go);
	close(parent.report);
	return process;
}
