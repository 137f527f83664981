# SPDX-License-Identifier: BSD-2-Clause
.PHONY: bench
bench: $(O)/tests/bench/bench $(O)/tests/bench/live all ## what the programs cost, as ratios within one run (root)
	@$(O)/tests/bench/bench
	@$(O)/tests/bench/live
	@tests/bench/count.sh $(O)/sipbpf

$(O)/tests/bench/bench.bpf.o: tests/bench/bench.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/tests/bench/bench.skel.h: $(O)/tests/bench/bench.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name bench_bpf > $@

$(O)/tests/bench/%: tests/bench/%.c tests/bench/traffic.h $(O)/tests/bench/bench.skel.h $(LIBOBJ)
	$(call say,LINK,$@)$(CC) $(CFLAGS) -Itests -I$(O)/tests/bench -o $@ $< $(LIBOBJ) $(LIBS)
