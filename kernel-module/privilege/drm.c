// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: who may rule over graphics cards
 *
 * Who is the master of a card, and sees what is on the screen, the core of DRM
 * decides by CAP_SYS_ADMIN, and always in the middle of an ioctl. The hook for
 * those comes before, and notes whether it is one: see privilege/scoped.c.
 */
#include "core/common.h"

#include <linux/ioctl.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <uapi/drm/drm.h>
#include <uapi/linux/clip.h>

#include "core/cred_blob.h"
#include "core/latch.h"
#include "core/syscall.h"
#include "core/task_blob.h"
#include "privilege/drm.h"
#include "report/report.h"

/* /dev/dri/card0 and so on. Behind them come the nodes for computing only. */
#define CARD_MAJOR	226
#define CARDS		64

static bool is_card(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) && imajor(inode) == CARD_MAJOR &&
	       iminor(inode) < CARDS;
}

/*
 * Not those that a driver has for itself; nor those which every file has, and
 * which are about the filesystem that the node is on.
 */
static bool is_of_core(unsigned int cmd)
{
	return _IOC_TYPE(cmd) == DRM_IOCTL_BASE &&
	       (_IOC_NR(cmd) < DRM_COMMAND_BASE ||
		_IOC_NR(cmd) >= DRM_COMMAND_END);
}

/**
 * clip_drm_note_ioctl - note what the ioctl in progress is about
 * @file: the open file
 * @cmd: the request
 *
 * Only for those whose capability is judged by it.
 */
void clip_drm_note_ioctl(const struct file *file, unsigned int cmd)
{
	if (likely(!clip_latched(CLIP_LATCH_DRM) &&
		   !clip_scoped(current_cred())))
		return;
	clip_task(current)->drm_core_ioctl = is_card(file_inode(file)) &&
					is_of_core(cmd);
}

static bool lacks_drm(const struct cred *cred, int cap)
{
	return cap == CAP_SYS_ADMIN && cred == current_cred() &&
	       !(clip_cred(cred)->privileges & CLIP_PRIV_DRM) &&
	       clip_current_call() == CLIP_CALL_IOCTL &&
	       clip_task(current)->drm_core_ioctl;
}

/**
 * clip_drm_capable - is a capability refused in an ioctl of a graphics card?
 * @cred: whose
 * @cap: the capability
 * @opts: CAP_OPT_*
 *
 * PR-17, with the latch kernel.clip.drm. A card's refusal is its own, EACCES.
 *
 * Context: any.
 * Return: 0, or -EPERM.
 */
int clip_drm_capable(const struct cred *cred, int cap, unsigned int opts)
{
	if (!lacks_drm(cred, cap))
		return 0;
	if (!(opts & CAP_OPT_NOAUDIT))
		clip_report_privilege("drm", CLIP_PRIV_DRM);
	return -EPERM;
}
