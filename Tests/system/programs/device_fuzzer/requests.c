// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests of both devices and of the descriptors of contexts, each with values
 * that could be accepted. The fuzzer damages them afterwards.
 */
#include "device_fuzzer.h"

#include "contexts.h"
#include "device.h"
#include "image.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

static uint32_t some_context(void)
{
	if (once_in(8))
		return once_in(2) ? CLIP_CONTEXT_ADMIN : CLIP_CONTEXT_OWN;
	return FIRST_CONTEXT + below(CONTEXTS);
}

/* Without the words that are final, unless those may be tried. */
static uint32_t some_level(struct caller *caller, uint32_t xid)
{
	uint32_t level = number() & CLIP_LEVEL_ALL;

	if (caller->final)
		return level;
	/* A context of the fuzzer may be sealed: it is deleted some time. */
	if (xid >= FIRST_CONTEXT && xid < FIRST_CONTEXT + CONTEXTS)
		return once_in(2) ? CLIP_LEVEL_ACTIVE : level;
	return 0;
}

static void context_args(struct caller *caller, void *args)
{
	const uint32_t xid = some_context();

	*(struct clip_context_args *)args = (struct clip_context_args) {
		.size = sizeof(struct clip_context_args), .xid = xid,
		.level = some_level(caller, xid),
		.cap_bound = once_in(2) ? ALL_CAPS : number() & ALL_CAPS,
		.priv_bound = once_in(2) ? CLIP_PRIV_ALL : number() & CLIP_PRIV_ALL,
	};
}

/* Only the number is read. */
static void context_number(struct caller *caller, void *args)
{
	*(struct clip_context_args *)args = (struct clip_context_args) {
		.size = sizeof(struct clip_context_args), .xid = some_context(),
	};
}

static void info(struct caller *caller, void *args)
{
	((struct clip_info *)args)->size = sizeof(struct clip_info);
}

static struct rule some_rule(char path[32])
{
	struct rule rule = { 0 };

	snprintf(path, 32, PLACE "/%u", below(FILES + 1));
	if (rule_for(&rule, path, CLIP_ENTRY_EXE)) {
		/* The last file is not there. */
		rule.path = path;
		rule.algorithm = CLIP_ALGO_SHA256;
		rule.digest_size = 32;
	}
	rule.context = some_context();
	if (once_in(3)) {
		rule.path = "";
		rule.flags = 0;
	} else {
		if (once_in(2))
			rule.flags = number() & CLIP_ENTRY_ALL;
		rule.permitted = once_in(2) ? BIND : number() & ALL_CAPS;
		rule.effective = rule.permitted & number();
		rule.privileges = once_in(2) ? 0 : number() & CLIP_PRIV_ALL;
	}
	if (once_in(8))
		rule.digest[below(32)] ^= 1;
	return rule;
}

static void commit(struct caller *caller, void *args)
{
	static char paths[MAX_RULES][32];
	struct rule rules[MAX_RULES];
	const unsigned int count = once_in(16) ? below(MAX_RULES) : below(4);
	struct clip_commit *commit = args;
	size_t size = 0;
	void *image, *copy;

	for (unsigned int i = 0; i < count; i++)
		rules[i] = some_rule(paths[i]);
	image = image_make(rules, count, &size);
	if (!image)
		return;
	copy = at_the_end(caller, size);
	memcpy(copy, image, size);
	free(image);
	if (once_in(3)) {
		damage(copy, size);
		/* Damage that the checksum does not show. */
		if (!once_in(4))
			image_seal(copy, size);
	}
	*commit = (struct clip_commit) {
		.size = sizeof(*commit), .mode = CLIP_COMMIT_ADD + below(3),
		.image = (uintptr_t)copy, .image_size = size,
		.results = once_in(2) ? 0 : (uintptr_t)caller->area.start,
		.results_capacity = once_in(2) ? 0 : below(MAX_RULES),
	};
	if (once_in(2))
		commit->flags = number() & (CLIP_COMMIT_ALL_CONTEXTS * 2 - 1);
	if (once_in(8)) {
		commit->signature = (uintptr_t)caller->area.start;
		commit->signature_size = below(4096);
	}
}

static void query_file(struct caller *caller, void *args)
{
	*(struct clip_query *)args = (struct clip_query) {
		.size = sizeof(struct clip_query), .fd = caller->files[below(FILES)],
		.context = some_context(), .flags = below(2) * CLIP_QUERY_VERIFY,
	};
}

static void ask(struct caller *caller, void *args)
{
	*(struct clip_ask *)args = (struct clip_ask) {
		.size = sizeof(struct clip_ask), .fd = caller->files[below(FILES)],
	};
}

static void exception(struct caller *caller, void *args)
{
	struct clip_exception *exception = args;

	*exception = (struct clip_exception) {
		.size = sizeof(*exception), .context = some_context(),
		.seconds = once_in(2) ? below(2) : below(CLIP_EXCEPTION_SECONDS_MAX + 2),
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};
	exception->digest[0] = below(2 * CLIP_EXCEPTIONS_MAX);
}

static void permissive(struct caller *caller, void *args)
{
	*(struct clip_permissive *)args = (struct clip_permissive) {
		.size = sizeof(struct clip_permissive), .context = some_context(),
		.seconds = once_in(2) ? below(2) : below(CLIP_EXCEPTION_SECONDS_MAX + 2),
	};
}

static void run_allowed(struct caller *caller, void *args)
{
	*(struct clip_run_allowed *)args = (struct clip_run_allowed) {
		.size = sizeof(struct clip_run_allowed), .seconds = below(3),
	};
}

static void task_context(struct caller *caller, void *args)
{
	*(struct clip_context_of *)args = (struct clip_context_of) {
		.size = sizeof(struct clip_context_of), .fd = caller->pidfd,
	};
}

static void socket_context(struct caller *caller, void *args)
{
	*(struct clip_context_of *)args = (struct clip_context_of) {
		.size = sizeof(struct clip_context_of), .fd = caller->socket,
	};
}

static void setup(struct caller *caller, void *args)
{
	struct clip_context_setup *setup = args;

	*setup = (struct clip_context_setup) {
		.size = sizeof(*setup), .flags = number() & CLIP_CONTEXT_FLAGS_ALL,
		.confidentiality = below(CLIP_CONFIDENTIALITY_MAX + 1),
	};
	if (setup->flags & CLIP_CONTEXT_USERNS)
		setup->ns_cap_bound = number() & LINUX_CAPS(ALL_CAPS);
}

static void address(struct caller *caller, void *args)
{
	struct clip_context_address *address = args;
	const bool six = once_in(2);

	*address = (struct clip_context_address) {
		.size = sizeof(*address),
		.operation = CLIP_ADDRESS_ADD + below(CLIP_ADDRESS_GET_LOOPBACK),
	};
	if (address->operation == CLIP_ADDRESS_GET) {
		address->index = below(4);
	} else if (address->operation != CLIP_ADDRESS_FLUSH) {
		address->family = six ? AF_INET6 : AF_INET;
		address->prefix = six ? 128 : 32;
		address->address[0] = six ? 0xfd : 10;
		address->address[3] = below(8);
	}
}

static void arm(struct caller *caller, void *args)
{
	*(struct clip_context_arm *)args = (struct clip_context_arm) {
		.size = sizeof(struct clip_context_arm), .pidfd = caller->pidfd,
		.flags = below(2) * CLIP_ARM_DISARM,
	};
}

static void bind_group(struct caller *caller, void *args)
{
	struct clip_context_bind *bind = args;

	*bind = (struct clip_context_bind) {
		.size = sizeof(*bind), .cgroup_fd = caller->cgroup,
		.flags = below(2) * CLIP_BIND_UNBIND,
	};
	/* Never the group of the fuzzer itself. */
	snprintf((char *)bind->child, sizeof(bind->child), "fuzzer%u", below(4));
}

static void context_info(struct caller *caller, void *args)
{
	((struct clip_context_info *)args)->size = sizeof(struct clip_context_info);
}

static void kill_context(struct caller *caller, void *args)
{
	*(struct clip_context_kill *)args = (struct clip_context_kill) {
		.size = sizeof(struct clip_context_kill), .signal = once_in(2) ? SIGKILL : below(66),
	};
}

static void device_commit(struct caller *caller, void *args)
{
	const unsigned int count = once_in(16) ? below(64) : below(4);
	const size_t size = count * sizeof(struct clip_device_rule);
	struct clip_device_rule *rules = at_the_end(caller, size);
	struct clip_device_commit *commit = args;

	for (unsigned int i = 0; i < count; i++)
		rules[i] = (struct clip_device_rule) {
			.major = 7, .minor = below(16), .range = below(4), .priority = below(8),
			.permissions = number() & CLIP_DEVICE_ALL,
		};
	if (once_in(4))
		damage(rules, size);
	*commit = (struct clip_device_commit) {
		.size = sizeof(*commit), .mode = CLIP_COMMIT_ADD + below(3),
		.rules = (uintptr_t)rules, .rules_count = count,
		.rule_size = sizeof(struct clip_device_rule),
		.results = once_in(2) ? 0 : (uintptr_t)caller->area.start,
		.results_capacity = once_in(2) ? 0 : below(16),
	};
	if (once_in(3))
		commit->flags = CLIP_COMMIT_DRY_RUN;
	if (once_in(3) && commit->mode == CLIP_COMMIT_REMOVE)
		commit->flags |= CLIP_COMMIT_SKIP_MISSING;
}

static void device_list(struct caller *caller, void *args)
{
	*(struct clip_device_list *)args = (struct clip_device_list) {
		.size = sizeof(struct clip_device_list), .capacity = below(64),
		.rules = (uintptr_t)caller->area.start,
		.rule_size = sizeof(struct clip_device_rule),
	};
}

#define REQUEST(name, target, fill) { #name, CLIP_IOC_##name, target, fill, false }
#define OPENS(name, target, fill) { #name, CLIP_IOC_##name, target, fill, true }

const struct request requests[] = {
	REQUEST(INFO, VERIEXEC, info),
	REQUEST(COMMIT, VERIEXEC, commit),
	REQUEST(QUERY, VERIEXEC, query_file),
	OPENS(CONTEXT_CREATE, VERIEXEC, context_args),
	OPENS(CONTEXT_OPEN, VERIEXEC, context_number),
	REQUEST(CONTEXT_GET, VERIEXEC, context_number),
	REQUEST(CONTEXT_NARROW, VERIEXEC, context_args),
	REQUEST(CONTEXT_DELETE, VERIEXEC, context_number),
	REQUEST(SET_LEVEL, VERIEXEC, context_args),
	REQUEST(SET_UPDATE, VERIEXEC, context_number),
	REQUEST(EXCEPTION, VERIEXEC, exception),
	REQUEST(ASK, VERIEXEC, ask),
	REQUEST(PERMISSIVE, VERIEXEC, permissive),
	REQUEST(RUN_ALLOWED, VERIEXEC, run_allowed),
	REQUEST(TASK_CONTEXT, VERIEXEC, task_context),
	REQUEST(SOCKET_CONTEXT, VERIEXEC, socket_context),
	REQUEST(CONTEXT_SETUP, CONTEXT, setup),
	REQUEST(CONTEXT_ADDRESS, CONTEXT, address),
	REQUEST(CONTEXT_ARM, CONTEXT, arm),
	REQUEST(CONTEXT_BIND, CONTEXT, bind_group),
	REQUEST(CONTEXT_INFO, CONTEXT, context_info),
	REQUEST(CONTEXT_KILL, CONTEXT, kill_context),
	REQUEST(DEVICE_COMMIT, DEVCTL, device_commit),
	REQUEST(DEVICE_LIST, DEVCTL, device_list),
};

const unsigned int requests_count = sizeof(requests) / sizeof(requests[0]);
