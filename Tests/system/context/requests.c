// SPDX-License-Identifier: GPL-2.0-only
#include "requests.h"

#include "files.h"
#include "process.h"

#include <stdarg.h>

#define NOT_TOLD	0xffffff00U	/* no reason has this number */

static void tell_become(const struct who *who, char *const argv[])
{
	char *const envp[] = { NULL };

	/* Only the descriptor of the context may be taken along. */
	if (who->fd >= 0) {
		keep_only(who->fd);
		if (ioctl(who->fd, CLIP_IOC_ENTER, 0))
			_exit(254);
	}
	if (who->prepare && who->prepare())
		_exit(253);
	execve(who->program, argv, envp);
	_exit(252);
}

struct told tell(const struct who *who, const char *request, ...)
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

char *word(uint64_t number)
{
	static char words[16][24];
	static unsigned int next;
	char *text = words[next++ % 16];

	snprintf(text, sizeof(words[0]), "%#llx", (unsigned long long)number);
	return text;
}

struct told tell_xid(const struct who *who, const char *request, uint32_t xid)
{
	return tell(who, request, word(xid), NULL);
}

struct told tell_level(const struct who *who, uint32_t xid, uint32_t level)
{
	return tell(who, "level", word(xid), word(level), NULL);
}

struct told tell_bounds(const struct who *who, const char *request,
			uint32_t xid, uint64_t caps, uint64_t privileges)
{
	return tell(who, request, word(xid), "0", word(caps), word(privileges),
		    NULL);
}

struct told tell_file(const struct who *who, const char *request, uint32_t xid,
		      const char *path)
{
	return tell(who, request, word(xid), path, NULL);
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

#define WORLD_LINES	512

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_of_world(const char *line)
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

static int read_world(const char *path, char **lines, int count)
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

char *world(void)
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
