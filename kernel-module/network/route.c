// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the source that the routing table chooses
 *
 * A socket of a context is given a source before the kernel chooses a route, which
 * it does once more when the socket is connected. The last answers are kept for a
 * second at most, and no longer than until a route, a rule or an address of the
 * network namespace changes, as the kernel keeps the route of a socket. That number
 * does not tell of all that can lead elsewhere, such as a neighbour that is gone.
 */
#include "core/common.h"

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <net/flow.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/sock.h>

#include "network/route.h"

#define ANSWERS	8	/* on each processor */

/**
 * struct question - What the source depends on, as far as it can be compared
 * @net: the network namespace, by the number that no other one ever has
 * @to: the destination
 * @device: the device that the socket is bound to, or 0
 * @mark: the mark of its packets
 * @uid: its owner
 * @generation: of the routes, rules and addresses of the namespace
 * @second: the time
 */
struct question {
	u64 net;
	__be32 to;
	int device;
	u32 mark;
	kuid_t uid;
	int generation;
	u32 second;
};

/**
 * struct answer - The source that a question has led to
 * @question: the question; @question.net is never 0 in an answer
 * @source: the source
 */
struct answer {
	struct question question;
	__be32 source;
};

static DEFINE_PER_CPU(struct answer[ANSWERS], answers);

static bool is_same(const struct question *a, const struct question *b)
{
	return a->net == b->net && a->to == b->to && a->device == b->device &&
	       a->mark == b->mark && uid_eq(a->uid, b->uid) &&
	       a->generation == b->generation && a->second == b->second;
}

static struct answer *place_of(const struct question *question)
{
	return this_cpu_ptr(answers) + hash_32((__force u32)question->to,
					       ilog2(ANSWERS));
}

static __be32 ask(const struct sock *sk, const struct question *question)
{
	struct flowi4 flow = {
		.daddr = question->to,
		.flowi4_oif = question->device,
		.flowi4_mark = question->mark,
		.flowi4_uid = question->uid,
	};
	struct rtable *route = ip_route_output_key(sock_net(sk), &flow);

	if (IS_ERR(route))
		return 0;
	ip_rt_put(route);
	return flow.saddr;
}

/**
 * clip_route_source4 - Get what the routing table would make the source
 * @sk: a socket of IPv4, or of IPv6 that sends to an address of IPv4
 * @to: the destination
 *
 * Context: Process context; does not sleep.
 * Return: The address, or 0 if there is no route.
 */
__be32 clip_route_source4(const struct sock *sk, __be32 to)
{
	const struct net *net = sock_net(sk);
	/* The generation comes first: what changes later makes another one. */
	const struct question question = {
		.generation = rt_genid_ipv4(net),
		.net = net->net_cookie,
		.to = to,
		.device = READ_ONCE(sk->sk_bound_dev_if),
		.mark = READ_ONCE(sk->sk_mark),
		.uid = sk->sk_uid,
		.second = jiffies / HZ,
	};
	const struct answer *known;
	__be32 source = 0;

	preempt_disable();
	known = place_of(&question);
	if (is_same(&known->question, &question))
		source = known->source;
	preempt_enable();
	if (source)
		return source;
	source = ask(sk, &question);
	preempt_disable();
	*place_of(&question) = (struct answer) { question, source };
	preempt_enable();
	return source;
}
