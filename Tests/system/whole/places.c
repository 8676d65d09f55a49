// SPDX-License-Identifier: GPL-2.0-only
#include "places.h"

#include "contexts.h"
#include "files.h"
#include "process.h"

#include "network/netid.h"

#include <linux/keyctl.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#define NAMES	"/tmp/properties/shared"

int make_namespaces(int namespaces)
{
	int err = 0;

	if (namespaces & CLONE_NEWUSER)
		err = become_namespace_root(namespaces & ~CLONE_NEWUSER);
	else if (namespaces && unshare(namespaces))
		err = errno;
	if (!err && (namespaces & CLONE_NEWNET))
		err = make_loopback_addresses();
	if (!err && (namespaces & CLONE_NEWNS) &&
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		err = errno;
	return err;
}

/* In a PID namespace, procfs is mounted by one of its processes. */
static int mount_procfs(int namespaces)
{
	return (namespaces & CLONE_NEWPID) && (namespaces & CLONE_NEWNS) &&
	       mount("proc", "/proc", "proc", 0, NULL) ? errno : 0;
}

static int status_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 254;
}

int below(const char *root, int fd, int namespaces, int (*act)(const void *data),
	  const void *data)
{
	pid_t pid = fork();

	if (pid)
		return status_of(pid);
	keep_only(fd);
	MUST(0, make_namespaces(namespaces));
	pid = fork();
	if (pid)
		_exit(status_of(pid));
	own_memory();
	MUST(0, mount_procfs(namespaces));
	if (root)
		MUST(0, chroot(root) || chdir("/"));
	if (fd >= 0)
		MUST(0, context_enter(fd));
	_exit(act(data));
}

int inside(int fd, int namespaces, int (*act)(const void *data), const void *data)
{
	return below(NULL, fd, namespaces, act, data);
}

/* ---------------------------------------------------------------- objects */

static socklen_t name_of(struct sockaddr_un *address, uint32_t xid, bool abstract)
{
	*address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	snprintf(address->sun_path, sizeof(address->sun_path), "%s%s/%u",
		 abstract ? "@" : "", NAMES, xid);
	if (abstract)
		address->sun_path[0] = '\0';
	return offsetof(struct sockaddr_un, sun_path) + strlen(NAMES "/") + abstract +
	       snprintf(NULL, 0, "%u", xid);
}

static int listen_on(uint32_t xid, bool abstract)
{
	struct sockaddr_un address;
	const socklen_t size = name_of(&address, xid, abstract);
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (!abstract)
		unlink(address.sun_path);
	return bind(fd, (void *)&address, size) || listen(fd, 64) ? errno : 0;
}

static int connect_to(uint32_t xid, bool abstract)
{
	struct sockaddr_un address;
	const socklen_t size = name_of(&address, xid, abstract);
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	const int err = connect(fd, (void *)&address, size) ? errno : 0;

	close(fd);
	return err;
}

int connect_to_abstract(const struct target *target)
{
	return connect_to(target->xid, true);
}

int connect_to_path(const struct target *target)
{
	return connect_to(target->xid, false);
}

int make_objects(struct target *target)
{
	/* In namespaces of their own, numbers of two contexts would be the same. */
	const int spare = target->xid & 1 ? -1 : shmget(IPC_PRIVATE, 4096, IPC_CREAT);

	target->shm = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666);
	shmctl(spare, IPC_RMID, NULL);
	if (target->shm < 0 ||
	    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return errno;
	target->key = syscall(SYS_add_key, "user", "properties", "secret", 6,
			      KEY_SPEC_SESSION_KEYRING);
	if (target->key < 0 ||
	    syscall(SYS_keyctl, KEYCTL_SETPERM, target->key, 0x3f3f3f3f) < 0)
		return errno;
	return listen_on(target->xid, true) ?: listen_on(target->xid, false);
}

/* As long as its /proc is that of the host, it shows the number there. */
static pid_t number_on_host(void)
{
	char text[16] = "";

	return readlink("/proc/self", text, sizeof(text) - 1) < 0 ? -1 : atoi(text);
}

/* The process that waits for the other one stays in context 0. */
static void become_server(struct actor_ends ends, int fd, uint32_t xid, int namespaces)
{
	struct target target = { .xid = xid };
	pid_t pid;

	dup2(ends.in, STDIN_FILENO);
	dup2(ends.out, STDOUT_FILENO);
	keep_only(fd);
	MUST(0, make_namespaces(namespaces));
	pid = fork();
	if (pid) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
		_exit(status_of(pid));
	}
	own_memory();
	target.pid = number_on_host();
	MUST(0, mount_procfs(namespaces));
	MUST(0, context_enter(fd));
	close(fd);
	MUST(0, make_objects(&target));
	MUST(sizeof(target), write(STDOUT_FILENO, &target, sizeof(target)));
	actor_become(ACTOR, (struct actor_ends) { STDIN_FILENO, STDOUT_FILENO });
}

int server_start(struct server *server, int fd, uint32_t xid, int namespaces)
{
	struct actor_ends ends = { -1, -1 };
	int err = actor_pipes(&server->actor, &ends);

	if (err)
		return err;
	server->actor.pid = fork();
	if (!server->actor.pid)
		become_server(ends, fd, xid, namespaces);
	close(ends.in);
	close(ends.out);
	if (!receive_all(server->actor.out, &server->target, sizeof(server->target)))
		return EPIPE;
	return actor_answer(&server->actor);
}

void server_stop(struct server *server)
{
	if (server->actor.pid > 0)
		shmctl(server->target.shm, IPC_RMID, NULL);
	actor_stop(&server->actor);
}
