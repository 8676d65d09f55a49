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
	err = remove_files(file(""));
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

/* An entry on each disk, so that it is a filesystem with entries. */
static int list_on_disks(void)
{
	static const enum filesystem disks[] = { EXT4, LOOP, MAPPER };
	char path[64];
	int err = 0;

	for (size_t i = 0; i < sizeof(disks) / sizeof(*disks); i++) {
		snprintf(path, sizeof(path), TOP "/%s/listed",
			 fs_names[disks[i]]);
		err = err ?: copy_file(PROGRAMS "tiny", path, 0755) ?:
		      list_file(path, CLIP_CONTEXT_ADMIN, CLIP_ENTRY_EXE, 0,
				0);
	}
	return err;
}

/* A program that is granted everything, in context 0 and in the other one. */
static int list_holder(void)
{
	int err = copy_file(PROGRAMS "hostile", HOLDER, 0755);
	char path[64];

	snprintf(path, sizeof(path), TOP "/" HOLDER);
	err = err ?: copy_file(HOLDER, PLAIN, 0755) ?: allow_everywhere(PLAIN);
	return err ?: list_file(path, CLIP_CONTEXT_ADMIN, CLIP_ENTRY_EXE,
				ALL_CAPS, CLIP_PRIV_ALL) ?:
	       list_file(path, XID_HOSTILE, CLIP_ENTRY_EXE, ALL_CAPS,
			 CLIP_PRIV_ALL);
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
	return err ?: list_holder();
}

static const char *const latches[] = {
	"network", "netlink", "xfrm", "syslog", "chroot", "devmem", "drm",
	"firmware", "nosuid_root", "exec_permission", "wx_memory",
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
	int err = list_on_disks();

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
