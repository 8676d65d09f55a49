/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the system tests share: the device, images, digests, files, people.
 *
 * Everything here returns 0 or a positive errno value, so that a test can say
 * which error it expects and the harness shows the number it got.
 */
#ifndef CLIP_TESTS_COMMON_H
#define CLIP_TESTS_COMMON_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/clip.h>
#include <linux/if_alg.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define USER_ID		1000	/* an ordinary user */
#define PROBE		"/usr/lib/clip/tests/probe"
#define MAX_RULES	64
#define UPDATE_CONTEXT	4001	/* from where the tests change entries */

#define BIND	(1ULL << CAP_NET_BIND_SERVICE)
#define KILL	(1ULL << CAP_KILL)
#define RAW	(1ULL << CAP_NET_RAW)

/* ------------------------------------------------------------ the device */

static inline int device_open(void)
{
	return open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC);
}

static inline int device_call(unsigned long request, void *arg)
{
	int fd = device_open(), err;

	if (fd < 0)
		return errno;
	err = ioctl(fd, request, arg) ? errno : 0;
	close(fd);
	return err;
}

static inline int context_call(unsigned long request,
			       struct clip_context_args *args)
{
	args->size = sizeof(*args);
	return device_call(request, args);
}

/* A descriptor; -1, with errno, if there is none. */
static inline int context_fd(unsigned long request,
			     struct clip_context_args *args)
{
	int device = device_open(), fd, err;

	if (device < 0)
		return -1;
	args->size = sizeof(*args);
	fd = ioctl(device, request, args);
	err = errno;
	close(device);
	errno = err;
	return fd;
}

static inline int set_level(uint32_t xid, uint32_t level)
{
	struct clip_context_args args = { .xid = xid, .level = level };

	return context_call(CLIP_IOC_SET_LEVEL, &args);
}

/*
 * Once context 0 is active, its entries are changed by who has VERICTL, or from
 * the update context. The tests do the latter, because what they run must not
 * descend from a task with a privilege. A test of administration itself defines
 * CLIP_TESTS_INACTIVE, and finds the kernel as it is at boot.
 */
static int clip_tests_update_fd = -1;

#ifndef CLIP_TESTS_INACTIVE
__attribute__((constructor)) static void clip_tests_activate(void)
{
	struct clip_context_args args = {
		.xid = UPDATE_CONTEXT, .cap_bound = ~0ULL >> 23 | 1ULL << 63,
		.priv_bound = CLIP_PRIV_ALL,
	};

	if (geteuid())
		return;
	clip_tests_update_fd = context_fd(CLIP_IOC_CONTEXT_CREATE, &args);
	if (clip_tests_update_fd >= 0 &&
	    !context_call(CLIP_IOC_SET_UPDATE, &args) &&
	    !set_level(CLIP_CONTEXT_ADMIN, CLIP_LEVEL_ACTIVE))
		return;
	fprintf(stderr, "context 0 cannot be made active: %m\n");
	exit(1);
}
#endif

/* Runs @act in the update context; @data must be shared memory. */
static inline int in_update_context(int (*act)(void *), void *data)
{
	const int fd = clip_tests_update_fd;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		/* Nothing may come along but the way in. */
		close_range(3, fd - 1, 0);
		close_range(fd + 1, ~0U, 0);
		if (ioctl(fd, CLIP_IOC_ENTER, 0))
			_exit(errno);
		_exit(act(data));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EIO;
	return WEXITSTATUS(status);
}

static inline int get_info(struct clip_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return device_call(CLIP_IOC_INFO, info);
}

/* The two numbers that a refused commit must leave as they were. */
struct store_state {
	uint64_t generation;
	uint64_t entries;
};

static inline struct store_state store_state(void)
{
	struct clip_info info;

	if (get_info(&info))
		return (struct store_state) { 0, 0 };
	return (struct store_state) { info.generation, info.entries };
}

/* A number of the status file; -1 if the key is not there. */
static inline long long status_value(const char *key)
{
	FILE *file = fopen(CLIP_SECURITYFS_PATH "/status", "r");
	char name[64];
	long long value, found = -1;

	if (!file)
		return -1;
	while (fscanf(file, "%63s %lli", name, &value) == 2)
		if (!strcmp(name, key))
			found = value;
	fclose(file);
	return found;
}

/* --------------------------------------------------------------- digests */

/* SHA-256 by the kernel's crypto socket, over a descriptor from its start. */
static inline int sha256_fd(int fd, uint8_t digest[32])
{
	const struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "hash",
		.salg_name = "sha256",
	};
	int bound = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int op = -1, err = EIO;
	off_t pos = 0;
	ssize_t got;
	char buffer[65536];

	if (bound < 0)
		return errno;
	if (bind(bound, (const struct sockaddr *)&address, sizeof(address)))
		goto out;
	op = accept(bound, NULL, NULL);
	if (op < 0)
		goto out;
	while ((got = pread(fd, buffer, sizeof(buffer), pos)) > 0) {
		if (send(op, buffer, got, MSG_MORE) != got)
			goto out;
		pos += got;
	}
	if (got == 0 && read(op, digest, 32) == 32)
		err = 0;
out:
	if (op >= 0)
		close(op);
	close(bound);
	return err;
}

static inline int sha256_file(const char *path, uint8_t digest[32])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = sha256_fd(fd, digest);
	close(fd);
	return err;
}

/* ---------------------------------------------------------------- images */

struct rule {
	const char *path;
	uint32_t context;
	uint32_t flags;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t privileges;
	uint16_t algorithm;
	uint16_t digest_size;
	uint8_t digest[CLIP_DIGEST_MAX];
};

/* A rule for a file as it is now, in context 0. */
static inline int rule_for(struct rule *rule, const char *path, uint32_t flags)
{
	memset(rule, 0, sizeof(*rule));
	rule->path = path;
	rule->flags = flags;
	rule->algorithm = CLIP_ALGO_SHA256;
	rule->digest_size = 32;
	return sha256_file(path, rule->digest);
}

static inline uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	uint32_t crc = ~0U;

	while (size--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

static inline void image_seal(void *image, size_t size)
{
	struct clip_image_header *header = image;

	header->checksum = 0;
	header->checksum = crc32_of(image, size);
}

/* The caller frees the image. */
static inline void *image_make(const struct rule *rules, unsigned int count,
			       size_t *size)
{
	size_t strings = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		strings += strlen(rules[i].path) + 1;
	*size = sizeof(struct clip_image_header) +
		count * sizeof(struct clip_image_entry) + strings;

	uint8_t *image = calloc(1, *size);
	struct clip_image_header *header = (void *)image;
	struct clip_image_entry *entry = (void *)(header + 1);
	char *table = (char *)(entry + count);
	uint32_t used = 0;

	memcpy(header->magic, CLIP_IMAGE_MAGIC, sizeof(header->magic));
	header->version = CLIP_IMAGE_VERSION;
	header->header_size = sizeof(*header);
	header->total_size = *size;
	header->entry_count = count;
	header->entry_size = sizeof(*entry);
	header->entries_offset = sizeof(*header);
	header->strings_offset = *size - strings;
	header->strings_size = strings;
	for (i = 0; i < count; i++, entry++) {
		const size_t length = strlen(rules[i].path);

		entry->context = rules[i].context;
		entry->flags = rules[i].flags;
		entry->cap_effective = rules[i].effective;
		entry->cap_permitted = rules[i].permitted;
		entry->cap_inheritable = rules[i].inheritable;
		entry->privileges = rules[i].privileges;
		entry->path_offset = used;
		entry->path_length = length;
		entry->algorithm = rules[i].algorithm;
		entry->digest_size = rules[i].digest_size;
		memcpy(entry->digest, rules[i].digest, CLIP_DIGEST_MAX);
		memcpy(table + used, rules[i].path, length + 1);
		used += length + 1;
	}
	image_seal(image, *size);
	return image;
}

/* What came of a commit. */
struct outcome {
	struct clip_commit commit;
	struct clip_result results[MAX_RULES];
};

static inline int commit_outcome(void *outcome)
{
	return device_call(CLIP_IOC_COMMIT,
			   &((struct outcome *)outcome)->commit);
}

static inline int commit_image(const void *image, size_t size, uint32_t mode,
			       uint32_t flags, struct outcome *outcome)
{
	struct outcome local;

	if (!outcome)
		outcome = &local;
	memset(outcome, 0, sizeof(*outcome));
	outcome->commit.size = sizeof(outcome->commit);
	outcome->commit.mode = mode;
	outcome->commit.flags = flags;
	outcome->commit.image = (uintptr_t)image;
	outcome->commit.image_size = size;
	outcome->commit.results = (uintptr_t)outcome->results;
	outcome->commit.results_capacity = MAX_RULES;
	if (clip_tests_update_fd < 0)
		return device_call(CLIP_IOC_COMMIT, &outcome->commit);

	struct outcome *shared = mmap(NULL, sizeof(*shared),
				      PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int err;

	if (shared == MAP_FAILED)
		return errno;
	*shared = *outcome;
	shared->commit.results = (uintptr_t)shared->results;
	err = in_update_context(commit_outcome, shared);
	*outcome = *shared;
	munmap(shared, sizeof(*shared));
	return err;
}

static inline int commit_rules(const struct rule *rules, unsigned int count,
			       uint32_t mode, uint32_t flags,
			       struct outcome *outcome)
{
	size_t size;
	void *image = image_make(rules, count, &size);
	int err = commit_image(image, size, mode, flags, outcome);

	free(image);
	return err;
}

static inline int load(const struct rule *rule)
{
	return commit_rules(rule, 1, CLIP_COMMIT_ADD, 0, NULL);
}

static inline int unload(const char *path)
{
	const struct rule rule = { .path = path };

	return commit_rules(&rule, 1, CLIP_COMMIT_REMOVE, 0, NULL);
}

/* CLIP_STATE_* of a file; -errno if it cannot be asked. */
static inline int query(const char *path, uint32_t flags,
			struct clip_query *answer)
{
	struct clip_query local;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (!answer)
		answer = &local;
	memset(answer, 0, sizeof(*answer));
	answer->size = sizeof(*answer);
	answer->fd = fd;
	answer->context = CLIP_CONTEXT_OWN;
	answer->flags = flags;
	err = device_call(CLIP_IOC_QUERY, answer);
	close(fd);
	return err ? -err : (int)answer->state;
}

/* ----------------------------------------------------------------- files */

static inline int copy_file(const char *from, const char *to, mode_t mode)
{
	char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out, err = 0;
	ssize_t got;

	if (in < 0)
		return errno;
	unlink(to);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (out < 0) {
		err = errno;
		close(in);
		return err;
	}
	while ((got = read(in, buffer, sizeof(buffer))) > 0)
		if (write(out, buffer, got) != got)
			err = errno ?: EIO;
	fchmod(out, mode);
	close(in);
	close(out);
	return err;
}

static inline int write_at(const char *path, off_t offset, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;
	const ssize_t length = strlen(text);

	if (fd < 0)
		return errno;
	if (pwrite(fd, text, length, offset) != length)
		err = errno ?: EIO;
	close(fd);
	return err;
}

static inline int append_byte(const char *path)
{
	struct stat st;

	return stat(path, &st) ? errno : write_at(path, st.st_size, "x");
}

static inline int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	int bad = fd < 0 || write(fd, text, strlen(text)) < 0;

	close(fd);
	return bad ? errno : 0;
}

static inline int write_script(const char *path, const char *interpreter)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	int bad = fd < 0 || dprintf(fd, "#!%s\n", interpreter) < 0;

	close(fd);
	return bad ? errno : 0;
}

/* ------------------------------------------------------------- processes */

/* What the probe says of itself; see probe.c. */
struct probe {
	int error;		/* errno of exec, or 0 */
	uint64_t effective, permitted, inheritable, ambient;
	int secure, dumpable, uid, euid, egid;
	int bound;		/* errno of binding port 80, or 0 */
};

/* Runs a probe program, as some user, and reads what it prints. */
static inline struct probe probe_run_fn(const char *path, uid_t uid,
					int (*prepare)(void *), void *data)
{
	struct probe probe = { .error = EIO };
	int fds[2], status;
	char line[512] = "";
	ssize_t got;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return probe;
	pid = fork();
	if (pid == 0) {
		char *const argv[] = { (char *)path, NULL };
		char *const envp[] = { NULL };
		int err = 0;

		dup2(fds[1], STDOUT_FILENO);
		if (uid && (setgid(uid) || setuid(uid)))
			err = errno;
		if (!err && prepare)
			err = prepare(data);
		if (!err) {
			execve(path, argv, envp);
			err = errno;
		}
		dprintf(STDOUT_FILENO, "error=%d", err);
		_exit(127);
	}
	close(fds[1]);
	for (size_t used = 0; (got = read(fds[0], line + used,
					  sizeof(line) - 1 - used)) > 0;)
		used += got;
	close(fds[0]);
	waitpid(pid, &status, 0);
	sscanf(line, "error=%d effective=%lx permitted=%lx inheritable=%lx ambient=%lx secure=%d dumpable=%d uid=%d euid=%d egid=%d bound=%d",
	       &probe.error, &probe.effective, &probe.permitted,
	       &probe.inheritable, &probe.ambient, &probe.secure,
	       &probe.dumpable, &probe.uid, &probe.euid, &probe.egid,
	       &probe.bound);
	return probe;
}

static inline struct probe probe_run(const char *path, uid_t uid)
{
	return probe_run_fn(path, uid, NULL, NULL);
}

/* Runs, and has nothing an ordinary user does not have. */
#define EXPECT_PLAIN(run) do { \
	const struct probe got = (run); \
	\
	EXPECT_EQ(0, got.error); \
	EXPECT_EQ(0, got.effective); \
	EXPECT_EQ(0, got.permitted); \
	EXPECT_EQ(EACCES, got.bound); \
	EXPECT_EQ(0, got.secure); \
	EXPECT_EQ(1, got.dumpable); \
} while (0)

/* Runs, with what a rule for NET_BIND_SERVICE grants, and protected. */
#define EXPECT_GRANTED(run) do { \
	const struct probe got = (run); \
	\
	EXPECT_EQ(0, got.error); \
	EXPECT_EQ(BIND, got.effective); \
	EXPECT_EQ(BIND, got.permitted); \
	EXPECT_EQ(0, got.inheritable); \
	EXPECT_EQ(0, got.ambient); \
	EXPECT_EQ(0, got.bound); \
	EXPECT_EQ(1, got.secure); \
	EXPECT_EQ(0, got.dumpable); \
} while (0)

/* A private place to work in: a mount namespace with a fresh tmpfs. */
static inline int private_tmpfs(const char *where, unsigned long flags)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return errno;
	mkdir(where, 0755);
	return mount("tmpfs", where, "tmpfs", flags, "mode=755") ? errno : 0;
}

/* 0 or the error of opening a file. */
static inline int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

#endif /* CLIP_TESTS_COMMON_H */
