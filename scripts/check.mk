# SPDX-License-Identifier: BSD-2-Clause

.PHONY: check
check: $(SKEL) ## format, clang-tidy, shellcheck, codespell, who includes whom, documents against source
	@scripts/check.sh $(O)

.PHONY: format
format: ## clang-format all sources in place
	clang-format -i $(shell find bpf include user tests -name '*.[ch]')
