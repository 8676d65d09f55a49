// SPDX-License-Identifier: GPL-2.0-only
#include "process.h"

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct probe probe_run_fn(const char *path, uid_t uid, int (*prepare)(void *),
			  void *data)
{
	struct probe probe = { .error = EIO };
	int fds[2], status;
	char line[512] = "";
	ssize_t got;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return probe;
	pid = fork();
	if (pid == 0) {
		char *const argv[] = { (char *)path, NULL };
		char *const envp[] = { NULL };
		int err = 0;

		dup2(fds[1], STDOUT_FILENO);
		if (prepare)
			own_memory();
		if (uid && (setgid(uid) || setuid(uid)))
			err = errno;
		if (!err && prepare)
			err = prepare(data);
		if (!err) {
			execve(path, argv, envp);
			err = errno;
		}
		dprintf(STDOUT_FILENO, "error=%d", err);
		_exit(127);
	}
	close(fds[1]);
	for (size_t used = 0; (got = read(fds[0], line + used,
					  sizeof(line) - 1 - used)) > 0;)
		used += got;
	close(fds[0]);
	waitpid(pid, &status, 0);
	sscanf(line, "error=%d effective=%lx permitted=%lx inheritable=%lx ambient=%lx secure=%d dumpable=%d uid=%d euid=%d egid=%d bound=%d securebits=%x",
	       &probe.error, &probe.effective, &probe.permitted,
	       &probe.inheritable, &probe.ambient, &probe.secure,
	       &probe.dumpable, &probe.uid, &probe.euid, &probe.egid,
	       &probe.bound, &probe.securebits);
	return probe;
}

struct probe probe_run(const char *path, uid_t uid)
{
	return probe_run_fn(path, uid, NULL, NULL);
}

int exec_in_child(void *path)
{
	char *const argv[] = { path, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execve(path, argv, envp);
		_exit(errno);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 253;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 252;
}

/* Replaces a shared mapping by a private copy. */
static void make_private(char *at, size_t size, const char *access)
{
	const int both = PROT_READ | PROT_WRITE;
	char *copy = mmap(NULL, size, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return;
	if (access[0] == 'r')
		memcpy(copy, at, size);
	mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, at);
}

void own_memory(void)
{
	static char maps[65536];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	unsigned long start, end;
	size_t used = 0;
	char access[5];
	ssize_t got;

	while ((got = read(fd, maps + used, sizeof(maps) - 1 - used)) > 0)
		used += got;
	maps[used] = '\0';
	close(fd);
	for (char *line = strtok(maps, "\n"); line; line = strtok(NULL, "\n"))
		if (sscanf(line, "%lx-%lx %4s", &start, &end, access) == 3 &&
		    access[3] == 's')
			make_private((char *)start, end - start, access);
}

void keep_only(int fd)
{
	own_memory();
	close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
}

int in_child(int fd, int (*act)(int fd))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		keep_only(fd);
		_exit(act(fd));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 +
	       WTERMSIG(status);
}

int send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(socket, &message, 0) == 1 ? 0 : errno;
}

int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return fd;
}

int become_namespace_root(int more)
{
	char uids[32], gids[32];

	snprintf(uids, sizeof(uids), "0 %u 1", geteuid());
	snprintf(gids, sizeof(gids), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER | more))
		return errno;
	return write_text("/proc/self/setgroups", "deny") ?:
	       write_text("/proc/self/uid_map", uids) ?:
	       write_text("/proc/self/gid_map", gids);
}

/* The child of user_namespace_fd(), until it is killed. */
static void stay_in_namespace(int out)
{
	char byte = unshare(CLONE_NEWUSER) ? 'e' : 'x';

	if (write(out, &byte, 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

int user_namespace_fd(unsigned int inner, unsigned int outer)
{
	char path[64], map[64];
	int fds[2], fd, err;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid == 0)
		stay_in_namespace(fds[1]);
	close(fds[1]);
	err = read(fds[0], map, 1) != 1 || *map != 'x';
	close(fds[0]);
	snprintf(map, sizeof(map), "%u %u 1", inner, outer);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	err = err ?: write_text(path, map);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	err = err ?: write_text(path, map);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = err ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

int give_up_capability(int capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return errno;
	data[capability / 32].effective &= ~(1U << capability % 32);
	return syscall(SYS_capset, &header, data) ? errno : 0;
}
