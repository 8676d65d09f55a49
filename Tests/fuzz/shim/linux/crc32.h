/* SPDX-License-Identifier: GPL-2.0-only */
/* See core/common.h of this directory. */
