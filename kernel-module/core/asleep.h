/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: hooks that cost nothing until they are needed
 */
#ifndef _SECURITY_CLIP_CORE_ASLEEP_H
#define _SECURITY_CLIP_CORE_ASLEEP_H

#include <linux/bits.h>
#include <linux/init.h>
#include <linux/jump_label.h>

#include "core/common.h"

/* What hooks can wait for. Each happens once, and holds until the next boot. */
#define CLIP_WAKE_CONTEXT	BIT(0)	/* a task enters a context, or will */
#define CLIP_WAKE_SOCKETS	BIT(1)	/* a latch restricts sockets */
#define CLIP_WAKE_PACKETS	BIT(2)	/* a context has a socket with addresses */
#define CLIP_WAKE_HELD		BIT(3)	/* an open file keeps its writers off */
#define CLIP_WAKE_CODE		BIT(4)	/* a level or a latch checks what is run */
#define CLIP_WAKE_WX		BIT(5)	/* ... and where code may lie */
#define CLIP_WAKE_SCOPED	BIT(6)	/* a program gets a scoped capability */
#define CLIP_WAKE_CREATIONS	BIT(7)	/* a program listens for new files */
#define CLIP_WAKE_CHROOT	BIT(8)	/* the root of a task is changed */
#define CLIP_WAKE_SOCKET_KINDS	BIT(9)	/* a latch restricts some kinds of sockets */
#define CLIP_WAKE_HELD_CODE	BIT(10)	/* a level keeps writers off mapped files */
#define CLIP_WAKE_CODE_LATCH	BIT(11)	/* a latch checks what is run */

void __init clip_add_sleeping_hooks(struct security_hook_list *hooks, int count,
				    unsigned int until);
void __init clip_add_sleeping_key(struct static_key_false *key,
				  unsigned int until);
void clip_wake_hooks(unsigned int event);

#endif /* _SECURITY_CLIP_CORE_ASLEEP_H */
