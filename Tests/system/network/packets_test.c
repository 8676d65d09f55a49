// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the set-up of a context says about its packets: nothing leaves in clear
 * (NET-19), the loopback as it is, addresses that change (NET-22).
 */
#include "actor.h"
#include "contexts.h"
#include "device.h"
#include "log.h"
#include "netid.h"
#include "tunnel.h"

#include <sys/socket.h>

#include "kselftest_harness.h"

#define X	2301
#define TCP	"1 0"
#define UDP	"2 0"
#define CLEAR	"10.9.0.2 7000 0"	/* leaves by a device that does not encrypt */

FIXTURE(packets)
{
	int fd;
	struct actor host, x;
};

/* A context with these flags, and with the addresses 10.0.0.5 and fd00::5. */
static int begin(struct actor *actor, uint32_t flags)
{
	const int fd = context_create(X, 0, ALL_CAPS, CLIP_PRIV_ALL);
	int err = fd < 0 ? errno : context_set_up(fd, flags, 0);

	if (!err)
		err = context_address(fd, CLIP_ADDRESS_ADD, "10.0.0.5/32") ?:
		      context_address(fd, CLIP_ADDRESS_ADD, "fd00::5/128") ?:
		      actor_start_in(actor, fd, NETID_ACTOR, 0);
	return err ? -err : fd;
}

FIXTURE_SETUP(packets)
{
	self->fd = -1;
	ASSERT_EQ(0, make_addresses());
	ASSERT_EQ(0, actor_start(&self->host, NETID_ACTOR, 0));
	ASSERT_EQ(0, ask(&self->host, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 0 0.0.0.0 7000"));
}

FIXTURE_TEARDOWN(packets)
{
	ipsec_flush();
	actor_stop(&self->host);
	actor_stop(&self->x);
	close(self->fd);
	context_delete(X);
}

/* NET-19: whatever the way by which the packet would leave. */
TEST_F(packets, nothing_leaves_in_clear)
{
	long long before;

	self->fd = begin(&self->x, CLIP_CONTEXT_PROTECTED_TRAFFIC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->x, "socket 1 2 " TCP));
	before = refused(CLIP_REASON_CLEAR_TRAFFIC);
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
	EXPECT_EQ(before + 1, refused(CLIP_REASON_CLEAR_TRAFFIC));
	EXPECT_EQ(ECONNREFUSED, ask(&self->x, "connect 1 10.9.0.2 7000"));
	EXPECT_EQ(EPERM, ask(&self->x, "sendfrom 0 10.0.0.5 10.9.0.2 7000"));
	EXPECT_EQ(EPERM, ask(&self->x, "sendraw 0 10.0.0.5 10.9.0.2 7000"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 " CLEAR));
	EXPECT_TRUE(log_has("refused address: reason=56 (clear-traffic)"));
	/* This machine is no way out. */
	EXPECT_EQ(0, ask(&self->x, "sendto 0 10.0.0.7 7000 0"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	/* Nor is a device that encrypts; it does not know the peer. */
	ASSERT_EQ(0, wireguard_add());
	EXPECT_EQ(ENOKEY, ask(&self->x, "sendto 0 10.8.0.2 7000 0"));
	EXPECT_EQ(ENOKEY, ask(&self->host, "sendto 0 10.8.0.2 7000 0"));
}

TEST_F(packets, without_the_flag_it_leaves)
{
	self->fd = begin(&self->x, 0);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " UDP));
	EXPECT_EQ(0, ask(&self->x, "sendto 0 " CLEAR));
	EXPECT_EQ(0, ask(&self->x, "sendraw 0 10.0.0.5 10.9.0.2 7000"));
	EXPECT_EQ(EPERM, ask(&self->x, "sendraw 0 10.0.0.7 10.9.0.2 7000"));
}

/* The tunnel goes up and down: policy, keys, neither. */
TEST_F(packets, ipsec_up_and_down)
{
	self->fd = begin(&self->x, CLIP_CONTEXT_PROTECTED_TRAFFIC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " UDP));
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
	/* A policy that lets it pass does not count. */
	ASSERT_EQ(0, policy_add(PASS, NULL));
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
	ipsec_flush();
	ASSERT_EQ(0, keys_add(TRANSPORT, "10.0.0.5", "10.9.0.2"));
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
	ASSERT_EQ(0, policy_add(TRANSPORT, NULL));
	EXPECT_EQ(0, ask(&self->x, "sendto 0 " CLEAR));
	ipsec_flush();
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
	/* Around the packet is one with the address of a gateway. */
	ASSERT_EQ(0, keys_add(TUNNEL, "10.9.0.1", "10.9.0.2"));
	ASSERT_EQ(0, policy_add(TUNNEL, "10.9.0.1"));
	EXPECT_EQ(0, ask(&self->x, "sendto 0 " CLEAR));
	ipsec_flush();
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
}

/* ESP that only signs leaves the content readable. */
TEST_F(packets, esp_that_encrypts_nothing)
{
	self->fd = begin(&self->x, CLIP_CONTEXT_PROTECTED_TRAFFIC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "socket 1 2 " UDP));
	ASSERT_EQ(0, ask(&self->host, "bind 1 10.0.0.5 7009"));
	for (int form = NULL_CIPHER; form <= SIGNED_ONLY; form++) {
		const long long before = refused(CLIP_REASON_CLEAR_TRAFFIC);

		ASSERT_EQ(0, null_keys_add(form, "10.0.0.5", "10.9.0.2"));
		ASSERT_EQ(0, policy_add(TRANSPORT, NULL));
		EXPECT_EQ(EPERM, ask(&self->x, "sendto 0 " CLEAR));
		EXPECT_EQ(before + 1, refused(CLIP_REASON_CLEAR_TRAFFIC));
		/* The twin: the kernel sends by it what need not be secret. */
		EXPECT_EQ(0, ask(&self->host, "sendto 1 " CLEAR));
		ipsec_flush();
	}
	ASSERT_EQ(0, keys_add(TRANSPORT, "10.0.0.5", "10.9.0.2"));
	ASSERT_EQ(0, policy_add(TRANSPORT, NULL));
	EXPECT_EQ(0, ask(&self->x, "sendto 0 " CLEAR));
}

/* With the flag, the loopback is that of the machine. */
TEST_F(packets, loopback_as_it_is)
{
	self->fd = begin(&self->x, CLIP_CONTEXT_LOOPBACK);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " UDP));
	EXPECT_EQ(0, ask(&self->x, "sendto 0 127.0.0.1 7000 0"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	ASSERT_EQ(0, ask(&self->x, "socket 1 2 " UDP));
	EXPECT_EQ(0, ask(&self->x, "bind 1 127.0.0.1 7001"));
	EXPECT_EQ(1, ask(&self->x, "bound 1 127.0.0.1"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 127.0.0.1 7001 0"));
	EXPECT_EQ(0, ask(&self->x, "recv 1"));
	ASSERT_EQ(0, ask(&self->x, "socket 2 10 " UDP));
	EXPECT_EQ(0, ask(&self->x, "bind 2 ::1 7002"));
	EXPECT_EQ(0, ask(&self->x, "sendto 2 ::1 7002 0"));
	EXPECT_EQ(0, ask(&self->x, "recv 2"));
	/* All else is as without it. */
	ASSERT_EQ(0, ask(&self->x, "socket 3 2 " UDP));
	EXPECT_EQ(EADDRNOTAVAIL, ask(&self->x, "bind 3 10.0.0.7 7003"));
	EXPECT_EQ(EPERM, ask(&self->x, "sendfrom 3 10.0.0.7 10.0.0.7 7000"));
}

/* NET-22: a change counts for sockets that exist, at once. */
TEST_F(packets, addresses_that_change)
{
	self->fd = begin(&self->x, CLIP_CONTEXT_LIVE_ADDRESSES);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ask(&self->x, "socket 0 2 " UDP));
	ASSERT_EQ(0, ask(&self->x, "bind 0 0.0.0.0 7001"));
	ASSERT_EQ(0, ask(&self->x, "socket 1 2 " UDP));
	ASSERT_EQ(0, ask(&self->x, "connect 1 10.0.0.7 7000"));
	EXPECT_EQ(0, ask(&self->x, "send 1"));
	EXPECT_EQ(0, ask(&self->host, "recv 0"));
	ASSERT_EQ(0, context_address(self->fd, CLIP_ADDRESS_ADD, "10.0.0.6/32"));
	ASSERT_EQ(0, context_address(self->fd, CLIP_ADDRESS_REMOVE,
				     "10.0.0.5/32"));
	/* The connection has an address that is no longer the context's. */
	EXPECT_EQ(EPERM, ask(&self->x, "send 1"));
	EXPECT_EQ(EAGAIN, ask(&self->host, "recv 0"));
	ASSERT_EQ(0, ask(&self->x, "socket 2 2 " UDP));
	EXPECT_EQ(EADDRNOTAVAIL, ask(&self->x, "bind 2 10.0.0.5 7002"));
	EXPECT_EQ(0, ask(&self->x, "bind 2 10.0.0.6 7002"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.6 7002 0"));
	EXPECT_EQ(0, ask(&self->x, "recv 2"));
	/* None left: what exists is mute, and nothing new is made. */
	ASSERT_EQ(0, context_address(self->fd, CLIP_ADDRESS_FLUSH, ""));
	EXPECT_EQ(EPERM, ask(&self->x, "sendto 2 10.0.0.7 7000 0"));
	EXPECT_EQ(0, ask(&self->host, "sendto 0 10.0.0.6 7002 0"));
	EXPECT_EQ(EAGAIN, ask(&self->x, "recv 2"));
	EXPECT_EQ(EAFNOSUPPORT, ask(&self->x, "socket 3 2 " UDP));
}

TEST_HARNESS_MAIN
