# SPDX-License-Identifier: BSD-2-Clause

.PHONY: build-check
build-check: $(SKEL)

.PHONY: check
check: build-check ## check format, clang-tidy, shellcheck, codespell, include rules, and documents against source
	@scripts/check.sh $(O)

.PHONY: format
format: ## format all sources in place with clang-format
	clang-format -i $(shell find bpf include user tests -name '*.[ch]')
