# SPDX-License-Identifier: GPL-2.0-only
tests := $(wildcard */*_test.c)
# The helpers of all tests.
helpers := $(filter-out %_test.c,$(wildcard */*.c))

TEST_GEN_PROGS := $(tests:.c=)

include ../lib.mk

CFLAGS += -O2 -Wall -Wno-format-truncation -I. -Iinclude -I$(selfdir) $(KHDR_INCLUDES)
LDFLAGS += -static

archive := $(OUTPUT)/helpers.a
EXTRA_CLEAN := $(archive) $(helpers:%.c=$(OUTPUT)/%.o)

$(OUTPUT)/%.o: %.c $(wildcard */*.h)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c $< -o $@

$(archive): $(helpers:%.c=$(OUTPUT)/%.o)
	$(AR) rcs $@ $^

$(TEST_GEN_PROGS): $(OUTPUT)/%: %.c $(archive)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $< $(archive) $(LDLIBS) -o $@

# It signs what it loads.
$(OUTPUT)/interface/signature_test: LDLIBS += -lcrypto
