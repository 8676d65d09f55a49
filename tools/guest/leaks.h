/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that nothing refers to any more. */
#ifndef GUEST_LEAKS_H
#define GUEST_LEAKS_H

/* Looks for it, with a kernel that can; what is found gets into the kernel's log. */
void look_for_leaks(void);

#endif
