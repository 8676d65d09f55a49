# SPDX-License-Identifier: GPL-2.0-only
# Verbs only: each target calls a script or a build tool that works by itself.
# "make help" lists them.

SHELL := /bin/bash
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# mkfs is not in the path of an ordinary user.
export PATH := $(PATH):/usr/sbin:/sbin

STRIP   ?= strip
SWIFT   ?= swift
# The Swift runtime is linked in. A static, position independent program, as
# Package.swift asks for, takes lld, and no run path, which makes it crash.
STATIC  := -c release --static-swift-stdlib --disable-local-rpath -Xswiftc -use-ld=lld

src     := build/kernel/src
# Each Tests/system/ROOM/NAME_test.c is a program of the kernel's test harness.
# In the guest all of them lie in one directory, so that a NAME is unique.
rooms   := $(patsubst %/,%,$(wildcard Tests/system/*/))
tests   := $(patsubst %.c,%,$(notdir $(wildcard Tests/system/*/*_test.c)))
scripts := $(notdir $(wildcard Tests/system/*/*_test.sh))
harness := $(src)/tools/testing/selftests
programs := $(patsubst Tests/system/programs/%.c,%,$(wildcard Tests/system/programs/*.c))
testbin := $(addprefix build/tests/,$(tests) $(scripts) $(programs) \
	trusted.key trusted.pem tiny evil hostile hostile.sh jailed ext4.img vfat.img squashfs.img many tap.sh \
	jails.sh killed.sh matrix.sh debian.sh python3-allows python3-allows.so pam_clip.so)
overlay := build/guest/root-overlay
demo    := $(overlay)/usr/lib/clip/demo/bind80
rule    := $(overlay)/etc/verictl.d/demo

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what is missing (Debian packages)
	@tools/deps

run: build ## boot a virtual machine and show what clip does in it
	@tools/vm --disk build/guest/python.squashfs -- /usr/lib/clip/demo/show.sh

check: build kernel-baseline deb ## run the tests, and a quarter of the slowest ones
	@tools/check

# What .ci/run does for one commit in four. The kernel "test" is not built for it.
check-sanitized: KERNEL := debug
check-sanitized: build ## unit tests, and a part of the fast tests with sanitizers (KERNEL=race for KCSAN)
	@tools/check swift
	@tools/debug-check --fast --only $(KERNEL) $(if $(filter debug,$(KERNEL)),/4)

build: tools kernel guest ## the tools, the kernel and the guest's files

tools: deps ## the command-line tools (Swift only): build/bin/
	@tools/swift-build $(STATIC)

KERNEL := test
kernel: deps ## the kernel with clip: build/kernel/test/
	@tools/kernel-build $(KERNEL)

kernel-baseline: kernel ## the same kernel without clip
	@tools/kernel-build baseline

kernel-hardened: tools ## the kernel of a release, as hardening/ describes it
	@tools/kernel-build hardened

libclip: ## libclip, the C library of vsctl, static and shared, and pam_clip: build/libclip/
	@$(MAKE) -s $(libclip)

interpreters: deps ## Python and dash that ask the kernel: build/interpreters/
	@$(MAKE) -s build/interpreters/python3-asks
	@tools/dash-build

guest: tools kernel interpreters ## what the virtual machine needs besides its kernel
	@$(MAKE) -s $(testbin) $(demo) $(rule)
	@tools/guest-python

deb: tools libclip ## Debian packages, and an apt repository of them: build/deb/
	@tools/deb-build

server: build kernel-baseline deb ## turn a Debian server into a protected one, step by step
	@tools/server-image
	@tools/server

deb-kernel: deps ## a Debian package of a kernel with clip; takes hours
	@tools/deb-kernel

check-deb-kernel: deps ## its configuration, and all files that are changed
	@tools/deb-kernel --check

lint: deps ## style and static checks of everything
	@tools/lint --kernel $(KERNEL)

bench: build kernel-baseline ## measure (ROWS="exec files" for a part), and compare with bench/limits
	@bench/run $(ROWS)

performance: ## docs/performance.md, of what was measured
	@bench/report

regression: build kernel-baseline ## the kernel's own selftests, with clip and without
	@tools/regression

hostile: build ## every attack by every call, filesystem and place (ROW="name ..." for some)
	@tools/hostile $(ROW)

coverage: build kernel-baseline deb ## which lines the tests run, at least 92 % of the kernel part
	@tools/kernel-build coverage
	@tools/coverage
	@tools/coverage --swift

debug-check: build kernel-baseline ## the kernel's tests with sanitizers (PART=1/4 for a part)
	@tools/kernel-build debug
	@tools/kernel-build race
	@tools/debug-check $(PART)

together: build ## what clip enforces with all other security modules, before and behind them
	@tools/kernel-build together
	@tools/check together

long: TIME = 3600
TIME ?= 60
fuzz: deps ## fuzz the readers, each for TIME seconds
	@tools/fuzz --time $(TIME)

fuzz-guest: build ## fuzz the interface of the kernel part, in guests with sanitizers, for TIME seconds
	@tools/kernel-build debug
	@tools/fuzz-guest --time $(TIME)

long: build ## verdicts while everything changes, for TIME=3600 seconds
	@tools/long --time $(TIME)

series: kernel ## clip as patches for a mainline tree, in the form of a submission: build/series/
	@rm -rf build/series
	@tools/patch-series build/series

core-lines: ## lines of the core kernel that the patches change
	@grep -hE '^[+-]' kernel-module/patches/6.12/*.patch | grep -cvE '^(\+\+\+|---)'

clean: ## remove what was built, except kernels
	rm -rf .build build/bin build/interpreters build/tests build/support build/libclip build/guest build/vm build/bench build/deb

# --- files -----------------------------------------------------------------

warnings := -Wall -Wextra -Wno-unused-parameter -Wno-clobbered
vpath %_test.c $(rooms)
vpath %.sh $(rooms) Tests/system/attacks/hostile
testflags := -O2 $(warnings) -Wno-sign-compare -Wno-format-truncation -D_GNU_SOURCE \
	-isystem $(harness) -Ikernel-module/include/uapi -ITests/system -ITests/system/include
# Time limits that a slow kernel multiplies; see Tests/system/support/slower.c.
slower := -Wl,--wrap=alarm
headers := $(wildcard $(addsuffix .h,Tests/system/*/* Tests/system/*/*/* Tests/system/*/*/*/*)) $(wildcard kernel-module/include/uapi/linux/*.h)
# The helpers of all tests: what is neither a test nor run by one.
helpers := $(filter-out %_test.c Tests/system/programs/%,$(wildcard Tests/system/*/*.c))

build/support/%.o: Tests/system/%.c $(headers)
	@mkdir -p $(@D)
	gcc $(testflags) -c -o $@ $<

build/support/helpers.a: $(helpers:Tests/system/%.c=build/support/%.o)
	rm -f $@ && gcc-ar rcs $@ $^

# It signs what it loads.
build/tests/signature_test: testlibs := -lcrypto

# Of the kernel's build, which trusts this certificate.
build/tests/trusted.key build/tests/trusted.pem: build/tests/%: build/kernel/keys/%
	@mkdir -p $(@D)
	cp $< $@

# The library that vsctl contains, for programs in C. Its functions are those of
# libclip.h; what its files share is hidden.
libclip := $(addprefix build/libclip/,libclip.a libclip.so.0 libclip.pc pam_clip.so)
libclip_sources := $(wildcard Sources/CContainer/*.c)

build/libclip/%.o: Sources/CContainer/%.c $(wildcard Sources/CContainer/*.h Sources/CContainer/include/*.h) $(headers)
	@mkdir -p $(@D)
	gcc -O2 -fPIC $(warnings) -Wno-missing-field-initializers -ISources/CContainer/include -c -o $@ $<

build/libclip/libclip.a: $(libclip_sources:Sources/CContainer/%.c=build/libclip/%.o)
	rm -f $@ && gcc-ar rcsD $@ $^

build/libclip/libclip.so.0: $(libclip_sources:Sources/CContainer/%.c=build/libclip/%.o)
	gcc -shared -Wl,-soname,libclip.so.0 -Wl,-z,relro,-z,now -s -o $@ $^

# Its own copy of the library, so that a login does not depend on another file.
build/libclip/pam_clip.so: Sources/pam_clip/pam_clip.c build/libclip/libclip.a
	@tools/deps
	gcc -O2 -fPIC -shared -fvisibility=hidden $(warnings) -ISources/CContainer/include -Wl,-z,relro,-z,now \
		-Wl,--exclude-libs,ALL -s -o $@ $^ -lpam

build/tests/pam_clip.so: build/libclip/pam_clip.so
	@mkdir -p $(@D)
	cp $< $@

build/libclip/libclip.pc: packaging/libclip.pc
	@mkdir -p $(@D)
	cp $< $@

# A daemon that puts itself into a jail.
build/tests/jailed: packaging/examples/libclip/jailed.c build/libclip/libclip.a
	@mkdir -p $(@D)
	gcc -O2 -static -s $(warnings) -ISources/CContainer/include -o $@ $^

build/tests/libclip_test: build/libclip/libclip.a
build/tests/libclip_test: testlibs := build/libclip/libclip.a
build/tests/libclip_test: testflags += -ISources/CContainer/include

build/tests/%_test: %_test.c build/support/helpers.a
	@mkdir -p $(@D)
	gcc $(testflags) $(slower) -static -s -o $@ $< build/support/helpers.a $(testlibs)

# A program that is too long for one file has others, in a directory of its name.
.SECONDEXPANSION:
build/tests/%: Tests/system/programs/%.c $$(wildcard Tests/system/programs/$$*/*.c) build/support/helpers.a
	@mkdir -p $(@D)
	gcc $(testflags) -static -s -o $@ $^

build/tests/tiny: bench/tiny.c
	@mkdir -p $(@D)
	gcc -O2 -static -nostdlib -s $(warnings) -o $@ $<

build/tests/granted: Tests/system/programs/granted.c Tests/system/whole/verdicts.h
	@mkdir -p $(@D)
	gcc -O2 -static -nostdlib -s $(warnings) -ITests/system -o $@ $<

build/tests/evil: Tests/system/attacks/hostile/evil.c
	@mkdir -p $(@D)
	gcc -O2 -static -nostdlib -s $(warnings) -o $@ $<

# Attacks as tables: every row by every way, on every filesystem, in every place.
hostile := $(filter-out %/evil.c,$(wildcard $(addprefix Tests/system/attacks/hostile/,*.c */*.c)))
build/tests/hostile: $(hostile) $(headers) build/support/helpers.a
	@mkdir -p $(@D)
	gcc $(testflags) $(slower) -pthread -static -s -o $@ $(hostile) build/support/helpers.a

build/tests/many: bench/many.c
	@mkdir -p $(@D)
	gcc -O2 -static -s $(warnings) -o $@ $<

# With a loader and a library of its own, so that a test can list and damage
# them. Both come from the build machine's C library.
build/tests/dynamic: Tests/system/programs/dynamic.c
	@mkdir -p $(@D)
	gcc -O2 -s $(warnings) -Wl,--dynamic-linker=/tmp/lib/ld.so -Wl,-rpath,/tmp/lib -o $@ $<
	install -m 755 "$$(gcc -print-file-name=ld-linux-x86-64.so.2)" $(@D)/ld.so
	install -m 755 "$$(gcc -print-file-name=libc.so.6)" $(@D)/libc.so.6

build/tests/%.sh: %.sh
	@mkdir -p $(@D)
	install -m 755 $< $@

# Modules that -m may run under EXEC_DENY_INTERACTIVE: make interpreters MODULES='"venv",'
MODULES ?=
# The same for the tests, with one module.
build/tests/python3-allows.so: MODULES = "module",
build/interpreters/python3-asks.so build/tests/python3-allows.so: $(wildcard interpreters/python/*.[ch])
	@tools/deps
	@mkdir -p $(@D)
	gcc -O2 -s -shared -fPIC -fvisibility=hidden $(warnings) -D_GNU_SOURCE -DALLOWED_MODULES='$(MODULES)' \
		$$(pkg-config --cflags python3-embed) -Wl,-z,now -o $@ $(filter %.c,$^)

# Debian's own program, which loads the library first, from where it is installed.
build/interpreters/python3-asks build/tests/python3-allows: %: %.so
	@rm -f $@.part && install -m 755 /usr/bin/python3.11 $@.part
	patchelf --add-needed /usr/libexec/clip/$(<F) $@.part
	@mv $@.part $@

build/tests/ext4.img: Makefile
	@mkdir -p $(@D)
	rm -f $@ && truncate -s 8M $@
	mkfs.ext4 -q -F -b 4096 -O ^has_journal,verity,^metadata_csum $@

# One file, the probe; the same bytes every day.
build/tests/squashfs.img: build/tests/probe
	@mkdir -p $(@D)
	mksquashfs $< $@ -quiet -no-progress -noappend -all-root -all-time 0 -mkfs-time 0

build/tests/vfat.img: Makefile
	@mkdir -p $(@D)
	rm -f $@ && truncate -s 4M $@
	mkfs.vfat $@ >/dev/null

$(demo): tools/guest/demo/bind80.c
	@mkdir -p $(@D)
	gcc -O2 -static -s $(warnings) -o $@ $<

# Digests are made where the program is, as a packager would.
$(rule): $(demo) build/bin/verictl
	@mkdir -p $(@D)
	build/bin/verictl gen --root $(overlay) --context 0 --caps-eff NET_BIND_SERVICE \
		--caps-perm NET_BIND_SERVICE -o $@ $<

.PHONY: help deps run check check-sanitized build tools kernel kernel-baseline kernel-hardened libclip interpreters guest deb server \
	deb-kernel check-deb-kernel lint bench performance core-lines series regression hostile coverage debug-check together fuzz fuzz-guest long clean
