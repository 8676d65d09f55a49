// SPDX-License-Identifier: GPL-2.0-only
/*
 * V-14: the update context is declared once until the next boot, also if
 * several tasks declare it at the same moment. The declaration cannot be undone,
 * so this is a program of its own.
 */
#include "contexts.h"
#include "device.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#define TASKS	8
#define FIRST	5001

struct results {
	int ready, errors[TASKS];
};

static void declare(struct results *results, int number)
{
	struct clip_context_args args = { .xid = FIRST + number };

	__atomic_add_fetch(&results->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&results->ready, __ATOMIC_SEQ_CST) < TASKS)
		sched_yield();
	results->errors[number] = context_call(CLIP_IOC_SET_UPDATE, &args);
	_exit(0);
}

TEST(update_context_is_declared_by_one)
{
	struct results *results = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct clip_info info;
	int declared = -1;

	ASSERT_NE(MAP_FAILED, results);
	ASSERT_EQ(0, get_info(&info));
	ASSERT_EQ(0, info.update_context);
	for (int i = 0; i < TASKS; i++)
		if (fork() == 0)
			declare(results, i);
	for (int i = 0; i < TASKS; i++)
		ASSERT_LT(0, wait(NULL));
	for (int i = 0; i < TASKS; i++) {
		if (results->errors[i]) {
			EXPECT_EQ(EPERM, results->errors[i]);
			continue;
		}
		EXPECT_EQ(-1, declared);
		declared = i;
	}
	ASSERT_LE(0, declared);
	ASSERT_EQ(0, get_info(&info));
	EXPECT_EQ(FIRST + declared, info.update_context);
}

TEST_HARNESS_MAIN
