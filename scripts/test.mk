# SPDX-License-Identifier: BSD-2-Clause

# How many programs run at once. BPF tests mostly wait for the kernel, and network tests for each other.
JOBS := $(shell nproc)
JOBS_BPF := $(shell expr $(JOBS) + 1)

.PHONY: test
test: T = 20
test: setup ## install what the tests need, run all tests and print a total (root; otherwise some are skipped)
	@scripts/test.sh $(O) $(T) $(STEPS); status=$$?; $(RESTORE_OWNER); exit $$status

.PHONY: soak
soak: T = 900
soak: export TEST_ROUNDS ?= 20
soak: setup ## make test with far more random input and longer fuzzing, for hours: make soak TEST_ROUNDS=20 T=900
	@scripts/test.sh $(O) $(T) $(STEPS); status=$$?; $(RESTORE_OWNER); exit $$status

.PHONY: build-unit build-bpf build-net
build-unit: $(UNIT) all
build-bpf: $(BPFTEST) clangs
build-net: all $(O)/tests/net/peer

$(O)/tests/net/peer: tests/net/peer.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(COMPILE) $(LDFLAGS) -static -o $@ $<

.PHONY: test-unit
test-unit: build-unit ## run unit tests, and commands on files (no root)
	@scripts/run_tests.sh --jobs $(JOBS) $(UNIT)
	@scripts/run_tests.sh --jobs $(JOBS) $(wildcard tests/cli/test_*.py) -- $(O)/sipbpf

# These tests run the same programs on very many packets. Capabilities make no difference to them.
BPFTEST_LONG := $(filter %/test_differential %/test_associations %/test_filter %/test_nesting %/test_sequences %/test_streams,$(BPFTEST))

.PHONY: test-bpf
test-bpf: build-bpf ## run the BPF programs on packets: as root, then with only the three capabilities (root)
	@scripts/run_tests.sh --jobs $(JOBS_BPF) --as-root $(BPFTEST)
	@for folder in $(CLANG_FOLDERS); do \
		scripts/run_tests.sh --as-root $$folder/test_verifier | \
			sed "s|instructions_processed|$${folder##*/}: &|; s|^\(# \)*\(sipbpf_\)|\1$${folder##*/}: \2|"; \
	done
	@scripts/run_tests.sh --jobs $(JOBS_BPF) --three-capabilities $(filter-out $(BPFTEST_LONG),$(BPFTEST))

.PHONY: test-net
test-net: build-net ## count real SIP traffic between network namespaces (root)
	@scripts/run_tests.sh --jobs $(JOBS_BPF) $(wildcard tests/net/test_*.sh) -- $(O)/sipbpf

.PHONY: test-javascript
test-javascript: build-net ## compare the logs of JsSIP and SIP.js with the wire; not part of make test (root, fetches both from npm)
	@scripts/run_tests.sh tests/net/javascript_logs.sh -- $(O)/sipbpf
