/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clip: the privilege for DRM master
 */
#ifndef _SECURITY_CLIP_PRIVILEGE_DRM_H
#define _SECURITY_CLIP_PRIVILEGE_DRM_H

struct cred;
struct file;

int clip_drm_capable(const struct cred *cred, int cap, unsigned int opts);
void clip_drm_note_ioctl(const struct file *file, unsigned int cmd);

#endif /* _SECURITY_CLIP_PRIVILEGE_DRM_H */
