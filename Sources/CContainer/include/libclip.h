/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libclip: contexts of the security module clip, and processes in jails of
 * their own: a context, namespaces and a tree of files. See libclip(3).
 *
 * Functions return -1, or a null pointer, if they fail, and describe the failure
 * in a struct clip_failure, whose address may be NULL. They print nothing.
 */
#ifndef LIBCLIP_H
#define LIBCLIP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a function failed. */
struct clip_failure {
	/* An errno value, never 0. */
	int code;
	/* The kernel's enum clip_reason; 0 if it gave none. */
	unsigned int reason;
	/* The step that failed, one of a fixed set of words: "mount", "context" ... */
	char step[24];
	/* What was attempted, and the text of the error. */
	char text[480];
};

/* --- Contexts ------------------------------------------------------------ */

/* The state of a context. */
struct clip_ctx_state {
	uint32_t number;
	uint32_t level;
	uint64_t capabilities;
	uint64_t privileges;
	/* Never assigned to another context, unlike the number. */
	uint64_t serial;
	uint64_t entries;
	uint64_t digests;
};

/*
 * Make a context that does not exist yet, or open one that does. Both return a
 * descriptor with O_CLOEXEC, which is the right to enter the context.
 */
int clip_ctx_create(uint32_t number, uint32_t level, uint64_t capabilities, uint64_t privileges,
		    struct clip_failure *failure);
int clip_ctx_open(uint32_t number, struct clip_failure *failure);

/* The state of a context; UINT32_MAX stands for that of the caller. */
int clip_ctx_state(uint32_t number, struct clip_ctx_state *state, struct clip_failure *failure);

/* Remove a context with its rules. Its processes stay in it. */
int clip_ctx_delete(uint32_t number, struct clip_failure *failure);

/*
 * Move the calling process, which must have a single thread, into a context,
 * which it cannot leave. It must not have a descriptor that leads out.
 */
int clip_ctx_enter(int context, struct clip_failure *failure);

/*
 * The following requests are made on a descriptor of a context. All but the last
 * two take the right to make contexts.
 */

/*
 * Decide on flags (CLIP_CONTEXT_* of linux/clip.h), on the level of
 * confidentiality, and on the capabilities in user namespaces of the context,
 * before anything has entered it.
 */
int clip_ctx_setup(int context, uint32_t flags, uint32_t confidentiality, uint64_t namespace_capabilities,
		   struct clip_failure *failure);

enum clip_address_act {
	CLIP_ADDRESS_IS_ADDED = 1,
	CLIP_ADDRESS_IS_REMOVED,
	/* All addresses go; the others are left out. */
	CLIP_ADDRESSES_ARE_REMOVED,
	/* The address stands for 127.0.0.1 or ::1. */
	CLIP_ADDRESS_IS_LOOPBACK,
};

/* Change the addresses of a context: `family` is AF_INET or AF_INET6, `address` 4 or 16 bytes. */
int clip_ctx_address(int context, enum clip_address_act act, int family, const uint8_t *address, uint32_t prefix,
		     struct clip_failure *failure);

/*
 * An address by its number, from 0. Returns 1 if there is one, 0 if the numbers
 * are at their end, -1 for a failure.
 */
int clip_ctx_get_address(int context, uint32_t number, int *family, uint8_t address[16], uint32_t *prefix,
			 struct clip_failure *failure);

/* A descriptor of a process, as pidfd_open(2) makes it. */
int clip_process_open(pid_t process, struct clip_failure *failure);

/* A process takes the context at its next exec; with `disarm`, it does not. */
int clip_ctx_arm(int context, int process, int disarm, struct clip_failure *failure);

/*
 * Processes of a cgroup, or of the one named `child` in it unless that is NULL,
 * take the context at exec; with `unbind`, they no longer do.
 */
int clip_ctx_bind(int context, int cgroup, const char *child, int unbind, struct clip_failure *failure);

/* A signal for all processes of the context; stores how many, unless `reached` is NULL. */
int clip_ctx_kill(int context, int signal, uint32_t *reached, struct clip_failure *failure);

#define CLIP_CTX_REFUSAL_CLASSES 8

/* All about a context. */
struct clip_ctx_info {
	uint32_t number;
	uint32_t level;
	uint64_t serial;
	uint64_t capabilities;
	uint64_t namespace_capabilities;
	uint64_t privileges;
	uint32_t flags;
	uint32_t confidentiality;
	/* Something has been in it; it has been deleted. */
	int entered;
	int deleted;
	uint32_t addresses;
	uint64_t tasks;
	uint64_t entries;
	uint64_t digests;
	/* By class; clip_ctx_refusal_name() names the classes. */
	uint64_t refusals[CLIP_CTX_REFUSAL_CLASSES];
};

int clip_ctx_info(int context, struct clip_ctx_info *info, struct clip_failure *failure);
const char *clip_ctx_refusal_name(unsigned int refusal);

/*
 * Wait until no process is left in a context. Returns 1 if there is none, 0 if
 * `milliseconds` have passed (-1: there is no limit), or -1.
 */
int clip_ctx_wait_empty(int context, int milliseconds, struct clip_failure *failure);

/* The context of a process, by a pidfd, or of the other end of a connected socket. */
int clip_ctx_of_task(int process, uint32_t *number, uint64_t *serial, struct clip_failure *failure);
int clip_ctx_of_peer(int socket, uint32_t *number, uint64_t *serial, struct clip_failure *failure);

/* --- Jails ---------------------------------------------------------------- */

enum clip_mount_kind {
	/* A directory or file of the host appears in the tree. */
	CLIP_MOUNT_BIND = 1,
	/* The same for one that is in the tree already. */
	CLIP_MOUNT_INSIDE,
	/* A new filesystem: `type`, `source` and `data` as for mount(8). */
	CLIP_MOUNT_NEW,
	/* Attributes of what is mounted at `target` are changed. */
	CLIP_MOUNT_CHANGE,
	/* A small /dev that cannot be written, with null, zero, full, random, urandom and tty. */
	CLIP_MOUNT_DEVICES,
};

/* Mounts below `source` appear as well. */
#define CLIP_MOUNT_RECURSIVE	0x1u
/* It is no failure if the source or the target does not exist. */
#define CLIP_MOUNT_OPTIONAL	0x2u

/*
 * One mount. `target` is a path inside the tree; links in it are followed as if
 * the tree was the root directory.
 */
struct clip_mount {
	enum clip_mount_kind kind;
	unsigned int flags;
	const char *source;
	const char *target;
	const char *type;
	/* Options of the filesystem, joined by commas; NULL for none. */
	const char *data;
	/* MOUNT_ATTR_* of linux/mount.h that are set, and that are taken away. */
	uint64_t attributes;
	uint64_t cleared;
};

/* A range of ids of a user namespace, as in uid_map of user_namespaces(7). */
struct clip_id_range {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

/* The program cannot gain rights by exec: PR_SET_NO_NEW_PRIVS. */
#define CLIP_JAIL_NO_NEW_PRIVS	0x1u
/* The program leads a session of its own. */
#define CLIP_JAIL_SESSION	0x2u
/* Process 1 of a new PID namespace ends with the program; otherwise with the last process. */
#define CLIP_JAIL_END_WITH_PROGRAM	0x4u
/* The loopback device of a new network namespace is brought up. */
#define CLIP_JAIL_LOOPBACK	0x8u
/* Supplementary groups are set to `groups`; otherwise, and with no groups, none are left. */
#define CLIP_JAIL_KEEP_GROUPS	0x10u

/*
 * A jail as a flat plan. Zero all of it first, and then set `size`; descriptors
 * that are not used are -1: call clip_jail_init().
 */
struct clip_jail {
	size_t size;
	unsigned int flags;
	/* Descriptor of the context that is entered, or -1. */
	int context;
	/* CLONE_NEW* of the namespaces that are made. */
	uint64_t namespaces;
	/* Descriptors of namespaces that are joined, before others are made. */
	const int *joined;
	size_t joined_count;
	/* Descriptor of the cgroup, a directory, or -1. */
	int cgroup;
	/* The directory that becomes the root directory; NULL to keep the present one. */
	const char *root;
	uint64_t root_attributes;
	const struct clip_mount *mounts;
	size_t mount_count;
	const char *host_name;
	const struct clip_id_range *users;
	size_t user_count;
	const struct clip_id_range *group_ranges;
	size_t group_range_count;
	/* A directory inside the tree, for chroot(2) once all is mounted; or NULL. */
	const char *view;
	const char *directory;
	uid_t user;
	gid_t group;
	const gid_t *groups;
	size_t group_count;
	/* Standard input, output and errors of the program; -1 for those of the caller. */
	int streams[3];
	/* A terminal that becomes the controlling terminal and all three streams, or -1. */
	int terminal;
	/* The program, a path inside the jail; NULL for none. */
	char *const *arguments;
	char *const *environment;
	/* Seconds that are added to the clocks of a new time namespace. */
	int64_t monotonic_offset;
	int64_t boottime_offset;
};

/* Fill a plan with the defaults. */
void clip_jail_init(struct clip_jail *jail);

enum clip_stage {
	/* The process and its namespaces exist; nothing is mounted. */
	CLIP_STAGE_NAMESPACES = 1,
	/* The tree is complete; the context is not entered yet. */
	CLIP_STAGE_TREE,
};

/*
 * Called in the process that starts a jail, while the process of the jail waits.
 * A result other than 0, an errno value, ends the start.
 */
typedef int (*clip_stage_function)(enum clip_stage stage, pid_t process, void *data);

/*
 * Start the program of a plan in its jail. Returns the number of its process,
 * or that of process 1 of a new PID namespace, once the program was executed.
 * Without a program it returns once the tree is complete: the number of process
 * 1, which goes on, or else 0.
 *
 * If anything fails, no process is left behind. The caller may have threads.
 */
pid_t clip_jail_start(const struct clip_jail *jail, clip_stage_function stage, void *data,
		      struct clip_failure *failure);

/*
 * Block the signals that clip_jail_wait() passes on. To be called before
 * clip_jail_start(), if a signal that comes between the two must not be lost.
 */
void clip_hold_signals(void);

/*
 * Wait until a process ends, and pass SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1
 * and SIGUSR2 on to it. Returns its exit status, 128 + N if signal N ended it.
 */
int clip_jail_wait(pid_t process, struct clip_failure *failure);

/*
 * Put the calling program itself into a jail. It must have a single thread.
 *
 * The call returns 0 in a child process, which is completely in the jail and is
 * to go on as the program; descriptors stay open as far as they do not lead out.
 * The calling process waits for it, passes signals on as clip_jail_wait() does,
 * and ends as the child ends. As process 1 of a PID namespace, the child receives
 * only signals that it has a handler for. If anything fails, the call returns -1 in the
 * calling process, in which nothing has changed, and there is no child.
 *
 * `arguments`, `environment`, `streams`, `terminal`, `cgroup` and user namespaces
 * of the plan have to be left out.
 */
int clip_jail_self(const struct clip_jail *jail, struct clip_failure *failure);

/* Close all descriptors but those of the list, which is sorted by the call. */
int clip_close_all_but(int *kept, size_t count);

/*
 * Keep namespaces when no process is left in them: a directory is made for them
 * once, and the namespace `name` of a process, a name as in /proc/PID/ns, appears
 * as a file in it, which is for `joined` of a plan.
 */
int clip_keep_place(const char *directory, struct clip_failure *failure);
int clip_keep_namespace(pid_t process, const char *name, const char *path, struct clip_failure *failure);
int clip_release_namespace(const char *path, struct clip_failure *failure);

/*
 * A pseudo-terminal for a program in a jail, so that it never has the caller's
 * terminal: clip_terminal_open() returns the master and stores the other end,
 * which is for `terminal` of the plan. clip_terminal_relay() copies between the
 * caller's standard input and output and the master until the process ends, and
 * returns its status as clip_jail_wait() does.
 */
int clip_terminal_open(int *slave, struct clip_failure *failure);
int clip_terminal_relay(int master, pid_t process, struct clip_failure *failure);

#ifdef __cplusplus
}
#endif

#endif /* LIBCLIP_H */
