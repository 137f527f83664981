# SPDX-License-Identifier: BSD-2-Clause
# Other kernels (in virtual machines) and other compilers of the BPF object.

CLANG_VERSIONS := 14 16 19
CLANG_HERE := $(foreach version,$(CLANG_VERSIONS),$(if $(shell command -v clang-$(version)),$(version)))
CLANG_FOLDERS := $(CLANG_HERE:%=$(O)/clang-%)
PROBE := user/kernel/probe

# The program again, with a BPF object by another compiler. Only the file that includes the skeleton is compiled again.
.PRECIOUS: $(O)/clang-%/sipbpf.bpf.o $(O)/clang-%/sipbpf.skel.h $(O)/clang-%/probe.o

$(O)/clang-%/sipbpf.bpf.o: bpf/sipbpf.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)clang-$* $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/clang-%/sipbpf.skel.h: $(O)/clang-%/sipbpf.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name sipbpf_bpf > $@

$(O)/clang-%/probe.o: $(PROBE).c $(O)/clang-%/sipbpf.skel.h
	$(call say,CC,$@)$(COMPILE) -iquote $(O)/clang-$* -MMD -MP -c -o $@ $<

$(O)/clang-%/sipbpf: $(O)/clang-%/probe.o $(filter-out $(O)/$(PROBE).o,$(OBJ))
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/clang-%/test_verifier: tests/bpf/test_verifier.c $(O)/clang-%/probe.o $(filter-out $(O)/$(PROBE).o,$(LIBOBJ))
	$(call say,TEST,$@)$(COMPILE) -MMD -MP -Itests $(LDFLAGS) -o $@ $(filter %.c %.o,$^) $(TEST_LIBS)

# Compilers that are not installed are reported as skipped.
.PHONY: clangs
clangs: $(CLANG_FOLDERS:%=%/sipbpf) $(CLANG_FOLDERS:%=%/test_verifier)
	@for version in $(filter-out $(CLANG_HERE),$(CLANG_VERSIONS)); do \
		echo "ok - clang-$$version # SKIP not installed (make setup)"; \
	done

$(O)/tests/kernels/send: tests/kernels/send.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(COMPILE) $(LDFLAGS) -static -o $@ $<

.PHONY: build-kernels
build-kernels: all $(BPFTEST) clangs $(O)/tests/kernels/send $(O)/tests/net/peer

.PHONY: test-kernels
test-kernels: build-kernels ## boot other kernels and run the BPF tests there (root)
	@tests/kernels/run.sh $(O)
