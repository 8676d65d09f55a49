// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request of both devices with one fault in it: for each N, the Nth
 * allocation or copy of user memory fails, until the request does not get that
 * far. A request that returns an error has changed nothing and has left no
 * descriptor; one that returns success has done what it was asked for (V-27,
 * faults 11, 31 and 32).
 */
#include "contexts.h"
#include "context/requests.h"
#include "device.h"
#include "device/table.h"
#include "fault.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <dirent.h>
#include <sys/mount.h>

#include "kselftest_harness.h"

#define PLACE	"/tmp/fault"
#define A	PLACE "/a"
#define B	PLACE "/b"
#define CHANGED	PLACE "/changed"
#define XID	4078
#define MOST	2000	/* more faults than any request has places for */

static int device, devctl;

/* What a request works on. Made before each try, undone after it. */
static struct {
	struct clip_context_args context;
	struct clip_commit commit;
	struct clip_result results[8];
	struct clip_device_commit change;
	struct clip_query query;
	void *image;
	size_t image_size;
	int result;		/* of the ioctl, if it is a descriptor */
} now;

static const struct clip_device_rule device_rules[] = {
	LOOP_RULE(0, 0, 2, R | W), LOOP_RULE(1, 0, 2, R | W),
};

/*
 * @before: makes what the request needs
 * @call: the request; returns 0 or an errno value
 * @done: whether the request has taken effect
 * @undo: takes back what it did, and what @before did
 */
struct request {
	const char *name;
	int (*before)(void);
	int (*call)(void);
	bool (*done)(void);
	int (*undo)(bool done);
};

/* ------------------------------------------------------------- commits */

static struct rule rules[3];	/* two files and an allow digest */

static int commit_prepare(uint32_t mode, uint32_t flags)
{
	free(now.image);
	now.image = image_make(rules, 3, &now.image_size);
	now.commit = (struct clip_commit) {
		.size = sizeof(now.commit), .mode = mode, .flags = flags,
		.image = (uintptr_t)now.image, .image_size = now.image_size,
		.results = (uintptr_t)now.results, .results_capacity = 8,
	};
	return now.image ? 0 : ENOMEM;
}

static int call_commit(void)
{
	return ioctl(device, CLIP_IOC_COMMIT, &now.commit) ? errno : 0;
}

static bool listed(void)
{
	return query(A, 0, NULL) == CLIP_STATE_LISTED &&
	       query(B, 0, NULL) == CLIP_STATE_LISTED;
}

static bool unlisted(void)
{
	return query(A, 0, NULL) == CLIP_STATE_UNLISTED &&
	       query(B, 0, NULL) == CLIP_STATE_UNLISTED;
}

static int remove_rules(bool done)
{
	return commit_rules(rules, 3, CLIP_COMMIT_REMOVE,
			    CLIP_COMMIT_SKIP_MISSING, NULL);
}

static int add_before(void)
{
	return commit_prepare(CLIP_COMMIT_ADD, 0);
}

static int trial_before(void)
{
	return commit_prepare(CLIP_COMMIT_ADD, CLIP_COMMIT_DRY_RUN);
}

static int replace_before(void)
{
	return commit_rules(rules, 1, CLIP_COMMIT_ADD, 0, NULL) ?:
	       commit_prepare(CLIP_COMMIT_REPLACE, 0);
}

static int beside_before(void)
{
	return commit_rules(rules, 1, CLIP_COMMIT_ADD, 0, NULL) ?:
	       commit_prepare(CLIP_COMMIT_ADD, CLIP_COMMIT_BESIDE);
}

static int remove_before(void)
{
	return commit_rules(rules, 3, CLIP_COMMIT_ADD, 0, NULL) ?:
	       commit_prepare(CLIP_COMMIT_REMOVE, 0);
}

/* ------------------------------------------------------------- queries */

/* An entry whose file has another content now. */
static int query_before(void)
{
	struct rule rule;
	int err = copy_file(PROBE, CHANGED, 0755) ?:
		  rule_for(&rule, CHANGED, CLIP_ENTRY_EXE) ?:
		  append_byte(CHANGED) ?: load(&rule);

	now.query = (struct clip_query) {
		.size = sizeof(now.query), .context = CLIP_CONTEXT_OWN,
		.flags = CLIP_QUERY_VERIFY,
		.fd = open(CHANGED, O_RDONLY | O_CLOEXEC),
	};
	return err;
}

static int call_query(void)
{
	return ioctl(device, CLIP_IOC_QUERY, &now.query) ? errno : 0;
}

/* Whatever failed on the way, a changed file is never said to match. */
static bool query_refused(void)
{
	return now.query.state == CLIP_STATE_REFUSED && now.query.error;
}

static int query_undo(bool done)
{
	close(now.query.fd);
	return unload(CHANGED);
}

static int ask_before(void)
{
	now.query.fd = open(A, O_RDONLY | O_CLOEXEC);
	return now.query.fd < 0 ? errno : 0;
}

static int call_ask(void)
{
	struct clip_ask ask = { .size = sizeof(ask), .fd = now.query.fd };

	return ioctl(device, CLIP_IOC_ASK, &ask) ? errno : 0;
}

static int ask_undo(bool done)
{
	return close(now.query.fd) ? errno : 0;
}

static int call_info(void)
{
	struct clip_info info = { .size = sizeof(info) };

	return ioctl(device, CLIP_IOC_INFO, &info) ? errno : 0;
}

/* ------------------------------------------------------------ contexts */

static void context_args(void)
{
	now.context = (struct clip_context_args) {
		.size = sizeof(now.context), .xid = XID,
		.cap_bound = BIND | KILL, .priv_bound = CLIP_PRIV_ALL,
	};
}

static int without_context(void)
{
	context_args();
	return 0;
}

static int with_context(void)
{
	int fd;

	context_args();
	fd = context_create(XID, 0, BIND | KILL, CLIP_PRIV_ALL);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int call_context(unsigned long request)
{
	now.result = ioctl(device, request, &now.context);
	return now.result < 0 ? errno : 0;
}

static int call_create(void)
{
	return call_context(CLIP_IOC_CONTEXT_CREATE);
}

static int call_open(void)
{
	return call_context(CLIP_IOC_CONTEXT_OPEN);
}

static int call_get(void)
{
	return call_context(CLIP_IOC_CONTEXT_GET);
}

static int call_narrow(void)
{
	now.context.cap_bound = BIND;
	return call_context(CLIP_IOC_CONTEXT_NARROW);
}

static int call_delete(void)
{
	return call_context(CLIP_IOC_CONTEXT_DELETE);
}

static int call_set_level(void)
{
	now.context.level = CLIP_LEVEL_ACTIVE;
	return call_context(CLIP_IOC_SET_LEVEL);
}

static struct clip_exception exception_for(uint32_t seconds)
{
	return (struct clip_exception) {
		.size = sizeof(struct clip_exception), .context = XID,
		.seconds = seconds, .algorithm = CLIP_ALGO_SHA256,
		.digest_size = 32, .digest = { 1 },
	};
}

static int call_exception(void)
{
	struct clip_exception args = exception_for(600);

	return ioctl(device, CLIP_IOC_EXCEPTION, &args) ? errno : 0;
}

static int with_exception(void)
{
	return with_context() ?: call_exception();
}

static int call_exception_end(void)
{
	struct clip_exception args = exception_for(0);

	return ioctl(device, CLIP_IOC_EXCEPTION, &args) ? errno : 0;
}

static bool one_exception(void)
{
	return listed_exceptions() == 1;
}

static bool no_exception(void)
{
	return listed_exceptions() == 0;
}

static int call_permissive(void)
{
	struct clip_permissive args = {
		.size = sizeof(args), .context = XID, .seconds = 600,
	};

	return ioctl(device, CLIP_IOC_PERMISSIVE, &args) ? errno : 0;
}

static int run_allowed(uint32_t seconds)
{
	struct clip_run_allowed args = {
		.size = sizeof(args), .seconds = seconds,
	};

	return ioctl(device, CLIP_IOC_RUN_ALLOWED, &args) ? errno : 0;
}

static int call_run_allowed(void)
{
	return run_allowed(600);
}

static int run_allowed_undo(bool done)
{
	return run_allowed(0);
}

static bool got(struct clip_context_args *args)
{
	*args = (struct clip_context_args) { .xid = XID };
	return !context_call(CLIP_IOC_CONTEXT_GET, args);
}

static bool context_there(void)
{
	struct clip_context_args args;

	return got(&args) && args.cap_bound == (BIND | KILL);
}

static bool context_narrowed(void)
{
	struct clip_context_args args;

	return got(&args) && args.cap_bound == BIND;
}

static bool context_active(void)
{
	struct clip_context_args args;

	return got(&args) && (args.level & CLIP_LEVEL_ACTIVE);
}

static bool context_permissive(void)
{
	struct clip_context_args args;

	return got(&args) && (args.level & CLIP_LEVEL_PERMISSIVE);
}

static bool context_gone(void)
{
	struct clip_context_args args;

	return !got(&args);
}

static int create_undo(bool done)
{
	if (!done)
		return 0;
	close(now.result);
	return context_delete(XID);
}

static int open_undo(bool done)
{
	if (done)
		close(now.result);
	return context_delete(XID);
}

static int context_undo(bool done)
{
	return context_delete(XID);
}

static int delete_undo(bool done)
{
	return done ? 0 : context_delete(XID);
}

/* ------------------------------------------------------ table of devices */

static void change_prepare(uint32_t mode)
{
	now.change = (struct clip_device_commit) {
		.size = sizeof(now.change), .mode = mode,
		.results_capacity = 8, .results = (uintptr_t)now.results,
		.rules = (uintptr_t)device_rules, .rules_count = 2,
		.rule_size = sizeof(*device_rules),
	};
}

static int change_before(void)
{
	change_prepare(CLIP_COMMIT_ADD);
	return 0;
}

static int change_replace_before(void)
{
	change_prepare(CLIP_COMMIT_REPLACE);
	return change_table(CLIP_COMMIT_ADD, device_rules, 1, NULL);
}

static int change_remove_before(void)
{
	change_prepare(CLIP_COMMIT_REMOVE);
	return change_table(CLIP_COMMIT_ADD, device_rules, 2, NULL);
}

static int call_change(void)
{
	return ioctl(devctl, CLIP_IOC_DEVICE_COMMIT, &now.change) ? errno : 0;
}

static int call_list(void)
{
	struct clip_device_rule found[8];
	struct clip_device_list list = {
		.size = sizeof(list), .capacity = 8,
		.rules = (uintptr_t)found, .rule_size = sizeof(*found),
	};

	return ioctl(devctl, CLIP_IOC_DEVICE_LIST, &list) ? errno : 0;
}

static bool two_devices(void)
{
	return rules_in_force() == 2;
}

static bool no_device(void)
{
	return rules_in_force() == 0;
}

static int change_undo(bool done)
{
	const uint32_t count = rules_in_force();

	return count ? change_table(CLIP_COMMIT_REMOVE, device_rules, count,
				    NULL) : 0;
}

/* ------------------------------------------------------------------ all */

static int nothing_before(void)
{
	return 0;
}

static int nothing_undone(bool done)
{
	return 0;
}

static bool yes(void)
{
	return true;
}

static const struct request requests[] = {
	{ "INFO", nothing_before, call_info, yes, nothing_undone },
	{ "COMMIT add", add_before, call_commit, listed, remove_rules },
	{ "COMMIT dry run", trial_before, call_commit, unlisted,
	  nothing_undone },
	{ "COMMIT beside", beside_before, call_commit, listed, remove_rules },
	{ "COMMIT replace", replace_before, call_commit, listed,
	  remove_rules },
	{ "COMMIT remove", remove_before, call_commit, unlisted,
	  remove_rules },
	{ "QUERY", query_before, call_query, query_refused, query_undo },
	{ "CONTEXT_CREATE", without_context, call_create, context_there,
	  create_undo },
	{ "CONTEXT_OPEN", with_context, call_open, context_there, open_undo },
	{ "CONTEXT_GET", with_context, call_get, context_there,
	  context_undo },
	{ "CONTEXT_NARROW", with_context, call_narrow, context_narrowed,
	  context_undo },
	{ "CONTEXT_DELETE", with_context, call_delete, context_gone,
	  delete_undo },
	{ "SET_LEVEL", with_context, call_set_level, context_active,
	  context_undo },
	{ "ASK", ask_before, call_ask, yes, ask_undo },
	{ "EXCEPTION", with_context, call_exception, one_exception,
	  context_undo },
	{ "EXCEPTION end", with_exception, call_exception_end, no_exception,
	  context_undo },
	{ "PERMISSIVE", with_context, call_permissive, context_permissive,
	  context_undo },
	{ "RUN_ALLOWED", nothing_before, call_run_allowed, yes,
	  run_allowed_undo },
	{ "DEVICE_COMMIT add", change_before, call_change, two_devices,
	  change_undo },
	{ "DEVICE_COMMIT replace", change_replace_before, call_change,
	  two_devices, change_undo },
	{ "DEVICE_COMMIT remove", change_remove_before, call_change, no_device,
	  change_undo },
	{ "DEVICE_LIST", nothing_before, call_list, yes, nothing_undone },
};

/* The store, the contexts, the table of devices and our descriptors, as text. */
static char *everything(void)
{
	struct clip_device_rule found[8];
	struct clip_device_list list;
	char *store = state_text(), *text = NULL;
	int descriptors = 0;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	DIR *dir = opendir("/proc/self/fd");

	while (dir && readdir(dir))
		descriptors++;
	if (dir)
		closedir(dir);
	fprintf(out, "%sdescriptors %d exceptions %d\n", store, descriptors,
		listed_exceptions());
	if (!list_table(&list, found, 8)) {
		fprintf(out, "devices %llu %u\n", list.generation, list.count);
		for (uint32_t i = 0; i < list.count; i++)
			fprintf(out, "%u:%u %#x\n", found[i].major,
				found[i].minor, found[i].permissions);
	}
	fclose(out);
	free(store);
	return text;
}

FIXTURE(faults) { };

FIXTURE_SETUP(faults)
{
	ASSERT_EQ(0, fault_prepare());
	ASSERT_EQ(0, private_tmpfs(PLACE, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, B, 0755));
	ASSERT_EQ(0, append_byte(B));
	ASSERT_EQ(0, rule_for(&rules[0], A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, rule_for(&rules[1], B, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, allow_rule(&rules[2], B, 0));
	device = device_open();
	devctl = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, device);
	ASSERT_LE(0, devctl);
}

FIXTURE_TEARDOWN(faults)
{
	close(device);
	close(devctl);
	umount2(PLACE, MNT_DETACH);
}

/* Returns whether a fault happened, so that there may be one further on. */
static bool try_one(struct __test_metadata *_metadata,
		    const struct request *request, unsigned int nth,
		    unsigned int *failed)
{
	char *before, *after;
	bool happened, done;
	int err;

	ASSERT_EQ(0, request->before());
	before = everything();
	ASSERT_EQ(0, fault_arm(nth));
	err = request->call();
	happened = fault_disarm();
	done = !err;
	if (err) {
		after = everything();
		EXPECT_STREQ(before, after) {
			TH_LOG("%s, fault %u: error %d and an effect",
			       request->name, nth, err);
		}
		/* A fault has an errno value of its own. */
		EXPECT_TRUE(err == ENOMEM || err == EFAULT) {
			TH_LOG("%s, fault %u: error %d", request->name, nth,
			       err);
		}
		EXPECT_TRUE(happened);
		free(after);
		++*failed;
		/* The state may have changed although it must not. */
		done = request->done == context_gone && context_gone();
	} else {
		EXPECT_TRUE(request->done()) {
			TH_LOG("%s, fault %u: success and no effect",
			       request->name, nth);
		}
	}
	EXPECT_EQ(0, request->undo(done));
	free(before);
	return happened;
}

TEST_F_TIMEOUT(faults, each_request, 600)
{
	unsigned int failed, nth;

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		failed = 0;
		for (nth = 1; nth < MOST; nth++)
			if (!try_one(_metadata, &requests[i], nth, &failed))
				break;
		TH_LOG("%s: %u places, %u errors", requests[i].name, nth - 1,
		       failed);
		EXPECT_GT(MOST, nth);
		/* At least reading the request can fail. */
		EXPECT_LT(0, failed);
	}
}

TEST_HARNESS_MAIN
