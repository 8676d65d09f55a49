// SPDX-License-Identifier: GPL-2.0-only
#include "matrix_files.h"

#include "device.h"
#include "files.h"
#include "image.h"
#include "loop.h"
#include "memory/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is known of a file; the flags of its entry are added to LISTED. */
enum state {
	UNLISTED,
	LISTED,
	ALLOWED,
	CHANGED,		/* after it was listed */
	CHANGED_ALLOWED,	/* and the new content is allowed */
	TWO,			/* two entries, of which the second matches */
	TWO_WRONG,
	ROOT_ONLY,
	ROOT_ONLY_CHANGED,
	LIBRARY,
	LIBRARY_CHANGED,
	KTHREAD,
	KTHREAD_CHANGED,
	NEEDS,
	CHECKS,
	JIT,
	JIT_CHANGED,
	GRANT,
	GRANT_CHANGED,
	INDIRECT,
	STATES
};

static const uint32_t flags_of[STATES] = {
	[ROOT_ONLY] = CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDROOT,
	[ROOT_ONLY_CHANGED] = CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDROOT,
	[LIBRARY] = CLIP_ENTRY_LIB,
	[LIBRARY_CHANGED] = CLIP_ENTRY_LIB,
	[KTHREAD] = CLIP_ENTRY_EXE | CLIP_ENTRY_KTHREAD,
	[KTHREAD_CHANGED] = CLIP_ENTRY_EXE | CLIP_ENTRY_KTHREAD,
	[NEEDS] = CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDLIBS,
	[CHECKS] = CLIP_ENTRY_EXE | CLIP_ENTRY_CHECKLIBS,
	[JIT] = CLIP_ENTRY_EXE | CLIP_ENTRY_JIT,
	[JIT_CHANGED] = CLIP_ENTRY_EXE | CLIP_ENTRY_JIT,
	[INDIRECT] = CLIP_ENTRY_EXE | CLIP_ENTRY_INDIRECT,
};

static const mode_t modes[] = { 0755, 0644, 0700, 0711, 0070, 0001, 04755 };

static struct matrix *files;
static int failure;
static unsigned int serial;

/* Keeps the first error. */
static void check(int err, const char *what)
{
	if (err && !failure) {
		failure = err;
		fprintf(stderr, "# %s: %s\n", what, strerror(err));
	}
}

static void check_call(int result, const char *what)
{
	check(result < 0 ? errno : 0, what);
}

static char *remember(const char *path)
{
	if (files->count == MOST_FILES) {
		check(ENOSPC, path);
		return files->paths[0];
	}
	return files->paths[files->count++] = strdup(path);
}

/* The rules, and those that are added beside them; see enter_rules(). */
static struct rule rules[2][MOST_FILES];
static unsigned int rule_count[2];

static void load_all(const struct rule *rule, uint32_t flags)
{
	const bool second = flags == CLIP_COMMIT_BESIDE;

	if (rule_count[second] == MOST_FILES)
		check(ENOSPC, rule->path);
	else
		rules[second][rule_count[second]++] = *rule;
}

/* One commit for each context, because each waits for a grace period. */
static void load_rules(void)
{
	static const uint32_t contexts[] = { 0, ALL_RIGHTS, NO_RIGHTS };

	for (unsigned int i = 0; i < 3; i++)
		for (int second = 0; second < 2; second++) {
			for (unsigned int r = 0; r < rule_count[second]; r++)
				rules[second][r].context = contexts[i];
			check(commit_rules(rules[second], rule_count[second],
					   CLIP_COMMIT_ADD,
					   second ? CLIP_COMMIT_BESIDE : 0, NULL),
			      "rules");
		}
}

static void list(const char *path, uint32_t flags, bool right, uint32_t commit)
{
	struct rule rule;

	check(rule_for(&rule, path, flags ?: CLIP_ENTRY_EXE), path);
	if (!right)
		rule.digest[0] ^= 0x55;
	load_all(&rule, commit);
}

static void list_granted(const char *path, bool right)
{
	struct rule rule;

	check(rule_for(&rule, path, CLIP_ENTRY_EXE), path);
	if (!right)
		rule.digest[0] ^= 0x55;
	rule.effective = RAW;
	rule.permitted = RAW;
	load_all(&rule, 0);
}

static void allow_content(const char *path)
{
	struct rule rule;

	check(allow_rule(&rule, path, 0), path);
	load_all(&rule, 0);
}

static void enter_rules(const char *path, enum state state)
{
	switch (state) {
	case UNLISTED:
	case STATES:
		break;
	case ALLOWED:
		allow_content(path);
		break;
	case CHANGED_ALLOWED:
		list(path, 0, false, 0);
		allow_content(path);
		break;
	case TWO:
		list(path, 0, false, 0);
		list(path, 0, true, CLIP_COMMIT_BESIDE);
		break;
	case TWO_WRONG: {
		struct rule rule;

		list(path, 0, false, 0);
		check(rule_for(&rule, path, CLIP_ENTRY_EXE), path);
		rule.digest[1] ^= 0x55;
		load_all(&rule, CLIP_COMMIT_BESIDE);
		break;
	}
	case CHANGED:
	case ROOT_ONLY_CHANGED:
	case LIBRARY_CHANGED:
	case KTHREAD_CHANGED:
	case JIT_CHANGED:
		list(path, flags_of[state], false, 0);
		break;
	case GRANT:
	case GRANT_CHANGED:
		list_granted(path, state == GRANT);
		break;
	default:
		list(path, flags_of[state], true, 0);
		break;
	}
}

/* Each file has a content of its own, so that a digest allows no other. */
static void make_unique(const char *path, off_t offset)
{
	char text[16];

	snprintf(text, sizeof(text), "%08u", ++serial);
	check(write_at(path, offset, text), path);
}

static char *name(const char *directory, const char *kind, int state, int mode)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s-%d-%o", directory, kind, state,
		 mode);
	return remember(path);
}

/* A program that ends at once, in a directory. */
static char *program(const char *directory, const char *kind, enum state state,
		     mode_t mode)
{
	char *path = name(directory, kind, state, mode);

	check(make_elf64(path, EXIT_64, sizeof(EXIT_64) - 1, NULL, NULL, 0),
	      path);
	make_unique(path, 0xd00);
	check_call(chmod(path, mode), path);
	enter_rules(path, state);
	return path;
}

static void states_and_modes(void)
{
	for (int state = 0; state < STATES; state++)
		for (unsigned int i = 0; i < sizeof(modes) / sizeof(*modes); i++)
			program(PLACE, "plain", state, modes[i]);
}

/* --- headers ---------------------------------------------------------------- */

static const struct {
	const char *name;
	struct segment segments[2];
	unsigned int count;
} headers[] = {
	{ "stack", { { PT_GNU_STACK, PF_R | PF_W | PF_X, 0, 0 } }, 1 },
	{ "nostack", { { PT_GNU_STACK, PF_R | PF_W, 0, 0 } }, 1 },
	{ "wx", { { PT_LOAD, PF_R | PF_W | PF_X, 4096, 4096 } }, 1 },
	{ "bss", { { PT_LOAD, PF_R | PF_X, 4096, 8192 } }, 1 },
	{ "data", { { PT_LOAD, PF_R | PF_W, 4096, 8192 } }, 1 },
	{ "plain", {}, 0 },
};

static const enum state some[] = { UNLISTED, LISTED, ALLOWED, CHANGED, JIT };

static void programs_with_headers(void)
{
	char kind[32], *path;

	for (unsigned int i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		for (unsigned int s = 0; s < sizeof(some) / sizeof(*some); s++) {
			snprintf(kind, sizeof(kind), "wide-%s", headers[i].name);
			path = name(PLACE, kind, some[s], 0755);
			check(make_elf64(path, EXIT_64, sizeof(EXIT_64) - 1,
					 NULL, headers[i].segments,
					 headers[i].count), path);
			make_unique(path, 0xd00);
			enter_rules(path, some[s]);
			snprintf(kind, sizeof(kind), "narrow-%s",
				 headers[i].name);
			path = name(PLACE, kind, some[s], 0755);
			check(make_elf32(path, EXIT_32, sizeof(EXIT_32) - 1,
					 headers[i].segments, headers[i].count),
			      path);
			make_unique(path, 0xd00);
			enter_rules(path, some[s]);
		}
}

/* Headers that the kernel does not load, and one that it ignores. */
static const struct {
	const char *name;
	off_t offset;
	const char *bytes;
	size_t size;
} damage[] = {
	{ "magic", 0, "\x7e", 1 },
	{ "class", 4, "\1", 1 },
	{ "relocatable", offsetof(Elf64_Ehdr, e_type), "\1\0", 2 },
	{ "machine", offsetof(Elf64_Ehdr, e_machine), "\x28\0", 2 },
	{ "headers", offsetof(Elf64_Ehdr, e_phnum), "\0\0", 2 },
	{ "header-size", offsetof(Elf64_Ehdr, e_phentsize), "\x20\0", 2 },
	{ "header-place", offsetof(Elf64_Ehdr, e_phoff), "\0\0\1\0", 4 },
};

static void put_content(const char *kind, const char *text, size_t size)
{
	for (int state = UNLISTED; state <= CHANGED; state++) {
		char *path = name(PLACE, kind, state, 0755), bytes[600];

		memcpy(bytes, text, size);
		/* An empty file stays empty. */
		if (size)
			size = size < 500 ? size : 500;
		check(put_file(path, bytes, size), path);
		if (size) {
			snprintf(bytes, sizeof(bytes), "\n%08u\n", ++serial);
			check(write_at(path, size, bytes), path);
			enter_rules(path, state);
		} else if (state != ALLOWED) {
			enter_rules(path, state);
		}
	}
}

static void what_is_not_a_program(void)
{
	for (unsigned int i = 0; i < sizeof(damage) / sizeof(*damage); i++) {
		char *path = program(PLACE, damage[i].name, ALLOWED, 0755);
		int fd = open(path, O_WRONLY | O_CLOEXEC);

		check_call(pwrite(fd, damage[i].bytes, damage[i].size,
				  damage[i].offset), path);
		close(fd);
		allow_content(path);
	}
	put_content("text", "abc", 3);
	put_content("empty", "", 0);
	put_content("short", "\x7f" "ELF\2\1\1", 7);
	put_content("hash", "#", 1);
	put_content("bang", "#!", 2);
	put_content("blank", "#!  \t ", 6);
}

/* --- scripts ---------------------------------------------------------------- */

static void script(const char *kind, const char *line, size_t size)
{
	put_content(kind, line, size);
}

static void script_for(const char *kind, const char *interpreter)
{
	char line[400];

	script(kind, line, snprintf(line, sizeof(line), "#!%s", interpreter));
}

static void scripts(void)
{
	char line[600], kind[32], *last;
	const char *good = program(PLACE, "interpreter", ALLOWED, 0755);

	script_for("s-allowed", good);
	for (int state = 0; state < STATES; state++) {
		snprintf(kind, sizeof(kind), "s-state%d", state);
		script_for(kind, program(PLACE, "i", state, 0755));
	}
	for (unsigned int i = 1; i < sizeof(modes) / sizeof(*modes); i++) {
		snprintf(kind, sizeof(kind), "s-mode%u", i);
		script_for(kind, program(PLACE, "im", ALLOWED, modes[i]));
	}
	script_for("s-noexec", program(PLACE "/noexec", "i", ALLOWED, 0755));
	script_for("s-nosuid", program(PLACE "/nosuid", "i", ALLOWED, 0755));
	script_for("s-closed", program(PLACE "/closed", "i", ALLOWED, 0755));
	script_for("s-missing", "/nonexistent/interpreter");
	script_for("s-directory", PLACE "/noexec");
	script_for("s-relative", "matrix/interpreter-2-755");
	snprintf(line, sizeof(line), "\t%s\targument", good);
	script_for("s-tabs", line);
	snprintf(line, sizeof(line), "%s\r", good);
	script_for("s-return", line);
	script("s-nul", line, snprintf(line, sizeof(line), "#!%s%cx", good, 0));
	snprintf(line, sizeof(line), "%s %0400d", good, 1);
	script_for("s-long", line);
	script("s-truncated", line, snprintf(line, sizeof(line), "#!/%0300d", 1));
	/* Interpreters that are scripts. */
	last = strdup(good);
	for (unsigned int depth = 1; depth <= 7; depth++) {
		snprintf(line, sizeof(line), PLACE "/depth%u-2-755", depth);
		snprintf(kind, sizeof(kind), "depth%u", depth);
		script_for(kind, last);
		last = strdup(line);
	}
	script_for("loop", PLACE "/loop-2-755");
	script_for("s-text", PLACE "/text-2-755");
}

/* --- loaders ---------------------------------------------------------------- */

/* A loader that runs at any address. */
static char *loader(const char *directory, const char *kind, enum state state,
		    mode_t mode, const struct segment *segment)
{
	static const uint16_t type = ET_DYN;
	static const uint64_t entry = 0xf00, base;
	char *path = name(directory, kind, state, mode);
	int fd;

	check(make_elf64(path, EXIT_64, sizeof(EXIT_64) - 1, NULL, segment,
			 !!segment), path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	pwrite(fd, &type, sizeof(type), offsetof(Elf64_Ehdr, e_type));
	pwrite(fd, &entry, sizeof(entry), offsetof(Elf64_Ehdr, e_entry));
	pwrite(fd, &base, sizeof(base), sizeof(Elf64_Ehdr) +
	       offsetof(Elf64_Phdr, p_vaddr));
	close(fd);
	make_unique(path, 0xd00);
	check_call(chmod(path, mode), path);
	enter_rules(path, state);
	return path;
}

static void dynamic(const char *kind, const char *interpreter)
{
	static const enum state all[] = {
		UNLISTED, LISTED, ALLOWED, CHANGED, NEEDS, CHECKS, JIT,
	};

	for (unsigned int i = 0; i < sizeof(all) / sizeof(*all); i++) {
		char *path = name(PLACE, kind, all[i], 0755);

		check(make_elf64(path, EXIT_64, sizeof(EXIT_64) - 1,
				 interpreter, NULL, 0), path);
		make_unique(path, 0xd00);
		enter_rules(path, all[i]);
	}
}

static void loaders(void)
{
	static const enum state all[] = {
		UNLISTED, LISTED, ALLOWED, CHANGED, LIBRARY, LIBRARY_CHANGED,
		NEEDS,
	};
	static const struct segment writable = {
		PT_LOAD, PF_R | PF_W | PF_X, 4096, 4096
	};
	char kind[32];

	for (unsigned int i = 0; i < sizeof(all) / sizeof(*all); i++) {
		snprintf(kind, sizeof(kind), "d-state%d", all[i]);
		dynamic(kind, loader(PLACE, "ld", all[i], 0755, NULL));
	}
	dynamic("d-mode", loader(PLACE, "ld", LIBRARY, 0644, NULL));
	dynamic("d-private", loader(PLACE, "ld", LIBRARY, 0700, NULL));
	dynamic("d-noexec", loader(PLACE "/noexec", "ld", LIBRARY, 0755, NULL));
	dynamic("d-closed", loader(PLACE "/closed", "ld", LIBRARY, 0755, NULL));
	dynamic("d-wx", loader(PLACE, "ld-wx", LIBRARY, 0755, &writable));
	dynamic("d-missing", "/nonexistent/ld.so");
	dynamic("d-text", PLACE "/text-2-755");
	dynamic("d-empty", PLACE "/empty-0-755");
	dynamic("d-short", PLACE "/short-2-755");
	dynamic("d-directory", PLACE "/noexec");
}

/* --- places ----------------------------------------------------------------- */

static const char *const places[] = {
	PLACE "/noexec", PLACE "/nosuid", PLACE "/readonly", PLACE "/bound",
	PLACE "/ext4", PLACE "/closed",
};

static void make_places(void)
{
	char device[32];
	int loop;

	for (unsigned int i = 0; i < sizeof(places) / sizeof(*places); i++)
		check_call(mkdir(places[i], 0755), places[i]);
	check_call(mkdir(PLACE "/fat", 0755), "fat");
	check_call(mkdir(PLACE "/merged", 0755), "merged");
	check_call(mount("t", PLACE "/noexec", "tmpfs", MS_NOEXEC, "mode=755"),
		   "noexec");
	check_call(mount("t", PLACE "/nosuid", "tmpfs", MS_NOSUID, "mode=755"),
		   "nosuid");
	check_call(mount("t", PLACE "/readonly", "tmpfs", 0, "mode=755"),
		   "readonly");
	check(copy_file("/usr/lib/clip/tests/ext4.img", PLACE "/ext4.img", 0600),
	      "ext4.img");
	loop = loop_attach(PLACE "/ext4.img", device, sizeof(device));
	check_call(mount(device, PLACE "/ext4", "ext4", 0, NULL), "ext4");
	close(loop);
	check(copy_file("/usr/lib/clip/tests/vfat.img", PLACE "/fat.img", 0600),
	      "fat.img");
	loop = loop_attach(PLACE "/fat.img", device, sizeof(device));
	check_call(mount(device, PLACE "/fat", "vfat", 0, NULL), "fat");
	close(loop);
}

/* Afterwards no other user may write to, or search, what is there. */
static void close_places(void)
{
	check_call(mount("none", PLACE "/readonly", NULL,
			 MS_REMOUNT | MS_RDONLY, NULL), "readonly");
	check_call(mount(PLACE "/nosuid", PLACE "/bound", NULL, MS_BIND, NULL),
		   "bound");
	check_call(mount("none", PLACE "/bound", NULL,
			 MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL), "bound");
	check_call(chown(PLACE "/closed", USER_ID + 1, USER_ID + 1), "closed");
	check_call(chmod(PLACE "/closed", 0700), "closed");
}

static void files_of_places(void)
{
	static const enum state untrusted[] = { UNLISTED, ALLOWED };

	for (unsigned int i = 0; i < sizeof(places) / sizeof(*places); i++)
		for (int state = UNLISTED; state <= CHANGED_ALLOWED; state++)
			program(places[i], "placed", state, 0755);
	for (unsigned int i = 0; i < 2; i++)
		program(PLACE "/fat", "placed", untrusted[i], 0755);
}

static void overlay(void)
{
	char *path;

	check_call(mkdir(PLACE "/lower", 0755), "lower");
	check_call(mkdir(PLACE "/upper", 0755), "upper");
	check_call(mkdir(PLACE "/work", 0755), "work");
	for (int state = UNLISTED; state <= CHANGED_ALLOWED; state++) {
		program(PLACE "/lower", "lower", state, 0755);
		program(PLACE "/upper", "upper", state, 0755);
	}
	check_call(mount("o", PLACE "/merged", "overlay", 0, "lowerdir=" PLACE
			 "/lower,upperdir=" PLACE "/upper,workdir=" PLACE
			 "/work"), "overlay");
	for (int state = UNLISTED; state <= CHANGED_ALLOWED; state++) {
		name(PLACE "/merged", "lower", state, 0755);
		name(PLACE "/merged", "upper", state, 0755);
	}
	/* A copy-up. */
	path = name(PLACE "/merged", "copied", ALLOWED, 0755);
	check(make_elf64(PLACE "/lower/copied-2-755", EXIT_64,
			 sizeof(EXIT_64) - 1, NULL, NULL, 0), path);
	make_unique(path, 0xd00);
	allow_content(path);
}

/* Files that are open for writing, or have no name left. */
static void open_files(void)
{
	static const enum state all[] = { UNLISTED, LISTED, ALLOWED, CHANGED };
	char path[64];

	for (unsigned int i = 0; i < 4; i++)
		check_call(open(program(PLACE, "written", all[i], 0755),
				O_WRONLY | O_CLOEXEC), "written");
	script_for("s-written", PLACE "/written-2-755");
	dynamic("d-written", PLACE "/written-2-755");
	symlink("plain-1-755", PLACE "/link");
	remember(PLACE "/link");
	symlink("nowhere", PLACE "/dangling");
	remember(PLACE "/dangling");
	remember(PLACE "/nonexistent");
	remember(PLACE "/ext4");
	remember("/dev/null");
	link(PLACE "/plain-1-755", PLACE "/hard");
	remember(PLACE "/hard");
	snprintf(path, sizeof(path), "%s", program(PLACE, "owned", LISTED, 0700));
	check_call(chown(path, USER_ID, USER_ID), path);
	snprintf(path, sizeof(path), "%s", program(PLACE, "group", LISTED, 0710));
	check_call(chown(path, 0, USER_ID), path);
}

int matrix_make(struct matrix *matrix)
{
	files = matrix;
	umask(0022);
	mkdir("/opt", 0755);
	check_call(mkdir(PLACE, 0755), PLACE);
	check_call(mount("t", PLACE, "tmpfs", 0, "mode=755"), PLACE);
	make_places();
	states_and_modes();
	programs_with_headers();
	what_is_not_a_program();
	files_of_places();
	scripts();
	loaders();
	overlay();
	open_files();
	/* What asks has to run as well. */
	allow_content("/usr/sbin/verictl");
	load_rules();
	close_places();
	return failure;
}
