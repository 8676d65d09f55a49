// SPDX-License-Identifier: GPL-2.0-only
#include "contexts.h"

#include "process.h"

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

/*
 * Runs @act in a child in the context of @fd. Returns what @act returns;
 * @barred, or else the errno, if the context cannot be entered; and @lost if
 * the child is killed.
 */
static int act_inside(int fd, int (*act)(void *), void *data, int barred,
		      int lost)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		/* Only the descriptor of the context may be taken along. */
		keep_only(fd);
		if (ioctl(fd, CLIP_IOC_ENTER, 0))
			_exit(barred ?: errno);
		_exit(act(data));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return lost;
	return WEXITSTATUS(status);
}

int in_update_context(int (*act)(void *), void *data)
{
	return act_inside(update_context_fd, act, data, 0, EIO);
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

int do_in_context(int fd, int (*act)(void *), void *data)
{
	return act_inside(fd, act, data, 255, 254);
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
