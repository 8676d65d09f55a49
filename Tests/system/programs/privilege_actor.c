// SPDX-License-Identifier: GPL-2.0-only
/*
 * An actor that makes the system calls that the privileges for the log, for
 * namespaces, mounts, roots and devices permit, and those that they must not
 * permit. An answer is an errno value, or 0.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "drm_device.h"
#include "socket_actor.h"

/* An exit status that no child returns. */
#define NO_CHILD	900

static long outcome_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return NO_CHILD;
	return WEXITSTATUS(status);
}

static long clone_with(unsigned long flags)
{
	const long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : outcome_of(pid);
}

/* With a chosen process number, if that is not 0. */
static long clone3_with(uint64_t flags, pid_t number)
{
	struct clone_args args = {
		.flags = flags, .exit_signal = SIGCHLD,
		.set_tid = number ? (uintptr_t)&number : 0,
		.set_tid_size = !!number,
	};
	const long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : outcome_of(pid);
}

/* By the table of 32-bit system calls, where unshare is number 310. */
static long unshare_ia32(unsigned int flags)
{
	int value = 310;

	asm volatile("int $0x80" : "+a"(value) : "b"(flags)
		     : "memory", "r8", "r9", "r10", "r11");
	return value < 0 ? -value : 0;
}

/* With the user at its limit of processes. */
static long clone_over_limit(unsigned long flags)
{
	struct rlimit old, none = {};
	long err;

	getrlimit(RLIMIT_NPROC, &old);
	none.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NPROC, &none);
	err = clone_with(flags);
	setrlimit(RLIMIT_NPROC, &old);
	return err;
}

static long set_namespace(const char *path, int type)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	long err;

	if (fd < 0)
		return errno;
	err = result(setns(fd, type));
	close(fd);
	return err;
}

/*
 * With a descriptor of its own namespace, the task can leave it and join it
 * again.
 */
static long unshare_and_return(const char *name, int type)
{
	char path[64];
	int fd;
	long err;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = result(unshare(type)) ?: result(setns(fd, type));
	close(fd);
	return err;
}

static long make_ring(void)
{
	struct io_uring_params params = {};
	const int fd = syscall(SYS_io_uring_setup, 1, &params);

	return fd < 0 ? errno : 0;
}

struct sets {
	struct __user_cap_data_struct low, high;
};

static long change_sets(long (*change)(struct sets *sets, int cap), int cap)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct sets sets;

	if (syscall(SYS_capget, &header, &sets))
		return errno;
	return change(&sets, cap) ?: result(syscall(SYS_capset, &header, &sets));
}

static struct __user_cap_data_struct *half(struct sets *sets, int cap)
{
	return cap < 32 ? &sets->low : &sets->high;
}

static long inherit(struct sets *sets, int cap)
{
	half(sets, cap)->inheritable |= 1U << cap % 32;
	return 0;
}

static long drop(struct sets *sets, int cap)
{
	half(sets, cap)->effective &= ~(1U << cap % 32);
	half(sets, cap)->permitted &= ~(1U << cap % 32);
	return 0;
}

/* Uses of CAP_SYS_ADMIN that no privilege permits. */
static long other_acts(const char *act)
{
	const char name[] = "other";

	if (!strcmp(act, "hostname"))
		return result(sethostname(name, sizeof(name) - 1));
	if (!strcmp(act, "domainname"))
		return result(setdomainname(name, sizeof(name) - 1));
	if (!strcmp(act, "swapon"))
		return result(swapon("/dev/null", 0));
	if (!strcmp(act, "fanotify"))
		return result(fanotify_init(FAN_CLASS_CONTENT, O_RDONLY));
	if (!strcmp(act, "opentree"))
		return result(syscall(SYS_open_tree, AT_FDCWD, "/", 1));
	if (!strcmp(act, "fsopen"))
		return result(syscall(SYS_fsopen, "tmpfs", 0));
	if (!strcmp(act, "pivot"))
		return result(syscall(SYS_pivot_root, "/tmp", "/tmp"));
	if (!strcmp(act, "tmpfs"))
		return result(mount("none", "/mnt", "tmpfs", 0, NULL));
	if (!strcmp(act, "bind"))
		return result(mount("/tmp", "/mnt", NULL, MS_BIND, NULL));
	if (!strcmp(act, "private"))
		return result(mount(NULL, "/", NULL, MS_PRIVATE, NULL));
	if (!strcmp(act, "remount"))
		return result(mount(NULL, "/proc", NULL,
				    MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
	if (!strcmp(act, "umount"))
		return result(umount2("/proc", MNT_DETACH));
	if (!strcmp(act, "ioprio"))
		return result(syscall(SYS_ioprio_set, 1, 0, 1 << 13));
	return -1;
}

/* Uses of CAP_SYS_RAWIO that no privilege permits. */
static long raw_acts(const char *act)
{
	void *zero;

	if (!strcmp(act, "iopl"))
		return result(iopl(3));
	if (!strcmp(act, "ioperm"))
		return result(ioperm(0x80, 1, 1));
	if (!strcmp(act, "mapzero")) {
		zero = mmap(NULL, 4096, PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		return zero == MAP_FAILED ? errno : result(munmap(NULL, 4096));
	}
	return -1;
}

/* ---------------------------------------------------------------- files */

static long write_words(const char *text)
{
	return result(write(held, text, strlen(text)));
}

/* While a child shares the descriptors, or after it did. */
static long write_shared(const char *text, bool still)
{
	const pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	long err;

	if (pid == 0) {
		if (still)
			pause();
		_exit(0);
	}
	if (!still)
		waitpid(pid, NULL, 0);
	err = write_words(text);
	if (still) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return err;
}

/* With enough room for any request, all zero. */
static long control(unsigned long request)
{
	long room[64] = {};

	return result(ioctl(held, request, room));
}

/* Whether this task may get the framebuffer of another one. */
static long get_framebuffer(unsigned int id)
{
	struct card_framebuffer fb = { .id = id };

	if (ioctl(held, CARD_GET_FRAMEBUFFER, &fb))
		return errno;
	return fb.handle ? 0 : EACCES;
}

static long open_close(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Keeps the descriptor, and across exec. */
static long open_keep(const char *path, int flags)
{
	return use(open(path, flags));
}

static long mount_words(char *words)
{
	char source[128], target[128], type[32], data[256] = "";
	long flags;

	if (sscanf(words, "%127s %127s %31s %li %255s", source, target, type,
		   &flags, data) < 4)
		return -1;
	return result(mount(source, target, type, flags, data));
}

/* By the newer calls, with the descriptor that this actor holds. */
static long new_mount(const char *type, int uid)
{
	const int fd = syscall(SYS_fsopen, type, 0);
	char number[16], user[16];
	long err;

	if (fd < 0)
		return errno;
	snprintf(number, sizeof(number), "%d", held);
	snprintf(user, sizeof(user), "%d", uid);
	syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "source", "test", 0);
	syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "fd", number, 0);
	syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "rootmode", "40000", 0);
	syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "user_id", user, 0);
	syscall(SYS_fsconfig, fd, FSCONFIG_SET_STRING, "group_id", user, 0);
	err = result(syscall(SYS_fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL,
			     0));
	close(fd);
	return err;
}

/* A child shares with this task what @flags say, until it is done. */
static long chroot_shared(unsigned long flags, const char *path)
{
	int fds[2];
	char byte;
	long err, pid;

	if (pipe(fds))
		return errno;
	pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		syscall(SYS_read, fds[0], &byte, 1);
		_exit(0);
	}
	err = result(chroot(path));
	if (write(fds[1], "x", 1) != 1)
		err = errno;
	waitpid(pid, NULL, 0);
	close(fds[0]);
	close(fds[1]);
	return err;
}

static long attach(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0))
		return errno;
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	waitpid(pid, NULL, __WALL);
	return result(ptrace(PTRACE_DETACH, pid, 0, 0));
}

static long vm_read(pid_t pid)
{
	static char byte;
	struct iovec own = { &byte, 1 }, theirs = { &byte, 1 };

	return result(process_vm_readv(pid, &own, 1, &theirs, 1, 0));
}

static long attach_by_child(pid_t target)
{
	const pid_t pid = fork();

	if (pid == 0)
		_exit(attach(target));
	return outcome_of(pid);
}

/* The device's descriptor is the one that this actor holds. */
static long mount_fuse(char *words)
{
	char target[128], type[32], more[128] = "", data[256];
	long flags;

	if (sscanf(words, "%127s %31s %li %127s", target, type, &flags,
		   more) < 3)
		return -1;
	snprintf(data, sizeof(data), "fd=%d,rootmode=40000%s%s", held,
		 *more ? "," : "", more);
	return result(mount("test", target, type, flags, data));
}


/* --------------------------------------------------------------- commands */

#define IS(name) (!strcmp(verb, name))

static long run_namespaces(const char *verb, const char *rest, long a, long b)
{
	char name[32] = "";

	if (IS("unshare"))
		return result(unshare(a));
	if (IS("unshare32"))
		return unshare_ia32(a);
	if (IS("clone"))
		return clone_with(a);
	if (IS("clonelimit"))
		return clone_over_limit(a);
	if (IS("clone3"))
		return clone3_with(a, b);
	if (IS("return")) {
		sscanf(rest, "%31s %li", name, &a);
		return unshare_and_return(name, a);
	}
	if (IS("setns"))
		return set_namespace(rest, 0);
	return -1;
}

static long run(const char *verb, const char *rest)
{
	char buffer[4096];
	long a = 0, b = 0, answer;

	sscanf(rest, "%li %li", &a, &b);
	answer = run_namespaces(verb, rest, a, b);
	if (answer >= 0)
		return answer;
	if (IS("syslog"))
		return result(syscall(SYS_syslog, a, buffer, sizeof(buffer)));
	if (IS("nnp"))
		return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	if (IS("ring"))
		return make_ring();
	if (IS("inherit"))
		return change_sets(inherit, a);
	if (IS("dropcap"))
		return change_sets(drop, a);
	if (IS("ambient"))
		return result(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, a, 0,
				    0));
	if (IS("other"))
		return other_acts(rest);
	if (IS("open"))
		return open_close(rest, O_RDONLY);
	if (IS("openrw"))
		return open_close(rest, O_RDWR);
	if (IS("keep"))
		return open_keep(rest, O_RDWR);
	if (IS("keepdir"))
		return open_keep(rest, O_RDONLY | O_DIRECTORY);
	if (IS("keeppath"))
		return open_keep(rest, O_PATH);
	if (IS("keepfile"))
		return open_keep(rest, O_RDONLY);
	if (IS("keepwrite"))
		return open_keep(rest, O_WRONLY);
	if (IS("openwrite"))
		return open_close(rest, O_WRONLY);
	/* Neither for reading nor for writing: for requests, see open(2). */
	if (IS("openask"))
		return open_close(rest, O_ACCMODE);
	if (IS("write"))
		return write_words(rest);
	if (IS("writeshared"))
		return write_shared(rest, true);
	if (IS("writeafter"))
		return write_shared(rest, false);
	if (IS("raw"))
		return raw_acts(rest);
	if (IS("ioctl"))
		return control(a);
	if (IS("getfb"))
		return get_framebuffer(a);
	if (IS("close"))
		return close(held) ? errno : (held = -1, 0);
	if (IS("read"))
		return result(read(held, buffer, sizeof(buffer)));
	if (IS("readlink"))
		return result(readlink(rest, buffer, sizeof(buffer)));
	if (IS("chroot"))
		return result(chroot(rest));
	if (IS("chdir"))
		return result(chdir(rest));
	if (IS("chrootshared")) {
		sscanf(rest, "%li %127s", &a, buffer);
		return chroot_shared(a, buffer);
	}
	if (IS("setnsfd"))
		return result(setns(held, 0));
	if (IS("newmount")) {
		sscanf(rest, "%31s %li", buffer, &a);
		return new_mount(buffer, a);
	}
	if (IS("attach"))
		return attach(a);
	if (IS("attachfork"))
		return attach_by_child(a);
	if (IS("vmread"))
		return vm_read(a);
	if (IS("takefd"))
		return take_fd(a, b);
	if (IS("nice"))
		return result(setpriority(PRIO_PROCESS, a, 5));
	if (IS("mount"))
		return mount_words((char *)rest);
	if (IS("mountfuse"))
		return mount_fuse((char *)rest);
	if (IS("umount"))
		return result(umount2(rest, MNT_DETACH));
	return run_shared(verb, rest);
}

int main(void)
{
	return obey(run);
}
