# SPDX-License-Identifier: BSD-2-Clause

.PHONY: build-check
build-check: $(SKEL)

.PHONY: check
check: build-check ## format, clang-tidy, shellcheck, codespell, who includes whom, documents against source
	@scripts/check.sh $(O)

.PHONY: format
format: ## clang-format all sources in place
	clang-format -i $(shell find bpf include user tests -name '*.[ch]')
