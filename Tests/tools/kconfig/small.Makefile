# SPDX-License-Identifier: GPL-2.0-only
# What hardenctl needs of a kernel tree's Makefile. CONF is the program conf of a
# kernel's build. Like a kernel's, it leaves this tree as it is.
allnoconfig:
	@test -n "$(CONF)" || { echo "CONF is not set"; exit 1; }
	@cd "$(O)" && srctree="$(CURDIR)" SRCARCH=x86 $(CONF) --allnoconfig Kconfig

.PHONY: allnoconfig
