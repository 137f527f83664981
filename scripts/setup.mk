# SPDX-License-Identifier: BSD-2-Clause

.PHONY: setup
setup: ## install the missing packages of scripts/packages.txt: make setup GROUPS='build demo' (root, if any are missing)
	@scripts/setup.sh $(GROUPS)
	@echo "setup: all packages are installed"
