// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that was written and is executable (M).
 */
#include "../hostile.h"

#include <linux/io_uring.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)
#define PAGE	4096

/* "rw", "rx", "rwx" */
static int prot_of(const char *what)
{
	return (strchr(what, 'r') ? PROT_READ : 0) |
	       (strchr(what, 'w') ? PROT_WRITE : 0) |
	       (strchr(what, 'x') ? PROT_EXEC : 0);
}

static int without_file(const char *what)
{
	return TRY(mmap, 0, PAGE, prot_of(what), MAP_PRIVATE | MAP_ANONYMOUS,
		   -1, 0);
}

static int shared_without_file(const char *what)
{
	return TRY(mmap, 0, PAGE, prot_of(what), MAP_SHARED | MAP_ANONYMOUS,
		   -1, 0);
}

static char *written(void)
{
	char *at = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
			-1, 0);

	*at = 'x';
	return at;
}

static int protect(const char *what)
{
	return TRY(mprotect, (long)written(), PAGE, prot_of(what));
}

static int protect_by_key(const char *what)
{
	return TRY(pkey_mprotect, (long)written(), PAGE, prot_of(what), -1);
}

static int protect_downwards(const char *what)
{
	char *at = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_32BIT | MAP_GROWSDOWN, -1, 0);

	*at = 'x';
	return TRY(mprotect, (long)at, PAGE, prot_of(what) | PROT_GROWSDOWN);
}

static int of_a_memfd(const char *what)
{
	const long fd = DO(memfd_create, T("hostile"), MFD_CLOEXEC);

	return ftruncate(fd, PAGE) ? errno :
	       TRY(mmap, 0, PAGE, prot_of(what), MAP_SHARED, fd, 0);
}

static int of_zero(const char *what)
{
	const int fd = open(DEV "zero", O_RDWR | O_CLOEXEC);

	return TRY(mmap, 0, PAGE, prot_of(what), MAP_PRIVATE, fd, 0);
}

static int of_shared_memory(const char *what)
{
	const int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
	const int err = TRY(shmat, id, 0, strchr(what, 'x') ? SHM_EXEC : 0);

	shmctl(id, IPC_RMID, NULL);
	return err;
}

static int of_a_ring(const char *what)
{
	struct io_uring_params params = {};
	const int fd = syscall(SYS_io_uring_setup, 1, &params);
	const int err = TRY(mmap, 0, PAGE, prot_of(what), MAP_SHARED, fd,
			    IORING_OFF_SQES);

	close(fd);
	return err;
}

static int implied(const char *what)
{
	return TRY(personality, strtol(what, NULL, 16));
}

/* ------------------------------------------- writes to what is executable */

__attribute__((noinline)) static int text(void)
{
	__asm__ volatile("" ::: "memory");
	return 41;
}

static long words[2];

static int by_procfs(const char *what)
{
	const int fd = open(PROC "self/mem", O_RDWR | O_CLOEXEC);
	const long byte = T("\xb8");
	const void *at = strcmp(what, "text") ? (void *)words : (void *)text;

	return fd < 0 ? 1 + errno : TRY(pwrite64, fd, byte, 1, (long)at);
}

/* Writes to memory of others are refused to pages that are not writable. */
static int by_process_vm_writev(const char *what)
{
	void *const at = strcmp(what, "text") ? (void *)words : (void *)text;
	struct iovec mine = { words, 1 }, theirs = { at, 1 };

	return syscall(SYS_process_vm_writev, getpid(), &mine, 1, &theirs, 1,
		       0) < 0 ? errno : 0;
}

static int of_a_child(const char *what)
{
	return in_child_of_act(without_file, what);
}

static int by_ptrace(const char *what)
{
	const void *at = strcmp(what, "text") ? (void *)words : (void *)text;
	int status, err;
	pid_t pid = fork();

	if (pid == 0) {
		if (!ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	err = ptrace(PTRACE_POKEDATA, pid, at, 0x9090) ? errno : 0;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return err;
}

/* What is no plain file is refused as a library before it is as memory. */
#define DEVICE(id, name, call, act) \
	{ id, name, CALL_##call, act, "rx", "rw", NULL, EACCES, \
	  CLIP_REASON_UNTRUSTED_FS, NO_FS, EVERYWHERE, 0, {} }
#define MEMORY(id, name, call, act, bad, good) \
	{ id, name, CALL_##call, act, bad, good, NULL, EACCES, \
	  CLIP_REASON_WX_MEMORY, NO_FS, EVERYWHERE, 0, {} }

const struct row memory_rows[] = {
	MEMORY("M-02", "memory_for_both", mmap, without_file, "rwx", "rw"),
	MEMORY("M-02", "memory_to_run", mmap, without_file, "rx", "r"),
	MEMORY("M-02", "shared_memory_for_both", mmap, shared_without_file,
	       "rwx", "rw"),
	MEMORY("M-02", "written_memory", mprotect, protect, "rx", "r"),
	MEMORY("M-02", "written_memory_by_key", pkey_mprotect, protect_by_key,
	       "rx", "r"),
	MEMORY("M-03", "written_memory_downwards", mprotect, protect_downwards,
	       "rx", "r"),
	{ "M-08", "memory_of_a_memfd", CALL_mmap, of_a_memfd, "rx", "rw", NULL,
	  EACCES, CLIP_REASON_UNTRUSTED_FS, NO_FS, WRITERS, 0, {} },
	MEMORY("M-08", "system_v_memory", shmat, of_shared_memory, "rx", "rw"),
	DEVICE("M-10", "memory_of_zero", mmap, of_zero),
	DEVICE("M-11", "memory_of_a_ring", mmap, of_a_ring),
	{ "M-12", "read_implies_exec", CALL_personality, implied, "0400000",
	  "0", NULL, EPERM, CLIP_REASON_WX_MEMORY, NO_FS, EVERYWHERE, 0, {} },
	{ "M-14", "own_text_by_procfs", CALL_pwrite64, by_procfs, "text",
	  "data", NULL, EIO, CLIP_REASON_WX_MEMORY, NO_FS, WRITERS, 0, {} },
	/* The kernel's own rule. */
	{ "M-16", "text_by_process_vm_writev", CALL_NONE, by_process_vm_writev,
	  "text", "data", NULL, EFAULT, CLIP_REASON_NONE, NO_FS, EVERYWHERE,
	  ALWAYS, {} },
	MEMORY("M-22", "memory_of_a_child", mmap, of_a_child, "rx", "rw"),
	{ "M-15", "text_by_ptrace", CALL_NONE, by_ptrace, "text", "data", NULL,
	  EIO, CLIP_REASON_WX_MEMORY, NO_FS, IN(HOST) | IN(USERNS), 0, {} },
	{},
};
