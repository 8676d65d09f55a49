// SPDX-License-Identifier: GPL-2.0-only
#include "surface.h"

#include "device.h"
#include "files.h"
#include "latch.h"

const struct act acts[ACTS] = {
	{ CLIP_PRIV_IO_URING, "uring", 0, 0, 0, NULL },
	{ CLIP_PRIV_USERFAULTFD, "uffd", 0, 0, 0, NULL },
	{ CLIP_PRIV_USERFAULTFD, "uffddevice", 0, EACCES, EACCES, NULL },
	{ CLIP_PRIV_BPF, "bpfmap", 0, EPERM, 0, NULL },
	{ CLIP_PRIV_BPF, "bpfload 3", 0, EPERM, 0, NULL },	/* SCHED_CLS */
	{ CLIP_PRIV_BPF, "bpfload 6", 0, EPERM, 0, NULL },	/* XDP */
	{ CLIP_PRIV_USERNS, "userns 0", 0, 0, 0, NULL },
	{ CLIP_PRIV_USERNS, "userns 1", 0, 0, 0, NULL },
	{ CLIP_PRIV_PERF, "perf", 0, 0, 0, NULL },
	{ CLIP_PRIV_KEXEC, "kexec 1", 0, EPERM, EPERM, NULL },
	{ CLIP_PRIV_KEXEC, "kexec 0", 0, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "initmodule", ENOEXEC, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "finitmodule " DIR "/module", ENOEXEC, EPERM,
	  EPERM, NULL },
	{ CLIP_PRIV_MODULE, "finitmemfd", ENOEXEC, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "deletemodule 0", ENOENT, EPERM, EPERM, NULL },
	{ CLIP_PRIV_MODULE, "deletemodule 1", ENOENT, EPERM, EPERM, NULL },
	{ CLIP_PRIV_RAW, "socket 2 3 1", 0, EPERM, 0, NULL },	/* INET, RAW, ICMP */
	{ CLIP_PRIV_RAW, "socket 10 3 58", 0, EPERM, 0, NULL },
	{ CLIP_PRIV_RAW, "socket 17 3 0", 0, EPERM, 0, NULL },	/* PACKET */
	{ CLIP_PRIV_RAW, "socket 17 2 0", 0, EPERM, 0, NULL },
	{ CLIP_PRIV_RAW, "socket 2 10 0", 0, EPERM, 0, NULL },	/* SOCK_PACKET */
	{ CLIP_PRIV_NFT, "messages 0xa10", 0, ANSWERED + EPERM, 0,
	  "socket 16 3 12" },	/* GETGEN */
	/* BEGIN, NEWTABLE, END; this kernel has no family for a table. */
	{ CLIP_PRIV_NFT, "messages 0x10 0xa00 0x11", ANSWERED + EOPNOTSUPP,
	  ANSWERED + EPERM, 0, "socket 16 3 12" },
};

const struct act free_acts[FREE_ACTS] = {
	{ 0, "bpfload 1", 0, EPERM, 0, NULL },	/* SOCKET_FILTER */
	{ 0, "socket 2 1 0", 0, 0, 0, NULL },
	{ 0, "socket 2 2 1", 0, 0, 0, NULL },	/* ping */
	{ 0, "socket 1 3 0", 0, 0, 0, NULL },	/* RAW of AF_UNIX */
	{ 0, "socket 16 3 0", 0, 0, 0, NULL },
};

const uint8_t no_module[MODULE_SIZE] = "no module";

const char *path_of(char path[64], const char *kind, uint64_t privilege)
{
	snprintf(path, 64, DIR "/%s%d", kind, __builtin_ctzll(privilege));
	return path;
}

static int make_pair(uint64_t privilege)
{
	char only[64], others[64];
	const struct holder with = {
		.path = path_of(only, "only", privilege),
		.privileges = privilege,
	};
	const struct holder without = {
		.path = path_of(others, "others", privilege),
		.privileges = ALL_BUT(privilege),
	};

	return make_holder(&with) ?: make_holder(&without);
}

int write_module(const char *path, const void *bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int bad = fd < 0 || write(fd, bytes, MODULE_SIZE) < 0;

	close(fd);
	return bad ? errno : 0;
}

int make_pairs(void)
{
	const struct holder none = { .path = DIR "/none", .unlisted = true };
	int err = private_tmpfs(DIR, 0) ?: make_exchange();

	err = err ?: write_text("/proc/sys/net/ipv4/ping_group_range",
				"0 2147483647");
	err = err ?: make_holder(&none);
	for (int bit = 0; bit < 64 && !err; bit++)
		if (ALL_NEW & 1ULL << bit)
			err = make_pair(1ULL << bit);
	return err ?: write_module(DIR "/module", no_module);
}

uint64_t required(void)
{
	char text[64] = "";
	int fd = open(LATCHES "require", O_RDONLY | O_CLOEXEC);
	int bad = fd < 0 || read(fd, text, sizeof(text) - 1) <= 0;

	close(fd);
	return bad ? ~0ULL : strtoull(text, NULL, 16);
}

int require(uint64_t privileges)
{
	char text[32];

	snprintf(text, sizeof(text), "%#llx\n", (long long)privileges);
	return set_latch("require", text);
}

long act_by(const char *path, uid_t uid, const struct act *act,
	    bool *by_clip)
{
	const long long before = refused(CLIP_REASON_NO_PRIVILEGE);
	struct actor actor;
	long got = actor_start(&actor, path, uid);

	if (got)
		return -got;
	if (act->first && ask(&actor, "%s", act->first))
		got = NO_ANSWER;
	else
		got = ask(&actor, "%s", act->command);
	actor_stop(&actor);
	*by_clip = refused(CLIP_REASON_NO_PRIVILEGE) != before;
	return got;
}
