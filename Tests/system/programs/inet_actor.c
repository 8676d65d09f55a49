// SPDX-License-Identifier: GPL-2.0-only
/*
 * An actor that sends and receives in all possible ways. It never blocks:
 * EAGAIN means that there was nothing to receive.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>

#include "socket_actor.h"


/* This is newer than the headers of the C library. */
#define OP_BIND		56
#define OP_LISTEN	57

static socklen_t fill(struct sockaddr_storage *address, int family, int port)
{
	struct sockaddr_in6 *v6 = (void *)address;
	struct sockaddr_in *v4 = (void *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = family;
	if (family == AF_INET6) {
		v6->sin6_port = htons(port);
		v6->sin6_addr = in6addr_loopback;
		return sizeof(*v6);
	}
	v4->sin_port = htons(port);
	v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*v4);
}

static int domain(void)
{
	int family = AF_INET;
	socklen_t size = sizeof(family);

	getsockopt(held, SOL_SOCKET, SO_DOMAIN, &family, &size);
	return family;
}

static int local_port(void)
{
	struct sockaddr_in6 address = {};
	socklen_t size = sizeof(address);

	return getsockname(held, (void *)&address, &size) ? -1 :
	       ntohs(address.sin6_port);
}

static long has_peer(void)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);

	return result(getpeername(held, (void *)&address, &size));
}

static long listens(void)
{
	int value = -1;
	socklen_t size = sizeof(value);

	getsockopt(held, SOL_SOCKET, SO_ACCEPTCONN, &value, &size);
	return value;
}

/* ------------------------------------------------------- ways of sending */

static long send_to(int port, int flags)
{
	struct sockaddr_storage address;
	socklen_t size = fill(&address, domain(), port);

	return result(sendto(held, "x", 1, flags | MSG_DONTWAIT, (void *)&address,
			     size));
}

/* Two messages in one call; PARTLY if only the first one went. */
static long send_two(int port, int second)
{
	struct sockaddr_storage addresses[2];
	struct iovec iov = { "x", 1 };
	struct mmsghdr messages[2] = {};
	int ports[2] = { port, second }, sent;

	for (int i = 0; i < 2; i++) {
		if (ports[i]) {
			messages[i].msg_hdr.msg_namelen =
				fill(&addresses[i], domain(), ports[i]);
			messages[i].msg_hdr.msg_name = &addresses[i];
		}
		messages[i].msg_hdr.msg_iov = &iov;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(held, messages, 2, MSG_DONTWAIT);
	return sent < 0 ? errno : sent == 2 ? 0 : PARTLY;
}

static long send_file(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	long err = result(sendfile(held, fd, NULL, 1));

	close(fd);
	return err;
}

static long splice_out(void)
{
	int fds[2];
	long err;

	if (pipe(fds) || write(fds[1], "x", 1) != 1)
		return errno;
	err = result(splice(fds[0], NULL, held, NULL, 1, 0));
	close(fds[0]);
	close(fds[1]);
	return err;
}

/* One of SCTP's options that take addresses; the address differs by @other. */
static long sctp_option(int option, int port, int other)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + other),
	};

	return result(setsockopt(held, IPPROTO_SCTP, option, &address,
				 sizeof(address)));
}

/* ----------------------------------------------------- ways of receiving */

static long receive(int flags)
{
	char byte;

	return result(recv(held, &byte, 1, flags | MSG_DONTWAIT));
}

static long receive_read(void)
{
	char byte;
	long err;

	fcntl(held, F_SETFL, O_NONBLOCK);
	err = result(read(held, &byte, 1));
	fcntl(held, F_SETFL, 0);
	return err;
}

static long splice_in(void)
{
	int fds[2];
	long err;

	if (pipe(fds))
		return errno;
	err = result(splice(held, NULL, fds[1], NULL, 1, SPLICE_F_NONBLOCK));
	close(fds[0]);
	close(fds[1]);
	return err;
}

/* As in uapi/linux/tcp.h; the header of the C library does not have it. */
struct zerocopy {
	uint64_t address;
	uint32_t length, skip, in_queue;
	int32_t err;
	uint64_t copy_address;
	int32_t copy_length;
	uint32_t flags;
	uint64_t control, control_length;
	uint32_t msg_flags, reserved;
};

static long receive_zerocopy(void)
{
	char byte[4096];
	struct zerocopy zc = { .copy_address = (uintptr_t)byte,
			       .copy_length = sizeof(byte) };
	socklen_t size = sizeof(zc);

	if (getsockopt(held, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &size))
		return errno;
	return zc.copy_length > 0 ? 0 : EAGAIN;
}

/* ----------------------------------------------------------------- AF_ALG */

/*
 * A digest by the kernel's crypto socket: its accept() does not make a
 * connection.
 */
static long hash(void)
{
	const struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "hash",
		.salg_name = "sha256",
	};
	char digest[32];
	long err = use(socket(AF_ALG, SOCK_SEQPACKET, 0));

	if (err)
		return err;
	if (bind(held, (const void *)&address, sizeof(address)))
		return errno;
	err = use(accept(held, NULL, NULL));
	if (err)
		return err;
	if (send(held, "x", 1, 0) != 1)
		return errno;
	return read(held, digest, 32) == 32 ? 0 : errno;
}

/* --------------------------------------------------------------- io_uring */

static struct {
	int fd;
	uint8_t *queues;
	struct io_uring_sqe *sqes;
	struct io_uring_params p;
} ring = { .fd = -1 };

static long ring_map(void)
{
	const int prot = PROT_READ | PROT_WRITE;

	ring.queues = mmap(NULL, 65536, prot, MAP_SHARED, ring.fd, 0);
	ring.sqes = mmap(NULL, ring.p.sq_entries * sizeof(*ring.sqes), prot,
			 MAP_SHARED, ring.fd, IORING_OFF_SQES);
	return ring.queues == MAP_FAILED || ring.sqes == MAP_FAILED ? errno : 0;
}

static long ring_open(void)
{
	if (ring.fd >= 0)
		return 0;
	ring.fd = syscall(SYS_io_uring_setup, 8, &ring.p);
	if (ring.fd < 0)
		return errno;
	fcntl(ring.fd, F_SETFD, 0);
	return ring_map();
}

/* After exec the ring is still there, as descriptor number @fd. */
static long ring_adopt(int fd)
{
	struct io_uring_params p = {};
	int other = syscall(SYS_io_uring_setup, 8, &p);

	/* The layout of a ring of this size, from another one. */
	close(other);
	ring.fd = fd;
	ring.p = p;
	return ring_map();
}

static long ring_reap(bool *more)
{
	uint32_t head = *(uint32_t *)(ring.queues + ring.p.cq_off.head);
	uint32_t mask = *(uint32_t *)(ring.queues + ring.p.cq_off.ring_mask);
	struct io_uring_cqe *cqe = (void *)(ring.queues + ring.p.cq_off.cqes);
	long res = cqe[head & mask].res;

	*more = cqe[head & mask].flags & IORING_CQE_F_MORE;
	__atomic_store_n((uint32_t *)(ring.queues + ring.p.cq_off.head),
			 head + 1, __ATOMIC_RELEASE);
	return res;
}

static long ring_run(struct io_uring_sqe sqe)
{
	long err = ring_open();
	uint32_t tail, mask;
	bool more;

	if (err)
		return err;
	tail = *(uint32_t *)(ring.queues + ring.p.sq_off.tail);
	mask = *(uint32_t *)(ring.queues + ring.p.sq_off.ring_mask);
	ring.sqes[tail & mask] = sqe;
	((uint32_t *)(ring.queues + ring.p.sq_off.array))[tail & mask] =
		tail & mask;
	__atomic_store_n((uint32_t *)(ring.queues + ring.p.sq_off.tail),
			 tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return errno;
	err = ring_reap(&more);
	/*
	 * Sending without a copy reports a second time, when the memory is
	 * free.
	 */
	if (more && (syscall(SYS_io_uring_enter, ring.fd, 0, 1,
			     IORING_ENTER_GETEVENTS, NULL, 0) < 0 ||
		     ring_reap(&more) || more))
		return EIO;
	return err;
}

/* The same act as by a system call. @flags can send it to a worker. */
static long ring_act(const char *verb, int port, int flags, int personality)
{
	struct sockaddr_storage address;
	socklen_t size = fill(&address, held < 0 ? AF_INET : domain(), port);
	static char byte = 'x';
	struct io_uring_sqe sqe = { .fd = held, .flags = flags,
				    .personality = personality };
	long res;

	if (!strcmp(verb, "socket")) {
		sqe.opcode = IORING_OP_SOCKET;
		sqe.fd = AF_INET;
		sqe.off = SOCK_STREAM;
	} else if (!strcmp(verb, "bind")) {
		sqe.opcode = OP_BIND;
		sqe.addr = (uintptr_t)&address;
		sqe.off = size;
	} else if (!strcmp(verb, "listen")) {
		sqe.opcode = OP_LISTEN;
		sqe.len = 8;
	} else if (!strcmp(verb, "connect")) {
		sqe.opcode = IORING_OP_CONNECT;
		sqe.addr = (uintptr_t)&address;
		sqe.off = size;
	} else if (!strcmp(verb, "accept")) {
		sqe.opcode = IORING_OP_ACCEPT;
	} else if (!strcmp(verb, "send") || !strcmp(verb, "sendto") ||
		   !strcmp(verb, "zc")) {
		sqe.opcode = *verb == 'z' ? IORING_OP_SEND_ZC : IORING_OP_SEND;
		sqe.addr = (uintptr_t)&byte;
		sqe.len = 1;
		sqe.msg_flags = MSG_DONTWAIT;
		if (!strcmp(verb, "sendto")) {
			sqe.addr2 = (uintptr_t)&address;
			sqe.addr_len = size;
		}
	} else if (!strcmp(verb, "write")) {
		sqe.opcode = IORING_OP_WRITE;
		sqe.addr = (uintptr_t)&byte;
		sqe.len = 1;
	} else if (!strcmp(verb, "recv")) {
		sqe.opcode = IORING_OP_RECV;
		sqe.addr = (uintptr_t)&byte;
		sqe.len = 1;
		sqe.msg_flags = MSG_DONTWAIT;
	} else {
		return -1;
	}
	res = ring_run(sqe);
	if (res >= 0 && (sqe.opcode == IORING_OP_SOCKET ||
			 sqe.opcode == IORING_OP_ACCEPT))
		return use(res);
	return res < 0 ? -res : 0;
}

static long personality_register(void)
{
	long err = ring_open();

	if (err)
		return -err;
	return syscall(SYS_io_uring_register, ring.fd,
		       IORING_REGISTER_PERSONALITY, NULL, 0);
}

/* --------------------------------------------------------------- commands */

static long run(const char *verb, const char *rest)
{
	struct sockaddr_storage address;
	long a = 0, b = 0, c = 0;
	char word[32] = "";
	int flags = 0, who = 0;

	sscanf(rest, "%li %li %li", &a, &b, &c);
#define IS(name) (!strcmp(verb, name))
	if (IS("pair"))
		return result(socketpair(a, b, c, (int [2]) {}));
	if (IS("bind"))
		return result(bind(held, (void *)&address,
				   fill(&address, domain(), a)));
	if (IS("bindas"))
		return result(bind(held, (void *)&address, fill(&address, a, b)));
	if (IS("connect"))
		return result(connect(held, (void *)&address,
				      fill(&address, domain(), a)));
	if (IS("connectas"))
		return result(connect(held, (void *)&address,
				      fill(&address, a, b)));
	if (IS("nonblock"))
		return result(fcntl(held, F_SETFL, a ? O_NONBLOCK : 0));
	if (IS("listen"))
		return result(listen(held, 8));
	if (IS("accept"))
		return use(accept4(held, NULL, NULL, 0));
	if (IS("tryaccept"))
		return result(accept4(held, NULL, NULL, SOCK_CLOEXEC));
	if (IS("port"))
		return local_port();
	if (IS("peer"))
		return has_peer();
	if (IS("listens"))
		return listens();
	if (IS("send"))
		return result(send(held, "x", 1, a | MSG_DONTWAIT));
	if (IS("sendto"))
		return send_to(a, b);
	if (IS("sendtwo"))
		return send_two(a, b);
	if (IS("write"))
		return result(write(held, "x", 1));
	if (IS("sendfile"))
		return send_file();
	if (IS("splice"))
		return splice_out();
	if (IS("recv"))
		return receive(a);
	if (IS("read"))
		return receive_read();
	if (IS("splicein"))
		return splice_in();
	if (IS("zerocopy"))
		return receive_zerocopy();
	if (IS("sctp"))
		return sctp_option(a, b, c);
	if (IS("hash"))
		return hash();
	if (IS("uring")) {
		sscanf(rest, "%31s %li %i %i", word, &a, &flags, &who);
		return ring_act(word, a, flags, who);
	}
	if (IS("personality"))
		return personality_register();
	if (IS("ring"))
		return ring.fd;
	if (IS("adopt"))
		return ring_adopt(a);
	if (IS("option")) {
		static const int on = 1;

		return result(setsockopt(held, a, b, &on, sizeof(on)));
	}
	if (IS("secure"))
		return getauxval(AT_SECURE);
	if (IS("getdumpable"))
		return prctl(PR_GET_DUMPABLE);
	return run_shared(verb, rest);
}

int main(void)
{
	return obey(run);
}
