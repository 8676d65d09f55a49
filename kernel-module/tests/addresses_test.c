// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: tests of lists of network addresses
 */
#include "../core/common.h"

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <net/ipv6.h>
#include <uapi/linux/clip.h>

#include "../network/addresses.h"

static bool read_address(struct clip_address *address, const char *text,
			 u32 prefix)
{
	u8 bytes[16] = {};

	if (strchr(text, ':')) {
		in6_pton(text, -1, bytes, -1, NULL);
		return clip_address_make(address, AF_INET6, prefix, bytes);
	}
	in4_pton(text, -1, bytes, -1, NULL);
	return clip_address_make(address, AF_INET, prefix, bytes);
}

static void which_addresses_exist(struct kunit *test)
{
	static const struct {
		const char *text;
		u32 prefix;
		bool exists;
	} cases[] = {
		{ "10.0.0.5", 32, true }, { "10.0.0.0", 24, true },
		{ "10.0.0.4", 31, true }, { "10.0.0.5", 31, false },
		{ "10.0.0.5", 24, false }, { "10.0.0.5", 33, false },
		{ "0.0.0.0", 0, true }, { "128.0.0.0", 0, false },
		{ "128.0.0.0", 1, true }, { "255.255.255.255", 32, true },
		{ "fd00::5", 128, true }, { "fd00::", 64, true },
		{ "fd00::5", 127, false }, { "fd00::5", 64, false },
		{ "fd00::5", 129, false }, { "::", 0, true },
		{ "::1", 0, false }, { "8000::", 1, true },
		{ "::ffff:10.0.0.5", 128, false },
	};
	static const u8 none[16];
	struct clip_address address;

	for (int i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cases[i].exists,
				    read_address(&address, cases[i].text,
						 cases[i].prefix),
				    "%s/%u", cases[i].text, cases[i].prefix);
	KUNIT_EXPECT_FALSE(test, clip_address_make(&address, AF_UNIX, 0,
						   none));
}

static struct clip_addresses *make(struct kunit *test, const char *const *texts,
				   const u32 *prefixes)
{
	struct clip_addresses *list = NULL;

	for (int i = 0; texts[i]; i++) {
		struct clip_addresses *old = list;
		struct clip_address address;

		KUNIT_ASSERT_TRUE(test, read_address(&address, texts[i],
						     prefixes[i]));
		list = clip_addresses_with(old, &address);
		KUNIT_ASSERT_NOT_NULL(test, list);
		kfree(old);
	}
	return list;
}

static bool has(const struct clip_addresses *list, const char *text)
{
	struct clip_address address;

	read_address(&address, text, strchr(text, ':') ? 128 : 32);
	return address.family == AF_INET ?
	       clip_addresses_have4(list, address.bits.s6_addr32[0]) :
	       clip_addresses_have6(list, &address.bits);
}

static void what_is_in_a_list(struct kunit *test)
{
	static const char *const texts[] = {
		"10.0.0.5", "192.168.4.0", "fd00::5", "fd01::", NULL,
	};
	static const u32 prefixes[] = { 32, 22, 128, 63 };
	struct clip_addresses *list = make(test, texts, prefixes);
	static const struct {
		const char *text;
		bool in;
	} cases[] = {
		{ "10.0.0.5", true }, { "10.0.0.4", false },
		{ "192.168.4.0", true }, { "192.168.7.255", true },
		{ "192.168.8.0", false }, { "192.168.3.255", false },
		{ "0.0.0.0", false }, { "127.0.0.1", false },
		{ "fd00::5", true }, { "fd00::4", false },
		{ "fd01::1", true }, { "fd01:0:0:1::1", true },
		{ "fd01:0:0:2::1", false }, { "::", false }, { "::1", false },
	};

	for (int i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cases[i].in,
				    has(list, cases[i].text), "%s",
				    cases[i].text);
	KUNIT_EXPECT_FALSE(test, has(NULL, "10.0.0.5"));
	KUNIT_EXPECT_FALSE(test, has(NULL, "fd00::5"));
	kfree(list);
}

static void what_follows_from_a_list(struct kunit *test)
{
	static const char *const texts[] = { "10.1.0.0", "10.0.0.6", NULL };
	static const char *const one[] = { "10.0.0.6", "fd00::6", NULL };
	static const char *const any[] = { "0.0.0.0", NULL };
	static const u32 prefixes[] = { 16, 32 }, ones[] = { 32, 128 };
	static const u32 zero[] = { 0 };
	struct clip_addresses *list = make(test, texts, prefixes), *other;

	KUNIT_EXPECT_EQ(test, 2, list->nr4);
	KUNIT_EXPECT_EQ(test, 0, list->nr6);
	KUNIT_EXPECT_TRUE(test, list->has4);
	KUNIT_EXPECT_FALSE(test, list->has6);
	KUNIT_EXPECT_EQ(test, 1, list->primary4);
	KUNIT_EXPECT_EQ(test, -1, list->primary6);
	KUNIT_EXPECT_FALSE(test, list->single4);
	KUNIT_EXPECT_FALSE(test, list->any4);
	other = clip_addresses_without(list, 0);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_EQ(test, 1, other->count);
	KUNIT_EXPECT_EQ(test, 0, other->primary4);
	KUNIT_EXPECT_TRUE(test, other->single4);
	KUNIT_EXPECT_TRUE(test, has(other, "10.0.0.6"));
	KUNIT_EXPECT_FALSE(test, has(other, "10.1.0.1"));
	KUNIT_EXPECT_TRUE(test, has(list, "10.1.0.1"));
	kfree(other);
	kfree(list);
	list = make(test, one, ones);
	KUNIT_EXPECT_TRUE(test, list->single4 && list->single6);
	kfree(list);
	list = make(test, any, zero);
	KUNIT_EXPECT_TRUE(test, list->any4 && list->has4);
	KUNIT_EXPECT_FALSE(test, list->any6 || list->has6);
	KUNIT_EXPECT_FALSE(test, list->single4);
	KUNIT_EXPECT_TRUE(test, has(list, "127.0.0.1"));
	KUNIT_EXPECT_FALSE(test, has(list, "::1"));
	kfree(list);
}

static void the_loopback(struct kunit *test)
{
	struct clip_addresses *list, *old;
	struct clip_address loopback;

	KUNIT_ASSERT_TRUE(test, read_address(&loopback, "127.0.0.5", 32));
	old = clip_addresses_loopback(NULL, &loopback);
	KUNIT_ASSERT_NOT_NULL(test, old);
	KUNIT_EXPECT_EQ(test, 0, old->count);
	KUNIT_EXPECT_TRUE(test, old->has4);
	KUNIT_EXPECT_FALSE(test, old->has6);
	KUNIT_EXPECT_TRUE(test, has(old, "127.0.0.5"));
	KUNIT_EXPECT_FALSE(test, has(old, "127.0.0.1"));
	KUNIT_EXPECT_FALSE(test, has(old, "0.0.0.0"));
	KUNIT_EXPECT_FALSE(test, has(old, "::"));
	KUNIT_ASSERT_TRUE(test, read_address(&loopback, "fd00::5", 128));
	list = clip_addresses_loopback(old, &loopback);
	KUNIT_ASSERT_NOT_NULL(test, list);
	KUNIT_EXPECT_TRUE(test, has(list, "fd00::5"));
	KUNIT_EXPECT_TRUE(test, has(list, "127.0.0.5"));
	kfree(old);
	kfree(list);
}

/* What the table of a list must not change: each address, one after the other. */
static bool has_one(const struct clip_addresses *list, u16 family,
		    const struct in6_addr *wanted)
{
	for (int i = 0; i < list->count; i++)
		if (list->list[i].family == family &&
		    ipv6_prefix_equal(&list->list[i].bits, wanted,
				      list->list[i].prefix))
			return true;
	return family == AF_INET ?
		       wanted->s6_addr32[0] &&
			       wanted->s6_addr32[0] == list->loopback4 :
		       !ipv6_addr_any(wanted) &&
			       ipv6_addr_equal(wanted, &list->loopback6);
}

/*
 * Of few networks, so that most questions are near an address. Every third one is
 * a range.
 */
static void invent(struct rnd_state *state, bool old, struct clip_address *made)
{
	const u32 most = old ? 32 : 128;
	u32 prefix = most, number = prandom_u32_state(state);
	struct in6_addr bits = {}, rest;

	if (old) {
		bits.s6_addr[0] = 10;
		bits.s6_addr[2] = number & 3;
		bits.s6_addr[3] = number >> 8;
	} else {
		bits.s6_addr[0] = 0xfd;
		bits.s6_addr[7] = number & 3;
		bits.s6_addr[15] = number >> 8;
	}
	if (!(number >> 16) % 3)
		prefix = most - (number >> 24) % 12;
	ipv6_addr_prefix(&rest, &bits, prefix);
	clip_address_make(made, old ? AF_INET : AF_INET6, prefix, rest.s6_addr);
}

static void ask_all(struct kunit *test, struct rnd_state *state,
		    const struct clip_addresses *list)
{
	struct clip_address asked;

	for (int i = 0; i < 400; i++) {
		const bool old = i & 1;

		invent(state, old, &asked);
		if (i < list->count)
			asked.bits = list->list[i].bits;
		if (i == 398)
			asked.bits = (struct in6_addr) {};
		if (i == 399)
			asked.bits.s6_addr32[0] = list->loopback4;
		KUNIT_EXPECT_EQ_MSG(test,
				    has_one(list, old ? AF_INET : AF_INET6,
					    &asked.bits),
				    old ? clip_addresses_have4(list,
							       asked.bits.s6_addr32[0]) :
					  clip_addresses_have6(list, &asked.bits),
				    "%d of %u", i, list->count);
	}
}

/* The table is another way to the same answer, for lists of all sizes. */
static void the_table_and_the_list_say_the_same(struct kunit *test)
{
	struct clip_addresses *list = NULL, *old;
	struct clip_address address;
	struct rnd_state state;

	prandom_seed_state(&state, 3141592653589793ULL);
	for (int count = 0; count < CLIP_ADDRESSES_MAX; count++) {
		invent(&state, prandom_u32_state(&state) & 1, &address);
		old = list;
		list = clip_addresses_with(old, &address);
		KUNIT_ASSERT_NOT_NULL(test, list);
		kfree(old);
		if (count % 7 == 3) {
			old = list;
			invent(&state, count & 8, &address);
			list = clip_addresses_loopback(old, &address);
			KUNIT_ASSERT_NOT_NULL(test, list);
			kfree(old);
		}
		ask_all(test, &state, list);
	}
	while (list->count > 1) {
		old = list;
		list = clip_addresses_without(old, prandom_u32_state(&state) %
						   old->count);
		KUNIT_ASSERT_NOT_NULL(test, list);
		kfree(old);
		ask_all(test, &state, list);
	}
	kfree(list);
}

static struct kunit_case addresses_cases[] = {
	KUNIT_CASE(which_addresses_exist),
	KUNIT_CASE(what_is_in_a_list),
	KUNIT_CASE(what_follows_from_a_list),
	KUNIT_CASE(the_loopback),
	KUNIT_CASE(the_table_and_the_list_say_the_same),
	{}
};

static struct kunit_suite addresses_suite = {
	.name = "clip_addresses",
	.test_cases = addresses_cases,
};

kunit_test_suite(addresses_suite);
