# SPDX-License-Identifier: BSD-2-Clause
# The fuzzers: libFuzzer with sanitizers. What they find to be new stays in $(O)/fuzz/corpus and is where the next run
# goes on from; the seeds are never written to.

FUZZ := sip frame
FUZZ_FLAGS := -O1 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter -D_GNU_SOURCE -Iinclude -Iuser -Itests \
	-fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_SRC_sip :=
FUZZ_SRC_frame := user/frame.c user/counter.c user/filter.c user/filter_table.c user/link.c user/type.c

$(O)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_SRC_frame)
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(FUZZ_FLAGS) -MD -MP -MF $@.d -o $@ $< $(FUZZ_SRC_$*)

.PHONY: fuzz
fuzz: $(FUZZ:%=$(O)/fuzz/fuzz_%) ## fuzz the classifier and whole frames, T/2 seconds each: make fuzz T=60
	@tests/fuzz/run.sh $(O)/fuzz $(T) $(FUZZ)
