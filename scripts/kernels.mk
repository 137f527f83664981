# SPDX-License-Identifier: BSD-2-Clause
# Other kernels (in virtual machines) and other compilers of the BPF object.

CLANG_VERSIONS := 14 16 19
CLANG_FOLDERS := $(CLANG_VERSIONS:%=$(O)/clang-%)

# The whole program again, its BPF object by that compiler; absent compilers are reported and left out.
.PHONY: $(CLANG_FOLDERS)
$(CLANG_FOLDERS): $(O)/clang-%:
	@if command -v clang-$* >/dev/null; then \
		$(MAKE) --no-print-directory O=$@ CLANG=clang-$* all $@/tests/bpf/test_verifier; \
	else echo "ok - clang-$* # SKIP not installed (make setup)"; fi

$(O)/tests/kernels/send: tests/kernels/send.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(COMPILE) $(LDFLAGS) -static -o $@ $<

.PHONY: test-kernels
test-kernels: all $(BPFTEST) $(CLANG_FOLDERS) $(O)/tests/kernels/send ## boot other kernels and run the BPF tests there (root)
	@tests/kernels/run.sh $(O)
