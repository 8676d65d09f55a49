/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel counted, for the host. */
#ifndef GUEST_COVERAGE_H
#define GUEST_COVERAGE_H

/* Finds the counters, before a test can hide them. */
void coverage_open(void);

/*
 * Writes all counters to PORT: for each file a line "SIZE PATH" and SIZE bytes.
 * Returns 0, also when the kernel does not count, or an errno value.
 */
int coverage_send(int port);

#endif
