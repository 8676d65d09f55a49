// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	4096

int command_by_ring(int fd, uint32_t command)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 1, &params), result;
	char *queue = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
			   IORING_OFF_SQ_RING);
	struct io_uring_sqe *sqe = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					MAP_SHARED, ring, IORING_OFF_SQES);
	struct io_uring_cqe *cqe;

	if (ring < 0 || queue == MAP_FAILED || sqe == MAP_FAILED)
		return 1000;
	*sqe = (struct io_uring_sqe) {
		.opcode = IORING_OP_URING_CMD, .fd = fd, .cmd_op = command,
	};
	*(uint32_t *)(queue + params.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(queue + params.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return errno;
	cqe = (void *)(queue + params.cq_off.cqes);
	result = cqe->res;
	munmap(queue, PAGE);
	munmap(sqe, PAGE);
	close(ring);
	return -result;
}
