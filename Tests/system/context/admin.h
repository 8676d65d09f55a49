/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Running the program of requests (admin.c) as this caller or that.
 */
#ifndef CLIP_TESTS_ADMIN_H
#define CLIP_TESTS_ADMIN_H

#include "actor.h"
#include "confined.h"

#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define ADMIN	"/usr/lib/clip/tests/admin"

/* Who asks. */
struct who {
	const char *program;	/* a copy of admin, listed or not */
	int fd;			/* of the context to be in; -1: none, stay */
	int (*prepare)(void);	/* in the context, before exec; or NULL */
};

/* What came of it. */
struct told {
	int err;
	unsigned int number;	/* the reason, mostly */
};

#define NOT_TOLD	0xffffff00U	/* no reason has this number */

static inline void tell_become(const struct who *who, char *const argv[])
{
	char *const envp[] = { NULL };

	/* Nothing may come along but the way in. */
	if (who->fd >= 0) {
		close_range(3, who->fd - 1, 0);
		close_range(who->fd + 1, ~0U, 0);
		if (ioctl(who->fd, CLIP_IOC_ENTER, 0))
			_exit(254);
	}
	if (who->prepare && who->prepare())
		_exit(253);
	execve(who->program, argv, envp);
	_exit(252);
}

/* Words of the request, of at most 24 bytes but the last, then NULL. */
static inline struct told tell(const struct who *who, const char *request, ...)
{
	struct told told = { .err = 251, .number = NOT_TOLD };
	char *argv[8] = { (char *)who->program, (char *)request };
	char text[32] = "";
	int fds[2], status, argc = 2;
	size_t used = 0;
	ssize_t got;
	va_list list;
	pid_t pid;

	va_start(list, request);
	while (argc < 7 && (argv[argc] = va_arg(list, char *)))
		argc++;
	va_end(list);
	if (pipe2(fds, O_CLOEXEC))
		return told;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		tell_become(who, argv);
	}
	close(fds[1]);
	while ((got = read(fds[0], text + used, sizeof(text) - 1 - used)) > 0)
		used += got;
	close(fds[0]);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		told.err = WEXITSTATUS(status);
	sscanf(text, "%u", &told.number);
	return told;
}

/* A number as a word; the last sixteen stay. */
static inline char *word(uint64_t number)
{
	static char words[16][24];
	static unsigned int next;
	char *text = words[next++ % 16];

	snprintf(text, sizeof(words[0]), "%#llx", (unsigned long long)number);
	return text;
}

static inline struct told tell_xid(const struct who *who, const char *request,
				   uint32_t xid)
{
	return tell(who, request, word(xid), NULL);
}

static inline struct told tell_level(const struct who *who, uint32_t xid,
				     uint32_t level)
{
	return tell(who, "level", word(xid), word(level), NULL);
}

static inline struct told tell_bounds(const struct who *who,
				      const char *request, uint32_t xid,
				      uint64_t caps, uint64_t privileges)
{
	return tell(who, request, word(xid), "0", word(caps), word(privileges),
		    NULL);
}

static inline struct told tell_file(const struct who *who, const char *request,
				    uint32_t xid, const char *path)
{
	return tell(who, request, word(xid), path, NULL);
}

/* A copy of admin that may administer when it is executed in context @xid. */
static inline int admin_list(const char *path, uint32_t xid, uint64_t caps,
			     uint64_t privileges)
{
	struct rule rule;
	int err = copy_file(ADMIN, path, 0755);

	if (!err)
		err = rule_for(&rule, path, CLIP_ENTRY_EXE);
	rule.context = xid;
	rule.effective = caps;
	rule.permitted = caps;
	rule.privileges = privileges;
	return err ?: load(&rule);
}

/* Starts an actor in a context. It has answered 0 when this returns. */
static inline int actor_start_in(struct actor *actor, int fd, const char *path,
				 uid_t uid)
{
	struct actor_ends ends = { -1, -1 };
	int err = actor_pipes(actor, &ends);

	if (err)
		return err;
	actor->pid = fork();
	if (actor->pid == 0) {
		dup2(ends.in, STDIN_FILENO);
		dup2(ends.out, STDOUT_FILENO);
		close_range(3, fd - 1, 0);
		close_range(fd + 1, ~0U, 0);
		if (confined_enter(fd) || (uid && (setgid(uid) || setuid(uid))))
			_exit(126);
		actor_become(path, (struct actor_ends) { STDIN_FILENO,
							 STDOUT_FILENO });
	}
	close(ends.in);
	close(ends.out);
	return actor_answer(actor);
}

/* ------------------------------------------------- what must not change */

#define WORLD_LINES	512

static inline int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline bool is_of_world(const char *line)
{
	static const char *const kept[] = {
		"generation ", "entries ", "digests ", "contexts ",
		"update_context ", "context",
	};

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (!strncmp(line, kept[i], strlen(kept[i])))
			return true;
	return false;
}

static inline int read_world(const char *path, char **lines, int count)
{
	FILE *file = fopen(path, "r");
	char line[1024];

	while (file && count < WORLD_LINES && fgets(line, sizeof(line), file))
		if (is_of_world(line))
			lines[count++] = strdup(line);
	if (file)
		fclose(file);
	return count;
}

/*
 * Lines about the store and the contexts, and all entries; the caller frees.
 * Sorted, each once: while a table changes its size, entries change places and
 * may appear twice.
 */
static inline char *world(void)
{
	char *lines[WORLD_LINES], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int count = read_world(CLIP_SECURITYFS_PATH "/status", lines, 0);

	count = read_world(CLIP_SECURITYFS_PATH "/entries", lines, count);
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (int i = 0; i < count; i++)
		if (!i || strcmp(lines[i - 1], lines[i]))
			fputs(lines[i], out);
	for (int i = 0; i < count; i++)
		free(lines[i]);
	fclose(out);
	return text;
}

/* How often something was refused for a reason. */
static inline long long refused(enum clip_reason reason)
{
	static const char *const names[] = { CLIP_REASON_NAMES };
	char key[64];
	long long count;

	snprintf(key, sizeof(key), "refused.%s", names[reason]);
	count = status_value(key);
	return count < 0 ? 0 : count;
}

/*
 * A refusal: its error, the reason that is told, the reason it is counted
 * under (or CLIP_REASON_NONE), and the world is as it was.
 */
#define EXPECT_REFUSED(error, reason, counted, call) do { \
	char *before_ = world(), *after_; \
	const long long count_ = refused(counted); \
	const struct told told_ = (call); \
	\
	after_ = world(); \
	EXPECT_EQ(error, told_.err); \
	EXPECT_EQ((unsigned int)(reason), told_.number); \
	EXPECT_EQ(count_ + ((counted) != CLIP_REASON_NONE), refused(counted)); \
	EXPECT_STREQ(before_, after_); \
	free(before_); \
	free(after_); \
} while (0)

#define EXPECT_DONE(call) do { \
	const struct told told_ = (call); \
	\
	EXPECT_EQ(0, told_.err); \
	EXPECT_EQ((unsigned int)CLIP_REASON_NONE, told_.number); \
} while (0)

/* ---------------------------------------------------- for who.prepare */

static inline int without_mac_admin(void)
{
	/* CONTEXT goes with it, unless an entry gives that. */
	return prctl(PR_CAPBSET_DROP, CAP_MAC_ADMIN, 0, 0, 0);
}

static inline int without_sys_admin(void)
{
	return prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0);
}

static inline int with_fsetid(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return errno;
	data[0].inheritable |= 1U << CAP_FSETID;
	return syscall(SYS_capset, &header, data) ? errno : 0;
}

#endif /* CLIP_TESTS_ADMIN_H */
