// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: events for netlink listeners
 *
 * An event can occur under tasklist_lock, the task lock or mmap_lock, and with
 * interrupts off. It cannot be sent there: sending wakes the listener, which
 * may raise signals and takes locks of its own. The message is therefore only
 * built where the event occurs, because only there the acting task is known,
 * and a worker sends it. The number of messages that wait for the worker is
 * bounded, and so is the number of messages built per second: for refusals, of
 * each context, kind and user, see report/budget.c.
 *
 * No message is built while the group has no listener.
 */
#include "core/common.h"

#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/init.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "core/asleep.h"
#include "core/counters.h"
#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/reason.h"
#include "digest/content.h"
#include "report/budget.h"
#include "report/event.h"
#include "report/events.h"
#include "report/learn.h"
#include "store/context.h"
#include "store/entry.h"
#include "store/names.h"

#define EVENTS_PER_SECOND	100
#define MAX_WAITING		256

/*
 * Events of files that a permissive context lets through: each is sent once, so
 * there are many in a short time, and then few. They leave room for refusals.
 */
#define LEARNED_PER_SECOND	1000
#define MAX_LEARNED_WAITING	1024

enum { GROUP_EVENTS, GROUP_GRANTS, GROUP_CREATIONS, NR_GROUPS };

/*
 * The state of one group. Each group has a budget of its own: grants must not
 * crowd out refusals, and an attacker can cause both. That of the events is
 * divided further.
 */
struct channel {
	struct sk_buff_head waiting;	/* its lock protects limit, dropped */
	struct ratelimit_state limit;
	u64 dropped;		/* dropped events that are not reported yet */
	u64 sequence;		/* accessed by the worker only */
};

/* The next message reports the events that the limit dropped, not the log. */
#define CHANNEL(group) { \
	.limit = RATELIMIT_STATE_INIT_FLAGS(channels[group].limit, HZ, \
					    EVENTS_PER_SECOND, \
					    RATELIMIT_MSG_ON_RELEASE), \
}

static struct channel channels[NR_GROUPS] = {
	[GROUP_EVENTS] = CHANNEL(GROUP_EVENTS),
	[GROUP_GRANTS] = CHANNEL(GROUP_GRANTS),
	[GROUP_CREATIONS] = CHANNEL(GROUP_CREATIONS),
};

static struct ratelimit_state learned_limit =
	RATELIMIT_STATE_INIT_FLAGS(learned_limit, HZ, LEARNED_PER_SECOND,
				   RATELIMIT_MSG_ON_RELEASE);

static const struct genl_multicast_group groups[NR_GROUPS] = {
	[GROUP_EVENTS] = {
		.name = CLIP_GENL_GROUP_EVENTS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
	[GROUP_GRANTS] = {
		.name = CLIP_GENL_GROUP_GRANTS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
	[GROUP_CREATIONS] = {
		.name = CLIP_GENL_GROUP_CREATIONS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

/*
 * Creations and matches are reported once the first listener has joined.
 * Nothing indicates whether a listener stays, or when the last one has left for
 * good, so that a key stays enabled. The presence of a listener is checked when
 * an event is sent.
 */
DEFINE_STATIC_KEY_FALSE(clip_creations_watched);
DEFINE_STATIC_KEY_FALSE(clip_grants_watched);

/*
 * Called before membership is checked, so also for sockets that will receive
 * nothing.
 */
static int join_group(int group)
{
	/*
	 * The caller is the task that joins. In another network namespace the
	 * right to join says nothing, and the socket receives no message.
	 */
	if (!capable(CAP_SYS_ADMIN) ||
	    !clip_events_may_listen(clip_cred(current_cred())->context))
		return 0;
	if (group == GROUP_CREATIONS) {
		static_branch_enable(&clip_creations_watched);
		clip_wake_hooks(CLIP_WAKE_CREATIONS);
	} else if (group == GROUP_GRANTS) {
		static_branch_enable(&clip_grants_watched);
	} else {
		clip_learn_restart();
	}
	return 0;
}

static struct genl_family clip_family __ro_after_init = {
	.name = CLIP_GENL_NAME,
	.version = CLIP_GENL_VERSION,
	.maxattr = __CLIP_EVENT_A_MAX - 1,
	.module = THIS_MODULE,
	.mcgrps = groups,
	.n_mcgrps = NR_GROUPS,
	.bind = join_group,
};

/* Set once the family is registered. Earlier events are sent to no listener. */
static bool ready __ro_after_init;

/* Listeners ---------------------------------------------------------------- */

/**
 * clip_events_may_listen - May a task of this context see all other contexts?
 * @ctx: the context, or NULL
 *
 * Return: True if it may, false otherwise.
 */
bool clip_events_may_listen(const struct clip_context *ctx)
{
	return ctx == &clip_admin_context || clip_context_is_watch(ctx);
}

/*
 * Returns true if a socket must not receive a message. The right to join was
 * checked before, but against the owner of the network namespace of the socket,
 * which can be any user. A socket in the list still has its file, because the
 * release of the socket waits for the broadcast.
 */
static int withhold(struct sock *sk, struct sk_buff *skb, void *unused)
{
	const struct file *file = sk->sk_socket ? sk->sk_socket->file : NULL;

	if (!net_eq(sock_net(sk), &init_net) || !file)
		return true;
	return !clip_events_may_listen(clip_cred(file->f_cred)->context);
}

/* Sending ------------------------------------------------------------------ */

/*
 * Drops one event, and counts it with the @untold ones that its message would
 * have reported as dropped.
 */
static void drop(struct channel *channel, u64 untold)
{
	clip_count(CLIP_COUNT_EVENTS_DROPPED);
	scoped_guard(spinlock_irqsave, &channel->waiting.lock)
		channel->dropped += untold + 1;
}

/* Is the event sent once only, as that of a file that may need a rule? */
static bool is_learned(const struct clip_event *event)
{
	return event->permitted && event->file;
}

/* The caller holds the lock because __ratelimit() refuses one of two callers. */
static bool limit_allows(struct channel *channel,
			 const struct clip_event *event)
{
	if (is_learned(event))
		return __ratelimit(&learned_limit);
	return channel == &channels[GROUP_EVENTS] ||
	       __ratelimit(&channel->limit);
}

/*
 * Does the limit allow one more message? The message then reports the @untold
 * events that were dropped before it.
 */
static bool within_limit(struct channel *channel,
			 const struct clip_event *event, u64 *untold)
{
	if (channel == &channels[GROUP_EVENTS] && !is_learned(event) &&
	    !clip_budget_take(CLIP_BUDGET_EVENTS, event))
		return false;
	scoped_guard(spinlock_irqsave, &channel->waiting.lock) {
		if (!limit_allows(channel, event))
			return false;
		*untold = channel->dropped;
		channel->dropped = 0;
	}
	return true;
}

static void send(unsigned int group, struct sk_buff *skb)
{
	const u64 sequence = ++channels[group].sequence;

	/* message_size() has reserved the room. */
	WARN_ON_ONCE(nla_put_u64_64bit(skb, CLIP_EVENT_A_SEQUENCE, sequence,
				       CLIP_EVENT_A_PAD));
	nlmsg_end(skb, nlmsg_hdr(skb));
	clip_count(CLIP_COUNT_EVENTS);
	/* A listener whose queue was full sees a gap in the sequence. */
	genlmsg_multicast_netns_filtered(&clip_family, &init_net, skb, 0, group,
					 GFP_KERNEL, withhold, NULL);
}

static void send_waiting(struct work_struct *unused)
{
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < NR_GROUPS; i++)
		while ((skb = skb_dequeue(&channels[i].waiting)))
			send(i, skb);
}

static DECLARE_WORK(send_work, send_waiting);

static bool enqueue(struct channel *channel, const struct clip_event *event,
		    struct sk_buff *skb)
{
	const u32 room = channel == &channels[GROUP_EVENTS] &&
			 !is_learned(event) ?
			 MAX_LEARNED_WAITING + MAX_WAITING :
			 is_learned(event) ? MAX_LEARNED_WAITING : MAX_WAITING;

	scoped_guard(spinlock_irqsave, &channel->waiting.lock) {
		if (skb_queue_len(&channel->waiting) >= room)
			return false;
		__skb_queue_tail(&channel->waiting, skb);
	}
	schedule_work(&send_work);
	return true;
}

/* Building ----------------------------------------------------------------- */

/* The parts of a message that are found out before it is built. */
struct texts {
	char *buffer;		/* owned; contains @path, or is NULL */
	const char *path;
	char *source;		/* owned */
	u32 line;		/* of the rule in @source; 0 if it is unknown */
};

/*
 * Finds the path from the global root, not from the root directory of the task:
 * /bin/sh of a chrooted task is another file.
 */
static void find_path(const struct path *place, struct texts *texts)
{
	const char *path;

	texts->buffer = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!texts->buffer)
		return;
	path = d_absolute_path(place, texts->buffer, PATH_MAX);
	if (!IS_ERR(path))
		texts->path = path;
}

static size_t message_size(const struct clip_event *event,
			   const struct texts *texts)
{
	size_t size = GENL_HDRLEN;

	/* Reserves room for all numbers, whether they apply or not. */
	size += 10 * nla_total_size_64bit(sizeof(u64));
	size += 14 * nla_total_size(sizeof(u32));
	size += nla_total_size(sizeof(u8));
	size += nla_total_size(TASK_COMM_LEN);
	if (event->address)
		size += nla_total_size(sizeof(struct in6_addr));
	if (event->act)
		size += nla_total_size(CLIP_ACT_MAX);
	if (event->entry)
		size += 2 * nla_total_size(event->entry->digest_size);
	else if (event->found)
		size += nla_total_size(CLIP_DIGEST_MAX);
	if (texts->path)
		size += nla_total_size(strlen(texts->path));
	if (texts->source)
		size += nla_total_size(strlen(texts->source));
	return size;
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CLIP_EVENT_A_PAD);
}

/* Omits the NUL byte, which paths and names cannot contain. */
static int put_text(struct sk_buff *skb, int type, const char *text)
{
	return text ? nla_put(skb, type, strlen(text), text) : 0;
}

static int put_what(struct sk_buff *skb, const struct clip_event *event)
{
	char act[CLIP_ACT_MAX];
	const bool has_act = clip_event_act(event, act, sizeof(act));

	return put_u64(skb, CLIP_EVENT_A_TIME, ktime_get_real_ns()) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_KIND,
			   clip_event_rule(event)->kind) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_REASON, event->reason) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_ERROR, -event->err) ?:
	       nla_put_u8(skb, CLIP_EVENT_A_ENFORCED, !event->permitted) ?:
	       put_text(skb, CLIP_EVENT_A_ACT, has_act ? act : NULL) ?:
	       (event->generation ?
		put_u64(skb, CLIP_EVENT_A_GENERATION, event->generation) : 0);
}

/* Reads comm without the task lock, because the caller may hold that lock. */
static int put_who(struct sk_buff *skb, const struct clip_event *event)
{
	const struct cred *cred = current_cred();
	const char *comm = current->comm;

	return nla_put_u32(skb, CLIP_EVENT_A_CONTEXT,
			   event->ctx ? event->ctx->xid : CLIP_CONTEXT_OWN) ?:
	       (event->ctx ?
		put_u64(skb, CLIP_EVENT_A_SERIAL, event->ctx->serial) : 0) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_PID, task_tgid_nr(current)) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_TID, task_pid_nr(current)) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_UID,
			   from_kuid(&init_user_ns, cred->uid)) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_EUID,
			   from_kuid(&init_user_ns, cred->euid)) ?:
	       nla_put(skb, CLIP_EVENT_A_COMM, strnlen(comm, TASK_COMM_LEN),
		       comm) ?:
	       (event->target ?
		nla_put_u32(skb, CLIP_EVENT_A_TARGET,
			    task_tgid_nr(event->target)) : 0);
}

static int put_place(struct sk_buff *skb, const struct super_block *sb,
		     const char *path)
{
	return nla_put_u32(skb, CLIP_EVENT_A_DEV_MAJOR, MAJOR(sb->s_dev)) ?:
	       nla_put_u32(skb, CLIP_EVENT_A_DEV_MINOR, MINOR(sb->s_dev)) ?:
	       put_text(skb, CLIP_EVENT_A_PATH, path);
}

static int put_file(struct sk_buff *skb, const struct file *file,
		    const char *path)
{
	const struct inode *inode = file_inode(file);

	return put_u64(skb, CLIP_EVENT_A_INODE, inode->i_ino) ?:
	       put_place(skb, inode->i_sb, path);
}

static int put_entry(struct sk_buff *skb, const struct clip_entry *entry,
		     const u8 *found, const struct texts *texts)
{
	return nla_put_u32(skb, CLIP_EVENT_A_ALGORITHM, entry->algorithm) ?:
	       nla_put(skb, CLIP_EVENT_A_WANTED, entry->digest_size,
		       entry->digest) ?:
	       (found ? nla_put(skb, CLIP_EVENT_A_FOUND, entry->digest_size,
				found) : 0) ?:
	       put_text(skb, CLIP_EVENT_A_SOURCE, texts->source) ?:
	       (texts->line ?
		nla_put_u32(skb, CLIP_EVENT_A_LINE, texts->line) : 0);
}

/* Puts what an administrator needs to allow a file that is not listed. */
static int put_found(struct sk_buff *skb, const struct clip_event *event)
{
	return nla_put_u32(skb, CLIP_EVENT_A_ALGORITHM,
			   event->found_algorithm) ?:
	       nla_put(skb, CLIP_EVENT_A_FOUND,
		       clip_digest_size(event->found_algorithm), event->found);
}

static int put_gains(struct sk_buff *skb, const struct cred *cred)
{
	const struct clip_cred *blob = clip_cred(cred);

	return put_u64(skb, CLIP_EVENT_A_CAP_EFFECTIVE,
		       cred->cap_effective.val |
		       clip_extra_effective(blob)) ?:
	       put_u64(skb, CLIP_EVENT_A_CAP_PERMITTED,
		       cred->cap_permitted.val |
		       clip_extra_permitted(blob)) ?:
	       put_u64(skb, CLIP_EVENT_A_CAP_INHERITABLE,
		       cred->cap_inheritable.val |
		       clip_extra_inheritable(blob)) ?:
	       put_u64(skb, CLIP_EVENT_A_PRIVILEGES, blob->privileges);
}

static int put_address(struct sk_buff *skb, const struct sockaddr *address)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;

	return address->sa_family == AF_INET6 ?
	       nla_put_in6_addr(skb, CLIP_EVENT_A_ADDRESS, &in6->sin6_addr) :
	       nla_put_in_addr(skb, CLIP_EVENT_A_ADDRESS, in->sin_addr.s_addr);
}

/* Puts the privileges that the act needs, or what it was refused on. */
static int put_needs(struct sk_buff *skb, const struct clip_event *event)
{
	switch (event->report) {
	case CLIP_REPORT_PRIVILEGE:
	case CLIP_REPORT_SOCKET:
		return event->needs ? put_u64(skb, CLIP_EVENT_A_PRIVILEGES,
					      event->needs) : 0;
	case CLIP_REPORT_ADDRESS:
		return event->address ? put_address(skb, event->address) : 0;
	case CLIP_REPORT_EXCHANGE:
		return nla_put_u32(skb, CLIP_EVENT_A_OTHER, event->xid);
	case CLIP_REPORT_DEVICE:
		return nla_put_u32(skb, CLIP_EVENT_A_DEV_MAJOR,
				   MAJOR(event->dev)) ?:
		       nla_put_u32(skb, CLIP_EVENT_A_DEV_MINOR,
				   MINOR(event->dev));
	default:
		return 0;
	}
}

static int fill(struct sk_buff *skb, const struct clip_event *event,
		const struct texts *texts, u64 untold)
{
	int err;

	if (!genlmsg_put(skb, 0, 0, &clip_family, 0, CLIP_GENL_CMD_EVENT))
		return -EMSGSIZE;
	err = put_u64(skb, CLIP_EVENT_A_DROPPED, untold) ?:
	      put_what(skb, event) ?: put_who(skb, event);
	if (!err && event->file)
		err = put_file(skb, event->file, texts->path);
	if (!err && event->place)
		err = put_place(skb, event->place->dentry->d_sb, texts->path);
	if (!err && event->path)
		err = put_place(skb, event->sb, texts->path);
	if (!err && event->entry)
		err = put_entry(skb, event->entry, event->found, texts);
	if (!err && !event->entry && event->found)
		err = put_found(skb, event);
	if (!err && event->gains)
		err = put_gains(skb, event->gains);
	if (!err)
		err = put_needs(skb, event);
	return err;
}

/*
 * Builds a message, complete but for its sequence number. Returns NULL if
 * memory is exhausted.
 */
static struct sk_buff *build(const struct clip_event *event, u64 untold)
{
	struct texts texts = {};
	struct sk_buff *skb;

	/* An unlinked name may refer to another file by now. */
	if (event->file && !clip_event_rule(event)->atomic &&
	    !d_unlinked(file_user_path(event->file)->dentry))
		find_path(file_user_path(event->file), &texts);
	if (event->place)
		find_path(event->place, &texts);
	if (event->path)
		texts.path = event->path;
	if (event->entry)
		texts.source = clip_entry_source(event->entry, &texts.line);
	skb = nlmsg_new(message_size(event, &texts),
			clip_event_rule(event)->atomic ? GFP_ATOMIC : GFP_KERNEL);
	if (skb && WARN_ON_ONCE(fill(skb, event, &texts, untold))) {
		kfree_skb(skb);
		skb = NULL;
	}
	kfree(texts.buffer);
	kfree(texts.source);
	return skb;
}

static unsigned int group_of(const struct clip_event *event)
{
	switch (event->report) {
	case CLIP_REPORT_CREATE:
		return GROUP_CREATIONS;
	case CLIP_REPORT_GRANT:
	case CLIP_REPORT_MATCH:
		return GROUP_GRANTS;
	default:
		return GROUP_EVENTS;
	}
}

static bool has_listener(unsigned int group)
{
	return ready && genl_has_listeners(&clip_family, &init_net, group);
}

/**
 * clip_events_are_heard - Is there a listener for refusals?
 *
 * Return: True if there is, false otherwise.
 */
bool clip_events_are_heard(void)
{
	return has_listener(GROUP_EVENTS);
}

/**
 * clip_events_send - Send an event to netlink listeners
 * @event: the event
 *
 * Context: May sleep, unless the rule of the event says that it is atomic.
 */
void clip_events_send(const struct clip_event *event)
{
	const unsigned int group = group_of(event);
	struct channel *channel = &channels[group];
	struct sk_buff *skb = NULL;
	u64 untold = 0;

	if (!has_listener(group) ||
	    (is_learned(event) && clip_learn_is_known(event)))
		return;
	if (within_limit(channel, event, &untold))
		skb = build(event, untold);
	if (!skb || !enqueue(channel, event, skb)) {
		kfree_skb(skb);
		drop(channel, untold);
	} else if (is_learned(event)) {
		clip_learn_sent(event);
	}
}

static int __init clip_events_init(void)
{
	unsigned int i;
	int err;

	if (!clip_initialized)
		return 0;
	for (i = 0; i < NR_GROUPS; i++)
		skb_queue_head_init(&channels[i].waiting);
	err = genl_register_family(&clip_family);
	if (err)
		pr_err("no events: error %d\n", err);
	ready = !err;
	return err;
}
fs_initcall(clip_events_init);
