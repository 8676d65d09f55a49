// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: terminals of other contexts
 *
 * A task that can open the terminal of another task takes what is typed there,
 * and writes what its user reads. Most terminals belong to user 0, so outside of
 * context 0 a terminal is opened by its name only if it is the controlling one
 * of the task, or if it is a pseudo-terminal that the context made itself. A
 * descriptor that was passed on works, and so do /dev/tty and /dev/ptmx.
 *
 * The controlling terminal may be shared with a shell of context 0, which
 * executes what is typed. So outside of context 0 only harmless requests are made
 * on terminals that the context did not make, and no task takes the other end of
 * a terminal along into a context.
 */
#include "core/common.h"

#include <linux/fs.h>
#include <linux/kd.h>
#include <linux/kdev_t.h>
#include <linux/magic.h>
#include <linux/major.h>
#include <linux/tty.h>
#include <linux/vt.h>
#include <asm/ioctls.h>

#include "context/terminals.h"
#include "core/cred_blob.h"
#include "core/inode_blob.h"
#include "store/context.h"

/* Majors and minors without a name, Documentation/admin-guide/devices.txt. */
#define PTY_MASTER_LEGACY_MAJOR	2
#define PTY_SLAVE_LEGACY_MAJOR	3
#define HVC_CONSOLE_MAJOR	229
#define OWN_MINOR		0	/* /dev/tty */
#define PTMX_MINOR		2

static bool is_unix98(unsigned int major)
{
	return major >= UNIX98_PTY_MASTER_MAJOR &&
	       major < UNIX98_PTY_SLAVE_MAJOR + UNIX98_PTY_MAJOR_COUNT;
}

/**
 * clip_is_terminal - Is a character device a terminal?
 * @major: its major number
 *
 * Context: any.
 * Return: true if it is.
 */
bool clip_is_terminal(unsigned int major)
{
	switch (major) {
	case PTY_MASTER_LEGACY_MAJOR:
	case PTY_SLAVE_LEGACY_MAJOR:
	case TTY_MAJOR:
	case TTYAUX_MAJOR:
	case HVC_CONSOLE_MAJOR:
		return true;
	default:
		return is_unix98(major);
	}
}

/*
 * The numbers of pseudo-terminals repeat in every instance of devpts, so these
 * are compared by their names. The pointer stays when the name is freed, but
 * the bit is set before; a name that is compared here is not freed meanwhile.
 */
static bool is_same(struct tty_struct *tty, const struct dentry *dentry,
		    const struct inode *inode)
{
	if (!is_unix98(imajor(inode)))
		return tty_devnum(tty) == inode->i_rdev;
	return tty->driver_data == dentry &&
	       !test_bit(TTY_OTHER_CLOSED, &tty->flags);
}

static bool is_controlling(const struct dentry *dentry,
			   const struct inode *inode)
{
	struct tty_struct *tty = get_current_tty();
	bool same;

	if (!tty)
		return false;
	same = is_same(tty, dentry, inode);
	tty_kref_put(tty);
	return same;
}

/**
 * clip_terminal_is_made_here - Did the context of the task make a terminal?
 * @inode: its inode
 *
 * Context: any.
 * Return: true if it is a pseudo-terminal, and a task of the context made it.
 */
bool clip_terminal_is_made_here(const struct inode *inode)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	return inode->i_sb->s_magic == DEVPTS_SUPER_MAGIC && ctx &&
	       clip_inode_owner(inode) == ctx->serial;
}

/**
 * clip_terminal_is_master - Does an open device type on a terminal?
 * @inode: inode of a character device
 *
 * What is written to it arrives as if it had been typed. Its node is /dev/ptmx.
 *
 * Context: any.
 * Return: true if it does.
 */
bool clip_terminal_is_master(const struct inode *inode)
{
	const unsigned int major = imajor(inode);

	return major == PTY_MASTER_LEGACY_MAJOR ||
	       (major == TTYAUX_MAJOR && iminor(inode) == PTMX_MINOR) ||
	       (major >= UNIX98_PTY_MASTER_MAJOR &&
		major < UNIX98_PTY_MASTER_MAJOR + UNIX98_PTY_MAJOR_COUNT);
}

/**
 * clip_terminal_request_is_harmless - Does a request act on a terminal alone?
 * @cmd: the number of the request
 *
 * Other requests type on it, set what its keys type on all consoles, switch
 * consoles, load fonts, take the messages of the kernel, or put another driver
 * in place.
 *
 * Context: any.
 * Return: true if it does, and the request may be made on shared terminals.
 */
bool clip_terminal_request_is_harmless(unsigned int cmd)
{
	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
	case FIOASYNC:
	case FIOQSIZE:
	case FIONREAD:
	case FIONBIO:
	case TCGETS:
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
	case TCGETA:
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
	case TCGETS2:
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
	case TCSBRK:
	case TCSBRKP:
	case TCXONC:
	case TCFLSH:
	case TIOCEXCL:
	case TIOCNXCL:
	case TIOCGEXCL:
	case TIOCSCTTY:
	case TIOCNOTTY:
	case TIOCGPGRP:
	case TIOCSPGRP:
	case TIOCGSID:
	case TIOCOUTQ:
	case TIOCGWINSZ:
	case TIOCSWINSZ:
	case TIOCGETD:
	case TIOCGDEV:
	case TIOCGPTN:
	case TIOCMGET:
	case KDGKBTYPE:
	case KDGETMODE:
	case KDGKBMODE:
	case KDGKBMETA:
	case KDGKBLED:
	case KDGETLED:
	case VT_GETMODE:
	case VT_GETSTATE:
		return true;
	default:
		return false;
	}
}

/**
 * clip_terminal_is_own - May a task outside of context 0 open this terminal?
 * @dentry: its name
 * @inode: its inode
 *
 * Context: may not be called with interrupts disabled.
 * Return: true if it is the terminal of the current task or of its context.
 */
bool clip_terminal_is_own(const struct dentry *dentry,
			  const struct inode *inode)
{
	if (imajor(inode) == TTYAUX_MAJOR &&
	    (iminor(inode) == OWN_MINOR || iminor(inode) == PTMX_MINOR))
		return true;
	return clip_terminal_is_made_here(inode) ||
	       is_controlling(dentry, inode);
}

/**
 * clip_terminal_note_inode - Record which context makes a pseudo-terminal
 * @inode: a new inode of devpts
 *
 * Opening /dev/ptmx makes the inode of the terminal.
 *
 * Context: any.
 */
void clip_terminal_note_inode(const struct inode *inode)
{
	const struct clip_context *ctx = clip_cred(current_cred())->context;

	if (ctx)
		clip_inode_set_owner(inode, ctx->serial);
}
