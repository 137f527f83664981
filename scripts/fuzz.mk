# SPDX-License-Identifier: BSD-2-Clause
# The fuzzers: libFuzzer with sanitizers. What they find to be new stays in $(O)/fuzz/corpus and is where the next run
# goes on from; the seeds are never written to.

FUZZ := sip frame snapshot
FUZZ_FLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE -Iinclude -Iuser -Itests \
	-fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SRC_sip :=
FUZZ_SRC_frame := user/frame.c user/counter.c user/filter.c user/filter_table.c user/link.c user/type.c
FUZZ_SRC_snapshot := $(wildcard user/json*.c) user/counter.c user/filter.c user/group.c user/link.c user/text.c user/timestamp.c user/type.c

$(O)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_SRC_frame) $(FUZZ_SRC_snapshot)
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(FUZZ_FLAGS) -MD -MP -MF $@.d -o $@ $< $(FUZZ_SRC_$*) -ljansson

.PHONY: fuzz
fuzz: $(FUZZ:%=$(O)/fuzz/fuzz_%) ## fuzz the classifier, whole frames and snapshots, T/3 seconds each: make fuzz T=60
	@tests/fuzz/run.sh $(O)/fuzz $(T) $(FUZZ)
