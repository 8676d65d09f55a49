/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process of context 0 that waits, and then becomes an actor by an exec.
 */
#ifndef CLIP_TESTS_WAITING_H
#define CLIP_TESTS_WAITING_H

#include "actor.h"

struct waiting {
	struct actor actor;
	int go;
};

/*
 * Forks one, in the cgroup of a descriptor with the second function. It calls
 * @prepare, unless that is NULL, before the exec. 0 or an errno.
 */
int waiting_start(struct waiting *waiting, int (*prepare)(void));
int waiting_start_in(int group, struct waiting *waiting, int (*prepare)(void));

/* Lets it go on. The errno of the exec, or 0. */
long waiting_go(struct waiting *waiting);

#endif /* CLIP_TESTS_WAITING_H */
