// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a program in a Landlock domain: "landlocked DIR... -- PROGRAM ...". Only
 * files below one of the directories may be executed there. Ends with 125 if there
 * is no such domain, and as a shell does if PROGRAM does not run.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int allow_below(int rules, const char *path)
{
	struct landlock_path_beneath_attr below = {
		.allowed_access = LANDLOCK_ACCESS_FS_EXECUTE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	int err;

	if (below.parent_fd < 0)
		return -1;
	err = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
	close(below.parent_fd);
	return err;
}

int main(int argc, char **argv)
{
	const struct landlock_ruleset_attr handled = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE,
	};
	int rules = syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	int i = 1;

	if (rules < 0)
		goto failed;
	for (; i < argc && strcmp(argv[i], "--"); i++)
		if (allow_below(rules, argv[i]))
			goto failed;
	/* Root needs no "no new privileges" for it, which would stop all grants. */
	if (i + 1 >= argc || syscall(SYS_landlock_restrict_self, rules, 0))
		goto failed;
	close(rules);
	execv(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return errno == ENOENT ? 127 : 126;
failed:
	perror("landlocked");
	return 125;
}
