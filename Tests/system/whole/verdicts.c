// SPDX-License-Identifier: GPL-2.0-only
#include "verdicts.h"

#include "attacks/call32.h"
#include "contexts.h"
#include "process.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct verdicts *verdicts_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *at = mmap(NULL, sizeof(struct verdicts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

struct verdicts *verdicts_make(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const bool made = fd >= 0 && !fchmod(fd, 0666) && !ftruncate(fd, sizeof(struct verdicts));

	close(fd);
	return made ? verdicts_map(path) : NULL;
}

static unsigned int number(unsigned int *at)
{
	return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}

void change_begins(struct program *program)
{
	__atomic_add_fetch(&program->changes, 1, __ATOMIC_SEQ_CST);
}

void change_ends(struct program *program, int verdict)
{
	__atomic_store_n(&program->verdict, verdict, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&program->changes, 1, __ATOMIC_SEQ_CST);
}

void count_one(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

unsigned long compared_with(const struct verdicts *verdicts, int program)
{
	const unsigned long *of = verdicts->compared[program];

	return of[0] + of[1] + of[2];
}

/* The paths at low addresses, for the 32-bit call, and a list of arguments for each. */
static uint32_t low_paths[PROGRAMS], *low_lists[PROGRAMS];

static void prepare_32_bit(const struct verdicts *verdicts)
{
	for (int i = 0; i < PROGRAMS; i++) {
		low_paths[i] = low_text(verdicts->programs[i].path);
		low_lists[i] = low_memory(2 * sizeof(uint32_t));
		low_lists[i][0] = low_paths[i];
	}
}

/* The exit status of the program, or the errno of the exec. */
static int start_32_bit(int program)
{
	const uint32_t list = low_address(low_lists[program]);
	int status;
	pid_t pid = vfork();

	if (pid == 0)
		_exit(-call32(NR32_EXECVE, low_paths[program], list, list + sizeof(uint32_t), 0, 0, 0));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 253;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 252;
}

static void note_wrong(struct verdicts *verdicts, const struct wrong *wrong)
{
	const unsigned long before = __atomic_fetch_add(&verdicts->wrong, 1, __ATOMIC_SEQ_CST);

	if (before < WRONGS_SHOWN)
		verdicts->wrongs[before] = *wrong;
}

static void run_once(struct verdicts *verdicts, int i, const struct storm *storm)
{
	struct program *program = &verdicts->programs[i];
	const unsigned int changes = number(&program->changes), bound = number(&verdicts->bound_changes);
	int wanted = __atomic_load_n(&program->verdict, __ATOMIC_SEQ_CST), got;

	if (changes % 2 || bound % 2) {
		sched_yield();
		return;
	}
	if (verdicts->bound && wanted == RUNS_GRANTED)
		wanted = RUNS;
	got = storm->way == BY_32_BIT_CALL ? start_32_bit(i) : exec_in_child(program->path);
	count_one(&verdicts->execs);
	if (number(&program->changes) != changes || number(&verdicts->bound_changes) != bound) {
		count_one(&verdicts->overlapped);
		return;
	}
	count_one(&verdicts->compared[i][wanted == RUNS ? 0 : wanted == RUNS_GRANTED ? 1 : 2]);
	if (got != wanted)
		note_wrong(verdicts, &(struct wrong) { i, wanted, got, changes, storm->user, storm->way });
}

static bool is_over(struct verdicts *verdicts, const struct storm *storm)
{
	if (storm->life && number(&verdicts->life) != storm->life)
		return true;
	return !storm->life && time(NULL) >= verdicts->end;
}

static int storm_runs(const struct storm *storm)
{
	struct verdicts *verdicts;

	if (storm->context >= 0)
		keep_only(storm->context);
	if (setgroups(0, NULL) || setgid(storm->user) || setuid(storm->user))
		return 2;
	if (storm->context >= 0 && context_enter(storm->context))
		return 3;
	if (storm->context >= 0)
		close(storm->context);
	/* Only now: a task that shares memory cannot enter a context. */
	verdicts = verdicts_map(storm->state);
	if (!verdicts)
		return 4;
	if (storm->way == BY_32_BIT_CALL)
		prepare_32_bit(verdicts);
	if (storm->life)
		__atomic_add_fetch(&verdicts->inside, 1, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; !is_over(verdicts, storm); i++)
		run_once(verdicts, storm->first + (int)(i % storm->count), storm);
	return 0;
}

pid_t storm_start(const struct storm *storm)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(storm_runs(storm));
	return pid;
}
