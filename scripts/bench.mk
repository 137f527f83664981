# SPDX-License-Identifier: BSD-2-Clause
.PHONY: bench
bench: $(O)/tests/bench/bench $(O)/tests/bench/live $(O)/tests/bench/bench_counters all ## measure what the programs cost, as ratios within one run (root)
	@$(O)/tests/bench/bench
	@$(O)/tests/bench/live
	@tests/bench/count.sh $(O)/sipbpf
	@$(O)/tests/bench/bench_counters

.PHONY: bench-counters
bench-counters: $(O)/tests/bench/bench_counters ## measure what counters of a million links cost: memory, a table, a snapshot
	@$<

$(O)/tests/bench/bench_counters: tests/bench/bench_counters.c $(LIBOBJ)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(COMPILE) -Itests -o $@ $< $(LIBOBJ) $(LDFLAGS) $(LIBS)

$(O)/tests/bench/bench.bpf.o: tests/bench/bench.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/tests/bench/bench.skel.h: $(O)/tests/bench/bench.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name bench_bpf > $@

$(O)/tests/bench/%: tests/bench/%.c tests/bench/traffic.h $(O)/tests/bench/bench.skel.h $(LIBOBJ)
	$(call say,LINK,$@)$(COMPILE) -Itests -I$(O)/tests/bench -o $@ $< $(LIBOBJ) $(LDFLAGS) $(LIBS)
