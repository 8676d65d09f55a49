// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interpreters that binfmt_misc chooses: a document's entry grants nothing.
 */
#include "active.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "process.h"
#include "script.h"

#include <sys/mount.h>

#include "kselftest_harness.h"

#define XID	3001

/* A context that enforces exec; made before context 0 is active. */
static int strict = -1;

__attribute__((constructor(200))) static void create_before_main(void)
{
	strict = context_create(XID, CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC,
				ALL_CAPS, CLIP_PRIV_ALL);
	/* Programs of the tests bind a port. */
	context_any_address(strict);
}

/*
 * binfmt_misc: the entry of a document grants nothing, whatever the flags of
 * the format are, and even if it has SCRIPT and the interpreter may receive a
 * grant.
 */
FIXTURE(misc)
{
	struct rule document;
	struct rule interp;
};

FIXTURE_VARIANT(misc)
{
	const char *magic;
	const char *flags;
};

#define MISC_VARIANT(name, magic_, flags_) \
	FIXTURE_VARIANT_ADD(misc, name) { .magic = magic_, .flags = flags_ }
MISC_VARIANT(plain, "CLIPDOC", "");
MISC_VARIANT(O, "CLIPDOC", "O");
MISC_VARIANT(C, "CLIPDOC", "OC");
MISC_VARIANT(F, "CLIPDOC", "F");
MISC_VARIANT(CF, "CLIPDOC", "OCF");
/* A file that begins like a script need not be run as one. */
MISC_VARIANT(hashbang, "#!" A, "");
MISC_VARIANT(hashbang_F, "#!" A, "F");
MISC_VARIANT(hashbang_O, "#!" A, "O");

FIXTURE_SETUP(misc)
{
	char rule[256];

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, mkdir(SIDE, 0755));
	ASSERT_EQ(0, copy_file(PROBE, SIDE "/i", 0755));
	ASSERT_EQ(0, mount("binfmt_misc", MISC, "binfmt_misc", 0, NULL));
	snprintf(rule, sizeof(rule), ":clip:M::%s::" SIDE "/i:%s",
		 variant->magic, variant->flags);
	ASSERT_EQ(0, write_text(MISC "/register", rule));
	close(open(DIR "/doc", O_CREAT | O_WRONLY, 0755));
	ASSERT_EQ(0, write_text(DIR "/doc", variant->magic));
	ASSERT_EQ(0, append_byte(DIR "/doc"));
	if (variant->magic[0] == '#')
		ASSERT_EQ(0, write_script(DIR "/doc", A));
	ASSERT_EQ(0, rule_for(&self->document, DIR "/doc", CLIP_ENTRY_EXE));
	self->document.effective = BIND;
	self->document.permitted = BIND;
	ASSERT_EQ(0, rule_for(&self->interp, SIDE "/i", CLIP_ENTRY_EXE |
			      CLIP_ENTRY_INTERP));
}

FIXTURE_TEARDOWN(misc)
{
	write_text(MISC "/clip", "-1");
	umount(MISC);
	umount2(DIR, MNT_DETACH);
}

TEST_F(misc, document_grants_nothing)
{
	ASSERT_EQ(0, load(&self->document));
	EXPECT_PLAIN(probe_run(DIR "/doc", USER_ID));
	ASSERT_EQ(0, load(&self->interp));
	EXPECT_PLAIN(probe_run(DIR "/doc", USER_ID));
	ASSERT_EQ(0, unload(DIR "/doc"));
	self->document.flags |= CLIP_ENTRY_SCRIPT;
	ASSERT_EQ(0, load(&self->document));
	EXPECT_STRIPPED(DIR "/doc", USER_ID);
	ASSERT_EQ(0, unload(SIDE "/i"));
	EXPECT_STRIPPED(DIR "/doc", USER_ID);
	/* The file is still verified. */
	ASSERT_EQ(0, append_byte(DIR "/doc"));
	EXPECT_EQ(EACCES, probe_run(DIR "/doc", USER_ID).error);
}

/*
 * The interpreter's own entry counts, except with C, where the document's entry
 * does.
 */
TEST_F(misc, interpreter_by_itself)
{
	struct probe p;

	self->interp.flags = CLIP_ENTRY_EXE;
	self->interp.effective = BIND;
	self->interp.permitted = BIND;
	ASSERT_EQ(0, load(&self->interp));
	p = probe_run(DIR "/doc", USER_ID);
	if (strchr(variant->flags, 'C')) {
		EXPECT_PLAIN(p);
	} else {
		EXPECT_GRANTED(p);
	}
}

static int prepare_to_enter(void *data)
{
	const int fd = *(int *)data;

	close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
	own_memory();
	return context_enter(fd);
}

/*
 * A handler belongs to a user namespace: what context 0 has registered serves
 * the programs of a context in that namespace. The context decides about the
 * interpreter as about every other file of an exec.
 */
TEST_F(misc, handler_of_context_0_in_a_context)
{
	struct probe run;

	ASSERT_LE(0, strict);
	ASSERT_EQ(0, allow(DIR "/doc", XID));
	EXPECT_EQ(EACCES, probe_run_fn(DIR "/doc", USER_ID, prepare_to_enter,
				       &strict).error);
	ASSERT_EQ(0, allow(SIDE "/i", XID));
	run = probe_run_fn(DIR "/doc", USER_ID, prepare_to_enter, &strict);
	EXPECT_EQ(0, run.error);
	EXPECT_EQ(0, run.effective);
	EXPECT_EQ(EACCES, run.bound);
	ASSERT_EQ(0, disallow(SIDE "/i", XID));
	EXPECT_EQ(EACCES, probe_run_fn(DIR "/doc", USER_ID, prepare_to_enter,
				       &strict).error);
	ASSERT_EQ(0, disallow(DIR "/doc", XID));
}

TEST_HARNESS_MAIN
