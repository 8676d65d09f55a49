// SPDX-License-Identifier: GPL-2.0-only
/*
 * prctl_filter get|set|both 0|EPERM COMMAND...: runs COMMAND with a system call
 * filter that answers prctl(2) with PR_GET_SECUREBITS, PR_SET_SECUREBITS or both.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

static int install(unsigned int from, unsigned int to, unsigned int answer)
{
	struct sock_filter code[] = {
		LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 4),
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, from, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, to, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof(code) / sizeof(*code), .filter = code,
	};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int main(int argc, char **argv)
{
	unsigned int from = PR_GET_SECUREBITS, to = PR_SET_SECUREBITS;

	if (argc < 4)
		return 99;
	if (!strcmp(argv[1], "get"))
		to = from;
	if (!strcmp(argv[1], "set"))
		from = to;
	if (install(from, to, strcmp(argv[2], "0") ? EPERM : 0))
		return 99;
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 98;
}
