# SPDX-License-Identifier: BSD-2-Clause
# The fuzzers: libFuzzer with sanitizers. New inputs that they find stay in $(O)/fuzz/corpus, where the next run resumes.
# The seeds are never changed.

# Tables of flows and copies are small: each input needs a new table, and a small table is soon full.
# Sequences of TCP packets need the longest time to reach new code.
FUZZ := stream sip frame snapshot sctp pcapng log
FUZZ_SECONDS = $(shell expr $(T) / 2 + 1)
FUZZ_TABLES := -DFLOW_SETS=2 -DFLOW_COPIES=8 -DFRAGMENT_SETS=2 -DFRAGMENT_COPIES=8
FUZZ_FLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE -Iinclude -Iuser -Itests $(FUZZ_TABLES) \
	-fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SRC_sip :=
FUZZ_SRC_stream := user/classify/frame.c user/classify/flows.c user/classify/payload_origin.c user/classify/scanned.c \
	$(filter-out %/group.c %/column.c %/sheet.c,$(wildcard user/counts/*.c)) user/base/suggestion.c user/base/notices.c
FUZZ_SRC_frame := $(FUZZ_SRC_stream) user/input/capture_header.c user/input/exported_pdu.c
FUZZ_SRC_sctp := $(FUZZ_SRC_stream)
FUZZ_SRC_pcapng := user/input/pcapng.c
FUZZ_SRC_log := $(wildcard user/log/*.c) user/classify/message.c user/base/timestamp.c $(filter-out user/classify/%,$(FUZZ_SRC_stream))
FUZZ_SRC_snapshot := $(wildcard user/snapshot/json*.c user/counts/*.c) user/base/suggestion.c user/base/notices.c user/base/text.c user/base/timestamp.c

$(O)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

define fuzzer
$(O)/fuzz/fuzz_$(1): $(O)/fuzz/tests/fuzz/fuzz_$(1).o $(FUZZ_SRC_$(1):%.c=$(O)/fuzz/%.o)
endef
$(foreach name,$(FUZZ),$(eval $(call fuzzer,$(name))))

$(FUZZ:%=$(O)/fuzz/fuzz_%):
	$(call say,LINK,$@)$(CLANG) $(FUZZ_FLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs jansson libpcre2-8)

.PHONY: build-fuzz
build-fuzz: $(FUZZ:%=$(O)/fuzz/fuzz_%)

.PHONY: fuzz
fuzz: build-fuzz ## fuzz the parsers: make fuzz T=60 (seconds for the longest fuzzer)
	@tests/fuzz/run.sh $(O)/fuzz stream=$(T) $(patsubst %,%=$(FUZZ_SECONDS),$(filter-out stream,$(FUZZ)))
