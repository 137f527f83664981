# SPDX-License-Identifier: BSD-2-Clause

# Programs that run at once: those of BPF wait for the kernel most of the time, and those of the network for each other.
JOBS := $(shell nproc)
JOBS_BPF := $(shell expr $(JOBS) + 1)

.PHONY: test
test: T = 20
test: setup ## install what the tests need, run all of them, print the sum (root; otherwise some are skipped)
	@scripts/test.sh $(O) $(T) $(STEPS)

.PHONY: soak
soak: T = 900
soak: export TEST_ROUNDS ?= 20
soak: setup ## the same with much more random input and longer fuzzing, for hours: make soak TEST_ROUNDS=20 T=900
	@scripts/test.sh $(O) $(T) $(STEPS)

.PHONY: build-unit build-bpf build-net
build-unit: $(UNIT) all
build-bpf: $(BPFTEST) clangs
build-net: all

.PHONY: test-unit
test-unit: build-unit ## unit tests, and commands over files (no root)
	@scripts/run_tests.sh --jobs $(JOBS) $(UNIT)
	@scripts/run_tests.sh --jobs $(JOBS) $(wildcard tests/cli/test_*.py) -- $(O)/sipbpf

# What capabilities do not matter to: the same programs over very many packets.
BPFTEST_LONG := $(filter %/test_differential %/test_associations %/test_filter %/test_nesting %/test_sequences %/test_streams,$(BPFTEST))

.PHONY: test-bpf
test-bpf: build-bpf ## the BPF programs over packets, as root and with three capabilities only (root)
	@scripts/run_tests.sh --jobs $(JOBS_BPF) --as-root $(BPFTEST)
	@for folder in $(CLANG_FOLDERS); do \
		scripts/run_tests.sh --as-root $$folder/test_verifier | \
			sed "s|instructions_processed|$${folder##*/}: &|; s|^\(# \)*\(sipbpf_\)|\1$${folder##*/}: \2|"; \
	done
	@scripts/run_tests.sh --jobs $(JOBS_BPF) --three-capabilities $(filter-out $(BPFTEST_LONG),$(BPFTEST))

.PHONY: test-net
test-net: build-net ## real SIP traffic between namespaces (root)
	@scripts/run_tests.sh --jobs $(JOBS_BPF) $(wildcard tests/net/test_*.sh) -- $(O)/sipbpf
