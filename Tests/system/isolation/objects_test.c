// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects of other contexts that are found by a number or by a file: System V
 * IPC, keys, counters, BPF, the kernel's log, and locks and watches on trees
 * that several contexts see (IPC-01, IPC-08 to IPC-10, KLOG, PTR-04). All tasks
 * are user 0 and share all namespaces.
 */
#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/klog.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#define DIR	"/tmp/objects"
#define SHARED	DIR "/shared"
#define A	2001
#define B	2002

FIXTURE(objects)
{
	int a, b, watch;
};

FIXTURE_SETUP(objects)
{
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };

	ASSERT_EQ(0, private_tmpfs(DIR, 0));
	self->a = context_create(A, 0, ALL_CAPS, CLIP_PRIV_ALL);
	self->b = context_create(B, 0, ALL_CAPS, CLIP_PRIV_ALL);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->b);
	ASSERT_LE(0, self->watch);
}

FIXTURE_TEARDOWN(objects)
{
	close(self->a);
	close(self->b);
	close(self->watch);
	context_delete(A);
	context_delete(B);
	umount2(DIR, MNT_DETACH);
}

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

/* ------------------------------------------------------------- System V IPC */

struct ipc {
	int shm, msg, sem;	/* numbers */
	key_t key;
};

static int ipc_make(void *data)
{
	const int flags = IPC_CREAT | IPC_EXCL | 0666;
	struct ipc *ipc = data;

	ipc->shm = shmget(ipc->key, 4096, flags);
	ipc->msg = msgget(ipc->key, flags);
	ipc->sem = semget(ipc->key, 1, flags);
	return ipc->shm < 0 || ipc->msg < 0 || ipc->sem < 0;
}

static int ipc_end(void *data)
{
	const struct ipc *ipc = data;

	return error_of(shmctl(ipc->shm, IPC_RMID, NULL)) ?:
	       error_of(msgctl(ipc->msg, IPC_RMID, NULL)) ?:
	       error_of(semctl(ipc->sem, 0, IPC_RMID));
}

/* Each act, and whether it only reads the state of an object. */
static const struct act {
	int (*run)(void *data);
	bool reads;
} ipc_acts[];

#define IPC_ACT(name, call) \
	static int name(void *data) \
	{ \
		const struct ipc *ipc = data; \
		\
		return error_of(call); \
	}

static struct msgbuf message = { 1, "x" };
static struct shmid_ds shm_state;
static struct msqid_ds msg_state;
static struct semid_ds sem_state;
static struct sembuf up = { 0, 1, 0 }, wait_for_0 = { 0, 0, IPC_NOWAIT };

IPC_ACT(shm_find, shmget(ipc->key, 0, 0))
IPC_ACT(shm_find_or_make, shmget(ipc->key, 4096, IPC_CREAT | 0666))
IPC_ACT(shm_map, (long)shmat(ipc->shm, NULL, 0))
IPC_ACT(shm_map_to_read, (long)shmat(ipc->shm, NULL, SHM_RDONLY))
IPC_ACT(shm_look, shmctl(ipc->shm, IPC_STAT, &shm_state))
IPC_ACT(shm_lock, shmctl(ipc->shm, SHM_LOCK, NULL))
IPC_ACT(shm_unlock, shmctl(ipc->shm, SHM_UNLOCK, NULL))
IPC_ACT(msg_find, msgget(ipc->key, 0))
IPC_ACT(msg_put, msgsnd(ipc->msg, &message, 1, IPC_NOWAIT))
IPC_ACT(msg_take, msgrcv(ipc->msg, &message, 1, 0, IPC_NOWAIT))
IPC_ACT(msg_look, msgctl(ipc->msg, IPC_STAT, &msg_state))
IPC_ACT(sem_find, semget(ipc->key, 1, 0))
IPC_ACT(sem_test, semop(ipc->sem, &wait_for_0, 1))
IPC_ACT(sem_raise, semop(ipc->sem, &up, 1))
IPC_ACT(sem_look, semctl(ipc->sem, 0, IPC_STAT, &sem_state))
IPC_ACT(sem_value, semctl(ipc->sem, 0, GETVAL))
IPC_ACT(sem_set, semctl(ipc->sem, 0, SETVAL, 0))

static const struct act ipc_acts[] = {
	{ shm_find, false }, { shm_find_or_make, false }, { shm_map, false },
	{ shm_map_to_read, false }, { shm_look, true }, { shm_lock, false },
	{ shm_unlock, false }, { msg_find, false }, { msg_put, false },
	{ msg_take, false }, { msg_look, true }, { sem_find, false },
	{ sem_test, false }, { sem_raise, false }, { sem_look, true },
	{ sem_value, true }, { sem_set, false },
};

/* IPC-01 */
TEST_F(objects, system_v)
{
	struct ipc host = { .key = 0x1000 }, own = { .key = 0x2000 };

	ASSERT_EQ(0, ipc_make(&host));
	ASSERT_EQ(0, confined_get(self->a, ipc_make, &own, sizeof(own)));
	for (size_t i = 0; i < sizeof(ipc_acts) / sizeof(*ipc_acts); i++) {
		const struct act *act = &ipc_acts[i];

		EXPECT_EQ(0, do_in_context(self->a, act->run, &own));
		EXPECT_EQ(EACCES, do_in_context(self->a, act->run, &host));
		EXPECT_EQ(EACCES, do_in_context(self->b, act->run, &own));
		/* It finds no message that it may take. */
		EXPECT_EQ(act->run == msg_take ? ENOMSG :
			  act->reads ? 0 : EACCES,
			  do_in_context(self->watch, act->run, &own));
		EXPECT_EQ(0, act->run(&host));
		EXPECT_EQ(0, act->run(&own));
	}
	EXPECT_EQ(EACCES, do_in_context(self->a, ipc_end, &host));
	EXPECT_EQ(EACCES, do_in_context(self->watch, ipc_end, &host));
	EXPECT_EQ(EACCES, do_in_context(self->b, ipc_end, &own));
	EXPECT_EQ(0, ipc_end(&host));
	EXPECT_EQ(0, do_in_context(self->a, ipc_end, &own));
}

/* -------------------------------------------------------------------- keys */

static int key_add(void *data)
{
	int32_t *key = data;

	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return errno;
	*key = syscall(SYS_add_key, "user", "objects", "secret", 6,
		       KEY_SPEC_SESSION_KEYRING);
	return error_of(*key) ?:
	       error_of(syscall(SYS_keyctl, KEYCTL_SETPERM, *key, 0x3f3f3f3f));
}

static int key_read(void *data)
{
	char text[16];

	return error_of(syscall(SYS_keyctl, KEYCTL_READ, *(int32_t *)data, text,
				sizeof(text)));
}

static int key_change(void *data)
{
	return error_of(syscall(SYS_keyctl, KEYCTL_UPDATE, *(int32_t *)data,
				"changed", 7));
}

static int key_describe(void *data)
{
	char text[128];

	return error_of(syscall(SYS_keyctl, KEYCTL_DESCRIBE, *(int32_t *)data,
				text, sizeof(text)));
}

static int key_use_own(void *data)
{
	return key_add(data) ?: key_read(data) ?: key_change(data) ?:
	       key_describe(data);
}

static int key_link(void *data)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return 200;
	return error_of(syscall(SYS_keyctl, KEYCTL_LINK, *(int32_t *)data,
				KEY_SPEC_SESSION_KEYRING));
}

/* The keyring of the user is found by every process of the user. */
static int key_in_user_keyring(void *data)
{
	return error_of(syscall(SYS_add_key, "user", "objects", "x", 1,
				KEY_SPEC_USER_KEYRING));
}

/* Without such a key, the kernel starts a program of the host that makes it. */
static int key_request(void *data)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return errno;
	return error_of(syscall(SYS_request_key, "user", "not there", "callout", 0));
}

static int key_request_own(void *data)
{
	int32_t key;

	return key_add(&key) ?:
	       error_of(syscall(SYS_request_key, "user", "objects", "callout", 0));
}

TEST_F(objects, keys_are_not_made_by_the_host)
{
	EXPECT_EQ(EACCES, do_in_context(self->a, key_request, NULL));
	EXPECT_EQ(EACCES, do_in_context(self->watch, key_request, NULL));
	EXPECT_EQ(0, do_in_context(self->a, key_request_own, NULL));
	/* The guest has no such program. */
	EXPECT_EQ(ENOENT, key_request(NULL));
}

/* IPC-08 */
TEST_F(objects, keys)
{
	static const struct {
		int (*run)(void *data);
		int error;
	} acts[] = {
		{ key_read, ENOKEY }, { key_change, EACCES },
		{ key_link, EACCES },
	};
	int32_t key = 0, spare;

	ASSERT_EQ(0, key_add(&key));
	EXPECT_EQ(0, do_in_context(self->a, key_use_own, &spare));
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		EXPECT_EQ(acts[i].error,
			  do_in_context(self->a, acts[i].run, &key));
		EXPECT_EQ(acts[i].error,
			  do_in_context(self->watch, acts[i].run, &key));
		EXPECT_EQ(0, acts[i].run(&key));
	}
	EXPECT_EQ(EACCES, do_in_context(self->a, key_describe, &key));
	EXPECT_EQ(0, do_in_context(self->watch, key_describe, &key));
	EXPECT_EQ(0, key_in_user_keyring(NULL));
	EXPECT_EQ(ENOKEY, do_in_context(self->a, key_in_user_keyring, NULL));
}

/* ---------------------------------------------------- counters, BPF, the log */

static int count_cpu(void *data)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};

	return error_of(syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
}

static int count_itself(void *data)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1, .exclude_hv = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	uint64_t count;

	return fd < 0 ? errno : error_of(read(fd, &count, sizeof(count)));
}

static int create_map(void *data)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
		.max_entries = 1,
	};

	return error_of(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

TEST_F(objects, counters_whatever_the_sysctl_says)
{
	int poor = context_create(2003, 0, 0, 0);

	ASSERT_LE(0, poor);
	ASSERT_EQ(0, write_text("/proc/sys/kernel/perf_event_paranoid", "-1"));
	EXPECT_EQ(0, count_cpu(NULL));
	EXPECT_EQ(0, do_in_context(self->a, count_cpu, NULL));
	EXPECT_EQ(EACCES, do_in_context(poor, count_cpu, NULL));
	EXPECT_EQ(0, do_in_context(poor, count_itself, NULL));
	EXPECT_EQ(0, write_text("/proc/sys/kernel/perf_event_paranoid", "2"));
	close(poor);
	context_delete(2003);
}

TEST_F(objects, bpf_whatever_the_sysctl_says)
{
	int poor = context_create(2003, 0, 0, 0);

	ASSERT_LE(0, poor);
	ASSERT_EQ(0, write_text("/proc/sys/kernel/unprivileged_bpf_disabled",
				"0"));
	EXPECT_EQ(0, create_map(NULL));
	EXPECT_EQ(0, do_in_context(self->a, create_map, NULL));
	EXPECT_EQ(EPERM, do_in_context(poor, create_map, NULL));
	close(poor);
	context_delete(2003);
}

static int read_log(void *data)
{
	static char text[1 << 20];
	int err = error_of(klogctl(3, text, sizeof(text)));

	return err ?: try_open("/dev/kmsg", O_RDONLY);
}

static int changes_log(void *data)
{
	static const int types[] = { 2, 4, 5, 6, 7, 8 };
	char byte;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!klogctl(types[i], &byte, 1) || errno != EPERM)
			return 1 + types[i];
	return try_open("/proc/kmsg", O_RDONLY) == EACCES ? 0 : 100;
}

static int size_of_log(void *data)
{
	return error_of(klogctl(10, NULL, 0));
}

TEST_F(objects, kernel_log)
{
	int poor = context_create(2003, 0, 0, 0);

	ASSERT_LE(0, poor);
	EXPECT_EQ(0, write_text("/proc/sys/kernel/dmesg_restrict", "0"));
	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_KERNEL_LOG, 0, 0,
				   NULL));
	EXPECT_EQ(0, context_setup(poor, CLIP_CONTEXT_KERNEL_LOG, 0, 0, NULL));
	EXPECT_EQ(0, read_log(NULL));
	EXPECT_EQ(0, do_in_context(self->a, read_log, NULL));
	EXPECT_EQ(0, do_in_context(self->watch, read_log, NULL));
	/* Reading is all that they may. */
	EXPECT_EQ(0, do_in_context(self->a, changes_log, NULL));
	EXPECT_EQ(EINVAL, klogctl(8, NULL, 9) ? errno : 0);
	/* B has the capability and not the flag, the other one the reverse. */
	EXPECT_EQ(EPERM, do_in_context(self->b, read_log, NULL));
	EXPECT_EQ(EPERM, do_in_context(poor, read_log, NULL));
	EXPECT_EQ(0, do_in_context(self->b, size_of_log, NULL));
	close(poor);
	context_delete(2003);
}

/* ------------------------------------------------------------ locks and watches */

static int lock_file(void *path)
{
	int fd = open(path, O_RDONLY);
	int err = error_of(flock(fd, LOCK_EX | LOCK_NB));

	close(fd);
	return err;
}

static int lock_part(void *path)
{
	struct flock lock = { .l_type = F_RDLCK };
	int fd = open(path, O_RDONLY);
	int err = error_of(fcntl(fd, F_SETLK, &lock));

	close(fd);
	return err;
}

static int ask_for_lock(void *path)
{
	struct flock lock = { .l_type = F_WRLCK };
	int fd = open(path, O_RDONLY);
	int err = error_of(fcntl(fd, F_GETLK, &lock));

	close(fd);
	return err;
}

static int lease_file(void *path)
{
	int fd = open(path, O_RDONLY);
	int err = error_of(fcntl(fd, F_SETLEASE, F_RDLCK));

	close(fd);
	return err;
}

static int watch_file(void *path)
{
	int fd = inotify_init1(IN_CLOEXEC);
	int err = error_of(inotify_add_watch(fd, path, IN_ACCESS));

	close(fd);
	return err;
}

/* IPC-09, IPC-10 */
TEST_F(objects, locks_and_watches_on_read_only_mounts)
{
	int (*const acts[])(void *) = {
		lock_file, lock_part, ask_for_lock, lease_file, watch_file,
	};

	EXPECT_EQ(0, context_setup(self->a, CLIP_CONTEXT_NOLOCK, 0, 0, NULL));
	ASSERT_EQ(0, mkdir(SHARED, 0755));
	ASSERT_EQ(0, put_file(DIR "/file", "text", 4));
	ASSERT_EQ(0, mount(DIR, SHARED, NULL, MS_BIND, NULL));
	ASSERT_EQ(0, mount(NULL, SHARED, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY,
			   NULL));
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		EXPECT_EQ(0, do_in_context(self->a, acts[i], DIR "/file"));
		EXPECT_EQ(EPERM, do_in_context(self->a, acts[i],
					       SHARED "/file"));
		EXPECT_EQ(0, do_in_context(self->b, acts[i], SHARED "/file"));
		EXPECT_EQ(0, acts[i](SHARED "/file"));
	}
	umount2(SHARED, MNT_DETACH);
}

TEST_HARNESS_MAIN
