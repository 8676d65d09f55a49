/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How Python is made to ask before it loads code.
 */
#ifndef PYTHON_ASKS_HOOKS_H
#define PYTHON_ASKS_HOOKS_H

int hooks_install(void);
int hooks_complete(void);

#endif /* PYTHON_ASKS_HOOKS_H */
