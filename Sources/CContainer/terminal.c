// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libclip: a terminal of its own for a program in a jail
 *
 * A program that has the caller's terminal can put commands into its input. So
 * it gets a pseudo-terminal, and bytes are copied. No signal has a handler here:
 * signals are received between the copies.
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int clip_terminal_open(int *slave, struct clip_failure *failure)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize size;

	*slave = -1;
	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
		*slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0) {
		clip_fail(failure, 0, "terminal", "make a pseudo-terminal");
		if (master >= 0)
			close(master);
		return -1;
	}
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(master, TIOCSWINSZ, &size);
	return master;
}

static int write_all(int number, const char *bytes, ssize_t count)
{
	while (count > 0) {
		const ssize_t written = write(number, bytes, (size_t)count);

		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return -1;
		if (written > 0) {
			bytes += written;
			count -= written;
		}
	}
	return 0;
}

/* Copies what is there; 0 at the end. */
static int copy(int from, int to)
{
	char bytes[4096];
	const ssize_t count = read(from, bytes, sizeof(bytes));

	if (count < 0)
		return errno == EINTR || errno == EAGAIN;
	return count > 0 && write_all(to, bytes, count) == 0;
}

/* One signal of the caller: the size of its window, or one for the program. */
static void receive_signal(int signals, int master, pid_t process)
{
	struct signalfd_siginfo info;
	struct winsize size;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGWINCH) {
		if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
			ioctl(master, TIOCSWINSZ, &size);
	} else if (info.ssi_signo != SIGCHLD) {
		kill(process, (int)info.ssi_signo);
	}
}

static int relay(int master, int signals, pid_t process)
{
	struct pollfd ready[3] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = master, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int status;

	for (;;) {
		const pid_t ended = waitpid(process, &status, WNOHANG);

		if (ended < 0)
			return -1;
		/* What the program has written last is still in the terminal. */
		if (ended == process) {
			while (poll(&ready[1], 1, 0) > 0 && (ready[1].revents & POLLIN))
				if (!copy(master, STDOUT_FILENO))
					break;
			return status;
		}
		if (poll(ready, 3, -1) < 0 && errno != EINTR)
			return -1;
		if (ready[2].revents)
			receive_signal(signals, master, process);
		if ((ready[1].revents & POLLIN) && !copy(master, STDOUT_FILENO))
			ready[1].fd = -1;
		else if ((ready[1].revents & POLLHUP) && !(ready[1].revents & POLLIN))
			ready[1].fd = -1;
		if (ready[0].revents && !copy(STDIN_FILENO, master)) {
			/* The end of a file, for a program that reads lines. */
			write_all(master, "\x04", 1);
			ready[0].fd = -1;
		}
	}
}

int clip_terminal_relay(int master, pid_t process, struct clip_failure *failure)
{
	const int is_terminal = isatty(STDIN_FILENO);
	struct termios before, raw;
	sigset_t set, mask;
	int signals, status = -1;

	sigemptyset(&set);
	for (const int *number = (const int[]){ SIGCHLD, SIGWINCH, SIGTERM, SIGHUP, 0 }; *number; number++)
		sigaddset(&set, *number);
	sigprocmask(SIG_BLOCK, &set, &mask);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (is_terminal && tcgetattr(STDIN_FILENO, &before) == 0) {
		raw = before;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	if (signals >= 0)
		status = relay(master, signals, process);
	if (status < 0)
		clip_fail(failure, 0, "terminal", "copy between the terminals");
	if (is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (signals >= 0)
		close(signals);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (status < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
