#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Loads the rules of the real root, before its init is started. Where /var is a
# filesystem of its own, some of them are not there yet: then it is done later, by
# verictl-load.service.
if [ -c /dev/veriexec ] && [ -d "${NEWROOT:?}/var/lib/verictl.d" ]; then
	/usr/sbin/verictl boot load --root "$NEWROOT" || warn "the rules of verictl were not loaded"
fi
