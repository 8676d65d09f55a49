// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: contexts that do not see the devices of the network
 *
 * NET-16. The names of devices, their addresses, routes and neighbours tell about
 * all that share a network namespace. An answer of the kernel has no hook, so that
 * a context with CLIP_CONTEXT_HIDE_INTERFACES gets none: neither by netlink, nor by
 * requests on sockets, nor from files. It knows its own addresses from the names of
 * its sockets. Of netlink and of requests on sockets, what tells nothing about
 * devices is listed; of files, what does.
 */
#include "core/common.h"

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <linux/string.h>
#include <linux/wireless.h>
#include <net/sock.h>

#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "network/hidden.h"
#include "report/report.h"
#include "store/context.h"

/* The first number of a request on a device; those below are about the socket. */
#define FIRST_OF_DEVICES	0x10

/* Returns the context of the current task if it does not see devices, or NULL. */
static const struct clip_context *blind_context(void)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (likely(ctx == &clip_admin_context) || !ctx ||
	    !(READ_ONCE(ctx->flags) & CLIP_CONTEXT_HIDE_INTERFACES) ||
	    (current->flags & PF_KTHREAD))
		return NULL;
	return ctx;
}

static int refuse(const char *act, const struct clip_context *ctx)
{
	clip_report_admin(act, ctx->xid, CLIP_REASON_NO_NETWORK);
	return -EACCES;
}

/**
 * clip_hidden_netlink - Is a protocol of netlink out of reach?
 * @protocol: NETLINK_*
 *
 * Those to which programs for logins and for hashing send are left.
 *
 * Context: Any task.
 * Return: True if the current task does not use it.
 */
bool clip_hidden_netlink(int protocol)
{
	return blind_context() && protocol != NETLINK_AUDIT &&
	       protocol != NETLINK_CRYPTO;
}

/**
 * clip_hidden_check_message - Check a message to the kernel
 * @sk: a socket of netlink, which may have been made elsewhere
 *
 * Context: Any task.
 * Return: 0, or -EACCES after a report.
 */
int clip_hidden_check_message(const struct sock *sk)
{
	if (likely(!clip_hidden_netlink(sk->sk_protocol)) || sk->sk_kern_sock)
		return 0;
	return refuse("message by netlink", blind_context());
}

static bool is_about_devices(unsigned int cmd)
{
	switch (_IOC_TYPE(cmd)) {
	case SOCK_IOC_TYPE:
		return _IOC_NR(cmd) >= FIRST_OF_DEVICES && cmd != SIOCOUTQNSD;
	case _IOC_TYPE(SIOCIWFIRST):
		return true;
	default:
		return false;
	}
}

/**
 * clip_hidden_check_request - Check a request on a socket
 * @file: any open file
 * @cmd: the number of the request
 *
 * Context: Any task.
 * Return: 0, or -EACCES after a report.
 */
int clip_hidden_check_request(const struct file *file, unsigned int cmd)
{
	const struct clip_context *ctx = blind_context();

	if (likely(!ctx) || !S_ISSOCK(file_inode(file)->i_mode) ||
	    !is_about_devices(cmd))
		return 0;
	return refuse("request about devices", ctx);
}

static bool has_name(const struct dentry *dentry, const char *name)
{
	return !strcmp(dentry->d_name.name, name);
}

/*
 * Of procfs, the directory net of a task, in which no file belongs to a task; and the
 * sysctls that have directories with the names of devices. Of sysfs, what is in a
 * directory net. Names in these filesystems never change, nor do parents, but for a
 * device that gets another name.
 */
static bool tells_of_devices(const struct dentry *dentry)
{
	const bool procfs = dentry->d_sb->s_magic == PROC_SUPER_MAGIC;
	const struct dentry *at = dentry;

	guard(rcu)();
	for (; !IS_ROOT(at); at = READ_ONCE(at->d_parent)) {
		if (!procfs && has_name(at, "net"))
			return true;
		if (procfs && (has_name(at, "conf") || has_name(at, "neigh")))
			return true;
		if (procfs && at != dentry && has_name(at, "net") &&
		    clip_inode_owner(d_backing_inode(at)))
			return true;
	}
	return false;
}

/**
 * clip_hidden_check_open - Check the opening of a file or a directory
 * @file: the file, of any filesystem
 *
 * Context: Any task.
 * Return: 0, or -EACCES after a report.
 */
int clip_hidden_check_open(const struct file *file)
{
	const struct clip_context *ctx = blind_context();
	const struct dentry *dentry = file_dentry(file);

	if (likely(!ctx) || (dentry->d_sb->s_magic != PROC_SUPER_MAGIC &&
			     dentry->d_sb->s_magic != SYSFS_MAGIC) ||
	    !tells_of_devices(dentry))
		return 0;
	return refuse("opening a list of devices", ctx);
}
