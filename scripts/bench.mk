# SPDX-License-Identifier: BSD-2-Clause
BENCHES := bench scale live report

.PHONY: bench
bench: $(BENCHES:%=$(O)/tests/bench/%) $(O)/tests/bench/bench_counters all ## measure what the programs cost, as ratios within one run (root); JSON=1 for machines
	@$(O)/tests/bench/bench $(if $(JSON),--json)
	@$(O)/tests/bench/scale $(if $(JSON),--json)
	@$(O)/tests/bench/live $(if $(JSON),--json)
	@tests/bench/loading.sh $(O)/sipbpf $(O)/tests/bench/report $(if $(JSON),--json)
	@tests/bench/count.sh $(O)/sipbpf $(O)/tests/bench/report $(if $(JSON),--json)
	@$(O)/tests/bench/bench_counters $(if $(JSON),--json)

.PHONY: bench-worst
bench-worst: $(O)/tests/bench/worst ## look for T seconds (60) for the packets that cost most (root)
	@mkdir -p $(O)/worst
	@$< $(O)/worst $(T) $(wildcard tests/fuzz/corpus/sip/* tests/fuzz/corpus/stream/* tests/fuzz/corpus/frame/*)

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

$(O)/tests/bench/%: tests/bench/%.c tests/bench/traffic.h tests/bench/report.h tests/bench/loaded.h $(O)/tests/bench/bench.skel.h $(LIBOBJ)
	$(call say,LINK,$@)$(COMPILE) -pthread -Itests -I$(O)/tests/bench -o $@ $< $(LIBOBJ) $(LDFLAGS) $(LIBS)
