// SPDX-License-Identifier: GPL-2.0-only
#include "calls.h"

#include "../call32.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOW_SIZE	(1 << 20)
#define PAGE		4096

const char *const way_names[WAYS] = { "native", "narrow", "ring", "worker" };

static const struct {
	long number;
	int narrow, ring, wide;
} calls[CALLS_END] = {
#define DEFINE_CALL(name, narrow_, ring_, wide_) \
	[CALL_##name] = { __NR_##name, narrow_, ring_, wide_ },
	CALLS(DEFINE_CALL)
#undef DEFINE_CALL
};

static enum way way;

bool has_way(enum call call, enum way by)
{
	if (call == CALL_NONE)
		return by == NATIVE;
	return by < RING || calls[call].ring;
}

/* ------------------------------------------------------------ low memory */

void *low(size_t size)
{
	static char *at;
	static size_t used = LOW_SIZE;

	size = (size + 63) & ~63UL;
	if (used + size > LOW_SIZE) {
		at = low_memory(LOW_SIZE);
		used = 0;
	}
	used += size;
	return memset(at + used - size, 0, size);
}

long low_copy(const void *data, size_t size)
{
	return (long)memcpy(low(size), data, size);
}

long T(const char *text)
{
	return low_copy(text, strlen(text) + 1);
}

long vector(const char *const texts[])
{
	uint32_t *narrow = low(64);
	long *wide = low(128);

	for (int i = 0; texts[i] && i < 15; i++) {
		wide[i] = T(texts[i]);
		narrow[i] = wide[i];
	}
	return way == NARROW ? (long)narrow : (long)wide;
}

long vector_of(const char *text)
{
	return vector((const char *const[]){ text, NULL });
}

long no_vector(void)
{
	return (long)low(16);
}

/* ------------------------------------------------------------------ narrow */

static long call_narrow(enum call call, const long arguments[6])
{
	uint32_t words[8] = {};
	int count = 0;

	for (int i = 0; i < 6 && count < 7; i++) {
		words[count++] = arguments[i];
		if (calls[call].wide & 1 << i)
			words[count++] = arguments[i] >> 32;
	}
	/* It takes the offset in pages. */
	if (call == CALL_mmap)
		words[5] = arguments[5] / PAGE;
	return call32(calls[call].narrow, words[0], words[1], words[2],
		      words[3], words[4], words[5]);
}

/* -------------------------------------------------------------------- ring */

static int ring = -1;
static void *sq, *cq;
static struct io_uring_sqe *entries;
static struct io_uring_params params;

static int make_ring(void)
{
	const int prot = PROT_READ | PROT_WRITE;

	memset(&params, 0, sizeof(params));
	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		return errno;
	sq = mmap(NULL, PAGE, prot, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, PAGE, prot, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	entries = mmap(NULL, PAGE, prot, MAP_SHARED, ring, IORING_OFF_SQES);
	return sq == MAP_FAILED || cq == MAP_FAILED || entries == MAP_FAILED ?
	       errno : 0;
}

static void fill(struct io_uring_sqe *entry, enum call call, const long a[6])
{
	entry->opcode = calls[call].ring;
	entry->fd = a[0];
	entry->addr = a[1];
	switch (call) {
	case CALL_openat:
		entry->open_flags = a[2];
		entry->len = a[3];
		break;
	case CALL_openat2:
		entry->off = a[2];
		entry->len = a[3];
		break;
	case CALL_pwrite64:
		entry->len = a[2];
		entry->off = a[3];
		break;
	case CALL_ftruncate:
		entry->addr = 0;
		entry->off = a[1];
		break;
	case CALL_fallocate:
		entry->len = a[1];
		entry->off = a[2];
		entry->addr = a[3];
		break;
	case CALL_renameat2:
		entry->len = a[2];
		entry->off = a[3];
		entry->rename_flags = a[4];
		break;
	case CALL_unlinkat:
		entry->unlink_flags = a[2];
		break;
	case CALL_mkdirat:
		entry->len = a[2];
		break;
	case CALL_symlinkat:
		entry->fd = a[1];
		entry->addr = a[0];
		entry->addr2 = a[2];
		break;
	case CALL_linkat:
		entry->len = a[2];
		entry->addr2 = a[3];
		entry->hardlink_flags = a[4];
		break;
	case CALL_setxattr:
		entry->fd = 0;
		entry->addr3 = a[0];
		/* fallthrough */
	case CALL_fsetxattr:
		entry->addr = a[1];
		entry->addr2 = a[2];
		entry->len = a[3];
		entry->xattr_flags = a[4];
		break;
	case CALL_socket:
		entry->addr = 0;
		entry->off = a[1];
		entry->len = a[2];
		break;
	case CALL_bind:
	case CALL_connect:
		entry->off = a[2];
		break;
	case CALL_listen:
		entry->addr = 0;
		entry->len = a[1];
		break;
	case CALL_sendto:
		entry->len = a[2];
		entry->msg_flags = a[3];
		entry->addr2 = a[4];
		entry->addr_len = a[5];
		break;
	case CALL_recvfrom:
		entry->len = a[2];
		entry->msg_flags = a[3];
		break;
	default:
		/* has_way() says that no other call comes here. */
		abort();
	}
}

static long call_ring(enum call call, const long arguments[6])
{
	unsigned int *tail = sq + params.sq_off.tail;
	unsigned int *head = cq + params.cq_off.head;
	struct io_uring_cqe *answer = cq + params.cq_off.cqes;
	const unsigned int slot = *tail & (params.sq_entries - 1);
	long result;

	memset(&entries[slot], 0, sizeof(*entries));
	fill(&entries[slot], call, arguments);
	if (way == WORKER)
		entries[slot].flags |= IOSQE_ASYNC;
	((unsigned int *)(sq + params.sq_off.array))[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	while (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		       NULL, 0) != 1)
		if (errno != EINTR)
			return -errno;
	answer += *head & (params.cq_entries - 1);
	result = answer->res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

/* -------------------------------------------------------------------- all */

int use_way(enum way by)
{
	way = by;
	return by >= RING ? make_ring() : 0;
}

long call_by(enum call call, const long a[6])
{
	long result;

	if (way == NARROW)
		return call_narrow(call, a);
	if (way >= RING && calls[call].ring)
		return call_ring(call, a);
	result = syscall(calls[call].number, a[0], a[1], a[2], a[3], a[4],
			 a[5]);
	return result == -1 ? -errno : result;
}

int failed(long result)
{
	return result < 0 && result > -4096 ? -result : 0;
}

int failed_fd(long result)
{
	if (result >= 0)
		close(result);
	return failed(result);
}
