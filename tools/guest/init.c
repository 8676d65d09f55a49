// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process 1 of the test guest.
 *
 * Prepares the file systems, runs /etc/guest/boot.sh and then one command, the
 * NUL-separated words of /etc/guest/command. Its input and output travel
 * through virtio-serial ports that tools/vm names clip.stdin, clip.stdout,
 * clip.stderr and clip.status; the kernel's messages stay on the serial
 * console and so never mix with them. The exit status is the last thing the
 * host hears, then the power goes off. What a kernel that counts has counted
 * goes to clip.coverage before, if there is such a port.
 *
 * The command gets pipes, not the ports: a port can be opened only once, and
 * "echo >/dev/stderr" opens it again.
 *
 * Words on the kernel command line:
 *	guest.noboot	do not run boot.sh
 *	guest.tty	run the command on the serial console, as on a terminal
 *	guest.newroot	run from a copy of the initramfs on tmpfs: the initramfs
 *			itself cannot be left with pivot_root
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coverage.h"
#include "leaks.h"

#define COMMAND_FILE	"/etc/guest/command"
#define BOOT_SCRIPT	"/etc/guest/boot.sh"
#define CONSOLE		"/dev/ttyS0"

/* One direction of the command's input or output. */
struct stream {
	int from;
	int to;
	size_t start, end;	/* what is still to be written, in buf */
	char buf[65536];
};

enum { IN, OUT, ERR, STREAMS };

static struct stream streams[STREAMS];

/* To the kernel's log, so that it appears in order with what happens there. */
static void say(const char *fmt, ...)
{
	char text[512] = "guest: ";
	size_t used = strlen(text);
	va_list args;
	int fd;

	va_start(args, fmt);
	vsnprintf(text + used, sizeof(text) - used, fmt, args);
	va_end(args);
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror("kmsg");
	close(fd);
}

static void power_off(void)
{
	sync();
	/*
	 * The machine has no ACPI, so it cannot switch itself off. QEMU runs with
	 * -no-reboot and ends instead of restarting.
	 */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* A file system the kernel was built without is not an error. */
static void mount_at(const char *type, const char *dir, mode_t mode,
		     unsigned long flags, const char *data)
{
	mkdir(dir, mode);
	if (mount(type, dir, type, flags, data) && errno != ENODEV)
		say("mount %s on %s: %s", type, dir, strerror(errno));
}

static void mount_all(void)
{
	const unsigned long safe = MS_NOSUID | MS_NODEV;

	mount_at("devtmpfs", "/dev", 0755, MS_NOSUID, "mode=0755");
	mount_at("proc", "/proc", 0555, safe | MS_NOEXEC, NULL);
	mount_at("sysfs", "/sys", 0555, safe | MS_NOEXEC, NULL);
	mount_at("securityfs", "/sys/kernel/security", 0755, safe | MS_NOEXEC, NULL);
	mount_at("debugfs", "/sys/kernel/debug", 0700, safe | MS_NOEXEC, NULL);
	mount_at("cgroup2", "/sys/fs/cgroup", 0755, safe | MS_NOEXEC, NULL);
	mount_at("devpts", "/dev/pts", 0755, MS_NOSUID | MS_NOEXEC,
		 "mode=0620,gid=5,ptmxmode=0666");
	mount_at("tmpfs", "/dev/shm", 01777, safe, "mode=1777");
	mount_at("tmpfs", "/tmp", 01777, safe, "mode=1777");
	mount_at("tmpfs", "/run", 0755, safe, "mode=0755");

	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

/* 0, 1 and 2 must exist before anything else is opened. */
static void standard_files(const char *path, int flags)
{
	int fd = open(path, flags | O_NOCTTY);

	for (int i = 0; fd >= 0 && i <= 2; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void loopback_up(void)
{
	struct ifreq req = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (ioctl(fd, SIOCSIFFLAGS, &req))
		say("lo: %s", strerror(errno));
	close(fd);
}

static size_t read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		return 0;
	while (used < size - 1 && (n = read(fd, buf + used, size - 1 - used)) > 0)
		used += n;
	close(fd);
	buf[used] = '\0';
	return used;
}

static bool on_kernel_command_line(const char *word)
{
	char line[4096], *save = NULL;

	read_file("/proc/cmdline", line, sizeof(line));
	for (char *w = strtok_r(line, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
		if (!strcmp(w, word))
			return true;
	return false;
}

/* Opens the virtio-serial port that the host named so, -1 when there is none. */
static int open_port(const char *wanted, int flags)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		char path[PATH_MAX], name[64];

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		if (entry->d_name[0] == '.' || !read_file(path, name, sizeof(name)))
			continue;
		name[strcspn(name, "\n")] = '\0';
		if (strcmp(name, wanted))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, flags | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return fd;
}

/*
 * The kernel learns the ports one after the other, the status port last. Once
 * that one can be written the others are connected too; before, a read from
 * clip.stdin would look like an end of file.
 */
static int wait_for_status_port(void)
{
	for (int tries = 0; tries < 2000; tries++) {
		int fd = open_port("clip.status", O_WRONLY);

		if (fd >= 0) {
			struct pollfd ready = { .fd = fd, .events = POLLOUT };

			while (!(ready.revents & POLLOUT))
				if (poll(&ready, 1, 10) < 0)
					break;
			return fd;
		}
		usleep(5000);
	}
	say("no port clip.status: the exit status is lost");
	return -1;
}

static void default_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
}

static int status_of(int wstatus)
{
	return WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
}

/* Only before the command: afterwards reap() collects everybody. */
static int run_shell(const char *option, const char *script)
{
	int wstatus = 0;
	pid_t pid = fork();

	if (!pid) {
		close(0);	/* the console has no input */
		open("/dev/null", O_RDONLY);
		default_signals();
		if (option)
			execl("/bin/sh", "sh", option, script, NULL);
		else
			execl("/bin/sh", "sh", script, NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &wstatus, 0) < 0 && errno == EINTR)
		;
	return pid < 0 ? -1 : status_of(wstatus);
}

static void run_boot_script(void)
{
	int status;

	if (access(BOOT_SCRIPT, R_OK) || on_kernel_command_line("guest.noboot"))
		return;
	status = run_shell(NULL, BOOT_SCRIPT);
	if (status)
		say("%s: status %d", BOOT_SCRIPT, status);
}

/* Returns only when this is the new root already, or there is to be none. */
static void leave_initramfs(char **argv)
{
	static const char copy[] =
		"for f in /*; do case $f in"
		" /dev|/proc|/sys|/tmp|/run|/mnt) mkdir /mnt$f;;"
		" *) cp -a $f /mnt/;; esac; done";

	if (argv[1] && !strcmp(argv[1], "newroot"))
		return;
	mount_at("proc", "/proc", 0555, 0, NULL);
	if (on_kernel_command_line("guest.newroot")) {
		mount_at("tmpfs", "/mnt", 0755, 0, "mode=0755");
		if (!run_shell("-c", copy) && !umount("/proc") && !chdir("/mnt") &&
		    !mount(".", "/", NULL, MS_MOVE, NULL) && !chroot("."))
			execl("/init", "init", "newroot", NULL);
		perror("guest.newroot");
	}
	umount("/proc");
}

static char **command_words(void)
{
	static char *shell[] = { "/bin/sh", "-l", NULL };
	static char text[1 << 20];
	size_t used = read_file(COMMAND_FILE, text, sizeof(text)), count = 0;
	char **words, *p = text;

	if (!used)
		return shell;
	for (size_t i = 0; i < used; i++)
		count += !text[i];
	words = calloc(count + 2, sizeof(*words));
	for (size_t i = 0; words && p < text + used; p += strlen(p) + 1)
		words[i++] = p;
	return words ? words : shell;
}

static void exec_command(char **words)
{
	default_signals();
	execvp(words[0], words);
	dprintf(2, "%s: %s\n", words[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static pid_t start_on_console(char **words)
{
	pid_t pid = fork();

	if (!pid) {
		setsid();
		standard_files(CONSOLE, O_RDWR);
		ioctl(0, TIOCSCTTY, 1);
		exec_command(words);
	}
	return pid;
}

static void close_stream(struct stream *s)
{
	close(s->from);
	close(s->to);
	s->from = -1;
	s->to = -1;
}

static pid_t start_on_ports(char **words)
{
	int pipes[STREAMS][2];
	pid_t pid;

	for (int i = 0; i < STREAMS; i++)
		if (pipe2(pipes[i], O_CLOEXEC))
			return -1;
	pid = fork();
	if (!pid) {
		setsid();
		dup2(pipes[IN][0], 0);
		dup2(pipes[OUT][1], 1);
		dup2(pipes[ERR][1], 2);
		exec_command(words);
	}
	close(pipes[IN][0]);
	close(pipes[OUT][1]);
	close(pipes[ERR][1]);
	/* A command that does not read its input must not block us. */
	fcntl(pipes[IN][1], F_SETFL, O_NONBLOCK);
	fcntl(pipes[OUT][0], F_SETFL, O_NONBLOCK);
	fcntl(pipes[ERR][0], F_SETFL, O_NONBLOCK);

	streams[IN].from = open_port("clip.stdin", O_RDONLY);
	streams[IN].to = pipes[IN][1];
	streams[OUT].from = pipes[OUT][0];
	streams[OUT].to = open_port("clip.stdout", O_WRONLY);
	streams[ERR].from = pipes[ERR][0];
	streams[ERR].to = open_port("clip.stderr", O_WRONLY);
	/* Without a port for input, the command's input is at its end. */
	if (streams[IN].from < 0)
		close_stream(&streams[IN]);
	return pid;
}

/* Move what can be moved now. False when there was nothing to move. */
static bool pump(struct stream *s)
{
	ssize_t n;

	if (s->from < 0)
		return false;
	if (s->start == s->end) {
		n = read(s->from, s->buf, sizeof(s->buf));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			close_stream(s);
			return false;
		}
		s->start = 0;
		s->end = n;
	}
	n = write(s->to, s->buf + s->start, s->end - s->start);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		/* The command closed its input, or the host hung up. */
		close_stream(s);
		return false;
	}
	s->start += n;
	return true;
}

static void send_coverage(int port)
{
	int err = coverage_send(port);

	if (err)
		say("what the kernel counted is not complete: %s", strerror(err));
}

/* Collect every child that ended. True when the command is among them. */
static bool reap(pid_t command, int *wstatus)
{
	bool found = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		*wstatus = status;
		found = true;
	}
	return found;
}

/* Serve the command until it ends; returns its wait status. */
static int serve(pid_t command, int sigfd)
{
	struct signalfd_siginfo info;
	int wstatus = 0;

	while (!reap(command, &wstatus)) {
		struct pollfd fds[STREAMS + 1] = { [STREAMS] = { sigfd, POLLIN, 0 } };

		for (int i = 0; i < STREAMS; i++) {
			struct stream *s = &streams[i];
			bool full = s->start < s->end;

			fds[i].fd = full ? s->to : s->from;
			fds[i].events = full ? POLLOUT : POLLIN;
		}
		if (poll(fds, STREAMS + 1, -1) < 0 && errno != EINTR)
			break;
		for (int i = 0; i < STREAMS; i++)
			if (fds[i].revents)
				pump(&streams[i]);
		if (fds[STREAMS].revents && read(sigfd, &info, sizeof(info)) < 0)
			say("signalfd: %s", strerror(errno));
	}
	/*
	 * What the command wrote is in the pipes by now. A child it left behind
	 * may hold them open: so until they are empty, not until they are closed.
	 */
	while (pump(&streams[OUT]))
		;
	while (pump(&streams[ERR]))
		;
	return wstatus;
}

int main(int argc, char **argv)
{
	int sigfd, port, coverage, status = 126;
	sigset_t children;
	char **words;
	bool tty;
	pid_t pid;

	(void)argc;
	leave_initramfs(argv);
	umask(0);
	chmod("/", 0755);	/* an initramfs starts as 1777 */
	mount_all();
	coverage_open();
	standard_files("/dev/console", O_RDWR);
	umask(022);
	sethostname("clip", 4);
	loopback_up();
	chdir("/root");
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("TERM", "vt100", 1);
	setenv("CLIP_VM", "1", 1);

	run_boot_script();

	/* Blocked from before the fork on, so that no end of a child is missed. */
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	signal(SIGPIPE, SIG_IGN);
	sigfd = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);

	for (int i = 0; i < STREAMS; i++)
		streams[i].from = streams[i].to = -1;
	port = wait_for_status_port();
	coverage = open_port("clip.coverage", O_WRONLY);
	words = command_words();
	tty = on_kernel_command_line("guest.tty") || port < 0;
	pid = tty ? start_on_console(words) : start_on_ports(words);
	if (pid > 0)
		status = status_of(serve(pid, sigfd));
	else
		say("cannot start the command: %s", strerror(errno));

	say("command ended with status %d", status);
	look_for_leaks();
	if (coverage >= 0)
		send_coverage(coverage);
	if (port >= 0)
		dprintf(port, "%d\n", status);
	power_off();
}
