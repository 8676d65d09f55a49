// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault 26: "verictl explain" says what exec of a file would meet. Here both
 * are asked about some hundred files, for two users, with many levels, in
 * context 0 and in contexts with and without rights, and with the latches that
 * exec is subject to. Each disagreement is printed.
 */
#include "contexts.h"
#include "device.h"
#include "latch.h"
#include "matrix_files.h"
#include "process.h"
#include "slower.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define RAN	0
#define KILLED	252	/* the new program was ended by a signal */

#define ACTIVE		CLIP_LEVEL_ACTIVE
#define EXEC		CLIP_LEVEL_ENFORCE_EXEC
#define LIB		CLIP_LEVEL_ENFORCE_LIB
#define WX		CLIP_LEVEL_WX_MEMORY
#define SCRIPT		CLIP_LEVEL_ENFORCE_SCRIPT
#define PERMISSIVE	CLIP_LEVEL_PERMISSIVE

static const uint32_t levels[] = {
	0, EXEC | WX, ACTIVE, ACTIVE | EXEC, ACTIVE | LIB, ACTIVE | WX,
	ACTIVE | EXEC | LIB, ACTIVE | EXEC | LIB | WX,
	ACTIVE | EXEC | PERMISSIVE, ACTIVE | EXEC | LIB | WX | PERMISSIVE,
	ACTIVE | SCRIPT, ACTIVE | EXEC | SCRIPT, ACTIVE | SCRIPT | PERMISSIVE,
};

static struct matrix matrix;

/*
 * On a slow kernel, a question is about some of the files, and the next one about others:
 * every @step th of them, from @first on.
 */
static unsigned int first, step = 1;
#define for_each_asked(i) \
	for (unsigned int i = first; i < matrix.count; i += step)

/* One question about all files. */
struct question {
	uid_t uid;
	uint32_t context;
	uint8_t met[MOST_FILES];	/* RAN, KILLED or an errno value */
	uint8_t said[MOST_FILES];	/* the same */
};

static struct question question;

/* --- what exec meets -------------------------------------------------------- */

static int exec_as(const char *path, uid_t uid)
{
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (uid && (setgid(uid) || setuid(uid)))
			_exit(250);
		execve(path, argv, envp);
		_exit(errno);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 251;
	return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED;
}

static int exec_all(void *data)
{
	struct question *all = data;

	/* For names of interpreters that are relative. */
	if (chdir("/opt"))
		return errno;
	for_each_asked(i)
		all->met[i] = exec_as(matrix.paths[i], all->uid);
	return 0;
}

/* --- what explain says ------------------------------------------------------ */

static const struct {
	const char *name;
	int value;
} errors[] = {
	{ "EPERM", EPERM }, { "ENOENT", ENOENT }, { "EACCES", EACCES },
	{ "ENOEXEC", ENOEXEC }, { "ETXTBSY", ETXTBSY }, { "ELOOP", ELOOP },
	{ "ELIBBAD", ELIBBAD }, { "ENOTDIR", ENOTDIR }, { "EIO", EIO },
	{ "EINVAL", EINVAL }, { "EISDIR", EISDIR }, { "ENAMETOOLONG", ENAMETOOLONG },
	{ "not-regular-file", EACCES }, { "killed", KILLED },
};

/* The errno value of the first @key in a part of the text; 255 without one. */
static int error_in(const char *text, const char *end, const char *key)
{
	const char *at = strstr(text, key);

	if (!at || at >= end)
		return 255;
	at += strlen(key);
	for (unsigned int i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (!strncmp(at, errors[i].name, strlen(errors[i].name)) &&
		    at[strlen(errors[i].name)] == '"')
			return errors[i].value;
	return 254;
}

/* The answer about a file is the text up to @end. */
static int answer_of(const char *text, const char *end)
{
	const char *run = strstr(text, "\"would_run\":");

	if (!run || run >= end)
		return error_in(text, end, "\"problem\":\"");
	if (!strncmp(run, "\"would_run\":true", 16))
		return RAN;
	return error_in(text, end, "\"exec_error\":\"");
}

static size_t read_answer(const struct question *all, char *text, size_t size)
{
	static char *argv[MOST_FILES + 16];
	unsigned int count = 0;
	char context[16], user[16];
	int fds[2], status;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	snprintf(context, sizeof(context), "%u", all->context);
	snprintf(user, sizeof(user), "%u", all->uid);
	argv[count++] = "verictl";
	argv[count++] = "explain";
	argv[count++] = "--json";
	argv[count++] = "--context";
	argv[count++] = context;
	argv[count++] = "--user";
	argv[count++] = user;
	for_each_asked(i)
		argv[count++] = matrix.paths[i];
	argv[count] = NULL;
	if (pipe2(fds, O_CLOEXEC))
		return 0;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		/* Files that cannot be opened are messages as well. */
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		if (!chdir("/opt"))
			execv("/usr/sbin/verictl", argv);
		_exit(127);
	}
	close(fds[1]);
	while (used < size - 1 &&
	       (got = read(fds[0], text + used, size - 1 - used)) > 0)
		used += got;
	close(fds[0]);
	waitpid(pid, &status, 0);
	text[used] = '\0';
	return used;
}

static int explain_all(struct question *all)
{
	static char text[4 << 20];
	char *at, *next;

	if (!read_answer(all, text, sizeof(text)))
		return ENODATA;
	at = strstr(text, "{\"path\":");
	for_each_asked(i) {
		if (!at)
			return ENODATA;
		next = strstr(at + 1, "{\"path\":");
		all->said[i] = answer_of(at, next ?: text + strlen(text));
		at = next;
	}
	return at ? ENODATA : 0;
}

/* --- the comparison --------------------------------------------------------- */

/* Returns the number of disagreements. */
static int compare(const char *where, uint32_t level)
{
	unsigned int wrong = 0, ran = 0, asked = 0;

	for_each_asked(i) {
		asked++;
		ran += question.met[i] == RAN;
		if (question.met[i] == question.said[i])
			continue;
		if (++wrong <= 40)
			fprintf(stderr, "# %s, level %#x, uid %u: %s: exec %u, explain %u\n",
				where, level, question.uid, matrix.paths[i],
				question.met[i], question.said[i]);
	}
	fprintf(stderr, "# %s, level %#x, uid %u: %u files, %u ran, %u disagreements\n",
		where, level, question.uid, asked, ran, wrong);
	first = (first + 1) % step;
	return wrong;
}

static const uid_t users[] = { 0, USER_ID };

/* In the context of @fd, or in context 0. */
static int ask(int fd, uint32_t xid, uint32_t level, uid_t uid)
{
	int err;

	question = (struct question) { .uid = uid, .context = xid };
	err = explain_all(&question);
	if (!err && fd < 0)
		err = exec_all(&question);
	else if (!err)
		err = confined_get(fd, exec_all, &question, sizeof(question));
	if (err) {
		fprintf(stderr, "# context %u: %s\n", xid, strerror(err));
		return 1;
	}
	return compare(xid == ALL_RIGHTS ? "all rights" :
		       xid == NO_RIGHTS ? "no rights" : "context 0", level);
}

FIXTURE(explain) {
	int fd[2];
};

static const uint32_t xids[] = { ALL_RIGHTS, NO_RIGHTS };

FIXTURE_SETUP(explain)
{
	static const uint64_t bounds[] = { ALL_CAPS, 0 };

	for (int i = 0; i < 2; i++) {
		self->fd[i] = context_create(xids[i], 0, bounds[i], ~0ULL >> 34);
		ASSERT_LE(0, self->fd[i]);
	}
	/* Made once: the files stay, in a place that all tests see. */
	ASSERT_EQ(0, matrix_make(&matrix));
	ASSERT_LT(500, matrix.count);
}

FIXTURE_TEARDOWN(explain)
{
	close(self->fd[0]);
	close(self->fd[1]);
}

TEST_F_TIMEOUT(explain, agrees_with_exec, 300)
{
	int wrong = 0;

	step = slower();
	for (unsigned int i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		for (unsigned int u = 0; u < 2; u++) {
			ASSERT_EQ(0, set_level(ALL_RIGHTS, levels[i]));
			wrong += ask(self->fd[0], ALL_RIGHTS, levels[i],
				     users[u]);
		}
	/* Without CAP_SETUID root cannot become another user there. */
	ASSERT_EQ(0, set_level(NO_RIGHTS, ACTIVE | EXEC));
	wrong += ask(self->fd[1], NO_RIGHTS, ACTIVE | EXEC, 0);
	/* From here on no level can be changed, and the latches stay. */
	ASSERT_EQ(0, set_level(0, ACTIVE | EXEC));
	for (unsigned int u = 0; u < 2; u++)
		wrong += ask(-1, 0, ACTIVE | EXEC, users[u]);
	ASSERT_EQ(0, set_latch("tpe", "1"));
	wrong += ask(-1, 0, ACTIVE | EXEC, USER_ID);
	ASSERT_EQ(0, set_latch("wx_memory", "1"));
	for (unsigned int u = 0; u < 2; u++)
		wrong += ask(-1, 0, ACTIVE | EXEC | WX, users[u]);
	EXPECT_EQ(0, wrong);
}

TEST_HARNESS_MAIN
