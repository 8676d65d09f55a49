// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: on_terminal COMMAND [ARGUMENT]...
 *
 * Runs COMMAND on a terminal of its own and prints what it writes there. The exit
 * status is that of COMMAND.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void run(int terminal, char **command)
{
	struct termios mode;

	/* Nothing is changed on the way, such as the ends of lines. */
	if (tcgetattr(terminal, &mode) < 0)
		_exit(127);
	cfmakeraw(&mode);
	if (tcsetattr(terminal, TCSANOW, &mode) < 0 || setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) < 0)
		_exit(127);
	for (int i = 0; i < 3; i++)
		if (dup2(terminal, i) < 0)
			_exit(127);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	char bytes[4096];
	ssize_t count;
	int terminal, status;
	pid_t pid;

	if (argc < 2 || master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		return 127;
	terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return 127;
	pid = fork();
	if (pid == 0)
		run(terminal, argv + 1);
	close(terminal);
	/* The end is EIO, when no process has the terminal open any more. */
	while ((count = read(master, bytes, sizeof(bytes))) > 0 || (count < 0 && errno == EINTR))
		if (count > 0 && write(STDOUT_FILENO, bytes, (size_t)count) != count)
			return 127;
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
