// SPDX-License-Identifier: GPL-2.0-only
/*
 * An actor for things that most programs never do: io_uring, userfaultfd,
 * bpf(2), perf events, user namespaces, kexec, modules, keys, nf_tables. An
 * error that the kernel answered in a netlink message is greater by ANSWERED.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/kexec.h>
#include <linux/keyctl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "socket_actor.h"

#define PAGE		4096

/* --------------------------------------------------------------- io_uring */

static long uring_open(void)
{
	struct io_uring_params params = {};

	return use(syscall(SYS_io_uring_setup, 4, &params));
}

/* Makes a socket through a ring; @flags can send the request to a worker. */
static long uring_socket(int family, int type, int flags)
{
	struct io_uring_params params = {};
	int fd = syscall(SYS_io_uring_setup, 4, &params);
	uint32_t *sq, *cq, *tail, *index;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;

	if (fd < 0)
		return -1;
	sq = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  IORING_OFF_SQ_RING);
	sqe = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   IORING_OFF_SQES);
	if (sq == MAP_FAILED || (void *)sqe == MAP_FAILED)
		return -1;
	cq = sq;
	tail = (void *)((char *)sq + params.sq_off.tail);
	index = (void *)((char *)sq + params.sq_off.array);
	cqe = (void *)((char *)cq + params.cq_off.cqes);
	*sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_SOCKET, .fd = family, .off = type,
		.flags = flags,
	};
	*index = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL,
		    0) < 0)
		return errno;
	close(fd);
	return cqe->res < 0 ? -cqe->res : use(cqe->res);
}

/* ------------------------------------------------ descriptors of the kernel */

static long userfaultfd_device(void)
{
	int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	long err;

	if (device < 0)
		return errno;
	err = use(ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC));
	close(device);
	return err;
}

static long perf_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return use(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static long perf_map(void)
{
	void *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, held, 0);

	if (map == MAP_FAILED)
		return errno;
	munmap(map, PAGE);
	return 0;
}

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static long bpf_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
		.max_entries = 1,
	};

	return use(bpf(BPF_MAP_CREATE, &attr));
}

/* "r0 = 0; exit" */
static long bpf_load(int type, int flags)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = type, .prog_flags = flags,
		.insns = (uintptr_t)code, .insn_cnt = 2,
		.license = (uintptr_t)"GPL",
	};

	return use(bpf(BPF_PROG_LOAD, &attr));
}

/* Writes to the map in hand, or reads: the value, or -errno. */
static long bpf_element(int cmd, uint32_t value)
{
	uint32_t key = 0;
	union bpf_attr attr = {
		.map_fd = held, .key = (uintptr_t)&key,
		.value = (uintptr_t)&value,
	};

	return bpf(cmd, &attr) ? -errno : (long)value;
}

/* ------------------------------------------------------------- namespaces */

static int live(void *unused)
{
	return 0;
}

static long userns(int by_clone)
{
	static char stack[16384];
	int status;
	pid_t pid;

	if (by_clone) {
		pid = clone(live, stack + sizeof(stack),
			    CLONE_NEWUSER | SIGCHLD, NULL);
		if (pid < 0)
			return errno;
	} else {
		pid = fork();
		if (pid == 0)
			_exit(unshare(CLONE_NEWUSER) ? errno : 0);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : EIO;
}

/* ---------------------------------------------------------------- loading */

/* Loads a page as a kernel that will never start; or nothing, which unloads. */
static long kexec(int pages)
{
	static const char page[PAGE] = { (char)0xf4 };
	struct {
		const void *buf;
		size_t bufsz;
		unsigned long mem;
		size_t memsz;
	} segment = { page, sizeof(page), 64UL << 20, PAGE };

	return result(syscall(SYS_kexec_load, segment.mem, pages, &segment,
			      KEXEC_ARCH_DEFAULT));
}

/*
 * This is not a module, but long enough to be examined: ENOEXEC means that the
 * hook let it pass.
 */
static long module_from_memory(void)
{
	static const char image[256] = "no module";

	return result(syscall(SYS_init_module, image, sizeof(image), ""));
}

static long module_from_fd(int fd)
{
	long err;

	if (fd < 0)
		return errno;
	err = result(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
	return err;
}

static long module_from_memfd(void)
{
	static const char image[256] = "no module";
	char path[32];
	int fd = memfd_create("module", 0), err;

	if (fd < 0 || write(fd, image, sizeof(image)) != sizeof(image))
		return -1;
	/*
	 * Not through the descriptor that is open for writing: that is ETXTBSY.
	 */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = open(path, O_RDONLY);
	close(fd);
	return module_from_fd(err);
}

/* A module that does not exist; also by the table of 32-bit system calls. */
static long delete_module(int by_ia32)
{
	static const char name[] = "no_such_module";
	char *low;
	int value = 129;

	if (!by_ia32)
		return result(syscall(SYS_delete_module, name, 0));
	low = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (low == MAP_FAILED)
		return -1;
	memcpy(low, name, sizeof(name));
	asm volatile("int $0x80" : "+a"(value) : "b"(low), "c"(0)
		     : "memory", "r8", "r9", "r10", "r11");
	munmap(low, PAGE);
	return value < 0 ? -value : 0;
}

/* ------------------------------------------------------------------- keys */

static long add_key(const char *name)
{
	return syscall(SYS_add_key, "user", name, "secret", 6,
		       KEY_SPEC_USER_KEYRING);
}

static long key(int option, long id, long arg)
{
	return result(syscall(SYS_keyctl, option, id, arg, 0, 0));
}

/* The length of a key, or -errno. */
static long key_read(long id)
{
	char buffer[64];
	long got = syscall(SYS_keyctl, KEYCTL_READ, id, buffer, sizeof(buffer));

	return got < 0 ? -errno : got;
}

/* -------------------------------------------------------------- nf_tables */

struct batch {
	uint8_t bytes[1024];
	size_t size;
};

static struct nlmsghdr *add_message(struct batch *batch, int type)
{
	struct nlmsghdr *header = (void *)(batch->bytes + batch->size);
	struct nfgenmsg *body = NLMSG_DATA(header);

	header->nlmsg_len = NLMSG_LENGTH(sizeof(*body));
	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	header->nlmsg_seq = 1;
	body->nfgen_family = NFPROTO_IPV4;
	if (type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END)
		body->res_id = htons(NFNL_SUBSYS_NFTABLES);
	batch->size += NLMSG_SPACE(sizeof(*body));
	return header;
}

/* Sends messages of any types, and returns the first error of the answers. */
static long send_messages(const char *types)
{
	struct batch batch = {};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int type, used;

	while (sscanf(types, "%i%n", &type, &used) == 1) {
		add_message(&batch, type);
		types += used;
	}
	if (sendto(held, batch.bytes, batch.size, 0, (void *)&kernel,
		   sizeof(kernel)) < 0)
		return errno;
	return netlink_error();
}

/* ---------------------------------------------------------------- packets */

static long send_packet(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	/* An echo request with its checksum. */
	static const uint8_t echo[8] = { 8, 0, 0xf7, 0xff };

	return result(sendto(held, echo, sizeof(echo), MSG_DONTWAIT,
			     (void *)&address, sizeof(address)));
}

static long run(const char *verb, const char *rest)
{
	long a = 0, b = 0, c = 0;
	char byte;

	sscanf(rest, "%li %li %li", &a, &b, &c);
#define IS(name) (!strcmp(verb, name))
	if (IS("uring"))
		return uring_open();
	if (IS("uringsocket"))
		return uring_socket(a, b, c);
	if (IS("uffd"))
		return use(syscall(SYS_userfaultfd,
				   O_CLOEXEC | UFFD_USER_MODE_ONLY));
	if (IS("uffddevice"))
		return userfaultfd_device();
	if (IS("perf"))
		return perf_open();
	if (IS("perfread"))
		return result(read(held, &(uint64_t) { 0 }, 8));
	if (IS("perfreset"))
		return result(ioctl(held, PERF_EVENT_IOC_RESET, 0));
	if (IS("perfmap"))
		return perf_map();
	if (IS("bpfmap"))
		return bpf_map();
	if (IS("bpfload"))
		return bpf_load(a, b);
	if (IS("bpfset"))
		return bpf_element(BPF_MAP_UPDATE_ELEM, a);
	if (IS("bpfget"))
		return bpf_element(BPF_MAP_LOOKUP_ELEM, 0);
	if (IS("userns"))
		return userns(a);
	if (IS("kexec"))
		return kexec(a);
	if (IS("initmodule"))
		return module_from_memory();
	if (IS("finitmodule"))
		return module_from_fd(open(rest, O_RDONLY | O_CLOEXEC));
	if (IS("finitmemfd"))
		return module_from_memfd();
	if (IS("deletemodule"))
		return delete_module(a);
	if (IS("mount"))
		return result(mount("none", "/tmp", rest, 0, NULL));
	if (IS("addkey"))
		return add_key(rest);
	if (IS("keyperm"))
		return key(KEYCTL_SETPERM, a, b);
	if (IS("keyread"))
		return key_read(a);
	if (IS("keyupdate"))
		return result(syscall(SYS_keyctl, KEYCTL_UPDATE, a, "x", 1));
	if (IS("keylink"))
		return key(KEYCTL_LINK, a, KEY_SPEC_PROCESS_KEYRING);
	if (IS("keyrevoke"))
		return key(KEYCTL_REVOKE, a, 0);
	if (IS("messages"))
		return send_messages(rest);
	if (IS("packet"))
		return send_packet();
	if (IS("recv"))
		return result(recv(held, &byte, 1, MSG_DONTWAIT));
	return run_shared(verb, rest);
}

int main(void)
{
	return obey(run);
}
