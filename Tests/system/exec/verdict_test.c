// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict on a listed file: it is about what the file holds, it is cached,
 * and no change of the file survives it (EX-07, CA-01 to CA-06).
 */
#include "device.h"
#include "exec_fixture.h"
#include "files.h"
#include "image.h"
#include "process.h"

#include <signal.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

/* EX-07 */
TEST_F(exec, changed_file_does_not_run)
{
	const long long before = status_value("refused.digest-mismatch");
	struct store_state state;
	struct probe p;

	ASSERT_EQ(0, load(&self->rule));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(0, p.error);
	state = store_state();
	ASSERT_EQ(0, append_byte(A));
	p = probe_run(A, USER_ID);
	EXPECT_EQ(EACCES, p.error);
	p = probe_run(A, 0);
	EXPECT_EQ(EACCES, p.error);
	EXPECT_EQ((before < 0 ? 0 : before) + 2,
		  status_value("refused.digest-mismatch"));
	/* The store is as it was, and the right content runs again. */
	EXPECT_EQ(state.generation, store_state().generation);
	EXPECT_EQ(state.entries, store_state().entries);
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, ({
		struct stat st;

		stat(COPY, &st) || truncate(A, st.st_size);
	}));
	p = probe_run(A, USER_ID);
	EXPECT_GRANTED(p);
}

/* CA-01 to CA-03: the verdict is cached, and no longer than it is true. */
TEST_F(exec, verdict_is_cached_until_a_write)
{
	long long cached, verified;

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	cached = status_value("cached");
	verified = status_value("verified");
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(0, probe_run(A, 0).error);
	EXPECT_EQ(cached + 2, status_value("cached"));
	EXPECT_EQ(verified, status_value("verified"));

	/* Opening for writing is enough, even if nothing is written. */
	close(open(A, O_WRONLY));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(cached + 2, status_value("cached"));
	EXPECT_EQ(verified + 1, status_value("verified"));
	/* Reading, chmod and chown leave the verdict alone. */
	close(open(A, O_RDONLY));
	EXPECT_EQ(0, chmod(A, 0555));
	EXPECT_EQ(0, chown(A, 1, 1));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(verified + 1, status_value("verified"));
}

FIXTURE(change)
{
	struct rule rule;
	off_t size;
};

enum way { PWRITE, TRUNCATE, FTRUNCATE, OPEN_TRUNC, SHARED_MAP, FALLOCATE,
	   COPY_RANGE };

FIXTURE_VARIANT(change)
{
	enum way way;
};

#define CHANGE(name, value) \
	FIXTURE_VARIANT_ADD(change, name) { .way = value }
CHANGE(pwrite, PWRITE);
CHANGE(truncate, TRUNCATE);
CHANGE(ftruncate, FTRUNCATE);
CHANGE(open_trunc, OPEN_TRUNC);
CHANGE(shared_map, SHARED_MAP);
CHANGE(fallocate, FALLOCATE);
CHANGE(copy_range, COPY_RANGE);

FIXTURE_SETUP(change)
{
	struct stat st;

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	ASSERT_EQ(0, copy_file(PROBE, A, 0755));
	ASSERT_EQ(0, copy_file(PROBE, COPY, 0755));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, stat(A, &st));
	self->size = st.st_size;
}

FIXTURE_TEARDOWN(change)
{
	umount2(DIR, MNT_DETACH);
}

static int change_file(enum way way, off_t size)
{
	const int flags = way == OPEN_TRUNC ? O_RDWR | O_TRUNC : O_RDWR;
	int fd, in, err = 0;
	off_t from = 0, to = size / 2;	/* copies the ELF header into the middle */
	char *map;

	if (way == TRUNCATE)
		return truncate(A, size - 1) ? errno : 0;
	fd = open(A, flags);
	if (fd < 0)
		return errno;
	switch (way) {
	case PWRITE:
		err = pwrite(fd, "?", 1, size / 2) == 1 ? 0 : errno;
		break;
	case FTRUNCATE:
		err = ftruncate(fd, size - 1) ? errno : 0;
		break;
	case SHARED_MAP:
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   0);
		if (map == MAP_FAILED)
			return errno;
		/* The mapping alone keeps the file open for writing. */
		close(fd);
		fd = -1;
		map[size / 2] ^= 0x55;
		if (probe_run(A, 0).error != ETXTBSY)
			err = EBUSY;
		munmap(map, size);
		break;
	case FALLOCATE:
		err = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				0, 4096) ? errno : 0;
		break;
	case COPY_RANGE:
		in = open(COPY, O_RDONLY);
		err = copy_file_range(in, &from, fd, &to, 64, 0) == 64 ? 0 :
								  errno;
		close(in);
		break;
	default:
		break;
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* A cached verdict does not survive a change, whatever makes it. */
TEST_F(change, ends_the_verdict)
{
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, change_file(variant->way, self->size));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	EXPECT_EQ(EACCES, probe_run(A, 0).error);
	/*
	 * With an entry for it, the new content runs, or fails for its own
	 * reasons.
	 */
	ASSERT_EQ(0, unload(A));
	ASSERT_EQ(0, rule_for(&self->rule, A, CLIP_ENTRY_EXE));
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(CLIP_STATE_VERIFIED, query(A, CLIP_QUERY_VERIFY, NULL));
}

/* CA-05, CA-06, intent: a verdict is about one digest, not about the file. */
TEST_F(exec, new_entry_is_checked_anew)
{
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(EACCES, probe_run(A, USER_ID).error);
	ASSERT_EQ(0, unload(A));
	self->rule.digest[0] ^= 1;
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

TEST_F(exec, open_for_writing)
{
	int fd = open(A, O_WRONLY);

	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(ETXTBSY, probe_run(A, USER_ID).error);
	EXPECT_EQ(CLIP_STATE_REFUSED, query(A, CLIP_QUERY_VERIFY, NULL));
	close(fd);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
}

/*
 * A fanotify group of the pre-content class makes the kernel run programs
 * that are open for writing. Listed ones are refused all the same.
 */
TEST_F(exec, open_for_writing_under_pre_content_watch)
{
	int watch = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_CLOEXEC,
				  O_RDONLY);
	const long long before = status_value("refused.being-written");
	int fd;

	ASSERT_LE(0, watch);
	ASSERT_EQ(0, fanotify_mark(watch, FAN_MARK_ADD, FAN_CLOSE_WRITE,
				   AT_FDCWD, DIR));
	ASSERT_EQ(0, copy_file(A, COPY, 0755));
	fd = open(A, O_WRONLY);
	ASSERT_EQ(0, load(&self->rule));
	EXPECT_EQ(ETXTBSY, probe_run(A, USER_ID).error);
	/* The module refuses, not the kernel's own denial of writers. */
	EXPECT_EQ((before < 0 ? 0 : before) + 1,
		  status_value("refused.being-written"));
	close(fd);
	EXPECT_EQ(0, probe_run(A, USER_ID).error);
	close(watch);
}

/*
 * One process writes bad and good content in turn, another executes. The second
 * may be refused or run the good content, never the bad one.
 */
TEST_F(exec, race_with_a_writer)
{
	static const char good[] = "error=0 effective=", bad[] = "error=77 ";
	unsigned int rounds = 0, ran = 0, refused = 0;
	off_t offset = -1;
	struct stat st;
	pid_t writer;
	char *map;
	int fd;

	fd = open(A, O_RDONLY);
	ASSERT_EQ(0, fstat(fd, &st));
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	offset = (char *)memmem(map, st.st_size, good, strlen(good)) - map;
	ASSERT_LT(0, offset);
	munmap(map, st.st_size);
	close(fd);
	ASSERT_EQ(0, load(&self->rule));
	writer = fork();
	if (writer == 0) {
		for (;;) {
			/* Fails with ETXTBSY while the program runs. */
			while (write_at(A, offset, bad))
				usleep(rand() % 1000);
			usleep(rand() % 10000);
			while (write_at(A, offset, "error=0 e"))
				usleep(rand() % 1000);
			usleep(rand() % 10000);
		}
	}
	/* As often as it takes to meet both contents several times. */
	while (rounds++ < 2000 && (rounds < 150 || ran < 20 || refused < 20)) {
		const struct probe p = probe_run(A, USER_ID);

		ran += p.error == 0;
		refused += p.error == EACCES || p.error == ETXTBSY;
		EXPECT_NE(77, p.error);
		/* Without a pause the writer hardly finds the file free. */
		usleep(rand() % 3000);
	}
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	TH_LOG("%u ran, %u refused", ran, refused);
	EXPECT_EQ(rounds - 1, ran + refused);
	EXPECT_LE(20, ran);
	EXPECT_LE(20, refused);
}

TEST_HARNESS_MAIN
