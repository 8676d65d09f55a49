// SPDX-License-Identifier: GPL-2.0-only
#include "contexts.h"

#include "process.h"

#include <arpa/inet.h>
#include <sys/wait.h>

int context_call(unsigned long request, struct clip_context_args *args)
{
	args->size = sizeof(*args);
	return device_call(request, args);
}

int context_fd(unsigned long request, struct clip_context_args *args)
{
	int device = device_open(), fd, err;

	if (device < 0)
		return -1;
	args->size = sizeof(*args);
	fd = ioctl(device, request, args);
	err = errno;
	close(device);
	errno = err;
	return fd;
}

int set_level(uint32_t xid, uint32_t level)
{
	struct clip_context_args args = { .xid = xid, .level = level };

	return context_call(CLIP_IOC_SET_LEVEL, &args);
}

int update_context_fd = -1;

void activate_context_0(void)
{
	struct clip_context_args args = {
		.xid = UPDATE_CONTEXT, .cap_bound = ALL_CAPS,
		.priv_bound = CLIP_PRIV_ALL,
	};

	if (geteuid())
		return;
	update_context_fd = context_fd(CLIP_IOC_CONTEXT_CREATE, &args);
	if (update_context_fd >= 0 &&
	    !context_call(CLIP_IOC_SET_UPDATE, &args) &&
	    !set_level(CLIP_CONTEXT_ADMIN, CLIP_LEVEL_ACTIVE))
		return;
	fprintf(stderr, "context 0 cannot be made active: %m\n");
	exit(1);
}

bool send_all(int out, const void *data, size_t size)
{
	const char *at = data;
	ssize_t sent;

	for (; size; at += sent, size -= sent) {
		sent = write(out, at, size);
		if (sent <= 0)
			return false;
	}
	return true;
}

bool receive_all(int in, void *data, size_t size)
{
	char *at = data;
	ssize_t got;

	for (; size; at += got, size -= got) {
		got = read(in, at, size);
		if (got <= 0)
			return false;
	}
	return true;
}

/* What a child of act_inside() runs, and where its result goes. */
struct act {
	int (*run)(void *data);
	void *data;
	size_t size;		/* of @data, if it is sent back */
	int barred;		/* the answer if the context is not entered */
};

static void act_in_child(int fd, const struct act *act, int out)
{
	int answer;

	/*
	 * Only the descriptor of the context may be taken along, and the pipe
	 * for the result.
	 */
	if (act->size)
		dup2(out, STDIN_FILENO);
	keep_only(fd);
	if (ioctl(fd, CLIP_IOC_ENTER, 0))
		_exit(act->barred ?: errno);
	answer = act->run(act->data);
	if (!send_all(STDIN_FILENO, act->data, act->size))
		_exit(EPIPE);
	_exit(answer);
}

/*
 * Runs @act in a child in the context of @fd, and copies its data back. Returns
 * what it returns; @act.barred, or else the errno, if the context cannot be
 * entered; and @lost if the child is killed.
 */
static int act_inside(int fd, const struct act *act, int lost)
{
	int fds[2], status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return errno;
	pid = fork();
	if (pid == 0)
		act_in_child(fd, act, fds[1]);
	close(fds[1]);
	/* A child that did not enter sends nothing: the data stays as it is. */
	if (act->size) {
		void *copy = malloc(act->size);

		if (copy && receive_all(fds[0], copy, act->size))
			memcpy(act->data, copy, act->size);
		free(copy);
	}
	close(fds[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return lost;
	return WEXITSTATUS(status);
}

int in_update_context(int (*act)(void *), void *data, size_t size)
{
	const struct act all = { act, data, size, 0 };

	return act_inside(update_context_fd, &all, EIO);
}

int context_create(uint32_t xid, uint32_t level, uint64_t cap_bound,
		   uint64_t priv_bound)
{
	struct clip_context_args args = {
		.xid = xid, .level = level,
		.cap_bound = cap_bound, .priv_bound = priv_bound,
	};

	return context_fd(CLIP_IOC_CONTEXT_CREATE, &args);
}

int context_delete(uint32_t xid)
{
	struct clip_context_args args = { .xid = xid };

	return context_call(CLIP_IOC_CONTEXT_DELETE, &args);
}

int context_address(int fd, int operation, const char *text)
{
	struct clip_context_address args = {
		.size = sizeof(args), .operation = operation,
	};
	const char *prefix = strchr(text, '/');
	char address[64] = "";

	if (prefix) {
		args.family = strchr(text, ':') ? AF_INET6 : AF_INET;
		args.prefix = atoi(prefix + 1);
		memcpy(address, text, prefix - text);
		inet_pton(args.family, address, args.address);
	}
	return ioctl(fd, CLIP_IOC_CONTEXT_ADDRESS, &args) ? errno : 0;
}

int context_any_address(int fd)
{
	return context_address(fd, CLIP_ADDRESS_ADD, "0.0.0.0/0") ?:
	       context_address(fd, CLIP_ADDRESS_ADD, "::/0");
}

int do_in_context(int fd, int (*act)(void *), void *data)
{
	return confined_get(fd, act, data, 0);
}

int confined_get(int fd, int (*act)(void *), void *data, size_t size)
{
	const struct act all = { act, data, size, 255 };

	return act_inside(fd, &all, 254);
}

int exec_in_context(int fd, const char *path)
{
	return do_in_context(fd, exec_in_child, (void *)path);
}

int context_enter(int fd)
{
	return ioctl(fd, CLIP_IOC_ENTER, 0) ? errno : 0;
}

uint32_t context_by(int device)
{
	struct clip_info info = { .size = sizeof(info) };

	return ioctl(device, CLIP_IOC_INFO, &info) ? 0xbadU : info.context;
}

uint32_t context_now(void)
{
	int device = device_open();
	uint32_t xid = device < 0 ? 0xbadU : context_by(device);

	close(device);
	return xid;
}
