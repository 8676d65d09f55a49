/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the fuzzer share: numbers, the caller, and the requests.
 */
#ifndef DEVICE_FUZZER_H
#define DEVICE_FUZZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACE		"/tmp/fuzzer"
#define FILES		6	/* PLACE/0 ... */
#define CONTEXTS	24	/* numbers that are tried */
#define FIRST_CONTEXT	4100
#define INSIDE		4150	/* the context of one of the callers */
#define HELD		8	/* descriptors of contexts that a caller keeps */
#define USER		1000

/* What a request is made on. */
enum target { VERIEXEC, DEVCTL, CONTEXT, TARGETS };

/* Room for what requests point to. It ends where no memory is. */
struct area {
	uint8_t *start;
	size_t size;
};

/* One who makes requests. */
struct caller {
	int device, device_read, devctl;
	int contexts[HELD];
	int files[FILES];
	int pidfd, socket, cgroup;
	bool final;		/* what cannot be taken back may be tried */
	struct area area;
};

/*
 * @name: for the table that is printed in the end
 * @number: _IOWR with the size of the structure
 * @fill: makes a request that could be accepted
 * @opens: a success is a descriptor
 */
struct request {
	const char *name;
	unsigned long number;
	enum target target;
	void (*fill)(struct caller *caller, void *args);
	bool opens;
};

extern const struct request requests[];
extern const unsigned int requests_count;

/* Numbers that come again with the same seed. */
void seed_numbers(uint64_t seed);
uint64_t number(void);
unsigned int below(unsigned int limit);
bool once_in(unsigned int times);

/* A number of the kind that is at the edge of something. */
uint64_t edge(void);

/* Some bytes of @size at the end of the area, and all of them random. */
void *at_the_end(struct caller *caller, size_t size);

/* Changes some bytes, or none. */
void damage(void *data, size_t size);

/* Writes to the sysctls, and reads what securityfs shows. */
bool try_sysctl(struct caller *caller);
bool try_securityfs(void);

#endif
