/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways for packets to leave the machine: in clear, by IPsec, by WireGuard.
 * All functions return 0 or an errno.
 */
#ifndef CLIP_TESTS_TUNNEL_H
#define CLIP_TESTS_TUNNEL_H

/*
 * A policy for everything from 10.0.0.0/24 to 10.9.0.0/24: IPsec in its transport
 * mode, in its tunnel mode from @gateway, or no more than that it may pass.
 */
enum policy { PASS, TRANSPORT, TUNNEL };

int policy_add(enum policy policy, const char *gateway);

/* The keys from one address to another; without them nothing leaves. */
int keys_add(enum policy policy, const char *from, const char *to);

/* The same for ESP that encrypts nothing, in the two forms that there are. */
enum null { NULL_CIPHER, SIGNED_ONLY };

int null_keys_add(enum null form, const char *from, const char *to);
int ipsec_flush(void);

/* A device of WireGuard that leads to 10.8.0.0/24, and to no machine there. */
int wireguard_add(void);

#endif /* CLIP_TESTS_TUNNEL_H */
