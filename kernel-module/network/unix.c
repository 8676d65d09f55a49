// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: UNIX sockets between contexts
 *
 * A name in the filesystem is there for those who see the file, so such a socket
 * is the way by which contexts serve each other, if their levels of
 * confidentiality let them exchange anything. A name without a file is seen in the
 * whole network namespace: it is the context's own, and that of context 0.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/lsm_hooks.h>
#include <linux/net.h>
#include <net/af_unix.h>

#include "core/asleep.h"
#include "core/cred_blob.h"
#include "network/owner.h"
#include "report/report.h"
#include "store/context.h"

/* The name has no file: it begins with a NUL byte. The caller holds the lock. */
static bool is_abstract(const struct sock *sk)
{
	const struct unix_address *address;

	/* Pairs with the release in unix_bind(): the name is complete. */
	address = smp_load_acquire(&unix_sk(sk)->addr);
	return address && address->len > offsetof(struct sockaddr_un, sun_path) &&
	       !address->name->sun_path[0];
}

static enum clip_reason judge(const struct clip_context *from,
			      const struct clip_context *to, bool abstract)
{
	if (from == to)
		return CLIP_REASON_NONE;
	if (!clip_context_exchanges(from, to))
		return CLIP_REASON_CONFIDENTIALITY;
	if (abstract && from != &clip_admin_context && to != &clip_admin_context)
		return CLIP_REASON_OTHER_CONTEXT;
	return CLIP_REASON_NONE;
}

/*
 * Both count: the context that made the socket, and that of the task that uses it.
 * A worker of the kernel counts as context 0.
 */
static int judge_both(const char *act, const struct sock *sk,
		      const struct sock *other)
{
	const struct clip_context *to = clip_sock_context(other);
	const struct clip_context *user = clip_cred(current_cred())->context;
	const struct clip_context *from = clip_sock_context(sk);
	enum clip_reason reason;

	/* Almost always so. */
	if (from == to && user == to)
		return 0;
	reason = judge(from, to, is_abstract(other));
	if (reason == CLIP_REASON_NONE && user) {
		from = user;
		reason = judge(from, to, is_abstract(other));
	}
	if (reason == CLIP_REASON_NONE)
		return 0;
	clip_report_exchange(act, from, to->xid, reason, -ECONNREFUSED);
	return -ECONNREFUSED;
}

/* What is accepted belongs to the context of the socket that listens. */
static int hook_unix_stream_connect(struct sock *sk, struct sock *other,
				    struct sock *newsk)
{
	int err = judge_both("connect", sk, other);

	if (!err && clip_sock(other)->owner)
		clip_owner_set(newsk, clip_sock(other)->owner);
	return err;
}

static int hook_unix_may_send(struct socket *sock, struct socket *other)
{
	return judge_both("send", sock->sk, other->sk);
}

static struct security_hook_list clip_unix_hooks[] __ro_after_init = {
	LSM_HOOK_INIT(unix_stream_connect, hook_unix_stream_connect),
	LSM_HOOK_INIT(unix_may_send, hook_unix_may_send),
};

/**
 * clip_add_unix_hooks - Register the hooks of this file
 */
void __init clip_add_unix_hooks(void)
{
	clip_add_sleeping_hooks(clip_unix_hooks, ARRAY_SIZE(clip_unix_hooks),
				CLIP_WAKE_CONTEXT);
}
