// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests of allow_test, with images where allow digests are in blocks. They
 * leave a sealed context behind, and so need a guest of their own.
 */
#define ALLOW_BLOCKS	true
#include "allow_test.c"
