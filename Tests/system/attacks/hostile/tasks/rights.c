// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a raised task may not do with its own rights, so that they neither
 * leave it nor come back to it (K, L-08, U-07, fault 15). A program that was
 * granted everything acts; the twin is the same act by a program that was
 * granted nothing.
 */
#include "../hostile.h"

#include "device.h"
#include "files.h"

#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static int make_dumpable(const char *what)
{
	return TRY(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int set_no_fixup(const char *what)
{
	return TRY(prctl, PR_SET_SECUREBITS,
		   issecure_mask(SECURE_NO_SETUID_FIXUP), 0, 0, 0);
}

static int polled_ring(const char *what)
{
	const struct io_uring_params params = {
		.flags = IORING_SETUP_SQPOLL,
	};

	return TRY_FD(io_uring_setup, 1, COPY(params));
}

/* Both halves of a set of capabilities, as capset(2) has them. */
struct sets {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[2];
};

static int read_sets(struct sets *sets)
{
	sets->header = (struct __user_cap_header_struct) {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	return syscall(SYS_capget, &sets->header, sets->data) ? errno : 0;
}

static int write_sets(const struct sets *sets)
{
	return TRY(capset, COPY(sets->header),
		   low_copy(sets->data, sizeof(sets->data)));
}

#define CHOWN	(1U << CAP_CHOWN)

/* A capability that the task has put away comes into the inheritable set. */
static int widen_inheritable(const char *what)
{
	struct sets sets;
	int err = read_sets(&sets);

	sets.data[0].permitted &= ~CHOWN;
	sets.data[0].effective &= ~CHOWN;
	sets.data[0].inheritable &= ~CHOWN;
	err = err ?: write_sets(&sets);
	if (err)
		return 1;
	sets.data[0].inheritable |= CHOWN;
	return write_sets(&sets);
}

static int widen_in_child(const char *what)
{
	return in_child_of_act(widen_inheritable, what);
}

/* A user who has kept the capabilities hands one on over exec. */
static int make_ambient(const char *what)
{
	struct sets sets;

	if (prctl(PR_SET_KEEPCAPS, 1) ||
	    syscall(SYS_setresuid, USER_ID, USER_ID, USER_ID) ||
	    read_sets(&sets))
		return 1;
	sets.data[0].effective |= CHOWN;
	sets.data[0].inheritable |= CHOWN;
	if (write_sets(&sets))
		return 2;
	return TRY(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0,
		   0);
}

static int ambient_in_child(const char *what)
{
	return in_child_of_act(make_ambient, what);
}


/* The log, which takes a privilege; root keeps the capability for it. */
static int read_log(const char *what)
{
	if (!strcmp(what, "leave") &&
	    (prctl(PR_SET_KEEPCAPS, 1) ||
	     syscall(SYS_setresuid, USER_ID, USER_ID, USER_ID)))
		return 1;
	return TRY(syslog, 3 /* SYSLOG_ACTION_READ_ALL */, (long)low(64), 64);
}

/* As LOGGER, which has the privilege for the log and no other. */
static int log_of_logger(const char *what)
{
	char numbers[1][8];
	const char *const words[] = { LOGGER, "--log", what, numbers[0], NULL };

	snprintf(numbers[0], 8, "%d", now.way);
	execv(LOGGER, (char **)words);
	return errno;
}

int be_logger(char *const words[])
{
	const int err = use_way(atoi(words[1]));

	return err ?: read_log(words[0]);
}

/* ------------------------------------------------------ set-user-id programs */

/* A user executes a program that belongs to root, with the bit or without. */
static int execute_as_user(const char *what)
{
	const char *const words[] = { file("new"), "--try", "priority", NULL };
	const long name = T(words[0]), arguments = vector(words);

	if (!strcmp(what, "user") && become_user())
		return 1;
	return -DO(execve, name, arguments, no_vector());
}

static int set_user_id(const char *what)
{
	return copy_file(PLAIN, file("new"), 0755) ?:
	       chmod(file("new"), 04755) ? errno :
	       in_child_of_act(execute_as_user, what);
}

#define GRANTS	(IN(HOST) | IN(CONTEXT) | IN(CHROOT))

#define RIGHT(id, name, call, act, why) \
	{ id, name, CALL_##call, act, "", "", NULL, EPERM, \
	  CLIP_REASON_##why, NO_FS, GRANTS, BY_HOLDER, {} }

const struct row rights_rows[] = {
	RIGHT("L-08", "raised_becomes_dumpable", prctl, make_dumpable,
	      PERMISSION),
	RIGHT("K-03", "raised_makes_ambient", prctl, ambient_in_child,
	      PERMISSION),
	RIGHT("K-04", "raised_widens_inheritable", capset, widen_in_child,
	      PERMISSION),
	RIGHT("K-07", "raised_sets_no_fixup", prctl, set_no_fixup, PERMISSION),
	RIGHT("U-07", "raised_makes_a_polled_ring", io_uring_setup,
	      polled_ring, PERMISSION),
	{ "K-05", "log_after_leaving_root", CALL_syslog, log_of_logger,
	  "leave", "stay", NULL, EPERM, CLIP_REASON_NO_PRIVILEGE, NO_FS,
	  IN(HOST) | IN(CHROOT), 0, {} },
	/* The bit is ignored, and the program is refused what it is for. */
	{ "K-01", "set_user_id_program", CALL_execve, set_user_id, "user",
	  "root", NULL, EACCES, CLIP_REASON_NONE,
	  WRITABLE & ~ON(FUSE), IN(HOST) | IN(CONTEXT), PREPARES, {} },
	{},
};
