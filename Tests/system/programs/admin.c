// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that makes one request of the device and ends with its errno. It
 * prints one number: the reason of a refusal, or what was asked for. Tests run
 * it as different callers: listed and not, in this context or that.
 *
 *	admin REQUEST [XID [LEVEL [CAP_BOUND [PRIV_BOUND]]]]
 *	admin add|remove|replace XID PATH
 *	admin whoami
 */
#include "contexts.h"
#include "image.h"

static unsigned long request_named(const char *name)
{
	static const struct {
		const char *name;
		unsigned long request;
	} requests[] = {
		{ "create", CLIP_IOC_CONTEXT_CREATE },
		{ "open", CLIP_IOC_CONTEXT_OPEN },
		{ "get", CLIP_IOC_CONTEXT_GET },
		{ "narrow", CLIP_IOC_CONTEXT_NARROW },
		{ "delete", CLIP_IOC_CONTEXT_DELETE },
		{ "level", CLIP_IOC_SET_LEVEL },
		{ "update", CLIP_IOC_SET_UPDATE },
	};

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (!strcmp(name, requests[i].name))
			return requests[i].request;
	return 0;
}

static int change_context(unsigned long request, int argc, char **argv)
{
	struct clip_context_args args = {
		.xid = argc > 2 ? strtoul(argv[2], NULL, 0) : 0,
		.level = argc > 3 ? strtoul(argv[3], NULL, 0) : 0,
		.cap_bound = argc > 4 ? strtoull(argv[4], NULL, 0) : 0,
		.priv_bound = argc > 5 ? strtoull(argv[5], NULL, 0) : 0,
	};
	int err = context_fd(request, &args) < 0 ? errno : 0;

	printf("%u\n", args.reason);
	return err;
}

/* The digest does not matter: the listed file is not executed. */
static int change_entries(uint32_t mode, const char *xid, const char *path)
{
	const struct rule rule = {
		.path = path, .context = strtoul(xid, NULL, 0),
		.flags = CLIP_ENTRY_EXE, .algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32,
	};
	struct outcome outcome;
	int err = commit_rules(&rule, 1, mode, 0, &outcome);

	printf("%u\n", outcome.commit.reason);
	return err;
}

static int tell_context(void)
{
	struct clip_info info;
	int err = get_info(&info);

	printf("%u\n", info.context);
	return err;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 255;
	if (!strcmp(argv[1], "whoami"))
		return tell_context();
	if (request_named(argv[1]))
		return change_context(request_named(argv[1]), argc, argv);
	if (argc != 4)
		return 255;
	if (!strcmp(argv[1], "add"))
		return change_entries(CLIP_COMMIT_ADD, argv[2], argv[3]);
	if (!strcmp(argv[1], "remove"))
		return change_entries(CLIP_COMMIT_REMOVE, argv[2], argv[3]);
	if (!strcmp(argv[1], "replace"))
		return change_entries(CLIP_COMMIT_REPLACE, argv[2], argv[3]);
	return 255;
}
