// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk over the interfaces of the kernel by user 0 of a context, with the
 * capabilities that containers have by default, and by WATCH. Every file of
 * procfs, sysfs and their like, and every device is opened for writing, and
 * every act on the machine is tried. What succeeds is in one of the tables here,
 * with the namespace that it belongs to; anything else is a fault.
 */
#include "contexts.h"
#include "control.h"
#include "files.h"
#include "process.h"

#include <dirent.h>
#include <ftw.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

#include "kselftest_harness.h"

#define PLACE	"/tmp/walk"
#define DEVICES	PLACE "/dev"
#define A	2001
#define CAP(name)	(1ULL << CAP_ ## name)

/* Those that runtimes of containers leave to a container. */
#define DEFAULT_CAPS \
	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FSETID) | CAP(FOWNER) | \
	 CAP(MKNOD) | CAP(NET_RAW) | CAP(SETGID) | CAP(SETUID) | \
	 CAP(SETFCAP) | CAP(SETPCAP) | CAP(NET_BIND_SERVICE) | \
	 CAP(SYS_CHROOT) | CAP(KILL) | CAP(AUDIT_WRITE))

/* A file or a device that may be opened for writing. */
struct allowed {
	const char *path;	/* ends with * for all that begins so */
	const char *owner;	/* of what it changes */
};

/* /proc/self stands for the directory of the walking task. */
static const struct allowed in_shared_namespaces[] = {
	{ "/proc/self/*", "the task itself" },
	{ "char 1:3", "nothing: null" },
	{ "char 1:5", "nothing: zero" },
	{ "char 1:7", "nothing: full" },
	{ "char 1:8", "entropy, which is only ever added to: random" },
	{ "char 1:9", "entropy, which is only ever added to: urandom" },
	{ "char 5:0", "the terminal of the task" },
	{ "char 5:2", "a new terminal" },
	{ "char 10:200", "network namespace, with CAP_NET_ADMIN: tun" },
	{ "char 10:229", "a mount of the user: fuse" },
	{ "char 116:*", "the sound card, by its owner and mode" },
	{ "char 226:*", "the graphics card, by its owner and mode" },
	{ "char veriexec", "the context, which checks each request" },
	{}
};

static const struct allowed in_own_namespaces[] = {
	{ "/proc/sys/net/*", "network namespace" },
	{ "/proc/sys/kernel/hostname", "UTS namespace" },
	{ "/proc/sys/kernel/domainname", "UTS namespace" },
	{ "/proc/sys/kernel/shm*", "IPC namespace" },
	{ "/proc/sys/kernel/msg*", "IPC namespace" },
	{ "/proc/sys/kernel/sem*", "IPC namespace" },
	{ "/proc/sys/kernel/auto_msgmni", "IPC namespace" },
	{ "/proc/sys/fs/mqueue/*", "IPC namespace" },
	{ "/proc/self/net/*", "network namespace" },
	{}
};

/* WATCH changes nothing; these have no effect, or one on the task alone. */
static const struct allowed by_watch[] = {
	{ "/proc/self/*", "the task itself" },
	{ "char 1:3", "nothing: null" },
	{ "char 1:5", "nothing: zero" },
	{ "char 1:7", "nothing: full" },
	{ "char 1:8", "entropy, which is only ever added to: random" },
	{ "char 1:9", "entropy, which is only ever added to: urandom" },
	{ "char 5:0", "the terminal of the task" },
	{ "char 5:2", "a new terminal" },
	{ "char veriexec", "the context, which checks each request" },
	{}
};

struct walk {
	const struct allowed *tables[2];
	unsigned int tried, opened, faults;
	char self[32];		/* "/proc/PID/" */
	unsigned int veriexec;	/* its minor number */
};

static struct walk *walking;

static bool is_allowed(const char *path)
{
	for (int i = 0; i < 2; i++)
		for (const struct allowed *one = walking->tables[i];
		     one && one->path; one++) {
			size_t length = strlen(one->path);

			if (one->path[length - 1] == '*' ?
			    !strncmp(path, one->path, length - 1) :
			    !strcmp(path, one->path))
				return true;
		}
	return false;
}

static void found(const char *path)
{
	walking->opened++;
	if (is_allowed(path))
		return;
	walking->faults++;
	fprintf(stderr, "# %s can be opened for writing\n", path);
}

static int visit(const char *path, const struct stat *info, int type,
		 struct FTW *unused)
{
	char name[512];
	int fd;

	if (type != FTW_F || !S_ISREG(info->st_mode))
		return 0;
	walking->tried++;
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	close(fd);
	if (strncmp(path, walking->self, strlen(walking->self)))
		snprintf(name, sizeof(name), "%s", path);
	else
		snprintf(name, sizeof(name), "/proc/self/%s",
			 path + strlen(walking->self));
	found(name);
	return 0;
}

static void visit_devices(const char *list, mode_t type)
{
	DIR *all = opendir(list);
	struct dirent *entry;
	unsigned int major, minor;
	char path[128], name[64];

	while (all && (entry = readdir(all))) {
		if (sscanf(entry->d_name, "%u:%u", &major, &minor) != 2)
			continue;
		snprintf(path, sizeof(path), DEVICES "/%c%u:%u",
			 type == S_IFCHR ? 'c' : 'b', major, minor);
		snprintf(name, sizeof(name), "%s %u:%u",
			 type == S_IFCHR ? "char" : "block", major, minor);
		if (type == S_IFCHR && major == 10 && minor == walking->veriexec)
			snprintf(name, sizeof(name), "char veriexec");
		walking->tried++;
		/* Requests are made by any descriptor of a device. */
		for (int mode = 0; mode < 2; mode++) {
			int fd = open(path, (mode ? O_RDWR : O_WRONLY) |
				      O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

			if (fd < 0)
				continue;
			close(fd);
			found(name);
			break;
		}
	}
	if (all)
		closedir(all);
}

static int walks(void *data)
{
	walking = data;
	snprintf(walking->self, sizeof(walking->self), "/proc/%d/", getpid());
	nftw("/proc", visit, 32, FTW_PHYS);
	nftw("/sys", visit, 32, FTW_PHYS);
	visit_devices("/sys/dev/char", S_IFCHR);
	visit_devices("/sys/dev/block", S_IFBLK);
	return walking->faults ? 1 : 0;
}

/* ------------------------------------------------------------------- the acts */

static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

static long configure_link(unsigned long request)
{
	struct ifreq interface = { .ifr_name = "lo" };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	long result = ioctl(fd, request, &interface);
	int err = errno;

	close(fd);
	errno = err;
	return result;
}

/* The answer to an empty message of a type of rtnetlink; 0 or an errno. */
static int route_message(int type)
{
	struct {
		struct nlmsghdr head;
		char body[64];
	} message = {
		.head = {
			.nlmsg_len = sizeof(message), .nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err = EIO;

	if (fd < 0)
		return errno;
	if (send(fd, &message, sizeof(message), 0) < 0)
		err = errno;
	else if (recv(fd, &answer, sizeof(answer), 0) > 0 &&
		 answer.head.nlmsg_type == NLMSG_ERROR)
		err = -answer.error.error;
	close(fd);
	return err;
}

static bool is_refusal(int err)
{
	return err == EPERM || err == EACCES || err == EOPNOTSUPP ||
	       err == ENOSYS || err == EPROTONOSUPPORT || err == ENOTTY;
}

static int configures_routes(void)
{
	int faults = 0;

	for (int type = RTM_BASE; type <= RTM_MAX; type++) {
		/* The third of each four only asks. */
		if ((type - RTM_BASE) % 4 == 2)
			continue;
		const int err = route_message(type);

		if (!is_refusal(err)) {
			fprintf(stderr, "# rtnetlink %d: %d\n", type, err);
			faults++;
		}
	}
	return faults;
}

/* Sends a message to all listeners of events about devices. */
static int makes_up_an_event(void)
{
	const struct sockaddr_nl to = {
		.nl_family = AF_NETLINK, .nl_groups = 1,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			NETLINK_KOBJECT_UEVENT);
	int err = fd < 0 ? errno :
		  error_of(sendto(fd, "add@/x", 7, 0,
				  (const struct sockaddr *)&to, sizeof(to)));

	close(fd);
	return err;
}

static int acts(void *data)
{
	const struct timeval now = { 1, 0 };
	const struct timespec then = { 1, 0 };
	struct timex adjust = { .modes = ADJ_OFFSET };
	struct sched_param real_time = { .sched_priority = 1 };
	struct rlimit more = { 1 << 20, 1 << 30 };
	int faults = 0;
	const struct {
		const char *name;
		int err;
	} results[] = {
#define ACT(call)	{ #call, (errno = 0, error_of(call)) }
		ACT(sethostname("taken", 5)),
		ACT(setdomainname("taken", 5)),
		ACT(settimeofday(&now, NULL)),
		ACT(clock_settime(CLOCK_REALTIME, &then)),
		ACT(adjtimex(&adjust)),
		ACT(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1,
			    LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, 0)),
		ACT(klogctl(5, NULL, 0)),
		ACT(klogctl(8, NULL, 1)),
		ACT(swapon("/etc/hostname", 0)),
		ACT(swapoff("/etc/hostname")),
		ACT(syscall(SYS_acct, NULL)),
		ACT(syscall(SYS_init_module, "", 0, "")),
		ACT(syscall(SYS_finit_module, 0, "", 0)),
		ACT(syscall(SYS_delete_module, "x", 0)),
		ACT(syscall(SYS_kexec_load, 0, 0, NULL, 0)),
		ACT(syscall(SYS_iopl, 3)),
		ACT(syscall(SYS_ioperm, 0x80, 1, 1)),
		ACT(syscall(SYS_quotactl, QCMD(Q_QUOTAON, USRQUOTA), "/dev/null",
			    0, NULL)),
		ACT(mount("none", "/mnt", "tmpfs", 0, NULL)),
		ACT(umount2("/proc", MNT_DETACH)),
		ACT(syscall(SYS_pivot_root, "/", "/")),
		ACT(syscall(SYS_fsopen, "tmpfs", 0)),
		ACT(syscall(SYS_open_tree, AT_FDCWD, "/", 1)),
		ACT(unshare(CLONE_NEWNS)),
		ACT(unshare(CLONE_NEWNET)),
		ACT(unshare(CLONE_NEWUSER)),
		ACT(unshare(CLONE_NEWCGROUP)),
		ACT(syscall(SYS_bpf, 0, "", 0)),
		ACT(fanotify_init(FAN_CLASS_CONTENT, O_RDONLY)),
		ACT(syscall(SYS_vhangup)),
		ACT(setpriority(PRIO_PROCESS, 0, -20)),
		ACT(sched_setscheduler(0, SCHED_FIFO, &real_time)),
		ACT(syscall(SYS_ioprio_set, 1, 0, 1 << 13)),
		ACT(setrlimit(RLIMIT_NOFILE, &more)),
		ACT(configure_link(SIOCSIFFLAGS)),
		ACT(configure_link(SIOCSIFADDR)),
		ACT(configure_link(SIOCSIFMTU)),
		ACT(configure_link(SIOCSIFHWADDR)),
		ACT(configure_link(SIOCSIFNAME)),
		{ "made up event", makes_up_an_event() },
	};

	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++)
		if (!is_refusal(results[i].err)) {
			fprintf(stderr, "# %s: %d\n", results[i].name,
				results[i].err);
			faults++;
		}
	faults += configures_routes();
	return faults > 250 ? 250 : faults;
}

/* ------------------------------------------------------------------- the tests */

FIXTURE(walk)
{
	int a, watch;
	unsigned int veriexec;
};

static void make_devices(const char *list, mode_t type)
{
	DIR *all = opendir(list);
	struct dirent *entry;
	unsigned int major, minor;
	char path[128];

	while (all && (entry = readdir(all)))
		if (sscanf(entry->d_name, "%u:%u", &major, &minor) == 2) {
			snprintf(path, sizeof(path), DEVICES "/%c%u:%u",
				 type == S_IFCHR ? 'c' : 'b', major, minor);
			mknod(path, type | 0666, makedev(major, minor));
		}
	if (all)
		closedir(all);
}

FIXTURE_SETUP(walk)
{
	static const char *const more[][2] = {
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "configfs", "/sys/kernel/config" },
		{ "securityfs", "/sys/kernel/security" },
		{ "cgroup2", "/sys/fs/cgroup" },
		{ "bpf", "/sys/fs/bpf" },
		{ "fusectl", "/sys/fs/fuse/connections" },
		{ "pstore", "/sys/fs/pstore" },
		{ "binfmt_misc", "/proc/sys/fs/binfmt_misc" },
	};
	struct clip_context_args args = { .xid = CLIP_CONTEXT_WATCH };
	struct stat info;

	ASSERT_EQ(0, private_tmpfs(PLACE, 0));
	/* Those that this kernel has, in the mount namespace of the test. */
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		mount("none", more[i][1], more[i][0], 0, NULL);
	ASSERT_EQ(0, mkdir(DEVICES, 0755));
	make_devices("/sys/dev/char", S_IFCHR);
	make_devices("/sys/dev/block", S_IFBLK);
	ASSERT_EQ(0, stat(CLIP_DEVICE_PATH, &info));
	self->veriexec = minor(info.st_rdev);
	self->a = context_create(A, 0, DEFAULT_CAPS, 0);
	self->watch = context_fd(CLIP_IOC_CONTEXT_OPEN, &args);
	ASSERT_LE(0, self->a);
	ASSERT_LE(0, self->watch);
}

FIXTURE_TEARDOWN(walk)
{
	close(self->a);
	close(self->watch);
	context_delete(A);
	umount2(PLACE, MNT_DETACH);
}

#define EXPECT_NO_FAULT(fd, least, ...) do { \
	struct walk walk_ = { .tables = { __VA_ARGS__ }, \
			      .veriexec = self->veriexec }; \
	\
	EXPECT_EQ(0, confined_get(fd, walks, &walk_, sizeof(walk_))); \
	EXPECT_EQ(0, walk_.faults); \
	EXPECT_LT(500, walk_.tried); \
	EXPECT_LE(least, walk_.opened); \
	TH_LOG("tried %u, opened %u", walk_.tried, walk_.opened); \
} while (0)

TEST_F_TIMEOUT(walk, files_and_devices_of_a_context, 120)
{
	EXPECT_NO_FAULT(self->a, 8, in_shared_namespaces);
}

TEST_F_TIMEOUT(walk, files_and_devices_of_watch, 120)
{
	EXPECT_NO_FAULT(self->watch, 8, by_watch);
}

TEST_F_TIMEOUT(walk, files_of_own_namespaces, 120)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC));
	EXPECT_NO_FAULT(self->a, 50, in_shared_namespaces, in_own_namespaces);
}

/* The twin: context 0 opens far more. */
TEST_F_TIMEOUT(walk, files_and_devices_of_context_0, 120)
{
	static const char *const some[] = {
		"/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
		"/sys/kernel/uevent_helper", "/proc/sys/vm/drop_caches",
	};
	int opened = 0;

	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		opened += !try_open(some[i], O_WRONLY);
	EXPECT_LE(3, opened);
}

TEST_F(walk, acts_of_a_context)
{
	EXPECT_EQ(0, do_in_context(self->a, acts, NULL));
}

TEST_F(walk, acts_of_watch)
{
	EXPECT_EQ(0, do_in_context(self->watch, acts, NULL));
}

TEST_HARNESS_MAIN
