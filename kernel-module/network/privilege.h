/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privileges that an act on a socket needs
 */
#ifndef _SECURITY_CLIP_NETWORK_PRIVILEGE_H
#define _SECURITY_CLIP_NETWORK_PRIVILEGE_H

#include <linux/cred.h>
#include <linux/types.h>

#include "core/cred_blob.h"
#include "network/rules.h"

static __always_inline u64 clip_net_privileges(void)
{
	return clip_cred(current_cred())->privileges;
}

int clip_net_have_all(int family, enum clip_net_act act, u64 needs);
int clip_net_have_one(int family, enum clip_net_act act, u64 needs);

#endif /* _SECURITY_CLIP_NETWORK_PRIVILEGE_H */
