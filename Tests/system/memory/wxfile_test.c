// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is writable or executable: files that are code, and their writers, on
 * several filesystems (M-07, M-08, T-06). Others are in wxmem_test.sh.
 */
#include "contexts.h"
#include "device.h"
#include "files.h"
#include "image.h"
#include "loop.h"
#include "place.h"
#include "process.h"

#include <linux/loop.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define XID	501
#define ON	(CLIP_LEVEL_ACTIVE | CLIP_LEVEL_WX_MEMORY)
#define FS	DIR "/fs"
#define FILE_	FS "/code"
#define EXT4	"/usr/lib/clip/tests/ext4.img"

enum kind { TMPFS, RAMFS, EXT4FS, OVERLAY };

FIXTURE(files)
{
	int fd, loop;
};

FIXTURE_VARIANT(files)
{
	enum kind kind;
};

FIXTURE_VARIANT_ADD(files, tmpfs) { .kind = TMPFS };
FIXTURE_VARIANT_ADD(files, ramfs) { .kind = RAMFS };
FIXTURE_VARIANT_ADD(files, ext4) { .kind = EXT4FS };
FIXTURE_VARIANT_ADD(files, overlayfs) { .kind = OVERLAY };

FIXTURE_SETUP(files)
{
	char device[32];

	self->loop = -1;
	ASSERT_EQ(0, make_place());
	ASSERT_EQ(0, mkdir(FS, 0755));
	switch (variant->kind) {
	case TMPFS:
		ASSERT_EQ(0, mount("t", FS, "tmpfs", 0, "mode=755"));
		break;
	case RAMFS:
		ASSERT_EQ(0, mount("r", FS, "ramfs", 0, "mode=755"));
		break;
	case EXT4FS:
		ASSERT_EQ(0, copy_file(EXT4, DIR "/img", 0600));
		self->loop = loop_attach(DIR "/img", device, sizeof(device));
		ASSERT_LE(0, self->loop);
		ASSERT_EQ(0, mount(device, FS, "ext4", 0, NULL));
		break;
	case OVERLAY:
		ASSERT_EQ(0, mkdir(DIR "/lower", 0755));
		ASSERT_EQ(0, mkdir(DIR "/upper", 0755));
		ASSERT_EQ(0, mkdir(DIR "/work", 0755));
		ASSERT_EQ(0, make_code(DIR "/lower/below"));
		ASSERT_EQ(0, mount("o", FS, "overlay", 0, "lowerdir=" DIR
				   "/lower,upperdir=" DIR "/upper,workdir="
				   DIR "/work"));
		break;
	}
	ASSERT_EQ(0, make_code(FILE_));
	self->fd = context_create(XID, ON, ALL_CAPS, CLIP_PRIV_ALL);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, list_file(JIT, XID, JIT_FLAGS, 0, 0));
}

FIXTURE_TEARDOWN(files)
{
	close(self->fd);
	context_delete(XID);
	umount2(FS, MNT_DETACH);
	if (self->loop >= 0)
		ioctl(self->loop, LOOP_CLR_FD);
	umount2(DIR, MNT_DETACH);
}

static int try_truncate(const char *name)
{
	return truncate(name, 8192) ? errno : 0;
}

/* A program that has the file mapped executable. */
struct holder {
	pid_t pid;
	int in, out;
};

static int hear(struct holder *holder, const char *wanted)
{
	char line[64] = "";

	if (read(holder->out, line, sizeof(line) - 1) <= 0)
		return EIO;
	if (!strcmp(line, wanted))
		return 0;
	fprintf(stderr, "# holder: %s\n", line);
	return EPROTO;
}

static int holder_start(struct holder *holder, int fd, const char *program,
			const char *name)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		return errno;
	holder->pid = fork();
	if (holder->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close_range(3, fd < 0 ? ~0U : fd - 1, 0);
		if (fd >= 0) {
			close_range(fd + 1, ~0U, 0);
			own_memory();
			if (ioctl(fd, CLIP_IOC_ENTER, 0))
				_exit(255);
		}
		execl(program, program, "hold", name, NULL);
		_exit(254);
	}
	close(in[0]);
	close(out[1]);
	holder->in = in[1];
	holder->out = out[0];
	return hear(holder, "hold=0/1 ");
}

/* The holder unmaps the file and keeps running. */
static int holder_unmap(struct holder *holder)
{
	if (write(holder->in, "!", 1) != 1)
		return errno;
	return hear(holder, "hold=0/0 ");
}

static void holder_stop(struct holder *holder)
{
	close(holder->in);
	waitpid(holder->pid, NULL, 0);
	close(holder->out);
}

TEST_F(files, code_is_mapped)
{
	EXPECT_STREQ("file=0/1 fileprot=0/1 ",
		     says_two(self->fd, PLAIN, "file", FILE_, "fileprot",
			      FILE_));
	/* A program runs from this filesystem. */
	ASSERT_EQ(0, copy_file(MEMORY_ACTOR, FS "/actor", 0755));
	EXPECT_STREQ("file=0/1 anon=13/0 ",
		     says_two(self->fd, FS "/actor", "file", FILE_, "anon",
			      "-"));
}

/* M-07, M-08: two mappings of one file, in either order. */
TEST_F(files, never_twice)
{
	EXPECT_STREQ("twice=26/0 twiceprot=26/0 ",
		     says_two(self->fd, PLAIN, "twice", FILE_, "twiceprot",
			      FILE_));
	EXPECT_STREQ("filerdwr=26/0 file=0/1 ",
		     says_two(self->fd, PLAIN, "filerdwr", FILE_, "file",
			      FILE_));
	EXPECT_STREQ("twice=0/1 twiceprot=0/1 ",
		     says_two(self->fd, JIT, "twice", FILE_, "twiceprot",
			      FILE_));
	EXPECT_STREQ("twice=0/1 twiceprot=0/1 ",
		     says_two(-1, PLAIN, "twice", FILE_, "twiceprot", FILE_));
}

/*
 * A file that such a task has mapped cannot be written, not from outside
 * either.
 */
TEST_F(files, writer_is_refused_meanwhile)
{
	struct holder holder;
	struct stat before, after;

	ASSERT_EQ(0, try_open(FILE_, O_RDWR));
	ASSERT_EQ(0, stat(FILE_, &before));
	ASSERT_EQ(0, holder_start(&holder, self->fd, PLAIN, FILE_));
	EXPECT_EQ(ETXTBSY, try_open(FILE_, O_RDWR));
	EXPECT_EQ(ETXTBSY, try_open(FILE_, O_WRONLY));
	EXPECT_EQ(ETXTBSY, try_open(FILE_, O_WRONLY | O_TRUNC));
	EXPECT_EQ(ETXTBSY, try_truncate(FILE_));
	EXPECT_EQ(0, try_open(FILE_, O_RDONLY));
	EXPECT_EQ(0, stat(FILE_, &after));
	EXPECT_EQ(before.st_size, after.st_size);
	EXPECT_EQ(before.st_mtime, after.st_mtime);
	/* Updating a package still works. */
	ASSERT_EQ(0, make_code(FS "/new"));
	/*
	 * Tasks outside of the rule may map it too, and do not keep it sealed.
	 */
	EXPECT_STREQ("file=0/1 ", says(self->fd, PLAIN, "file", FILE_));
	EXPECT_EQ(0, holder_unmap(&holder));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	EXPECT_EQ(0, try_truncate(FILE_));
	holder_stop(&holder);
	ASSERT_EQ(0, rename(FS "/new", FILE_));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
}

/*
 * The file stays sealed until its last mapping is gone, however that happens.
 */
TEST_F(files, last_mapping_counts)
{
	struct holder one, two;

	ASSERT_EQ(0, holder_start(&one, self->fd, PLAIN, FILE_));
	ASSERT_EQ(0, holder_start(&two, self->fd, PLAIN, FILE_));
	EXPECT_EQ(0, holder_unmap(&one));
	EXPECT_EQ(ETXTBSY, try_open(FILE_, O_RDWR));
	kill(two.pid, SIGKILL);
	holder_stop(&two);
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	holder_stop(&one);
}

/* The rule is about tasks that are subject to it. */
TEST_F(files, others_do_not_keep_the_seal)
{
	struct holder holder;

	ASSERT_EQ(0, holder_start(&holder, -1, PLAIN, FILE_));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	holder_stop(&holder);
	ASSERT_EQ(0, holder_start(&holder, self->fd, JIT, FILE_));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	holder_stop(&holder);
	ASSERT_EQ(0, set_level(XID, ON | CLIP_LEVEL_PERMISSIVE));
	ASSERT_EQ(0, holder_start(&holder, self->fd, PLAIN, FILE_));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	holder_stop(&holder);
}

/* A refused mapping leaves nothing behind that would refuse writers. */
TEST_F(files, refusal_leaves_nothing)
{
	int fd = open(FILE_, O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_STREQ("file=26/0 fileprot=26/0 ",
		     says_two(self->fd, PLAIN, "file", FILE_, "fileprot",
			      FILE_));
	EXPECT_STREQ("file=0/1 ", says(-1, PLAIN, "file", FILE_));
	EXPECT_STREQ("file=0/1 ", says(self->fd, JIT, "file", FILE_));
	EXPECT_EQ(6, pwrite(fd, "\xb8\x2a\0\0\0\xc3", 6, 0));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	close(fd);
	EXPECT_STREQ("filewx=13/0 dirty=13/0 ",
		     says_two(self->fd, PLAIN, "filewx", FILE_, "dirty",
			      FILE_));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	EXPECT_STREQ("file=0/1 ", says(self->fd, PLAIN, "file", FILE_));
	ASSERT_EQ(0, umount(FS));
	ASSERT_EQ(0, mount("t", FS, "tmpfs", 0, NULL));
}

/* WX-03: the libraries that a program is loaded from; its own file is the kernel's. */
TEST_F(files, whole_program)
{
	struct holder holder;

	ASSERT_EQ(0, copy_file(MEMORY_ACTOR, FS "/actor", 0755));
	ASSERT_EQ(0, holder_start(&holder, self->fd, FS "/actor", FILE_));
	EXPECT_EQ(ETXTBSY, try_open(FS "/actor", O_RDWR));
	EXPECT_EQ(ETXTBSY, try_open(FILE_, O_RDWR));
	EXPECT_EQ(0, holder_unmap(&holder));
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	holder_stop(&holder);
	EXPECT_EQ(0, try_open(FS "/actor", O_RDWR));
}

/* Fault 18: which files a task may keep from being written. */
static const struct kept {
	const char *what;
	uid_t owner;
	mode_t mode;
	int map;		/* the answer to the mapping by a user */
	int write;		/* that to root that opens it meanwhile */
} kept[] = {
	{ "root's, not executable", 0, 0644, 0, 0 },
	{ "root's, executable", 0, 0755, 0, ETXTBSY },
	{ "his own", USER_ID, 0644, 0, ETXTBSY },
	{ "another user's, not executable", 2000, 0644, EACCES, 0 },
	{ "another user's, executable", 2000, 0755, 0, ETXTBSY },
	{ "root's, writable by a group", 0, 0664, EACCES, 0 },
};

struct user_map {
	bool protect;
	int map, write;
};

/* Maps it, and leaves it mapped. */
static int keep_mapped(bool protect)
{
	const int fd = open(FILE_, O_RDONLY | O_CLOEXEC);
	const int code = PROT_READ | PROT_EXEC;
	void *at = mmap(NULL, 4096, protect ? PROT_READ : code, MAP_PRIVATE,
			fd, 0);

	close(fd);
	return at == MAP_FAILED || (protect && mprotect(at, 4096, code)) ?
	       errno : 0;
}

/* A user maps it and holds it; root opens it for writing. */
static int map_as_user(void *data)
{
	struct user_map *user = data;
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		return errno;
	pid = fork();
	if (pid == 0) {
		if (setresgid(USER_ID, USER_ID, USER_ID) ||
		    setresuid(USER_ID, USER_ID, USER_ID))
			_exit(1);
		user->map = keep_mapped(user->protect);
		if (write(fds[1], &user->map, sizeof(int)) != sizeof(int))
			_exit(1);
		pause();
		_exit(0);
	}
	close(fds[1]);
	if (read(fds[0], &user->map, sizeof(int)) != sizeof(int))
		return EIO;
	user->write = try_open(FILE_, O_RDWR);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}

TEST_F(files, of_others_only_what_can_be_executed)
{
	for (size_t i = 0; i < 2 * sizeof(kept) / sizeof(*kept); i++) {
		const struct kept *k = &kept[i / 2];
		struct user_map user = { .protect = i % 2 };

		ASSERT_EQ(0, make_code(FILE_));
		ASSERT_EQ(0, chown(FILE_, k->owner, k->owner));
		ASSERT_EQ(0, chmod(FILE_, k->mode));
		ASSERT_EQ(0, confined_get(self->fd, map_as_user, &user,
					  sizeof(user)));
		EXPECT_EQ(k->map, user.map) {
			TH_LOG("%s: mapped", k->what);
		}
		EXPECT_EQ(k->write, user.write) {
			TH_LOG("%s: written", k->what);
		}
		EXPECT_EQ(0, try_open(FILE_, O_RDWR));
	}
}

/* A writer from before is found there, too. */
TEST_F(files, a_writer_from_before_is_found)
{
	for (int i = 0; i < 2; i++) {
		struct user_map user = { .protect = i };
		int fd;

		ASSERT_EQ(0, make_code(FILE_));
		ASSERT_EQ(0, chmod(FILE_, 0644));
		fd = open(FILE_, O_RDWR | O_CLOEXEC);
		ASSERT_EQ(0, confined_get(self->fd, map_as_user, &user,
					  sizeof(user)));
		EXPECT_EQ(ETXTBSY, user.map);
		EXPECT_EQ(0, user.write);
		close(fd);
	}
}

/* T-16, T-17: below overlayfs it is the file of the layer that counts. */
TEST_F(files, layers)
{
	struct holder holder;
	int fd;

	if (variant->kind != OVERLAY)
		return;
	ASSERT_EQ(0, holder_start(&holder, self->fd, PLAIN, FILE_));
	EXPECT_EQ(ETXTBSY, try_open(DIR "/upper/code", O_RDWR));
	EXPECT_EQ(0, holder_unmap(&holder));
	EXPECT_EQ(0, try_open(DIR "/upper/code", O_RDWR));
	holder_stop(&holder);

	fd = open(DIR "/upper/code", O_RDWR | O_CLOEXEC);
	EXPECT_STREQ("file=26/0 fileprot=26/0 ",
		     says_two(self->fd, PLAIN, "file", FILE_, "fileprot",
			      FILE_));
	close(fd);
	EXPECT_STREQ("file=0/1 ", says(self->fd, PLAIN, "file", FILE_));

	ASSERT_EQ(0, holder_start(&holder, self->fd, PLAIN, FS "/below"));
	EXPECT_EQ(ETXTBSY, try_open(DIR "/lower/below", O_RDWR));
	/* After a write it is another file, and the mapped one is unchanged. */
	EXPECT_EQ(0, write_at(FS "/below", 1, "\x2b"));
	EXPECT_EQ(ETXTBSY, try_open(DIR "/lower/below", O_RDWR));
	EXPECT_EQ(0, holder_unmap(&holder));
	EXPECT_EQ(0, try_open(DIR "/lower/below", O_RDWR));
	holder_stop(&holder);
}

/* Holds mmap_lock for long, again and again, so that other calls wait. */
static void *hold_up(void *unused)
{
	for (;;) {
		void *at = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
				0);

		munmap(at, 8 << 20);
	}
	return NULL;
}

/*
 * Maps the file as code, and checks whether it changes. Another thread widens
 * the window between the check and the mapping.
 */
static int map_and_watch(void *unused)
{
	const volatile uint8_t *at = MAP_FAILED;
	pthread_t thread;
	uint8_t first;

	if (pthread_create(&thread, NULL, hold_up, NULL))
		return 4;
	for (int n = 0; n < 1000 && at == MAP_FAILED; n++) {
		int fd = open(FILE_, O_RDONLY);

		at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
			  0);
		if (at == MAP_FAILED && errno != ETXTBSY)
			return 2;
		close(fd);
	}
	if (at == MAP_FAILED)
		return 0;
	first = at[8];
	/* Waits longer than a writer that slipped through does. */
	for (int n = 0; n < 20; n++) {
		usleep(500);
		if (at[8] != first)
			return 1;
	}
	return try_open(FILE_, O_RDWR) == ETXTBSY ? 0 : 3;
}

/*
 * Mapping and writing against each other: code never changes. A debug kernel
 * takes its time.
 */
TEST_F_TIMEOUT(files, race_with_a_writer, 180)
{
	const unsigned int rounds = 40;
	unsigned int written = 0, refused = 0;
	uint8_t value = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0)
			_exit(do_in_context(self->fd, map_and_watch, NULL));
		while (waitpid(pid, &status, WNOHANG) == 0) {
			int fd = open(FILE_, O_WRONLY | O_CLOEXEC);

			refused += fd < 0;
			if (fd < 0)
				continue;
			/*
			 * A writer that slipped through writes once the file is
			 * mapped as code.
			 */
			usleep(2000);
			value++;
			written += pwrite(fd, &value, 1, 8);
			close(fd);
		}
		ASSERT_EQ(0, status);
	}
	/* Both sides have met. */
	EXPECT_LT(0, written + refused);
	EXPECT_EQ(0, try_open(FILE_, O_RDWR));
}

TEST_HARNESS_MAIN
