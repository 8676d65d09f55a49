/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine with some addresses, and actors that use them: in context 0, which
 * may use all of them, and in contexts with addresses of their own.
 *
 * All actors are uid 0 and share all namespaces.
 */
#ifndef CLIP_TESTS_NETID_H
#define CLIP_TESTS_NETID_H

#include "actor.h"
#include "contexts.h"

#define NETID_ACTOR	"/usr/lib/clip/tests/netid_actor"

#define MANY	2101	/* 10.0.0.5, 10.0.0.6, fd00::5, fd00::6 */
#define ONE	2102	/* 10.0.0.8 and fd00::8, which are its loopback, too */

#define THEIRS	"10.0.0.7"	/* of no context, as is fd00::7 */

/* The machine gets its addresses, and a device that leads to 10.9.0.0/24. */
int make_addresses(void);

/* The device gets another address than 10.9.0.1. */
int move_device(const char *text);

/* The addresses alone, for a network namespace that is new. */
int make_loopback_addresses(void);

/*
 * A context with a list of addresses that ends with NULL, and an actor in it.
 * Returns the descriptor of the context, or -1.
 */
int start_at(struct actor *actor, uint32_t xid, const char *const *addresses);

/* CLIP_IOC_CONTEXT_SETUP; 0 or the errno. */
int context_set_up(int fd, uint32_t flags, uint32_t confidentiality);

#endif /* CLIP_TESTS_NETID_H */
