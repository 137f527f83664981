# SPDX-License-Identifier: BSD-2-Clause
# The fuzzers: libFuzzer with sanitizers. What they find to be new stays in $(O)/fuzz/corpus and is where the next run
# goes on from; the seeds are never written to.

# Few flows and copies: a new table of them for each input takes long, and few are soon full.
# Sequences of TCP packets take the longest to get anywhere.
FUZZ := stream sip frame snapshot sctp pcapng
FUZZ_SECONDS = $(shell expr $(T) / 2 + 1)
FUZZ_TABLES := -DFLOW_SETS=2 -DFLOW_COPIES=8
FUZZ_FLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE -Iinclude -Iuser -Itests $(FUZZ_TABLES) \
	-fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SRC_sip :=
FUZZ_SRC_frame := user/classify/frame.c user/classify/flows.c $(filter-out %/group.c %/column.c %/sheet.c,$(wildcard user/counts/*.c)) \
	user/base/suggestion.c
FUZZ_SRC_stream := $(FUZZ_SRC_frame)
FUZZ_SRC_sctp := $(FUZZ_SRC_frame)
FUZZ_SRC_pcapng := user/input/pcapng.c
FUZZ_SRC_snapshot := $(wildcard user/render/json*.c user/counts/*.c) user/base/suggestion.c user/base/text.c user/base/timestamp.c

# One command compiles several sources, of which clang would say what the last one includes.
FUZZ_HEADERS := $(wildcard include/*/*.h user/*/*.h tests/*.h tests/unit/*.h tests/unit/*/*.h)

$(O)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_SRC_frame) $(FUZZ_SRC_snapshot) $(FUZZ_SRC_pcapng) $(FUZZ_HEADERS)
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(FUZZ_FLAGS) -o $@ $< $(FUZZ_SRC_$*) $(shell $(PKG_CONFIG) --libs jansson)

.PHONY: fuzz
fuzz: $(FUZZ:%=$(O)/fuzz/fuzz_%) ## fuzz the parsers: make fuzz T=60 (the longest of them)
	@tests/fuzz/run.sh $(O)/fuzz stream=$(T) $(patsubst %,%=$(FUZZ_SECONDS),$(filter-out stream,$(FUZZ)))
