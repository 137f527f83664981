# SPDX-License-Identifier: BSD-2-Clause

.PHONY: test
test: setup ## install what the tests need, run all of them, print the sum (root; otherwise some are skipped)
	@scripts/test.sh $(O) $(T) $(STEPS)

.PHONY: test-unit
test-unit: $(UNIT) $(O)/sipbpf ## unit tests, and commands over files (no root)
	@scripts/run_tests.sh $(UNIT)
	@scripts/run_tests.sh $(wildcard tests/cli/test_*.py) -- $(O)/sipbpf

# What capabilities do not matter to: the same programs over very many packets.
BPFTEST_LONG := $(filter %/test_differential %/test_associations %/test_filter %/test_nesting %/test_sequences %/test_streams,$(BPFTEST))

.PHONY: test-bpf
test-bpf: $(BPFTEST) $(CLANG_FOLDERS) ## the BPF programs over packets, as root and with three capabilities only (root)
	@scripts/run_tests.sh --as-root $(BPFTEST)
	@for folder in $(CLANG_FOLDERS); do \
		[ ! -x $$folder/tests/bpf/test_verifier ] || scripts/run_tests.sh --as-root $$folder/tests/bpf/test_verifier | \
			sed "s|instructions_processed|$${folder##*/}: &|; s|^\(# \)*\(sipbpf_\)|\1$${folder##*/}: \2|"; \
	done
	@scripts/run_tests.sh --three-capabilities $(filter-out $(BPFTEST_LONG),$(BPFTEST))

.PHONY: test-net
test-net: all ## real SIP traffic between namespaces (root)
	@scripts/run_tests.sh $(wildcard tests/net/test_*.sh) -- $(O)/sipbpf
