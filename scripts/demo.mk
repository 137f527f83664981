# SPDX-License-Identifier: BSD-2-Clause

.PHONY: demo
demo: ## make SIP calls between two network namespaces, and count them live (root)
	@scripts/setup.sh build demo
	@$(MAKE) --no-print-directory all
	@scripts/demo.sh $(O)/sipbpf

.PHONY: run
run: ## count on an interface until Ctrl-C: make run IFACE=eth0 (root)
	@test -n "$(IFACE)" || { echo "run: name an interface: sudo make run IFACE=eth0 (ip -br link lists the names)" >&2; exit 2; }
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory all
	$(O)/sipbpf attach $(IFACE)
