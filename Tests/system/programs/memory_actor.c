// SPDX-License-Identifier: GPL-2.0-only
/*
 * A static program for the tests of memory that is written and executed. It
 * carries out its arguments one after the other, and prints "VERB=errno/ran "
 * for each. "ran" is 1 if the written code was executed in the end, and 0 if
 * not. A child tries that, also after a refusal, which must have changed
 * nothing.
 *
 * An argument FILE is two pages of code that return 42 and 43.
 */
#include "memory_actor/memory_actor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/udmabuf.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* mov $42,%eax; ret */
static const uint8_t code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };

const char *verb, *path;

int call(const void *at)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGILL, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		_exit(((int (*)(void))(uintptr_t)at)());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

void say(int err, bool ran)
{
	printf("%s=%d/%d ", verb, err, ran);
}

void *put(void *at)
{
	return memcpy(at, code, sizeof(code));
}

void change_to(void *at, int prot)
{
	const int err = mprotect(at, PAGE, prot) ? errno : 0;

	say(err, call(at) == 42);
}

void map_and_call(int fd, int prot, int flags)
{
	void *at = mmap(NULL, PAGE, prot, flags, fd, 0);

	if (at == MAP_FAILED) {
		say(errno, false);
		return;
	}
	if (prot & W)
		put(at);
	say(0, call(at) == 42);
	munmap(at, PAGE);
}

void *must_map(int fd, int prot, int flags)
{
	void *at = mmap(NULL, PAGE, prot, flags, fd, 0);

	if (at == MAP_FAILED) {
		printf("%s: mmap: %m\n", verb);
		exit(1);
	}
	return at;
}

int must(int result)
{
	if (result < 0) {
		printf("%s: %m\n", verb);
		exit(1);
	}
	return result;
}

/* ------------------------------------------------- memory without a file */

static void anon_rx(void)
{
	void *at = mmap(NULL, PAGE, R | X, ANON, -1, 0);

	say(at == MAP_FAILED ? errno : 0, false);
}

static void anon_rwx(void) { map_and_call(-1, R | W | X, ANON); }
static void shared_anon(void)
{
	map_and_call(-1, R | W | X, MAP_SHARED | MAP_ANONYMOUS);
}

static void anon_prot(void) { change_to(put(must_map(-1, R | W, ANON)), R | X); }
static void anon_rwx_prot(void)
{
	change_to(put(must_map(-1, R | W, ANON)), R | W | X);
}

static void none_prot(void)
{
	void *at = must_map(-1, PROT_NONE, ANON);

	must(mprotect(at, PAGE, R | W));
	put(at);
	must(mprotect(at, PAGE, PROT_NONE));
	change_to(at, R | X);
}

static void pkey_prot(void)
{
	void *at = put(must_map(-1, R | W, ANON));
	const long result = syscall(SYS_pkey_mprotect, at, PAGE, R | X, -1);

	say(result ? errno : 0, call(at) == 42);
}

static void brk_prot(void)
{
	char *at = sbrk(2 * PAGE);

	at = (char *)(((uintptr_t)at + PAGE - 1) & -PAGE);
	change_to(put(at), R | X);
}

/*
 * Changes the pages from @at to the frame of the caller, which stay writable.
 * Where a page ends is random, and may be between the two.
 */
static inline __attribute__((always_inline)) int change_stack(void *at, int prot)
{
	const uintptr_t from = (uintptr_t)at & -PAGE;
	const uintptr_t to = (uintptr_t)__builtin_frame_address(0) & -PAGE;

	return mprotect((void *)from, to + PAGE - from, prot) ? errno : 0;
}

static void stack_prot(void)
{
	static uint8_t *here;
	uint8_t room[sizeof(code)];
	int err;

	here = put(room);
	err = change_stack(here, R | W | X);
	say(err, call(here) == 42);
}

static void grows_down(void)
{
	static uint8_t *here;
	uint8_t room[sizeof(code)];
	int err;

	here = put(room);
	err = change_stack(here, R | W | X | PROT_GROWSDOWN);
	say(err, call(here) == 42);
}

static void read_implies(void)
{
	const int err = personality(READ_IMPLIES_EXEC) == -1 ? errno : 0;
	void *at = put(must_map(-1, R | W, ANON));

	say(err, call(at) == 42);
	personality(0);
}

static void read_implies_brk(void)
{
	const int err = personality(READ_IMPLIES_EXEC) == -1 ? errno : 0;
	char *at = sbrk(16 * PAGE);

	at = (char *)(((uintptr_t)at + 8 * PAGE - 1) & -PAGE);
	say(err, call(put(at)) == 42);
	personality(0);
}

/* ----------------------------------------------------- memory by a file */

static int memory_file(void)
{
	int fd = must(memfd_create("wx", 0));

	must(ftruncate(fd, PAGE));
	put(must_map(fd, R | W, MAP_SHARED));
	return fd;
}

static void memfd(void) { map_and_call(memory_file(), R | X, MAP_SHARED); }
static void memfd_private(void)
{
	map_and_call(memory_file(), R | X, MAP_PRIVATE);
}

static void memfd_prot(void)
{
	change_to(must_map(memory_file(), R, MAP_SHARED), R | X);
}

static void shm(void)
{
	int id = must(shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700));
	void *at = shmat(id, NULL, 0), *again;
	int err;

	if (at != (void *)-1)
		put(at);
	again = shmat(id, NULL, SHM_RDONLY | SHM_EXEC);
	err = again == (void *)-1 ? errno : 0;
	shmctl(id, IPC_RMID, NULL);
	say(err, !err && call(again) == 42);
}

static void shm_prot(void)
{
	int id = must(shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700));
	void *at = shmat(id, NULL, 0);

	shmctl(id, IPC_RMID, NULL);
	change_to(put(at), R | X);
}

static int zero_device(void) { return must(open("/dev/zero", O_RDWR)); }
static void zero(void) { map_and_call(zero_device(), R | W | X, MAP_PRIVATE); }
static void zero_shared(void)
{
	map_and_call(zero_device(), R | W | X, MAP_SHARED);
}

static void zero_prot(void)
{
	change_to(put(must_map(zero_device(), R | W, MAP_PRIVATE)), R | X);
}

#define HUGE	(2 << 20)

static void huge(void)
{
	void *at = mmap(NULL, HUGE, R | W | X, ANON | MAP_HUGETLB, -1, 0);

	if (at == MAP_FAILED)
		say(errno, false);
	else
		say(0, call(put(at)) == 42);
}

static void huge_prot(void)
{
	void *at = mmap(NULL, HUGE, R | W, ANON | MAP_HUGETLB, -1, 0);
	int err;

	must(at == MAP_FAILED ? -1 : 0);
	put(at);
	err = mprotect(at, HUGE, R | X) ? errno : 0;
	say(err, call(at) == 42);
}

static void uring(void)
{
	struct io_uring_params params = {};
	int fd = must(syscall(SYS_io_uring_setup, 1, &params));
	void *at = mmap(NULL, PAGE, R | X, MAP_SHARED, fd, IORING_OFF_SQES);

	say(at == MAP_FAILED ? errno : 0, false);
	close(fd);
}

static void perf(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
	};
	int fd = must(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
	void *at = mmap(NULL, 2 * PAGE, R | X, MAP_SHARED, fd, 0);

	say(at == MAP_FAILED ? errno : 0, false);
	close(fd);
}

static void udmabuf(void)
{
	struct udmabuf_create create = { .size = PAGE };
	int device = must(open("/dev/udmabuf", O_RDWR)), fd;

	create.memfd = must(memfd_create("wx", MFD_ALLOW_SEALING));
	must(ftruncate(create.memfd, PAGE));
	put(must_map(create.memfd, R | W, MAP_SHARED));
	must(fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	fd = must(ioctl(device, UDMABUF_CREATE, &create));
	map_and_call(fd, R | X, MAP_SHARED);
}

/* --------------------------------------- writing to what is executable */

__attribute__((noinline)) static int own_text(void)
{
	__asm__ volatile("" ::: "memory");
	return 41;
}

static void self_mem(void)
{
	int fd = must(open("/proc/self/mem", O_RDWR)), err;

	err = pwrite(fd, code, sizeof(code), (uintptr_t)own_text) < 0 ?
	      errno : 0;
	say(err, call((void *)own_text) == 42);
	close(fd);
}

static void poke(void)
{
	long word;
	int status, err;
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(own_text());
	}
	waitpid(pid, &status, 0);
	memcpy(&word, code, sizeof(word) < sizeof(code) ? sizeof(word) :
							  sizeof(code));
	word = 0xc30000002ab8;
	err = ptrace(PTRACE_POKETEXT, pid, own_text, (void *)word) ? errno : 0;
	must(ptrace(PTRACE_CONT, pid, NULL, NULL));
	waitpid(pid, &status, 0);
	say(err, WIFEXITED(status) && WEXITSTATUS(status) == 42);
}

/* This call does not force the access, for any caller. */
static void vm_write(void)
{
	struct iovec from = { (void *)code, sizeof(code) };
	struct iovec to = { (void *)own_text, sizeof(code) };
	const long done = process_vm_writev(getpid(), &from, 1, &to, 1, 0);

	say(done < 0 ? errno : 0, call((void *)own_text) == 42);
}

/* ------------------------------------------------- the kernel's own code */

static void vdso(void)
{
	char *at = (char *)getauxval(AT_SYSINFO_EHDR);
	const int err = mprotect(at, PAGE, R | X) ? errno : 0;
	struct timespec now;

	say(err, !memcmp(at, "\177ELF", 4) &&
	    !clock_gettime(CLOCK_MONOTONIC, &now));
}

static int call_vsyscall(void)
{
	long (*vtime)(long *) = (void *)0xffffffffff600400;

	return vtime(NULL) > 0 ? 42 : 1;
}

static void vsyscall(void) { say(0, call((void *)call_vsyscall) == 42); }

/* ---------------------------------------------------------- other tasks */

static void fork_anon(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		anon_prot();
		_exit(0);
	}
	waitpid(pid, &status, 0);
}

static int in_clone(void *unused)
{
	anon_prot();
	return 0;
}

/* With the same memory. */
static void clone_anon(void)
{
	static char stack[65536];
	int status;
	pid_t pid = clone(in_clone, stack + sizeof(stack),
			  CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	waitpid(must(pid), &status, 0);
}

static void say_personality(void)
{
	say(0, personality(0xffffffff) & READ_IMPLIES_EXEC);
}

static void trace(void)
{
	const pid_t pid = atoi(path);
	const int err = ptrace(PTRACE_SEIZE, pid, NULL, NULL) ? errno : 0;

	if (!err)
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	say(err, false);
}

static void no_new_privs(void)
{
	say(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0, false);
}

/* Executes another program, which does "anon". */
static void become(void)
{
	execl(path, path, "anon", "-", NULL);
	say(errno, false);
}

static void become_traced(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		become();
		_exit(0);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, NULL);
}

static const struct {
	const char *verb;
	void (*act)(void);
} acts[] = {
	{ "anonrx", anon_rx }, { "anon", anon_rwx }, { "anonprot", anon_prot },
	{ "anonrwxprot", anon_rwx_prot }, { "noneprot", none_prot },
	{ "pkeyprot", pkey_prot }, { "sharedanon", shared_anon },
	{ "brk", brk_prot }, { "stack", stack_prot },
	{ "growsdown", grows_down }, { "personality", read_implies },
	{ "personalitybrk", read_implies_brk }, { "memfd", memfd },
	{ "memfdprivate", memfd_private }, { "memfdprot", memfd_prot },
	{ "shm", shm }, { "shmprot", shm_prot }, { "zero", zero },
	{ "zeroshared", zero_shared }, { "zeroprot", zero_prot },
	{ "huge", huge }, { "hugeprot", huge_prot }, { "uring", uring },
	{ "perf", perf }, { "udmabuf", udmabuf }, { "file", file },
	{ "fileshared", file_shared }, { "fileprot", file_prot },
	{ "filewx", file_wx }, { "dirty", file_dirty },
	{ "relocation", relocation }, { "filerdwr", file_rdwr },
	{ "twice", file_twice }, { "twiceprot", file_twice_prot },
	{ "grow", grow }, { "moveover", move_over }, { "discard", discard },
	{ "remap", remap }, { "selfmem", self_mem }, { "poke", poke },
	{ "vmwrite", vm_write }, { "vdso", vdso }, { "vsyscall", vsyscall },
	{ "fork", fork_anon }, { "clone", clone_anon },
	{ "saypersonality", say_personality }, { "trace", trace },
	{ "nonewprivs", no_new_privs }, { "become", become },
	{ "becometraced", become_traced }, { "hold", hold },
};

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	for (int i = 1; i + 1 < argc; i += 2) {
		verb = argv[i];
		path = argv[i + 1];
		for (size_t j = 0; j < sizeof(acts) / sizeof(*acts); j++)
			if (!strcmp(acts[j].verb, verb))
				acts[j].act();
	}
	return 0;
}
