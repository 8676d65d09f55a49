// SPDX-License-Identifier: GPL-2.0-only
/*
 * An actor for ways out of a chroot(2), and for acts that must still work
 * inside of one. An answer is an errno value, or 0.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/mount.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "socket_actor.h"

#define IS(name) (!strcmp(verb, name))

/* This is of Linux 6.8; the header of the build machine may be older. */
#define FIXED_FD_INSTALL	54

static long open_close(const char *path, int flags, mode_t mode)
{
	const int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, mode);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* ------------------------------------------------------- ways to the outside */

/* Goes up as far as possible from the current directory, then down to @path. */
static long climb(const char *path)
{
	struct stat st;

	for (int i = 0; i < 64; i++)
		if (chdir(".."))
			return 1000 + errno;
	return result(stat(path, &st));
}

static long look(const char *path)
{
	struct stat st;

	return result(stat(path, &st));
}

static long list(const char *path)
{
	DIR *dir = opendir(path);
	int names = 0;

	if (!dir)
		return errno;
	while (readdir(dir))
		names++;
	closedir(dir);
	return names > 2 ? 0 : ENODATA;
}

/* Runs in a second thread, with a root and files of its own. */
static void *chroot_apart(void *path)
{
	if (unshare(CLONE_FS | CLONE_FILES))
		return (void *)(intptr_t)(1000 + errno);
	return (void *)(intptr_t)result(chroot(path));
}

static long chroot_thread(const char *path)
{
	pthread_t thread;
	void *answer;

	if (pthread_create(&thread, NULL, chroot_apart, (void *)path))
		return 1000;
	pthread_join(thread, &answer);
	return (intptr_t)answer;
}

/*
 * A child that shares this task's root executes another program inside of the
 * chroot, which tries to make a device node: returns the answer to that.
 */
static long mknod_of_sharer(const char *jail)
{
	int in[2], out[2];
	char line[32] = "";
	long pid, err, got;

	if (pipe(in) || pipe(out))
		return 1000 + errno;
	pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		close(in[1]);
		close(out[0]);
		if (syscall(SYS_read, in[0], line, 1) != 1 || *line != 'x')
			_exit(1);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl("/actor", "/actor", NULL);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	err = result(chroot(jail));
	dprintf(in[1], "%cmknod c /node\nunlink /node\n", err ? '-' : 'x');
	close(in[1]);
	for (size_t used = 0; (got = read(out[0], line + used,
					  sizeof(line) - 1 - used)) > 0;)
		used += got;
	close(out[0]);
	waitpid(pid, NULL, 0);
	/* The output: "0" when it starts, then the answers. */
	return err || sscanf(line, "0 %ld", &got) != 1 ? 1000 + err : got;
}

static int ring = -1;
static void *sq, *cq;
static struct io_uring_params params;
static struct io_uring_sqe *sqes;

static long make_ring(void)
{
	int fd = held;

	ring = syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		return errno;
	sq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		  IORING_OFF_SQ_RING);
	cq = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		  IORING_OFF_CQ_RING);
	sqes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		    IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED)
		return errno;
	return result(syscall(SYS_io_uring_register, ring,
			      IORING_REGISTER_FILES, &fd, 1));
}

/* The registered file becomes a descriptor. */
static long install(void)
{
	unsigned int *tail = sq + params.sq_off.tail;
	unsigned int *head = cq + params.cq_off.head;
	struct io_uring_cqe *cqe = cq + params.cq_off.cqes;

	memset(sqes, 0, sizeof(*sqes));
	sqes->opcode = FIXED_FD_INSTALL;
	sqes->flags = IOSQE_FIXED_FILE;
	((unsigned int *)(sq + params.sq_off.array))[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return 1000 + errno;
	cqe += *head & (params.cq_entries - 1);
	const int got = cqe->res;

	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return got < 0 ? -got : use(got);
}

static int group = -1;

static long watch(const char *path)
{
	group = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY);
	if (group < 0)
		return errno;
	return result(fanotify_mark(group, FAN_MARK_ADD, FAN_OPEN | FAN_ONDIR,
				    AT_FDCWD, path));
}

static long event(void)
{
	struct fanotify_event_metadata data;
	const ssize_t got = read(group, &data, sizeof(data));

	if (got < 0)
		return errno;
	return data.fd < 0 ? ENOENT : use(data.fd);
}

static long by_handle(const char *path, int flags)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, fd, at;
	long err;

	if (name_to_handle_at(AT_FDCWD, path, &u.handle, &mount_id, 0))
		return 1000 + errno;
	at = open(path, O_RDONLY | O_CLOEXEC);
	fd = open_by_handle_at(at, &u.handle, O_RDONLY | O_CLOEXEC | flags);
	err = fd < 0 ? errno : 0;
	close(fd);
	close(at);
	return err;
}

static long join(pid_t pid)
{
	const int fd = syscall(SYS_pidfd_open, pid, 0);
	long err;

	if (fd < 0)
		return 1000 + errno;
	err = result(setns(fd, CLONE_NEWNS));
	close(fd);
	return err;
}

static long of_process(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open_close(path, O_RDONLY, 0);
}

/* -------------------------------------------------- what is left behind there */

static long node(const char *words)
{
	char path[128], type;
	mode_t mode = 0600;
	dev_t dev = makedev(1, 3);

	if (sscanf(words, "%c %127s", &type, path) != 2)
		return -1;
	switch (type) {
	case 'c':
		mode |= S_IFCHR;
		break;
	case 'b':
		mode |= S_IFBLK;
		dev = makedev(7, 0);
		break;
	case 'w':
		mode |= S_IFCHR;
		dev = 0;
		break;
	case 'p':
		mode |= S_IFIFO;
		break;
	case 's':
		mode |= S_IFSOCK;
		break;
	case 'u':
		mode |= S_IFREG | S_ISUID;
		break;
	case 'n':
		/* No type means a regular file. */
		mode |= S_ISUID;
		break;
	default:
		mode |= S_IFREG;
	}
	return result(mknod(path, mode, dev));
}

static long change_mode(const char *words, bool by_descriptor)
{
	char path[128];
	int mode, fd;
	long err;

	if (sscanf(words, "%o %127s", &mode, path) != 2)
		return -1;
	if (!by_descriptor)
		return result(chmod(path, mode));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? 1000 + errno : result(fchmod(fd, mode));
	close(fd);
	return err;
}

static long file_capability(const char *path)
{
	const struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1 << CAP_CHOWN } },
	};

	return result(setxattr(path, "security.capability", &caps,
			       sizeof(caps), 0));
}

/* ------------------------------------------------------------------- mounts */

/* Lets the group execute the file, by a list that says no more than a mode. */
static long set_list(const char *path)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, permissions;
			uint32_t id;
		} entries[3];
	} list = {
		2,	/* POSIX_ACL_XATTR_VERSION */
		{ { 1, 6, -1U }, { 4, 5, -1U }, { 32, 4, -1U } },
	};

	return result(setxattr(path, "system.posix_acl_access", &list,
			       sizeof(list), 0));
}

static long mount32(const char *path)
{
	static char target[64];
	int value = 21;
	char *low;

	/* Addresses that a 32-bit register holds. */
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return 1000 + errno;
	strcpy(low, "tmpfs");
	snprintf(target, sizeof(target), "%s", path);
	strcpy(low + 64, target);
	asm volatile("int $0x80" : "+a"(value)
		     : "b"((int)(intptr_t)low), "c"((int)(intptr_t)low + 64),
		       "d"((int)(intptr_t)low), "S"(0), "D"(0)
		     : "memory", "r8", "r9", "r10", "r11");
	munmap(low, 4096);
	return value < 0 ? -value : 0;
}

static long keep_fs(const char *type)
{
	const int fd = syscall(SYS_fsopen, type, 0);

	if (fd < 0)
		return errno;
	return use(fd);
}

static long attributes(const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOEXEC };

	return result(syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &attr,
			      sizeof(attr)));
}

static long move_mount_words(const char *words)
{
	char from[64], to[64];

	if (sscanf(words, "%63s %63s", from, to) != 2)
		return -1;
	return result(syscall(SYS_move_mount, AT_FDCWD, from, AT_FDCWD, to, 0));
}

static long mounts(const char *verb, const char *path)
{
	if (IS("tmpfs"))
		return result(mount("tmpfs", path, "tmpfs", 0, NULL));
	if (IS("mount32"))
		return mount32(path);
	if (IS("bind"))
		return result(mount(path, path, NULL, MS_BIND, NULL));
	if (IS("remount"))
		return result(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND,
				    NULL));
	if (IS("private"))
		return result(mount(NULL, path, NULL, MS_PRIVATE, NULL));
	if (IS("umount"))
		return result(umount2(path, MNT_DETACH));
	if (IS("fsopen"))
		return keep_fs(path);
	if (IS("fscreate"))
		return result(syscall(SYS_fsconfig, held, FSCONFIG_CMD_CREATE,
				      NULL, NULL, 0));
	if (IS("fsmount"))
		return result(syscall(SYS_fsmount, held, 0, 0));
	if (IS("fspick"))
		return result(syscall(SYS_fspick, AT_FDCWD, path, 0));
	if (IS("opentree"))
		return result(syscall(SYS_open_tree, AT_FDCWD, path,
				      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	if (IS("movemount"))
		return move_mount_words(path);
	if (IS("setattr"))
		return attributes(path);
	if (IS("pivot"))
		return result(syscall(SYS_pivot_root, path, path));
	return -1;
}

/* ----------------------------------------------------------------- commands */

static long outside(const char *verb, const char *rest)
{
	char word[64] = "";
	long a = 0, b = 0;

	sscanf(rest, "%li %63s", &a, word);
	if (IS("climb"))
		return climb(rest);
	if (IS("look"))
		return look(rest);
	if (IS("list"))
		return list(rest);
	if (IS("chroot"))
		return result(chroot(rest));
	if (IS("chrootthread"))
		return chroot_thread(rest);
	if (IS("sharer"))
		return mknod_of_sharer(rest);
	if (IS("chdir"))
		return result(chdir(rest));
	if (IS("fchdir"))
		return result(fchdir(held));
	if (IS("at"))
		return result(openat(held, rest, O_RDONLY));
	if (IS("ring"))
		return make_ring();
	if (IS("install"))
		return install();
	if (IS("watch"))
		return watch(rest);
	if (IS("event"))
		return event();
	if (IS("handle"))
		return by_handle(rest, 0);
	if (IS("handledir"))
		return by_handle(rest, O_DIRECTORY);
	if (IS("join"))
		return join(a);
	if (IS("setnsfd"))
		return result(setns(held, 0));
	if (IS("process"))
		return of_process(a, word);
	if (IS("takefd")) {
		sscanf(rest, "%li %li", &a, &b);
		return take_fd(a, b);
	}
	return -1;
}

static long run(const char *verb, const char *rest)
{
	long answer = outside(verb, rest);

	if (answer >= 0)
		return answer;
	answer = mounts(verb, rest);
	if (answer >= 0)
		return answer;
	if (IS("mknod"))
		return node(rest);
	if (IS("chmod"))
		return change_mode(rest, false);
	if (IS("fchmod"))
		return change_mode(rest, true);
	if (IS("create"))
		return open_close(rest, O_CREAT | O_EXCL | O_RDWR, 0644);
	if (IS("createsuid"))
		return open_close(rest, O_CREAT | O_EXCL | O_RDWR, 04755);
	if (IS("tmpfile"))
		return open_close(rest, O_TMPFILE | O_RDWR, 0755);
	if (IS("tmpfilesuid"))
		return open_close(rest, O_TMPFILE | O_RDWR, 04755);
	if (IS("setcap"))
		return file_capability(rest);
	if (IS("setacl"))
		return set_list(rest);
	if (IS("swapon"))
		return result(swapon(rest, 0));
	if (IS("open"))
		return open_close(rest, O_RDONLY, 0);
	if (IS("openw"))
		return open_close(rest, O_WRONLY, 0);
	if (IS("keepdir"))
		return use(open(rest, O_RDONLY | O_DIRECTORY));
	if (IS("keepfile"))
		return use(open(rest, O_RDONLY));
	if (IS("close"))
		return close(held) ? errno : (held = -1, 0);
	if (IS("unlink"))
		return result(unlink(rest));
	if (IS("unshare"))
		return result(unshare(strtol(rest, NULL, 0)));
	return run_shared(verb, rest);
}

int main(void)
{
	return obey(run);
}
