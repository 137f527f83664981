# SPDX-License-Identifier: BSD-2-Clause

.PHONY: demo
demo: ## make SIP calls between two network namespaces, and count them live (root)
	@scripts/setup.sh build demo
	+@$(BUILD_PROGRAM)
	@scripts/demo.sh $(O)/sipbpf

.PHONY: run
run: ## count on an interface until Ctrl-C: make run IFACE=eth0 ARGS='--interval 10s' (root)
	@test -n "$(IFACE)" || { echo "run: name an interface: sudo make run IFACE=eth0 (ip -br link lists the names)" >&2; exit 2; }
	@scripts/setup.sh build
	+@$(BUILD_PROGRAM)
	$(strip $(O)/sipbpf attach $(ARGS) $(IFACE))
