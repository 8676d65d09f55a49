// SPDX-License-Identifier: GPL-2.0-only
#include "requests.h"

#include "files.h"
#include "process.h"

#include <stdarg.h>

#define NO_REPLY	0xffffff00U	/* no reason has this number */

static void become_caller(const struct caller *caller, char *const argv[])
{
	char *const envp[] = { NULL };

	/* Only the descriptor of the context may be taken along. */
	if (caller->fd >= 0) {
		keep_only(caller->fd);
		if (ioctl(caller->fd, CLIP_IOC_ENTER, 0))
			_exit(254);
	}
	if (caller->prepare && caller->prepare())
		_exit(253);
	execve(caller->program, argv, envp);
	_exit(252);
}

struct reply submit(const struct caller *caller, const char *request, ...)
{
	struct reply reply = { .err = 251, .number = NO_REPLY };
	char *argv[8] = { (char *)caller->program, (char *)request };
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
		return reply;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		become_caller(caller, argv);
	}
	close(fds[1]);
	while ((got = read(fds[0], text + used, sizeof(text) - 1 - used)) > 0)
		used += got;
	close(fds[0]);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
		reply.err = WEXITSTATUS(status);
	sscanf(text, "%u", &reply.number);
	return reply;
}

char *word(uint64_t number)
{
	static char words[16][24];
	static unsigned int next;
	char *text = words[next++ % 16];

	snprintf(text, sizeof(words[0]), "%#llx", (unsigned long long)number);
	return text;
}

struct reply request_xid(const struct caller *caller, const char *request,
			 uint32_t xid)
{
	return submit(caller, request, word(xid), NULL);
}

struct reply request_level(const struct caller *caller, uint32_t xid,
			   uint32_t level)
{
	return submit(caller, "level", word(xid), word(level), NULL);
}

struct reply request_bounds(const struct caller *caller, const char *request,
			    uint32_t xid, uint64_t caps, uint64_t privileges)
{
	return submit(caller, request, word(xid), "0", word(caps),
		      word(privileges), NULL);
}

struct reply request_file(const struct caller *caller, const char *request,
			  uint32_t xid, const char *path)
{
	return submit(caller, request, word(xid), path, NULL);
}

int admin_list(const char *path, uint32_t xid, uint64_t caps,
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

/* ------------------------------------------------- what must not change */

#define STATE_LINES	512

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_of_state(const char *line)
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

static int read_state(const char *path, char **lines, int count)
{
	FILE *file = fopen(path, "r");
	char line[1024];

	while (file && count < STATE_LINES && fgets(line, sizeof(line), file))
		if (is_of_state(line))
			lines[count++] = strdup(line);
	if (file)
		fclose(file);
	return count;
}

char *state_text(void)
{
	char *lines[STATE_LINES], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int count = read_state(CLIP_SECURITYFS_PATH "/status", lines, 0);

	count = read_state(CLIP_SECURITYFS_PATH "/entries", lines, count);
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (int i = 0; i < count; i++)
		if (!i || strcmp(lines[i - 1], lines[i]))
			fputs(lines[i], out);
	for (int i = 0; i < count; i++)
		free(lines[i]);
	fclose(out);
	return text;
}

int without_mac_admin(void)
{
	/* CONTEXT goes with CAP_MAC_ADMIN, unless an entry grants it. */
	return prctl(PR_CAPBSET_DROP, CAP_MAC_ADMIN, 0, 0, 0);
}

int without_sys_admin(void)
{
	return prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0);
}

int with_fsetid(void)
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
