// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a cell, the rules, and what no refused act may change.
 */
#include "hostile.h"

#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "latch.h"

#include <dirent.h>
#include <elf.h>
#include <signal.h>
#include <sys/stat.h>

#define PROGRAMS	"/usr/lib/clip/tests/"
#define STATE_SIZE	(64 << 10)

const char *const fs_names[FSES] = {
	"ext4", "tmpfs", "overlay", "squashfs", "loop", "mapper", "fuse",
};

const char *file(const char *name)
{
	static char paths[8][128];
	static int next;

	next = (next + 1) % 8;
	snprintf(paths[next], sizeof(paths[next]), "%s/c%s%s",
		 fs_names[now.filesystem], *name ? "/" : "", name);
	return paths[next];
}

/* ------------------------------------------------------------------- files */

static int put_script(const char *name, const char *program)
{
	char text[160];

	snprintf(text, sizeof(text), "#!%s\n", file(program));
	return put_file(file(name), text, strlen(text));
}

static int remove_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char name[512];

	if (!dir)
		return errno == ENOENT ? 0 : errno;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (unlink(name) && errno == EISDIR)
			remove_files(name);
	}
	closedir(dir);
	return rmdir(path) ? errno : 0;
}

int make_files(enum filesystem filesystem)
{
	static char pages[8192];
	int err;

	now.filesystem = filesystem;
	if (filesystem == SQUASHFS)
		return 0;
	/*
	 * FUSE hides a file that is still open, by a task that has just been
	 * killed, until it is closed.
	 */
	for (int i = 0; (err = remove_files(file(""))) == ENOTEMPTY && i < 100; i++)
		usleep(20000);
	/* mov $42,%eax; ret */
	memcpy(pages, "\xb8\x2a\0\0\0\xc3", 6);
	return err ?: mkdir(file(""), 0755) ? errno :
	       copy_file(PROGRAMS "tiny", file("good"), 0755) ?:
	       copy_file(PROGRAMS "evil", file("evil"), 0755) ?:
	       put_file(file("data"), pages, sizeof(pages)) ?:
	       put_script("outer", "evil") ?: put_script("inner", "good") ?:
	       mkdir(file("dir"), 0755) ? errno : 0;
}

/* ------------------------------------------------------------------- rules */

static const uint32_t xids[] = { CLIP_CONTEXT_ADMIN, CLIP_CONTEXT_WATCH,
				 XID_HOSTILE };

static int allow_everywhere(const char *path)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(xids) / sizeof(*xids); i++)
		err = err ?: allow(path, xids[i]);
	return err;
}

static int list_for_both(const char *path, uint32_t flags, uint64_t caps,
			 uint64_t privileges)
{
	return list_file(path, CLIP_CONTEXT_ADMIN, flags, caps, privileges) ?:
	       list_file(path, XID_HOSTILE, flags, caps, privileges);
}

/*
 * A file whose entry counts from when everything is enforced: the controls are
 * on filesystems without entries.
 */
static const struct {
	const char *from, *path;
	unsigned int appended;	/* bytes, so that no digest allows it */
	uint32_t flags;
	uint64_t capabilities, privileges;
} listed[] = {
#define PROGRAM(path, capabilities, privileges) \
	{ "hostile", TOP "/" path, 0, CLIP_ENTRY_EXE, capabilities, privileges }
	PROGRAM(HOLDER, ALL_CAPS, CLIP_PRIV_ALL), PROGRAM(RAISED, BIND, 0),
	PROGRAM(LOGGER, 0, CLIP_PRIV_KSYSLOG),
	PROGRAM(IMMORTAL, 0, CLIP_PRIV_IMMORTAL),
	{ "hostile", TOP "/" NEEDS, 0,
	  CLIP_ENTRY_EXE | CLIP_ENTRY_NEEDLIBS | CLIP_ENTRY_CHECKLIBS, 0, 0 },
#define FILESYSTEM(name) \
	PROGRAM(name "/" GRANTED, ALL_CAPS, CLIP_PRIV_ALL), \
	{ "hostile", TOP "/" name "/inert", 0, CLIP_ENTRY_LIB, ALL_CAPS, \
	  CLIP_PRIV_ALL }, \
	{ "evil", TOP "/" name "/library", 1, CLIP_ENTRY_LIB, 0, 0 }, \
	{ "evil", TOP "/" name "/program", 2, CLIP_ENTRY_EXE, 0, 0 }, \
	{ "evil", TOP "/" name "/changed", 3, CLIP_ENTRY_EXE, 0, 0 }
	FILESYSTEM("ext4"), FILESYSTEM("tmpfs"), FILESYSTEM("loop"),
	FILESYSTEM("mapper"),
};

#define LISTED	(sizeof(listed) / sizeof(*listed))

static int make_listed(void)
{
	char from[64];
	int err = copy_file(PROGRAMS "hostile", PLAIN, 0755) ?:
		  allow_everywhere(PLAIN);

	for (size_t i = 0; i < LISTED; i++) {
		snprintf(from, sizeof(from), PROGRAMS "%s", listed[i].from);
		err = err ?: copy_file(from, listed[i].path, 0755);
		for (unsigned int n = 0; n < listed[i].appended; n++)
			err = err ?: append_byte(listed[i].path);
	}
	return err;
}

static int list_all(void)
{
	int err = 0;

	for (size_t i = 0; i < LISTED; i++)
		err = err ?: list_for_both(listed[i].path, listed[i].flags,
					   listed[i].capabilities,
					   listed[i].privileges) ?:
		      (strstr(listed[i].path, "/changed") ?
		       append_byte(listed[i].path) : 0);
	return err;
}

/*
 * A copy of a program with other headers: the last one of @type gets the type
 * @to and the bits of @flags, and if it names a loader, that is @loader.
 */
static int make_odd(const char *from, const char *path, uint32_t type,
		    uint32_t to, uint32_t flags, const char *loader)
{
	static char bytes[65536];
	Elf64_Ehdr *elf = (void *)bytes;
	Elf64_Phdr *header = NULL, *all = (void *)(bytes + sizeof(*elf));
	const int fd = open(from, O_RDONLY | O_CLOEXEC);
	const ssize_t size = read(fd, bytes, sizeof(bytes) - 64);
	const size_t room = loader ? strlen(loader) + 1 : 0;

	close(fd);
	for (int i = 0; size > 0 && i < elf->e_phnum; i++)
		if (all[i].p_type == type)
			header = all + i;
	if (!header)
		return ENOEXEC;
	header->p_type = to;
	header->p_flags |= flags;
	if (loader) {
		/* Nothing of the program itself is mapped. */
		for (int i = 0; i < elf->e_phnum; i++)
			if (all[i].p_type == PT_LOAD)
				all[i].p_type = PT_NULL;
		memcpy(bytes + size, loader, room);
		header->p_offset = size;
		header->p_filesz = room;
	}
	return put_file(path, bytes, size + room) ?:
	       chmod(path, 0755) ? errno : allow_everywhere(path);
}

static int make_odd_programs(void)
{
	const char *const evil = PROGRAMS "evil";

	return make_odd(evil, ODD_STACK, PT_GNU_STACK, PT_GNU_STACK, PF_X,
			NULL) ?:
	       make_odd(evil, ODD_SEGMENT, PT_LOAD, PT_LOAD, PF_W | PF_X,
			NULL) ?:
	       make_odd(evil, ODD_GOOD, PT_GNU_STACK, PT_INTERP, 0,
			"tmpfs/c/good") ?:
	       make_odd(evil, ODD_EVIL, PT_GNU_STACK, PT_INTERP, 0,
			"tmpfs/c/evil");
}

/*
 * Allows what may run. Digests are made through a socket, so that this comes
 * before the latches.
 */
int make_rules(void)
{
	int err = allow_everywhere(PROGRAMS "tiny") ?:
		  /* The guest ends by programs of its own. */
		  allow("/usr/bin/busybox", CLIP_CONTEXT_ADMIN);

	for (int fs = 0; fs < FSES; fs++) {
		now.filesystem = fs;
		err = err ?: allow_everywhere(file("outer")) ?:
		      allow_everywhere(file("inner"));
	}
	return err ?: make_listed() ?: make_odd_programs();
}

static const char *const latches[] = {
	"network", "netlink", "xfrm", "syslog", "chroot", "devmem", "drm",
	"firmware", "nosuid_root", "exec_permission", "wx_memory", "tpe",
};

/* All but rings and user namespaces, which the attacks use. */
#define REQUIRED \
	(CLIP_PRIV_BPF | CLIP_PRIV_PERF | CLIP_PRIV_USERFAULTFD | \
	 CLIP_PRIV_KEXEC | CLIP_PRIV_MODULE | CLIP_PRIV_KEYS | \
	 CLIP_PRIV_RAW | CLIP_PRIV_NFT)

#define LEVEL \
	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_ENFORCE_EXEC | \
	 CLIP_LEVEL_ENFORCE_LIB | CLIP_LEVEL_ENFORCE_SCRIPT | \
	 CLIP_LEVEL_WX_MEMORY)

int enforce(void)
{
	char mask[32];
	int err = list_all();

	snprintf(mask, sizeof(mask), "%llx", (unsigned long long)REQUIRED);
	for (size_t i = 0; i < sizeof(latches) / sizeof(*latches); i++)
		err = err ?: set_latch(latches[i], "1");
	err = err ?: set_latch("require", mask) ?: set_latch("mount", "0") ?:
	      set_level(XID_HOSTILE, LEVEL) ?:
	      set_level(CLIP_CONTEXT_WATCH, LEVEL) ?:
	      set_level(CLIP_CONTEXT_ADMIN, LEVEL);
	return err;
}

/* ------------------------------------------------------------------- state */

static void add(char *text, const char *line)
{
	const size_t used = strlen(text);

	snprintf(text + used, STATE_SIZE - used, "%s\n", line);
}

static uint64_t hash_of(const char *path)
{
	uint64_t hash = 14695981039346656037ULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char bytes[4096];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < got; i++)
			hash = (hash ^ bytes[i]) * 1099511628211ULL;
	close(fd);
	return hash;
}

static void add_tree(char *text, const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, alphasort);
	char name[512], line[700];
	struct stat st;

	for (int i = 0; i < count; i++) {
		const char *last = names[i]->d_name;

		snprintf(name, sizeof(name), "%s/%s", path, last);
		if (!strcmp(last, "..") || lstat(name, &st))
			goto next;
		snprintf(line, sizeof(line), "%s mode %o links %u of %u:%u size %lld content %llx",
			 name, st.st_mode,
			 S_ISDIR(st.st_mode) ? 0 : (unsigned int)st.st_nlink,
			 st.st_uid, st.st_gid,
			 S_ISREG(st.st_mode) ? (long long)st.st_size : 0,
			 S_ISREG(st.st_mode) ?
			 (unsigned long long)hash_of(name) : 0);
		add(text, line);
		if (S_ISDIR(st.st_mode) && strcmp(last, "."))
			add_tree(text, name);
next:
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

/* Files whose content no refused act may change. They stay open. */
#define MAX_KEPT	64

static struct {
	char path[96];
	int fd;
} kept[MAX_KEPT] = {
	{ CLIP_SECURITYFS_PATH "/entries", 0 },
	{ CLIP_SECURITYFS_PATH "/digests", 0 },
	{ CLIP_SECURITYFS_PATH "/exceptions", 0 },
	{ CLIP_SECURITYFS_PATH "/devices", 0 },
	{ "/proc/self/mountinfo", 0 }, { "/proc/swaps", 0 },
	{ "/proc/sys/kernel/core_pattern", 0 },
	{ "/proc/sys/kernel/modprobe", 0 }, { "/proc/sys/kernel/hostname", 0 },
	{ "/proc/sys/kernel/panic", 0 },
};

static void keep_files(void)
{
	struct dirent **names;
	int count = scandir(LATCHES, &names, NULL, alphasort), next = 0;

	while (*kept[next].path)
		next++;
	for (int i = 0; i < count && next < MAX_KEPT; i++) {
		if (*names[i]->d_name != '.')
			snprintf(kept[next++].path, sizeof(kept->path),
				 LATCHES "%s", names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	for (int i = 0; i < next; i++) {
		kept[i].fd = open(kept[i].path, O_RDONLY | O_CLOEXEC);
		if (kept[i].fd < 0)
			fprintf(stderr, "# %s: %m\n", kept[i].path);
	}
}

char *common_state(void)
{
	char *text = calloc(1, STATE_SIZE), line[64];
	const struct store_state store = store_state();
	size_t used;
	ssize_t got;

	if (!kept[0].fd)
		keep_files();
	snprintf(line, sizeof(line), "generation %llu entries %llu",
		 (unsigned long long)store.generation,
		 (unsigned long long)store.entries);
	add(text, line);
	snprintf(line, sizeof(line), "victim %d",
		 kill(victim.pid, 0) ? errno : 0);
	add(text, line);
	for (int i = 0; *kept[i].path; i++) {
		add(text, kept[i].path);
		used = strlen(text);
		lseek(kept[i].fd, 0, SEEK_SET);
		while ((got = read(kept[i].fd, text + used,
				   STATE_SIZE - used - 1)) > 0)
			used += got;
	}
	return text;
}

char *files_state(enum filesystem filesystem)
{
	char *text = calloc(1, STATE_SIZE);

	now.filesystem = filesystem;
	add_tree(text, file(""));
	return text;
}

const char *first_difference(const char *before, const char *after)
{
	static char text[512];
	const char *line = before, *other = after;

	while (*before && *before == *after) {
		if (*before == '\n') {
			line = before + 1;
			other = after + 1;
		}
		before++;
		after++;
	}
	snprintf(text, sizeof(text), "%.*s -> %.*s",
		 (int)strcspn(line, "\n"), line, (int)strcspn(other, "\n"),
		 other);
	return text;
}
