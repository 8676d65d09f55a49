// SPDX-License-Identifier: GPL-2.0-only
/* A program that needs a loader and a library; see lib_test.c. */
#include <stdio.h>

int main(void)
{
	printf("hello ");
	return 0;
}
