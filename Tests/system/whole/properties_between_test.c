// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties of two contexts: what one cannot do to the other, nor see of it.
 */
#include "actor.h"
#include "properties_fixture.h"

#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/klog.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

/* --------------------------------------------------------------- attacks */

/* An act, and its error on a target of another context that is seen or not. */
struct act {
	const char *name;
	int (*run)(const struct target *);
	int shared, private;
};

/* What is done in A: acts, the last of which has no name, on a target in B. */
struct attack {
	const struct act *acts;
	struct target target;
	bool shared, user;
};

static int attack(const void *data)
{
	const struct attack *attack = data;
	struct target own = { .xid = A };
	struct actor actor;

	MUST(0, make_objects(&own));
	MUST(0, actor_start(&actor, ACTOR, 0));
	own.pid = actor.pid;
	for (const struct act *act = attack->acts; act->name; act++) {
		const int wanted = attack->shared ? act->shared : act->private;
		const int twin = act->run(&own), got = act->run(&attack->target);

		if (twin || (attack->user ? !got : got != wanted)) {
			fprintf(stderr, "# %s: its own %d, that of B %d, not %d\n",
				act->name, twin, got, wanted);
			return 1;
		}
	}
	actor_stop(&actor);
	shmctl(own.shm, IPC_RMID, NULL);
	return 0;
}

#define ATTACK(list) do { \
	const struct attack attack_ = { \
		(list), self->server.target, !variant->a, \
		variant->a & CLONE_NEWUSER, \
	}; \
	\
	EXPECT_EQ(0, inside(self->a, variant->a, attack, &attack_)); \
} while (0)

/* ------------------------------------------------- 3: no signal, no control */

static int pid_signal(const struct target *target)
{
	const int fd = syscall(SYS_pidfd_open, target->pid, 0);
	int err = fd < 0 ? errno : error_of(syscall(SYS_pidfd_send_signal, fd, 0,
						    NULL, 0));

	close(fd);
	return err;
}

static int queue_signal(const struct target *target)
{
	return error_of(sigqueue(target->pid, 0, (union sigval) {}));
}

static int set_limit(const struct target *target)
{
	const struct rlimit limit = { 500, 1000 };

	return error_of(syscall(SYS_prlimit64, target->pid, RLIMIT_NOFILE, &limit,
				NULL));
}

static int set_scheduler(const struct target *target)
{
	const struct sched_param param = {};

	return error_of(sched_setscheduler(target->pid, SCHED_BATCH, &param));
}

static int set_affinity(const struct target *target)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	return error_of(sched_setaffinity(target->pid, sizeof(cpus), &cpus));
}

#define ACT(name, call) \
	static int name(const struct target *target) \
	{ \
		return error_of(call); \
	}

ACT(signal_0, kill(target->pid, 0))
ACT(signal_cont, kill(target->pid, SIGCONT))
ACT(signal_thread, syscall(SYS_tgkill, target->pid, target->pid, SIGCONT))
ACT(set_nice, setpriority(PRIO_PROCESS, target->pid, 1))
ACT(set_io_priority, syscall(SYS_ioprio_set, 1, target->pid, IOPRIO_CLASS_BE << 13 | 5))

TEST_F(properties, no_signal_and_no_control)
{
	static const struct act acts[] = {
		{ "kill", signal_0, EPERM, ESRCH },
		{ "SIGCONT", signal_cont, EPERM, ESRCH },
		{ "tgkill", signal_thread, EPERM, ESRCH },
		{ "sigqueue", queue_signal, EPERM, ESRCH },
		{ "pidfd", pid_signal, EPERM, ESRCH },
		{ "nice", set_nice, EPERM, ESRCH },
		{ "scheduler", set_scheduler, EPERM, ESRCH },
		{ "affinity", set_affinity, EPERM, ESRCH },
		{ "prlimit", set_limit, EPERM, ESRCH },
		{ "ioprio", set_io_priority, EPERM, ESRCH },
		{},
	};

	ATTACK(acts);
	/* The twin: context 0 reaches it. */
	EXPECT_EQ(0, signal_0(&self->server.target));
}

/* -------------------------------------------- 4: no memory and no descriptor */

static int trace(const struct target *target)
{
	int err = error_of(ptrace(PTRACE_SEIZE, target->pid, NULL, NULL)), status;

	if (err)
		return err;
	ptrace(PTRACE_INTERRUPT, target->pid, NULL, NULL);
	waitpid(target->pid, &status, __WALL);
	return error_of(ptrace(PTRACE_DETACH, target->pid, NULL, NULL));
}

/* Nothing is mapped there; a task that may read gets EFAULT. */
static int read_memory(const struct target *target)
{
	char byte;
	struct iovec local = { &byte, 1 }, remote = { (void *)0x1000, 1 };
	int err = error_of(process_vm_readv(target->pid, &local, 1, &remote, 1, 0));

	return err == EFAULT ? 0 : err;
}

static int take_descriptor(const struct target *target)
{
	const int pidfd = syscall(SYS_pidfd_open, target->pid, 0);
	const int fd = pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, 0, 0);
	int err = error_of(fd);

	close(fd);
	close(pidfd);
	return err;
}

static int count(const struct target *target)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1,
	};
	const int fd = syscall(SYS_perf_event_open, &attr, target->pid, -1, -1, 0);
	int err = error_of(fd);

	close(fd);
	return err;
}

static int open_of(const struct target *target, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", target->pid, name);
	return try_open(path, flags);
}

#define FILE_OF(name, text, flags) \
	static int name(const struct target *target) \
	{ \
		return open_of(target, text, flags); \
	}

FILE_OF(open_memory, "mem", O_RDWR)
FILE_OF(open_maps, "maps", O_RDONLY)
FILE_OF(open_environment, "environ", O_RDONLY)
FILE_OF(open_descriptors, "fd", O_RDONLY)
FILE_OF(open_root, "root", O_RDONLY)
FILE_OF(open_directory, "cwd", O_RDONLY)
FILE_OF(open_program, "exe", O_RDONLY)
FILE_OF(open_namespace, "ns/mnt", O_RDONLY)

TEST_F(properties, no_memory_and_no_descriptor)
{
	static const struct act acts[] = {
		{ "ptrace", trace, EPERM, ESRCH },
		{ "process_vm_readv", read_memory, EPERM, ESRCH },
		{ "pidfd_getfd", take_descriptor, EPERM, ESRCH },
		{ "perf", count, EACCES, ESRCH },
		{ "mem", open_memory, EACCES, ENOENT },
		{ "maps", open_maps, EACCES, ENOENT },
		{ "environ", open_environment, EACCES, ENOENT },
		{ "fd", open_descriptors, EACCES, ENOENT },
		{ "root", open_root, EACCES, ENOENT },
		{ "cwd", open_directory, EACCES, ENOENT },
		{ "exe", open_program, EACCES, ENOENT },
		{ "ns", open_namespace, EACCES, ENOENT },
		{},
	};

	ATTACK(acts);
	EXPECT_EQ(0, open_maps(&self->server.target));
}

/* ------------------------------------------- 5: nothing of others is visible */

static struct shmid_ds state;

static int look_at(const struct target *target)
{
	struct stat info;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d", target->pid);
	return error_of(stat(path, &info));
}

static int describe_key(const struct target *target)
{
	char text[128];

	return error_of(syscall(SYS_keyctl, KEYCTL_DESCRIBE, target->key, text,
				sizeof(text)));
}

FILE_OF(open_status, "status", O_RDONLY)
ACT(ask_session, getsid(target->pid))
ACT(look_at_shm, shmctl(target->shm, IPC_STAT, &state))

/* @data: whether the network namespace is that of the host. */
static int sees_no_list(const void *data)
{
	const bool shared = *(const bool *)data;
	char line[16];

	MUST(shared ? EACCES : 0, try_open("/proc/net/tcp", O_RDONLY));
	MUST(shared ? EACCES : 0, try_open("/proc/net/unix", O_RDONLY));
	MUST(EPERM, error_of(klogctl(3, line, sizeof(line))));
	MUST(EACCES, try_open("/proc/keys", O_RDONLY));
	return 0;
}

TEST_F(properties, nothing_of_others_is_visible)
{
	static const struct act acts[] = {
		{ "stat", look_at, ENOENT, ENOENT },
		{ "status", open_status, EACCES, ENOENT },
		{ "getsid", ask_session, EPERM, ESRCH },
		{ "shmctl", look_at_shm, EACCES, EINVAL },
		{ "keyctl", describe_key, EACCES, EACCES },
		{ "abstract name", connect_to_abstract, ECONNREFUSED, ECONNREFUSED },
		{},
	};
	const bool shared = !variant->a;

	ATTACK(acts);
	EXPECT_EQ(0, open_status(&self->server.target));
	EXPECT_EQ(0, inside(self->a, variant->a, sees_no_list, &shared));
}

/* ------------------------------------------------ 8: no channel between levels */

static int attach(const struct target *target)
{
	void *at = shmat(target->shm, NULL, 0);

	return at == (void *)-1 ? errno : error_of(shmdt(at));
}

static int read_key(const struct target *target)
{
	char text[16];

	return error_of(syscall(SYS_keyctl, KEYCTL_READ, target->key, text,
				sizeof(text)));
}

/* @data is NULL in context 0. */
static int locks(const void *data)
{
	const int fd = open(DIR "/fixed/file", O_RDONLY);

	MUST(1, fd >= 0);
	MUST(data ? EPERM : 0, error_of(flock(fd, LOCK_SH | LOCK_NB)));
	MUST(data ? EPERM : 0, error_of(fcntl(fd, F_SETLK,
					      &(struct flock) { .l_type = F_RDLCK })));
	return 0;
}

TEST_F(properties, no_channel_between_levels)
{
	static const struct act acts[] = {
		{ "name in a directory", connect_to_path, ECONNREFUSED, ECONNREFUSED },
		{ "shared memory", attach, EACCES, EINVAL },
		{ "key", read_key, ENOKEY, ENOKEY },
		{},
	};

	ATTACK(acts);
	EXPECT_EQ(0, connect_to_path(&self->server.target));
	/* A tree that both see, and neither can write. */
	ASSERT_EQ(0, mkdir(DIR "/fixed", 0755));
	ASSERT_EQ(0, mount("none", DIR "/fixed", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mknod(DIR "/fixed/file", S_IFREG | 0644, 0));
	ASSERT_EQ(0, mount(NULL, DIR "/fixed", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	EXPECT_EQ(0, inside(self->a, variant->a, locks, ""));
	EXPECT_EQ(0, inside(-1, variant->a, locks, NULL));
	umount2(DIR "/fixed", MNT_DETACH);
}

TEST_HARNESS_MAIN
