/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's header, and the parts of it that Swift cannot import by itself:
 * function-like macros (the ioctl numbers), array initialisers (the names) and
 * macros made of several others. Nothing here repeats a value of the header.
 */
#ifndef CCLIP_SHIM_H
#define CCLIP_SHIM_H

#include <stddef.h>

#include "../../../kernel-module/include/uapi/linux/clip.h"

/* Request numbers of /dev/veriexec, in the type that ioctl(2) takes. */
static const unsigned long cclip_ioc_info = CLIP_IOC_INFO;
static const unsigned long cclip_ioc_commit = CLIP_IOC_COMMIT;
static const unsigned long cclip_ioc_query = CLIP_IOC_QUERY;
static const unsigned long cclip_ioc_context_create = CLIP_IOC_CONTEXT_CREATE;
static const unsigned long cclip_ioc_context_open = CLIP_IOC_CONTEXT_OPEN;
static const unsigned long cclip_ioc_context_get = CLIP_IOC_CONTEXT_GET;
static const unsigned long cclip_ioc_context_narrow = CLIP_IOC_CONTEXT_NARROW;
static const unsigned long cclip_ioc_context_delete = CLIP_IOC_CONTEXT_DELETE;
static const unsigned long cclip_ioc_set_level = CLIP_IOC_SET_LEVEL;
static const unsigned long cclip_ioc_set_update = CLIP_IOC_SET_UPDATE;
static const unsigned long cclip_ioc_exception = CLIP_IOC_EXCEPTION;
static const unsigned long cclip_ioc_permissive = CLIP_IOC_PERMISSIVE;
static const unsigned long cclip_ioc_run_allowed = CLIP_IOC_RUN_ALLOWED;
static const unsigned long cclip_ioc_ask = CLIP_IOC_ASK;
static const unsigned long cclip_ioc_enter = CLIP_IOC_ENTER;

/* Those of the descriptor of a context, and the last two of /dev/veriexec. */
static const unsigned long cclip_ioc_context_setup = CLIP_IOC_CONTEXT_SETUP;
static const int cclip_af_inet = 2;
static const int cclip_af_inet6 = 10;
static const unsigned long cclip_ioc_context_address = CLIP_IOC_CONTEXT_ADDRESS;
static const unsigned long cclip_ioc_context_arm = CLIP_IOC_CONTEXT_ARM;
static const unsigned long cclip_ioc_context_bind = CLIP_IOC_CONTEXT_BIND;
static const unsigned long cclip_ioc_context_info = CLIP_IOC_CONTEXT_INFO;
static const unsigned long cclip_ioc_context_kill = CLIP_IOC_CONTEXT_KILL;
static const unsigned long cclip_ioc_task_context = CLIP_IOC_TASK_CONTEXT;
static const unsigned long cclip_ioc_socket_context = CLIP_IOC_SOCKET_CONTEXT;

/* Those of /dev/devctl. */
static const unsigned long cclip_ioc_device_commit = CLIP_IOC_DEVICE_COMMIT;
static const unsigned long cclip_ioc_device_list = CLIP_IOC_DEVICE_LIST;

static const unsigned int cclip_entry_all = CLIP_ENTRY_ALL;
static const unsigned long long cclip_priv_all = CLIP_PRIV_ALL;
static const unsigned long long cclip_priv_plain = CLIP_PRIV_PLAIN;
static const unsigned int cclip_image_max_size = CLIP_IMAGE_MAX_SIZE;
static const unsigned int cclip_image_max_entries = CLIP_IMAGE_MAX_ENTRIES;
static const unsigned int cclip_reason_count = __CLIP_REASON_MAX;

/* Name of an enum clip_reason; NULL if the header gives it none. */
const char *clip_reason_name(unsigned int reason);

/* Name of an enum clip_event_kind; NULL if the header gives it none. */
const char *clip_event_name(unsigned int kind);

/* Name of bit number @bit of clip_info.features; NULL if it has none. */
const char *clip_feature_name(unsigned int bit);

/* Name of bit number @bit of a level; NULL if it has none. */
const char *clip_level_name(unsigned int bit);

#endif /* CCLIP_SHIM_H */
