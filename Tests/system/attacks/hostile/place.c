// SPDX-License-Identifier: GPL-2.0-only
/*
 * The places that attacks come from.
 */
#include "hostile.h"

#include "contexts.h"
#include "process.h"

#include <linux/keyctl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

const char *const place_names[PLACES] = {
	"host", "context", "watch", "chroot", "userns",
};

struct victim victim;
static int descriptors[PLACES] = { -1, -1, -1, -1, -1 };

static int make_abstract(const char *name, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, type, 0);

	memcpy(address.sun_path + 1, name, strlen(name));
	return bind(fd, (void *)&address, sizeof(sa_family_t) + 1 +
		    strlen(name)) ||
	       (type == SOCK_STREAM && listen(fd, 1000));
}

static int enter_context(int fd)
{
	keep_only(fd);
	if (ioctl(fd, CLIP_IOC_ENTER, 0))
		return errno;
	close(fd);
	return 0;
}

/* Waits in another context, with two sockets. */
static int make_neighbour(int fd)
{
	int fds[2];
	char byte;
	pid_t pid;

	if (fd < 0 || pipe(fds))
		return errno;
	pid = fork();
	if (pid == 0) {
		/* The pipe is one of the descriptors that stay. */
		dup2(fds[1], STDIN_FILENO);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (chdir(TOP) || enter_context(fd) ||
		    make_abstract("stream", SOCK_STREAM) ||
		    make_abstract("datagrams", SOCK_DGRAM) ||
		    write(STDIN_FILENO, "x", 1) != 1)
			_exit(1);
		close(STDIN_FILENO);
		for (;;)
			pause();
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		return EPIPE;
	close(fds[0]);
	return 0;
}

/* Waits, with a System V object of each kind. */
static void be_victim(int out)
{
	struct victim self = {
		.pid = getpid(),
		.shm = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600),
		.sem = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600),
		.msg = msgget(IPC_PRIVATE, IPC_CREAT | 0600),
		.key = syscall(SYS_add_key, "user", "hostile", "x", 1,
			       KEY_SPEC_PROCESS_KEYRING),
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, self.key, 0x3f3f3f3f))
		_exit(1);
	if (chdir(TOP) || !send_all(out, &self, sizeof(self)))
		_exit(1);
	close(out);
	/* Only SIGKILL ends it: controls send other signals. */
	for (int i = 1; i < 32; i++)
		signal(i, SIG_IGN);
	for (;;)
		pause();
}

static int make_victim(void)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return errno;
	pid = fork();
	if (pid == 0)
		be_victim(fds[1]);
	close(fds[1]);
	if (!receive_all(fds[0], &victim, sizeof(victim)))
		return EPIPE;
	close(fds[0]);
	return victim.shm < 0 || victim.sem < 0 || victim.msg < 0 ? ENOENT : 0;
}

/*
 * Descriptors from before anything was enforced. Tasks that enter a context or a
 * chroot close them.
 */
static int open_early(void)
{
	const int fds[] = {
		socket(AF_INET, SOCK_DGRAM, 0), socket(AF_INET, SOCK_STREAM, 0),
		open(TOP "/" DEV "loop6", O_RDWR),
		open(TOP "/" DEV "veriexec", O_RDWR),
	};

	for (int i = 0; i < 4; i++)
		if (fds[i] < 0 || dup2(fds[i], EARLY_UDP + i) < 0 ||
		    close(fds[i]))
			return errno;
	return 0;
}

/* The flags of the mounts below "nolock". */
static int flag_mounts(void)
{
	const struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_NOSYMFOLLOW |
			    0x00400000 /* MOUNT_ATTR_NOLOCK */,
	};

	return syscall(SYS_mount_setattr, AT_FDCWD, TOP "/nolock",
		       AT_RECURSIVE, &attr, sizeof(attr)) ? errno : 0;
}

int make_places(void)
{
	struct clip_context_args watch = { .xid = CLIP_CONTEXT_WATCH };
	struct clip_context_args update = {
		.xid = UPDATE_CONTEXT, .cap_bound = ALL_CAPS,
		.priv_bound = CLIP_PRIV_ALL,
	};
	int other, err = open_early() ?: flag_mounts();

	if (err)
		return err;
	descriptors[CONTEXT] = context_create(XID_HOSTILE, 0, ALL_CAPS,
					      CLIP_PRIV_ALL);
	if (descriptors[CONTEXT] < 0 ||
	    context_any_address(descriptors[CONTEXT]))
		return errno;
	descriptors[WATCH] = context_fd(CLIP_IOC_CONTEXT_OPEN, &watch);
	if (descriptors[WATCH] < 0)
		return errno;
	other = context_create(XID_OTHER, 0, ALL_CAPS, 0);
	update_context_fd = context_fd(CLIP_IOC_CONTEXT_CREATE, &update);
	if (update_context_fd < 0 ||
	    context_call(CLIP_IOC_SET_UPDATE, &update))
		return errno;
	return make_victim() ?: make_neighbour(other);
}

int descriptor_of(enum place place)
{
	return descriptors[place];
}

int enter_place(enum place place)
{
	if (chdir(TOP))
		return errno;
	switch (place) {
	case CONTEXT:
	case WATCH:
		return enter_context(descriptors[place]);
	case CHROOT:
		close_range(3, ~0U, 0);
		return chroot(".") ? errno : 0;
	case USERNS:
		return become_namespace_root(CLONE_NEWNS);
	default:
		return 0;
	}
}

int own_mounts(void)
{
	return unshare(CLONE_NEWNS) ||
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? errno : 0;
}

/* The lines of the file of a process that say what it may do. */
static bool says_rights(const char *line)
{
	static const char *const keys[] = {
		"Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:", "Seccomp:",
		"TracerPid:",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strncmp(line, keys[i], strlen(keys[i])))
			return true;
	return false;
}

char *own_state(void)
{
	const size_t size = 32768;
	char *text = calloc(1, size), line[512];
	FILE *status = fopen(PROC "self/status", "r");
	FILE *mounts = fopen(PROC "self/mountinfo", "r");
	size_t used = 0;

	while (status && fgets(line, sizeof(line), status))
		if (says_rights(line))
			used += snprintf(text + used, size - used, "%s", line);
	if (mounts)
		fread(text + used, 1, size - used - 1, mounts);
	if (status)
		fclose(status);
	if (mounts)
		fclose(mounts);
	return text;
}
