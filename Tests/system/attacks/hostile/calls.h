/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system calls of the attacks, in each way in which a task can make them.
 *
 * CALL(name, number of arch/x86/entry/syscalls/syscall_32.tbl, opcode of
 * io_uring or 0, arguments of 64 bits that the 32-bit call takes in two
 * registers). Opcodes 0 to 3 are none of these calls.
 */
#ifndef CLIP_TESTS_HOSTILE_CALLS_H
#define CLIP_TESTS_HOSTILE_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#define CALLS(CALL) \
	CALL(execve, 11, 0, 0) CALL(execveat, 358, 0, 0) \
	CALL(mmap, 192, 0, 0) CALL(mprotect, 125, 0, 0) \
	CALL(pkey_mprotect, 380, 0, 0) CALL(mremap, 163, 0, 0) \
	CALL(remap_file_pages, 257, 0, 0) CALL(shmat, 397, 0, 0) \
	CALL(personality, 136, 0, 0) CALL(memfd_create, 356, 0, 0) \
	CALL(openat, 295, 18, 0) CALL(openat2, 437, 28, 0) \
	CALL(pwrite64, 181, 23, 1 << 3) CALL(ftruncate, 194, 55, 1 << 1) \
	CALL(truncate, 193, 0, 1 << 1) \
	CALL(fallocate, 324, 17, 1 << 2 | 1 << 3) \
	CALL(renameat2, 353, 35, 0) CALL(unlinkat, 301, 36, 0) \
	CALL(mkdirat, 296, 37, 0) CALL(symlinkat, 304, 38, 0) \
	CALL(linkat, 303, 39, 0) CALL(mknodat, 297, 0, 0) \
	CALL(fchmodat, 306, 0, 0) CALL(fchownat, 298, 0, 0) \
	CALL(fchmod, 94, 0, 0) CALL(utimensat, 412, 0, 0) \
	CALL(removexattr, 235, 0, 0) \
	CALL(setxattr, 226, 42, 0) CALL(fsetxattr, 228, 41, 0) \
	CALL(open_by_handle_at, 342, 0, 0) CALL(flock, 143, 0, 0) CALL(fcntl, 221, 0, 0) \
	CALL(inotify_add_watch, 292, 0, 0) \
	CALL(mount, 21, 0, 0) CALL(umount2, 52, 0, 0) \
	CALL(pivot_root, 217, 0, 0) CALL(chroot, 61, 0, 0) \
	CALL(open_tree, 428, 0, 0) CALL(move_mount, 429, 0, 0) \
	CALL(fsopen, 430, 0, 0) CALL(fsconfig, 431, 0, 0) \
	CALL(fsmount, 432, 0, 0) CALL(fspick, 433, 0, 0) \
	CALL(mount_setattr, 442, 0, 0) CALL(swapon, 87, 0, 0) \
	CALL(kcmp, 349, 0, 0) CALL(getpgid, 132, 0, 0) CALL(getsid, 147, 0, 0) \
	CALL(sched_getscheduler, 157, 0, 0) CALL(ioprio_get, 290, 0, 0) \
	CALL(io_uring_setup, 425, 0, 0) CALL(io_uring_register, 427, 0, 0) \
	CALL(kill, 37, 0, 0) CALL(tkill, 238, 0, 0) CALL(tgkill, 270, 0, 0) \
	CALL(rt_sigqueueinfo, 178, 0, 0) CALL(pidfd_send_signal, 424, 0, 0) \
	CALL(pidfd_getfd, 438, 0, 0) CALL(ptrace, 26, 0, 0) \
	CALL(process_vm_readv, 347, 0, 0) CALL(setpriority, 97, 0, 0) \
	CALL(sched_setaffinity, 241, 0, 0) \
	CALL(sched_setscheduler, 156, 0, 0) CALL(prlimit64, 340, 0, 0) \
	CALL(ioprio_set, 289, 0, 0) CALL(process_madvise, 440, 0, 0) \
	CALL(get_robust_list, 312, 0, 0) CALL(sched_setattr, 351, 0, 0) \
	CALL(shmctl, 396, 0, 0) CALL(semctl, 394, 0, 0) \
	CALL(msgctl, 402, 0, 0) CALL(msgsnd, 400, 0, 0) \
	CALL(socket, 359, 45, 0) CALL(bind, 361, 56, 0) \
	CALL(connect, 362, 16, 0) CALL(listen, 363, 57, 0) \
	CALL(sendto, 369, 26, 0) CALL(recvfrom, 371, 27, 0) \
	CALL(accept4, 364, 0, 0) CALL(setsockopt, 366, 0, 0) \
	CALL(ioctl, 54, 0, 0) CALL(unshare, 310, 0, 0) \
	CALL(setns, 346, 0, 0) CALL(bpf, 357, 0, 0) \
	CALL(perf_event_open, 336, 0, 0) CALL(userfaultfd, 374, 0, 0) \
	CALL(add_key, 286, 0, 0) CALL(request_key, 287, 0, 0) \
	CALL(keyctl, 288, 0, 0) \
	CALL(init_module, 128, 0, 0) CALL(finit_module, 350, 0, 0) \
	CALL(delete_module, 129, 0, 0) \
	CALL(kexec_load, 283, 0, 0) CALL(syslog, 103, 0, 0) \
	CALL(sethostname, 74, 0, 0) CALL(acct, 51, 0, 0) \
	CALL(reboot, 88, 0, 0) CALL(iopl, 110, 0, 0) \
	CALL(fanotify_init, 338, 0, 0) CALL(capset, 185, 0, 0) \
	CALL(setresuid, 208, 0, 0) CALL(prctl, 172, 0, 0)

enum call {
	CALL_NONE,	/* of a row whose act is no single call */
#define NAME_CALL(name, narrow, ring, wide) CALL_##name,
	CALLS(NAME_CALL)
#undef NAME_CALL
	CALLS_END
};

/* The ways to make a call. */
enum way {
	NATIVE,		/* the system call of a 64-bit program */
	NARROW,		/* that of a 32-bit program */
	RING,		/* io_uring */
	WORKER,		/* io_uring, by a thread that the kernel makes */
	WAYS
};

extern const char *const way_names[WAYS];

/* Can the call be made in this way at all? */
bool has_way(enum call call, enum way way);

/*
 * Chooses the way of all later calls of this process that have it; the others
 * stay native. 0, or the errno of making a ring.
 */
int use_way(enum way way);

/* The result of a call, or a negative errno value. */
long call_by(enum call call, const long arguments[6]);

#define DO(name, ...) call_by(CALL_##name, (const long[6]){ __VA_ARGS__ })

/* The same as 0 or a positive errno value; a descriptor is closed. */
int failed(long result);
#define TRY(name, ...) failed(DO(name, __VA_ARGS__))
#define TRY_FD(name, ...) failed_fd(DO(name, __VA_ARGS__))
int failed_fd(long result);

/*
 * Memory and copies of texts and structures at addresses that fit into 32 bits,
 * for arguments.
 */
void *low(size_t size);
long low_copy(const void *data, size_t size);
long T(const char *text);
#define COPY(object) low_copy(&(object), sizeof(object))

/*
 * A vector of texts, up to NULL, as execve takes it in this way; of one text; and
 * an empty one.
 */
long vector(const char *const texts[]);
long vector_of(const char *text);
long no_vector(void);

#endif /* CLIP_TESTS_HOSTILE_CALLS_H */
