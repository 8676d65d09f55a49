// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the other end of a connection by SCTP
 *
 * SCTP has a table of its own, in which an association is found by any address of
 * its peer. This file is a part of clip only where SCTP is a part of the kernel:
 * clip is no module, and so calls none.
 */
#include "core/common.h"

#include <linux/list.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>
#include <net/sctp/sctp.h>
#include <net/sctp/structs.h>
#include <net/sock.h>

#include "context/control.h"
#include "network/owner.h"
#include "network/peer_sctp.h"

/**
 * struct ends - The two ends of the path by which a socket sends
 * @here: address and port of the socket
 * @there: address and port of its peer
 */
struct ends {
	union sctp_addr here;
	union sctp_addr there;
};

/* Returns whether the socket is connected, and describes its path. */
static bool find_path(struct sock *sk, struct ends *path)
{
	const struct sctp_transport *transport = NULL;
	const struct sctp_association *asoc;

	lock_sock(sk);
	asoc = list_first_entry_or_null(&sctp_sk(sk)->ep->asocs,
					struct sctp_association, asocs);
	if (asoc && asoc->state >= SCTP_STATE_ESTABLISHED)
		transport = asoc->peer.primary_path;
	if (transport) {
		path->here = transport->saddr;
		/* The port has the same place in both families. */
		path->here.v4.sin_port = htons(asoc->base.bind_addr.port);
		path->there = transport->ipaddr;
	}
	release_sock(sk);
	return transport;
}

static int answer(struct sctp_endpoint *endpoint,
		  struct sctp_transport *transport, void *args)
{
	clip_control_answer(args, clip_sock_context(endpoint->base.sk));
	return 0;
}

/**
 * clip_peer_of_sctp - Tell the context of the other end of a connection by SCTP
 * @args: the answer
 * @sk: the socket
 *
 * A socket of the other style (SOCK_SEQPACKET) has many peers.
 *
 * Context: May sleep.
 * Return: 0; -EOPNOTSUPP; -ENOTCONN; -EREMOTE if the other end is elsewhere.
 */
int clip_peer_of_sctp(struct clip_context_of *args, struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct ends path;

	if (sk->sk_type != SOCK_STREAM)
		return -EOPNOTSUPP;
	if (!find_path(sk, &path))
		return -ENOTCONN;
	/* What is here for one end is there for the other one. */
	return sctp_transport_lookup_process(answer, net, &path.there,
					     &path.here, args,
					     net->loopback_dev->ifindex) ?
		       -EREMOTE : 0;
}
