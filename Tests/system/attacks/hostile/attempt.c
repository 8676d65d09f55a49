// SPDX-License-Identifier: GPL-2.0-only
/*
 * One attempt: a child goes to the place of the cell, and acts there, by itself
 * or as a program that it executes.
 */
#include "hostile.h"

#include "device.h"

#include <grp.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define SECONDS		20	/* of one act */

struct cell now;

/* The attempt of this process: whether it is to be refused, or is the twin. */
static bool is_refused, is_twin;

int run(const char *path)
{
	const long name = T(path), arguments = vector_of(path);
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(-DO(execve, name, arguments, no_vector()));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NOT_THERE;
	if (WIFSIGNALED(status))
		return BY_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status) == EVIL ? 0 : WEXITSTATUS(status);
}

int run_when_closed(const char *path)
{
	int err = ETXTBSY;

	for (int i = 0; i < 50 && err == ETXTBSY; i++) {
		if (i)
			usleep(20000);
		err = run(path);
	}
	return err;
}

int in_child_of_act(int (*act)(const char *), const char *what)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(act(what));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NOT_THERE;
	return WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* Acts, and says so if the task has changed although it was refused. */
static int act_and_compare(int (*act)(const char *), const char *what)
{
	char *before = NULL, *after;
	int err;

	if (is_refused)
		before = own_state();
	err = act(what);
	if (!is_refused || !err)
		return err;
	after = own_state();
	if (strcmp(before, after)) {
		fprintf(stderr, "# of the task: %s\n",
			first_difference(before, after));
		return TASK_CHANGED;
	}
	return err;
}

/* -------------------------------------------- by a program that is executed */

/* Which program does it, in this attempt. */
static const char *program_of(const struct row *row)
{
	return row->flags & (is_twin ? HELD : BY_HOLDER) ? HOLDER : PLAIN;
}

/* Executes this program with the words that be_program() reads. */
static int by_program(const char *what)
{
	const char *const path = program_of(now.row);
	char numbers[7][16];
	char *const argv[] = {
		(char *)path, "--act", (char *)now.row->name,
		(char *)(what ?: ""), numbers[0], numbers[1], numbers[2],
		numbers[3], numbers[4], numbers[5], numbers[6], NULL,
	};

	snprintf(numbers[0], 16, "%d", now.way);
	snprintf(numbers[1], 16, "%d", now.filesystem);
	snprintf(numbers[2], 16, "%d", now.place);
	snprintf(numbers[3], 16, "%d", victim.pid);
	snprintf(numbers[4], 16, "%d", is_refused);
	snprintf(numbers[5], 16, "%d", now.enforced);
	snprintf(numbers[6], 16, "%d", is_twin);
	execve(path, argv, argv + 11);
	return errno;
}

int be_program(char *const words[])
{
	now.row = row_of(words[0]);
	now.way = atoi(words[2]);
	now.filesystem = atoi(words[3]);
	now.place = atoi(words[4]);
	victim.pid = atoi(words[5]);
	is_refused = atoi(words[6]);
	now.enforced = atoi(words[7]);
	if (!now.row || use_way(now.way))
		return NO_WAY;
	is_twin = atoi(words[8]);
	return act_and_compare(is_twin && now.row->twin ? now.row->twin :
							  now.row->act,
			       words[1]);
}

/*
 * What takes a capability, what takes a privilege once it is required, a second
 * root, and the mapping of a library.
 */
int be_tried(const char *what)
{
	const struct perf_event_attr counter = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(counter),
		.config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1,
	};

	if (!strcmp(what, "counter"))
		return syscall(SYS_perf_event_open, &counter, 0, -1, -1, 0) < 0 ?
		       errno : 0;
	if (!strcmp(what, "root"))
		return chroot("tmpfs") ? errno : 0;
	if (!strcmp(what, "priority"))
		return setpriority(PRIO_PROCESS, 0, -1) ? errno : 0;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE,
		    open(what, O_RDONLY | O_CLOEXEC), 0) == MAP_FAILED ?
	       errno : 0;
}

/* An entry of context 0 grants nothing in the others, and not in a namespace. */
static enum place holder_place(enum place place)
{
	return place == WATCH || place == USERNS ? HOST : place;
}

int become_user(void)
{
	return setgroups(0, NULL) || setresgid(USER_ID, USER_ID, USER_ID) ||
	       setresuid(USER_ID, USER_ID, USER_ID) ||
	       prctl(PR_SET_DUMPABLE, 1) ? errno : 0;
}

/* ------------------------------------------------------------- the attempt */

struct attempt {
	const struct cell *cell;
	const char *what;
	int (*act)(const char *);
	bool executed;		/* the act is done by a program */
};

static int attempt_in_child(const struct attempt *attempt)
{
	const struct row *row = attempt->cell->row;
	int err = 0;

	now = *attempt->cell;
	alarm(SECONDS);
	if ((row->flags & OWN_MOUNTS) && !is_refused)
		err = own_mounts();
	err = err ?: enter_place(now.place);
	if (!err && row->flags & AS_USER)
		err = become_user();
	if (err) {
		fprintf(stderr, "# entering: %s\n", strerror(err));
		return NOT_THERE;
	}
	if (attempt->executed)
		return by_program(attempt->what);
	if (use_way(now.way))
		return NO_WAY;
	return act_and_compare(attempt->act, attempt->what);
}

int attempt(const struct cell *cell, bool refused, bool twin)
{
	const struct row *row = cell->row;
	struct attempt a = {
		.cell = cell, .what = twin ? row->good : row->bad,
		.act = twin && row->twin ? row->twin : row->act,
		.executed = row->flags & (twin ? HELD | AFRESH | BY_HOLDER :
						 BY_HOLDER),
	};
	struct cell held = *cell;
	int status;
	pid_t pid;

	if (twin && row->flags & HELD) {
		held.place = holder_place(held.place);
		a.cell = &held;
		a.what = row->good ?: row->bad;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		is_refused = refused;
		is_twin = twin;
		_exit(attempt_in_child(&a));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return NOT_THERE;
	/* What the act has left behind. */
	kill(-pid, SIGKILL);
	return WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) :
				     WEXITSTATUS(status);
}
