// SPDX-License-Identifier: GPL-2.0-only
// A program that dh_strip changes, because it is built with symbols.
#include <stdio.h>

int main(void)
{
	return puts("sample") < 0;
}
