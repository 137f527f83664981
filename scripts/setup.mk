# SPDX-License-Identifier: BSD-2-Clause

.PHONY: setup
setup: ## install what is missing of scripts/packages.txt (needs root only then)
	@scripts/setup.sh $(GROUPS)
