/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on request: the Nth allocation, or copy from or to user memory, that
 * this task causes fails. Documented in fault-injection/fault-injection.rst of
 * the kernel.
 */
#ifndef CLIP_TESTS_FAULT_H
#define CLIP_TESTS_FAULT_H

#include <stdbool.h>
#include <sys/types.h>

/* Lets allocations that may sleep fail, too. EOPNOTSUPP if nothing can fail. */
int fault_prepare(void);

/* The @nth possible fault of this task from now on happens. */
int fault_arm(unsigned int nth);

/* Ends this. Returns whether the fault has happened. */
bool fault_disarm(void);

/* The same for a process that waits, and for one that has ended. */
int fault_arm_process(pid_t pid, unsigned int nth);
bool fault_happened(pid_t pid);

#endif /* CLIP_TESTS_FAULT_H */
