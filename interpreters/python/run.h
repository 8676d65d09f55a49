/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running the main program.
 */
#ifndef PYTHON_ASKS_RUN_H
#define PYTHON_ASKS_RUN_H

#include <stdbool.h>

#include "source.h"

int run(const struct source *source, bool safe_path);

#endif /* PYTHON_ASKS_RUN_H */
