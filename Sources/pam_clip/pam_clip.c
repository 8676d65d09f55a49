// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pam_clip: the sessions of an account begin in a context; see pam_clip(8)
 *
 * The process that opens the session enters the context, and what it starts is in it.
 * An account whose context is not there is refused, and each account is as long as the
 * file is not understood. A program that goes on although no session was opened, as sshd(8) does, would
 * leave the user outside: so it is ended.
 */
#define _GNU_SOURCE
#include <libclip.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define FILE_NAME	"/etc/security/clip.conf"
#define VISIBLE		__attribute__((visibility("default")))

/* No context: the session stays where it is. */
#define STAYS		0

static int matches(pam_handle_t *handle, const char *account, const char *user)
{
	if (!strcmp(account, "*"))
		return 1;
	if (*account == '@')
		return pam_modutil_user_in_group_nam_nam(handle, user, account + 1);
	return !strcmp(account, user);
}

/* The number of a context, or "-" for none; -1 for anything else. */
static long number_of(const char *text)
{
	char *end;
	unsigned long number;

	if (!strcmp(text, "-"))
		return STAYS;
	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtoul(text, &end, 10);
	return *end || errno || number < 2 || number >= UINT32_MAX ? -1 : (long)number;
}

/* The context of the first line that is about a user, or -1 for a bad file. */
static long read_lines(pam_handle_t *handle, FILE *file, const char *user)
{
	char line[256], account[128], context[32], more[2];
	unsigned int count = 0;
	long found = STAYS;
	int is_found = 0;

	/* All lines are read: a mistake behind the one that counts is one, too. */
	while (fgets(line, sizeof(line), file)) {
		const int is_whole = strchr(line, '\n') || feof(file);
		const int words = sscanf(line, "%127s %31s %1s", account, context, more);

		count++;
		if (is_whole && (words <= 0 || *account == '#'))
			continue;
		if (!is_whole || words != 2 || number_of(context) < 0) {
			pam_syslog(handle, LOG_ERR, FILE_NAME ":%u: not ACCOUNT CONTEXT", count);
			return -1;
		}
		if (!is_found && matches(handle, account, user)) {
			is_found = 1;
			found = number_of(context);
		}
	}
	return ferror(file) ? -1 : found;
}

/* The context of a user; STAYS for none, -1 if that cannot be known. */
static long context_of(pam_handle_t *handle)
{
	const char *user = NULL;
	struct stat status;
	FILE *file;
	long number = -1;

	if (pam_get_user(handle, &user, NULL) != PAM_SUCCESS || !user)
		return -1;
	file = fopen(FILE_NAME, "re");
	if (!file) {
		pam_syslog(handle, LOG_ERR, FILE_NAME ": %s", strerror(errno));
		return -1;
	}
	if (fstat(fileno(file), &status) < 0 || status.st_uid || (status.st_mode & 022))
		pam_syslog(handle, LOG_ERR, FILE_NAME ": others than root can change the file");
	else
		number = read_lines(handle, file, user);
	fclose(file);
	return number;
}

static int refuse(pam_handle_t *handle, const struct clip_failure *failure, int result)
{
	pam_syslog(handle, LOG_ERR, "%s", failure->text);
	return result;
}

/* Whether the account can have a session at all. */
VISIBLE int pam_sm_acct_mgmt(pam_handle_t *handle, int flags, int count, const char **words)
{
	const long number = context_of(handle);
	struct clip_failure failure;
	struct clip_ctx_state state;

	if (number < 0)
		return PAM_PERM_DENIED;
	if (number == STAYS)
		return PAM_IGNORE;
	if (clip_ctx_state((uint32_t)number, &state, &failure) < 0)
		return refuse(handle, &failure, PAM_PERM_DENIED);
	return PAM_SUCCESS;
}

VISIBLE int pam_sm_open_session(pam_handle_t *handle, int flags, int count, const char **words)
{
	const long number = context_of(handle);
	struct clip_failure failure;
	int context, result;

	if (number == STAYS)
		return PAM_IGNORE;
	if (number < 0)
		_exit(1);
	context = clip_ctx_open((uint32_t)number, &failure);
	result = context < 0 ? -1 : clip_ctx_enter(context, &failure);
	if (result < 0) {
		refuse(handle, &failure, PAM_SESSION_ERR);
		_exit(1);
	}
	close(context);
	return PAM_SUCCESS;
}

VISIBLE int pam_sm_close_session(pam_handle_t *handle, int flags, int count, const char **words)
{
	return PAM_SUCCESS;
}
