// SPDX-License-Identifier: GPL-2.0-only
#include "holders.h"

#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static const char *holders_program;
static uint8_t program_digest[32];

int hash_program(const char *program)
{
	holders_program = program;
	return sha256_file(program, program_digest);
}

int make_holder(const struct holder *holder)
{
	struct rule rule = {
		.path = holder->path,
		.flags = CLIP_ENTRY_EXE,
		.effective = holder->capabilities,
		.permitted = holder->capabilities,
		.privileges = holder->privileges,
		.algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32,
	};
	int err = copy_file(holders_program, holder->path, 0755);

	if (err || holder->unlisted)
		return err;
	memcpy(rule.digest, program_digest, sizeof(program_digest));
	return load(&rule);
}

int make_exchange(void)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) ||
	    dup2(fds[0], EXCHANGE) < 0 || dup2(fds[1], EXCHANGE + 1) < 0)
		return errno;
	close(fds[0]);
	close(fds[1]);
	return 0;
}

int make_holders(const char *dir, const struct holder *holders, size_t count)
{
	int err = private_tmpfs(dir, 0) ?: make_exchange();

	for (size_t i = 0; i < count && !err; i++)
		err = make_holder(&holders[i]);
	return err;
}

int disable_root_capabilities(void)
{
	return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT) ? errno : 0;
}
