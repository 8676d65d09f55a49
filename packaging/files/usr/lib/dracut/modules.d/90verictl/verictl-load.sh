#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Loads the rules for the files of the real root, before its init is started.
if [ -c /dev/veriexec ]; then
	/usr/sbin/verictl boot load --root "${NEWROOT:?}" || warn "the rules of verictl were not loaded"
fi
