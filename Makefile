# SPDX-License-Identifier: BSD-2-Clause
# One makefile, not recursive; everything built goes into the folder $(O). `make help` lists the targets.

include version.mk

.DEFAULT_GOAL := all

O ?= build
CLANG ?= clang
BPFTOOL ?= $(firstword $(shell command -v bpftool) /usr/sbin/bpftool)
PKG_CONFIG ?= pkg-config
IFACE ?=
ARGS ?=
T ?= 60

# gcc, unless the environment or the command line names a compiler.
ifeq ($(origin CC),default)
CC := gcc
endif

# CPPFLAGS, CFLAGS and LDFLAGS belong to whoever builds. They never reach the BPF compiler, which rejects several flags
# that distributions set.
# Whoever sets them chooses how the program is hardened; by default, as Debian does.
CPPFLAGS ?= -D_FORTIFY_SOURCE=2
CFLAGS ?= -O3 -g -fstack-protector-strong -fstack-clash-protection $(CONTROL_FLOW_PROTECTION)
LDFLAGS ?= -Wl,-z,relro,-z,now
CONTROL_FLOW_PROTECTION := $(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
OWN_CFLAGS := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused-parameter \
	-ffile-prefix-map=$(CURDIR)=. -D_GNU_SOURCE -DSIPBPF_VERSION='"$(VERSION)"' -Iinclude -Iuser -I$(O)
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -std=gnu11 -Wall -Wextra -Wno-unused-parameter -fno-stack-protector -Wno-pass-failed \
	-ffile-prefix-map=$(CURDIR)=. -Iinclude -Ivmlinux -Ibpf

PACKAGES := libbpf libelf zlib libpcap jansson libcap-ng libmnl libpcre2-8
# Only headers are used of these, so that nothing is linked.
HEADER_PACKAGES := libxxhash
# What CFLAGS must not undo; set for single objects.
LAST_CFLAGS :=
COMPILE = $(CC) $(CPPFLAGS) $(OWN_CFLAGS) $(shell $(PKG_CONFIG) --cflags $(PACKAGES) $(HEADER_PACKAGES)) $(CFLAGS) $(LAST_CFLAGS)
LIBS = $(or $(shell $(PKG_CONFIG) --libs $(PACKAGES)),$(error a library is missing; install it with: sudo make setup GROUPS=build))
TEST_LIBS = $(LIBS) $(or $(shell $(PKG_CONFIG) --libs cmocka),$(error cmocka is missing; install it with: sudo make setup GROUPS=test))

V ?= 0
ifeq ($(V),0)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)';
else
Q :=
say =
endif

# What root builds under sudo belongs to the owner of the clone, who can then build without root.
RESTORE_OWNER := $(if $(filter $(CURDIR)/%,$(abspath $(O))),[ "$$(id -u)" -ne 0 ] || [ ! -d $(O) ] || chown -Rh --reference=. $(O),:)

# The program, without noise when there is nothing to build.
BUILD_PROGRAM = $(MAKE) --no-print-directory $(if $(filter 0,$(V)),-s) all; status=$$?; $(RESTORE_OWNER); exit $$status

SRC := $(wildcard user/*/*.c)
OBJ := $(SRC:%.c=$(O)/%.o)
LIBOBJ := $(filter-out $(O)/user/command/main.o,$(OBJ))
UNIT := $(patsubst tests/unit/%.c,$(O)/tests/unit/%,$(wildcard tests/unit/*/test_*.c))
BPFTEST := $(patsubst tests/bpf/%.c,$(O)/tests/bpf/%,$(wildcard tests/bpf/test_*.c))
SKEL := $(O)/sipbpf.skel.h

include $(wildcard scripts/*.mk)

.PHONY: all
all: $(O)/sipbpf ## build sipbpf (default)

$(O)/sipbpf: $(OBJ)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(O)/user/kernel/probe.o: $(SKEL)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)$(COMPILE) -MMD -MP -c -o $@ $<

$(O)/sipbpf.bpf.o: bpf/sipbpf.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(SKEL): $(O)/sipbpf.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name sipbpf_bpf > $@

$(O)/tests/unit/%: tests/unit/%.c $(LIBOBJ)
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(COMPILE) -MMD -MP -Itests $(LDFLAGS) -o $@ $< $(LIBOBJ) $(TEST_LIBS)

$(O)/tests/bpf/%: tests/bpf/%.c $(LIBOBJ)
	@mkdir -p $(@D)
	$(call say,TEST,$@)$(COMPILE) -MMD -MP -Itests $(LDFLAGS) -o $@ $< $(LIBOBJ) $(TEST_LIBS)

.PHONY: vmlinux-dump
vmlinux-dump: ## write all types of the running kernel to vmlinux.h in the build folder, to look them up
	@mkdir -p $(O)
	$(BPFTOOL) btf dump file /sys/kernel/btf/vmlinux format c > $(O)/vmlinux.h

.PHONY: clean
clean: ## remove everything built
	rm -rf $(O)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
