// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests of allow_test, with allow digests that have sizes: nothing is allowed
 * or refused for that reason. They leave a sealed context behind, and so need a
 * guest of their own.
 */
#define ALLOW_BLOCKS	true
#define ALLOW_SIZES	true
#include "allow_test.c"
