#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Loads the rules of the real root, before its init is started. Where /var is a
# filesystem of its own, some of them are not there yet: then it is done later, by
# verictl-load.service. That also sets the level: the programs of an initramfs are
# copies, which an upgrade leaves behind and the rules then no longer allow.
if [ -c /dev/veriexec ] && [ -d "${NEWROOT:?}/var/lib/verictl.d" ]; then
	/usr/sbin/verictl boot load --root "$NEWROOT" --rules-only || warn "the rules of verictl were not loaded"
fi
