// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hashing a file that never ends is bounded by the limit of CPU time, and by
 * signals that kill (fault 22).
 */
#include "contexts.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/limit"
#define HUGE	DIR "/huge"
#define SMALL	DIR "/small"
#define XID	3130
#define ENFORCE	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC)

FIXTURE(limit)
{
	int fd;
};

FIXTURE_SETUP(limit)
{
	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/tiny", SMALL, 0755));
	ASSERT_EQ(0, copy_file("/usr/lib/clip/tests/tiny", HUGE, 0755));
	ASSERT_EQ(0, truncate(HUGE, 1LL << 42));
	self->fd = context_create(XID, ENFORCE, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, allow(SMALL, XID));
}

FIXTURE_TEARDOWN(limit)
{
	close(self->fd);
	EXPECT_EQ(0, context_delete(XID));
	umount2(DIR, MNT_DETACH);
}

enum ends { BY_DEFAULT, IGNORED, HANDLED, KILLED, NEVER };

struct exec_limit {
	enum ends ends;
	const char *path;
};

static volatile sig_atomic_t noticed;

static void notice(int signal)
{
	noticed = 1;
}

static void exec_with_limit(const struct exec_limit *how)
{
	char *const argv[] = { (char *)how->path, NULL };
	struct rlimit limit = { 1, 3 };

	if (how->ends == IGNORED)
		signal(SIGXCPU, SIG_IGN);
	if (how->ends == HANDLED)
		signal(SIGXCPU, notice);
	if (how->ends != KILLED && setrlimit(RLIMIT_CPU, &limit))
		_exit(200);
	execve(how->path, argv, (char *[]) { NULL });
	_exit(errno == EINTR && noticed ? 201 : errno);
}

/* 128 + the signal that ended it, its exit status, or 250 for never. */
static int run_limited(void *data)
{
	const struct exec_limit *how = data;
	const pid_t pid = fork();
	int status;

	if (pid == 0)
		exec_with_limit(how);
	if (how->ends == KILLED) {
		sleep(1);
		kill(pid, SIGTERM);
	}
	for (int tries = 0; tries < 1500; tries++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
						     WEXITSTATUS(status);
		usleep(10000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 250;
}

TEST_F_TIMEOUT(limit, cpu_time_and_signals, 120)
{
	static const struct {
		enum ends ends;
		int want;
	} cases[] = {
		{ BY_DEFAULT, 128 + SIGXCPU },
		{ IGNORED, 128 + SIGKILL },	/* the hard limit */
		{ HANDLED, 201 },
		{ KILLED, 128 + SIGTERM },
	};
	const long long refused = status_value("refused");

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct exec_limit how = { cases[i].ends, HUGE };

		EXPECT_EQ(cases[i].want,
			  do_in_context(self->fd, run_limited, &how)) {
			TH_LOG("case %zu", i);
		}
		/* The twin: under the same limit, a file that is short. */
		how.path = SMALL;
		if (how.ends != KILLED)
			EXPECT_EQ(0, do_in_context(self->fd, run_limited, &how));
	}
	/* A task that is ended is not refused anything. */
	EXPECT_EQ(refused, status_value("refused"));
}

TEST_HARNESS_MAIN
