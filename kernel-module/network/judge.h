/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the addresses that a socket of a context may use
 */
#ifndef _SECURITY_CLIP_NETWORK_JUDGE_H
#define _SECURITY_CLIP_NETWORK_JUDGE_H

#include <linux/cred.h>
#include <linux/sched.h>

#include "core/cred_blob.h"
#include "core/sock_blob.h"
#include "store/context.h"

struct msghdr;
struct sk_buff;
struct sockaddr;
struct socket;

/**
 * clip_judge_applies - Is a socket judged by addresses?
 * @sk: the socket, or NULL
 *
 * The context that made it counts, and the context of the task that uses it.
 *
 * Return: False for a socket of context 0 that a task of context 0 uses, and for
 * families without addresses; true otherwise.
 */
static __always_inline bool clip_judge_applies(const struct sock *sk)
{
	/* What the kernel does for a task is no act of the task. */
	if (!sk || sk->sk_kern_sock ||
	    (sk->sk_family != AF_INET && sk->sk_family != AF_INET6))
		return false;
	return unlikely(clip_sock(sk)->owner ||
			clip_cred(current_cred())->context !=
				&clip_admin_context);
}

int clip_judge_bind(struct socket *sock, struct sockaddr *address, int length);
int clip_judge_connect(struct socket *sock, struct sockaddr *address,
		       int length);
int clip_judge_send(struct socket *sock, struct msghdr *msg);
int clip_judge_sctp(struct sock *sk, bool bind, struct sockaddr *addresses,
		    int length);
void clip_address_report(const char *act, const struct clip_context *ctx,
			 int family, const struct sockaddr *address,
			 enum clip_reason reason, int err);

#endif /* _SECURITY_CLIP_NETWORK_JUDGE_H */
