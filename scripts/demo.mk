# SPDX-License-Identifier: BSD-2-Clause

.PHONY: demo
demo: ## SIP calls in namespaces of their own, counted live (root)
	@scripts/setup.sh build demo
	@$(MAKE) --no-print-directory all
	@scripts/demo.sh $(O)/sipbpf

.PHONY: run
run: ## count on an interface until Ctrl-C: make run IFACE=eth0 (root)
	@test -n "$(IFACE)" || { echo "which interface? make run IFACE=eth0" >&2; exit 2; }
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory all
	$(O)/sipbpf attach $(IFACE)
