// SPDX-License-Identifier: GPL-2.0-only
/*
 * clip: the privilege for DRM master
 *
 * The DRM master of a graphics card controls the display and sees the screen.
 * The DRM core checks CAP_SYS_ADMIN for it, always within an ioctl(2). The
 * ioctl hook runs earlier and records whether the request is one of the DRM
 * core: see privilege/scoped.c.
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

/* /dev/dri/card*. The higher minor numbers are nodes for rendering only. */
#define CARD_MAJOR	226
#define CARDS		64

static bool is_card(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) && imajor(inode) == CARD_MAJOR &&
	       iminor(inode) < CARDS;
}

/*
 * Excludes the requests of drivers, and those that every file supports, which
 * concern the filesystem that contains the node.
 */
static bool is_of_core(unsigned int cmd)
{
	return _IOC_TYPE(cmd) == DRM_IOCTL_BASE &&
	       (_IOC_NR(cmd) < DRM_COMMAND_BASE ||
		_IOC_NR(cmd) >= DRM_COMMAND_END);
}

/**
 * clip_drm_note_ioctl - Record whether an ioctl is one of the DRM core
 * @file: the open file
 * @cmd: the request
 *
 * Only tasks with scoped capabilities, or any task once the latch is set, need
 * the record for a later capability check.
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
 * clip_drm_capable - Check a capability within an ioctl of a graphics card
 * @cred: the credential
 * @cap: the capability
 * @opts: CAP_OPT_*
 *
 * PR-17. Applies once the latch kernel.clip.drm is set. The DRM core turns the
 * refusal into its own error, EACCES.
 *
 * Context: Any.
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
