// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes requests of all kinds, most of them with something wrong in them, for
 * SECONDS: "device_fuzzer SECONDS SEED". Three callers work at the same time: root,
 * an ordinary user to whom root's descriptors were passed, and root of a context. In
 * the second half they also try what cannot be taken back: latches, levels that are
 * final, context 0 active.
 *
 * A kernel with sanitizers says in its log what went wrong. The program prints how
 * often each request was made and accepted, and fails if one was never accepted from
 * root: then it has not reached what is behind the checks of form.
 */
#include "device_fuzzer/device_fuzzer.h"

#include "contexts.h"
#include "device.h"
#include "files.h"
#include "process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#define KINDS		(requests_count + 3)	/* and ENTER, sysctls, securityfs */
#define ENTER_KIND	(requests_count)
#define SYSCTL_KIND	(requests_count + 1)
#define SECURITYFS_KIND	(requests_count + 2)
#define MOST_KINDS	64
#define AREA		(256 << 10)

enum { ROOT, ORDINARY, CONFINED, CALLERS };

static const char *const caller_names[CALLERS] = { "root", "user", "context" };

struct tally {
	uint64_t made, accepted;
};

/* In memory that all processes share. */
static struct tally (*tallies)[MOST_KINDS];
static time_t half, end;

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* The page behind the area is not there. */
static bool make_area(struct area *area)
{
	uint8_t *start = mmap(NULL, AREA + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED || munmap(start + AREA, 4096))
		return false;
	*area = (struct area){ start, AREA };
	return true;
}

static void open_files(struct caller *caller)
{
	for (unsigned int i = 0; i < FILES; i++) {
		char path[32];

		snprintf(path, sizeof(path), PLACE "/%u", i);
		caller->files[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
}

/* The descriptors that are made once, before the ordinary user is one. */
static void open_all(struct caller *caller)
{
	int pair[2] = { -1, -1 };

	caller->device = open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	caller->device_read = open(CLIP_DEVICE_PATH, O_RDONLY | O_CLOEXEC);
	caller->devctl = open(CLIP_DEVCTL_PATH, O_RDWR | O_CLOEXEC);
	caller->cgroup = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	caller->pidfd = syscall(SYS_pidfd_open, getpid(), 0);
	if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		caller->socket = pair[0];
	for (unsigned int i = 0; i < HELD; i++) {
		struct clip_context_args args = { .size = sizeof(args), .xid = FIRST_CONTEXT + i };

		caller->contexts[i] = ioctl(caller->device, CLIP_IOC_CONTEXT_OPEN, &args);
	}
	open_files(caller);
}

static int target_of(struct caller *caller, enum target target)
{
	/* What is made on the wrong descriptor must be refused. */
	if (once_in(32))
		return caller->files[below(FILES)];
	switch (target) {
	case VERIEXEC:
		return once_in(8) ? caller->device_read : caller->device;
	case DEVCTL:
		return caller->devctl;
	default:
		return caller->contexts[below(HELD)];
	}
}

/*
 * The level and the bounds of the caller's own context are final for the caller: with
 * less of them, nothing but refusals would be tried.
 */
static void spare_own_context(const struct request *request, void *args)
{
	struct clip_context_args *context = args;

	if (request->number != CLIP_IOC_SET_LEVEL && request->number != CLIP_IOC_CONTEXT_NARROW)
		return;
	if (context->xid < FIRST_CONTEXT || context->xid == CLIP_CONTEXT_OWN)
		context->xid = FIRST_CONTEXT + below(CONTEXTS);
}

static bool try_request(struct caller *caller, const struct request *request)
{
	/* The largest structure, and what a caller of a later version would add. */
	uint8_t args[1024] = { 0 };
	size_t size = _IOC_SIZE(request->number);
	unsigned long call = request->number;
	void *place = args;
	int result;

	request->fill(caller, args);
	if (once_in(3))
		damage(args, size);
	if (!caller->final)
		spare_own_context(request, args);
	if (once_in(8)) {
		const uint32_t claimed = once_in(2) ? size + 8 * below(4) : edge();

		memcpy(args, &claimed, sizeof(claimed));
	}
	/* The number of the request says the size as well. */
	if (once_in(16))
		call = _IOC(_IOC_DIR(call), _IOC_TYPE(call), _IOC_NR(call), edge() & _IOC_SIZEMASK);
	if (once_in(16)) {
		/* The structure ends with the memory, or goes beyond. */
		const size_t room = once_in(2) ? size : size / 2;

		place = at_the_end(caller, room);
		memcpy(place, args, room);
	} else if (once_in(64)) {
		place = (void *)(uintptr_t)edge();
	}
	result = ioctl(target_of(caller, request->target), call, place);
	if (result < 0)
		return false;
	if (request->opens) {
		const unsigned int slot = below(HELD);

		close(caller->contexts[slot]);
		caller->contexts[slot] = result;
	}
	return true;
}

/* A child enters a context, and makes some requests from there. */
static bool try_enter(struct caller *caller)
{
	const int fd = caller->contexts[below(HELD)];
	int status = 0;
	pid_t pid = fd < 0 ? -1 : fork();

	if (!pid) {
		int devices;

		if (once_in(4))
			(void)close_range(3, fd - 1, 0);
		else
			keep_only(fd);
		if (ioctl(fd, CLIP_IOC_ENTER))
			_exit(1);
		/* The requests of a holder of this descriptor from inside. */
		devices = open(CLIP_DEVICE_PATH, O_RDWR);
		for (unsigned int i = 0; i < 4; i++) {
			uint8_t args[1024] = { 0 };
			const struct request *request = &requests[below(requests_count)];

			request->fill(caller, args);
			ioctl(request->target == CONTEXT ? fd : devices, request->number, args);
		}
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void act(struct caller *caller, struct tally *tally)
{
	while (now() < end) {
		const unsigned int kind = below(KINDS);
		bool accepted;

		caller->final = now() >= half && once_in(4);
		/* A context that a task has entered takes less. */
		if (kind == ENTER_KIND && !once_in(4))
			continue;
		if (kind == ENTER_KIND)
			accepted = try_enter(caller);
		else if (kind == SYSCTL_KIND)
			accepted = try_sysctl(caller);
		else if (kind == SECURITYFS_KIND)
			accepted = try_securityfs();
		else
			accepted = try_request(caller, &requests[kind]);
		__atomic_add_fetch(&tally[kind].made, 1, __ATOMIC_RELAXED);
		__atomic_add_fetch(&tally[kind].accepted, accepted, __ATOMIC_RELAXED);
	}
}

/* Root of a context: it has the descriptors that it opens there. */
static int enter_own(void)
{
	struct clip_context_args args = {
		.size = sizeof(args), .xid = INSIDE, .cap_bound = ALL_CAPS, .priv_bound = CLIP_PRIV_ALL,
	};
	int device = open(CLIP_DEVICE_PATH, O_RDWR | O_CLOEXEC), fd;

	fd = ioctl(device, CLIP_IOC_CONTEXT_CREATE, &args);
	if (fd < 0)
		fd = ioctl(device, CLIP_IOC_CONTEXT_OPEN, &args);
	if (fd < 0)
		return errno;
	close(device);
	/* What all processes share would be a way between contexts. */
	keep_only(fd);
	return ioctl(fd, CLIP_IOC_ENTER) ? errno : 0;
}

static void be_caller(int which, uint64_t seed)
{
	struct caller caller = { .device = -1, .devctl = -1, .socket = -1 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	seed_numbers(seed);
	if (!make_area(&caller.area))
		_exit(2);
	/* From then on it shares no memory, so what it does is not counted. */
	if (which == CONFINED && enter_own())
		_exit(3);
	open_all(&caller);
	if (which == ORDINARY && (setgid(USER) || setuid(USER)))
		_exit(4);
	act(&caller, tallies[which]);
	_exit(0);
}

/* Starts a caller again when a request, a latch or a level has ended it. */
static void run_callers(uint64_t seed, unsigned int *starts)
{
	pid_t pids[CALLERS] = { 0 };
	int status;

	while (now() < end) {
		for (int i = 0; i < CALLERS; i++) {
			if (pids[i] > 0)
				continue;
			pids[i] = fork();
			if (!pids[i])
				be_caller(i, seed + starts[i] * CALLERS + i);
			starts[i]++;
		}
		for (int i = 0; i < CALLERS; i++)
			if (waitpid(pids[i], &status, WNOHANG) == pids[i])
				pids[i] = 0;
		usleep(20000);
	}
	for (int i = 0; i < CALLERS; i++)
		if (pids[i] > 0)
			waitpid(pids[i], &status, 0);
}

static bool print_tallies(const unsigned int *starts)
{
	static const char *const others[] = { "ENTER", "sysctls", "securityfs" };
	uint64_t made = 0;
	bool reached = true;

	printf("%-16s %19s %19s\n", "request", "root made/accepted", "user made/accepted");
	for (unsigned int i = 0; i < KINDS; i++) {
		const struct tally *root = &tallies[ROOT][i], *user = &tallies[ORDINARY][i];

		printf("%-16s %9llu %9llu %9llu %9llu\n",
		       i < requests_count ? requests[i].name : others[i - requests_count],
		       (unsigned long long)root->made, (unsigned long long)root->accepted,
		       (unsigned long long)user->made, (unsigned long long)user->accepted);
		made += root->made + user->made;
		reached &= root->accepted > 0;
	}
	for (int i = 0; i < CALLERS; i++)
		printf("%s: started %u times\n", caller_names[i], starts[i]);
	printf("%llu calls%s\n", (unsigned long long)made, reached ? "" : ", and a request was never accepted from root");
	return reached;
}

int main(int argc, char **argv)
{
	unsigned int starts[CALLERS] = { 0 };
	struct clip_info info = { 0 };

	if (argc != 3 || requests_count + 3 > MOST_KINDS) {
		fprintf(stderr, "usage: device_fuzzer SECONDS SEED\n");
		return 2;
	}
	mkdir(PLACE, 0755);
	for (unsigned int i = 0; i < FILES; i++) {
		char path[32];

		snprintf(path, sizeof(path), PLACE "/%u", i);
		if (copy_file("/usr/lib/clip/tests/tiny", path, 0755) || append_byte(path))
			return 2;
	}
	tallies = mmap(NULL, CALLERS * sizeof(*tallies), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED)
		return 2;
	end = now() + atoi(argv[1]);
	half = now() + atoi(argv[1]) / 2;
	run_callers(strtoull(argv[2], NULL, 0), starts);
	if (!print_tallies(starts))
		return 1;
	/* The kernel still answers. */
	return get_info(&info) ? 1 : 0;
}
