// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules: requests for them by the kernel, and those that are listed, with the
 * privilege MODULE required and then with kernel.clip.listed_modules.
 */
#include "device.h"
#include "digest.h"
#include "files.h"
#include "image.h"
#include "latch.h"
#include "surface_fixture.h"

#include "kselftest_harness.h"

#define HELPER	"/run/clip-module-helper"
#define ASKED	"/run/clip-module-asked"

static int set_modprobe(const char *path)
{
	return write_text("/proc/sys/kernel/modprobe", path);
}

/* Whether the kernel ran its helper, and the answer to the caller. */
static long request(const char *path, uid_t uid, const char *command,
		    bool *asked)
{
	const struct act act = { .command = command };
	bool refused;
	long got;

	unlink(ASKED);
	got = act_by(path, uid, &act, &refused);
	*asked = !access(ASKED, F_OK);
	return got;
}

/* The kernel requests modules on behalf of a task that needs them. */
TEST_F(surface, module_requests)
{
	static const struct {
		const char *command;
		uid_t uid;
		long error;
	} requests[] = {
		{ "socket 9 5 0", 0, EAFNOSUPPORT },
		{ "socket 9 5 0", USER_ID, EAFNOSUPPORT },
		{ "mount nosuchfs", 0, ENODEV },
	};
	static const char script[] = "#!/bin/sh\n: >" ASKED "\n";
	char only[64], others[64];
	bool asked;
	int fd = open(HELPER, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(script) - 1, write(fd, script, sizeof(script) - 1));
	close(fd);
	ASSERT_EQ(0, set_modprobe(HELPER));
	path_of(only, "only", CLIP_PRIV_MODULE);
	path_of(others, "others", CLIP_PRIV_MODULE);
	for (size_t i = 0; i < 3; i++) {
		const uid_t uid = requests[i].uid;
		const char *command = requests[i].command;

		EXPECT_EQ(requests[i].error,
			  request(only, uid, command, &asked));
		EXPECT_TRUE(asked) {
			TH_LOG("%s, uid %u", command, uid);
		}
		EXPECT_EQ(requests[i].error,
			  request(others, uid, command, &asked));
		EXPECT_FALSE(asked) {
			TH_LOG("%s, uid %u", command, uid);
		}
		EXPECT_EQ(requests[i].error,
			  request(DIR "/none", uid, command, &asked));
		EXPECT_FALSE(asked);
	}
	set_modprobe("/sbin/modprobe");
	unlink(HELPER);
	unlink(ASKED);
}

static int list_module(const char *path)
{
	struct rule rule = {
		.path = path, .flags = CLIP_ENTRY_LIB,
		.algorithm = CLIP_ALGO_SHA256, .digest_size = 32,
	};

	return sha256_file(path, rule.digest) ?: load(&rule);
}

/*
 * A listed module must match its entry to be loaded, whatever privilege the
 * loader has.
 */
TEST_F(surface, modules_and_entries)
{
	const struct act listed = { .command = "finitmodule " DIR "/listed" };
	const struct act copy = { .command = "finitmodule " DIR "/copy" };
	const struct act memory = { .command = "initmodule" };
	const struct act memfd = { .command = "finitmemfd" };
	uint8_t other[sizeof(no_module)] = "another one";
	bool refused;
	char path[64];

	path_of(path, "only", CLIP_PRIV_MODULE);
	ASSERT_EQ(0, write_module(DIR "/listed", no_module));
	ASSERT_EQ(0, write_module(DIR "/copy", no_module));
	ASSERT_EQ(0, list_module(DIR "/listed"));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(EPERM, act_by(DIR "/none", 0, &listed, &refused));
	ASSERT_EQ(0, write_module(DIR "/listed", other));
	EXPECT_EQ(EACCES, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &copy, &refused));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &memory, &refused));

	/* From here on, modules that are not listed are not loaded. */
	ASSERT_EQ(0, latch("listed_modules"));
	ASSERT_EQ(0, set_latch("listed_modules", "1"));
	EXPECT_EQ(1, latch("listed_modules"));
	EXPECT_EQ(EACCES, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(EACCES, act_by(path, 0, &copy, &refused));
	EXPECT_EQ(EACCES, act_by(path, 0, &memory, &refused));
	EXPECT_EQ(EACCES, act_by(path, 0, &memfd, &refused));
	EXPECT_EQ(EPERM, act_by(DIR "/none", 0, &copy, &refused));
	ASSERT_EQ(0, write_module(DIR "/listed", no_module));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &listed, &refused));
	EXPECT_EQ(EPERM, act_by(path, USER_ID, &listed, &refused));
	ASSERT_EQ(0, list_module(DIR "/copy"));
	EXPECT_EQ(ENOEXEC, act_by(path, 0, &copy, &refused));
	ASSERT_EQ(0, set_latch("listed_modules", "0"));
	EXPECT_EQ(1, latch("listed_modules"));
}

TEST_HARNESS_MAIN
