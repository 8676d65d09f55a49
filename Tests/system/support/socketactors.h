/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starting the actors for sockets with this or that privilege.
 *
 * Once sockets need a privilege, a test program can hash nothing any more. So
 * the digest of the one program is made before the first test, and all that is
 * listed are copies of it.
 */
#ifndef CLIP_TESTS_SOCKETACTORS_H
#define CLIP_TESTS_SOCKETACTORS_H

#include "actor.h"

#include <linux/securebits.h>
#include <sys/prctl.h>

#define EXCHANGE	20	/* as in socketactor.h */
#define LATCH		"/proc/sys/kernel/clip/"

/* Every privilege that can be granted, but some. */
#define ALL_BUT(privileges)	(CLIP_PRIV_ALL & ~(privileges))

static uint8_t program_digest[32];

/* Who holds what, and the name of its copy of the program. */
struct holder {
	const char *path;
	uint64_t privileges;
	uint64_t capabilities;
	bool unlisted;
};

static inline int make_holder(const char *program, const struct holder *holder)
{
	struct rule rule = {
		.path = holder->path,
		.flags = CLIP_ENTRY_EXE,
		.effective = holder->capabilities,
		.permitted = holder->capabilities,
		.privileges = holder->privileges,
		.algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32,
	};
	int err = copy_file(program, holder->path, 0755);

	if (err || holder->unlisted)
		return err;
	memcpy(rule.digest, program_digest, sizeof(program_digest));
	return load(&rule);
}

/* Sockets go from actor to actor in packets through this pair. */
static inline int make_exchange(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) ||
	    dup2(fds[0], EXCHANGE) < 0 || dup2(fds[1], EXCHANGE + 1) < 0)
		return errno;
	close(fds[0]);
	close(fds[1]);
	return 0;
}

/* A private directory with copies of the program, for all of them. */
static inline int make_holders(const char *dir, const char *program,
			       const struct holder *holders, size_t count)
{
	int err = private_tmpfs(dir, 0) ?: make_exchange();

	for (size_t i = 0; i < count && !err; i++)
		err = make_holder(program, &holders[i]);
	return err;
}

static inline int set_latch(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), LATCH "%s", name);
	return write_text(path, text);
}

static inline int latch(const char *name)
{
	char path[128], text[8] = "";
	int fd;

	snprintf(path, sizeof(path), LATCH "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	close(fd);
	return atoi(text);
}

/* Does a line with all of these words come into the log? Tries 30 times. */
static inline bool logged(int (*refused_act)(void *), void *data,
			  const char *first, const char *second)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found = false;
	char line[2048];
	ssize_t got;

	for (int tries = 0; tries < 30 && !found && log >= 0; tries++) {
		lseek(log, 0, SEEK_END);
		if (refused_act(data) != EPERM)
			break;
		while ((got = read(log, line, sizeof(line) - 1)) > 0) {
			line[got] = '\0';
			found |= strstr(line, first) && strstr(line, second);
		}
		if (!found)
			usleep(500000);
	}
	close(log);
	return found;
}

/* What this test executes from now on has no capability for being root. */
static inline int be_worth_nothing(void)
{
	return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT) ? errno : 0;
}

#endif /* CLIP_TESTS_SOCKETACTORS_H */
