/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an interpreter asks the kernel, and whether it has to obey.
 */
#ifndef PYTHON_ASKS_ASK_H
#define PYTHON_ASKS_ASK_H

#include <stdbool.h>

bool ask_restricts_files(void);
bool ask_denies_interactive(void);
int ask_execute(int fd, const char *name);
int ask_open_judged(const char *path);
int ask_open_code(const char *path);

#endif /* PYTHON_ASKS_ASK_H */
