/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes, and the report of the probe.
 */
#ifndef CLIP_TESTS_PROCESS_H
#define CLIP_TESTS_PROCESS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>

#define PROBE		"/usr/lib/clip/tests/probe"

/* The report of the probe; see programs/probe.c. */
struct probe {
	int error;		/* errno of exec, or 0 */
	uint64_t effective, permitted, inheritable, ambient;
	int secure, dumpable, uid, euid, egid;
	int bound;		/* errno of binding port 80, or 0 */
	unsigned int securebits;
};

/* Runs a copy of the probe as a user, and reads its report. */
struct probe probe_run_fn(const char *path, uid_t uid, int (*prepare)(void *),
			  void *data);
struct probe probe_run(const char *path, uid_t uid);

/* The probe runs, and has nothing that an ordinary user does not have. */
#define EXPECT_PLAIN(run) do { \
	const struct probe got = (run); \
	\
	EXPECT_EQ(0, got.error); \
	EXPECT_EQ(0, got.effective); \
	EXPECT_EQ(0, got.permitted); \
	EXPECT_EQ(EACCES, got.bound); \
	EXPECT_EQ(0, got.secure); \
	EXPECT_EQ(1, got.dumpable); \
} while (0)

/*
 * The probe runs with the grant of a rule for NET_BIND_SERVICE, and is
 * protected.
 */
#define EXPECT_GRANTED(run) do { \
	const struct probe got = (run); \
	\
	EXPECT_EQ(0, got.error); \
	EXPECT_EQ(BIND, got.effective); \
	EXPECT_EQ(BIND, got.permitted); \
	EXPECT_EQ(0, got.inheritable); \
	EXPECT_EQ(0, got.ambient); \
	EXPECT_EQ(0, got.bound); \
	EXPECT_EQ(1, got.secure); \
	EXPECT_EQ(0, got.dumpable); \
} while (0)

int exec_in_child(void *path);

/*
 * Makes all shared memory private. The test harness shares some with every
 * child, and a task that shares memory cannot enter a context. For a child that
 * will not return to the harness.
 */
void own_memory(void);

/*
 * Closes all descriptors but @fd and the standard streams, and makes all memory
 * private, so that the child may enter a context.
 */
void keep_only(int fd);

/*
 * Runs @act in a child that has the standard streams and @fd only; returns its
 * exit status.
 */
int in_child(int fd, int (*act)(int fd));

/* Ends such a child with a message unless the two values are equal. */
#define MUST(wanted, got) do { \
	const long long wanted_ = (wanted), got_ = (got); \
	\
	if (wanted_ != got_) { \
		fprintf(stderr, "# %s:%d: wanted %lld, got %lld\n", \
			__FILE__, __LINE__, wanted_, got_); \
		_exit(1); \
	} \
} while (0)

int send_fd(int socket, int fd);
int receive_fd(int socket);

/*
 * Becomes root of a user namespace of its own. @more are other namespaces that
 * are made along with it.
 */
int become_namespace_root(int more);

/* A user namespace that shows the id @outer as @inner; -1 if there is none. */
int user_namespace_fd(unsigned int inner, unsigned int outer);

/* Takes a capability of this task out of its effective set. */
int give_up_capability(int capability);

#endif /* CLIP_TESTS_PROCESS_H */
