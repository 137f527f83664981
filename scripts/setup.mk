# SPDX-License-Identifier: BSD-2-Clause

.PHONY: setup
setup: ## install the missing packages of scripts/packages.txt (root, if any are missing)
	@scripts/setup.sh $(GROUPS)
