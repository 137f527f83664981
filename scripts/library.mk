# SPDX-License-Identifier: BSD-2-Clause
# libsipcounter, static and shared, `make install` and `make uninstall`. The library is made of the program's own sources
# and exports only what include/sipcounter.h declares.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/sipbpf
OBJCOPY ?= objcopy
SOVERSION := $(firstword $(subst ., ,$(VERSION)))

LIBRARY_OBJ := $(patsubst %.c,$(O)/%.o,$(wildcard user/library/*.c user/render/*.c user/snapshot/*.c user/counts/*.c) user/classify/message.c \
	user/base/notices.c user/base/suggestion.c user/base/text.c user/base/timestamp.c)
LIBRARY_SO := libsipcounter.so.$(VERSION)
DOCUMENTS := docs/COUNTING.md docs/INTERFACES.md docs/LAYERS.md docs/STREAMS.md docs/SUPPORT.md LICENSE
LICENCES := $(wildcard LICENSES/*.txt)

$(LIBRARY_OBJ): OWN_CFLAGS += -fPIC -fvisibility=hidden
# objcopy cannot make symbols local in what link-time optimisation leaves to the linker.
$(LIBRARY_OBJ): LAST_CFLAGS := -fno-lto

.PHONY: library
library: $(O)/libsipcounter.a $(O)/$(LIBRARY_SO) $(O)/sipcounter.pc ## build libsipcounter, static and shared

# One object, whose hidden symbols are made local, so that the static library exports nothing else either.
$(O)/libsipcounter.a: $(LIBRARY_OBJ)
	$(call say,AR,$@)$(LD) -r -o $(O)/libsipcounter.o $^ && $(OBJCOPY) --localize-hidden $(O)/libsipcounter.o && \
		rm -f $@ && $(AR) rcs $@ $(O)/libsipcounter.o

$(O)/$(LIBRARY_SO): $(LIBRARY_OBJ)
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libsipcounter.so.$(SOVERSION) -o $@ $^ $(shell $(PKG_CONFIG) --libs jansson)

$(O)/sipcounter.pc: scripts/sipcounter.pc.in version.mk FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' $< > $@

.PHONY: FORCE
FORCE:

.PHONY: install
install: all library ## install program, library, manual pages and documents: make install DESTDIR= PREFIX=/usr/local
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(MANDIR)/man3 \
		$(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(DOCDIR)/LICENSES
	install -m 755 $(O)/sipbpf $(DESTDIR)$(BINDIR)
	install -m 644 $(O)/libsipcounter.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(O)/$(LIBRARY_SO) $(DESTDIR)$(LIBDIR)
	ln -sf $(LIBRARY_SO) $(DESTDIR)$(LIBDIR)/libsipcounter.so.$(SOVERSION)
	ln -sf libsipcounter.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libsipcounter.so
	install -m 644 $(O)/sipcounter.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 include/sipcounter.h $(DESTDIR)$(INCLUDEDIR)
	install -m 644 man/sipcounter.3 $(DESTDIR)$(MANDIR)/man3
	install -m 644 man/sipbpf.8 $(DESTDIR)$(MANDIR)/man8
	install -m 644 $(DOCUMENTS) $(DESTDIR)$(DOCDIR)
	install -m 644 $(LICENCES) $(DESTDIR)$(DOCDIR)/LICENSES
	@$(RESTORE_OWNER)

# Only the folder of documents is removed: other programs may use the others.
.PHONY: uninstall
uninstall: ## remove what `make install` installed: make uninstall DESTDIR= PREFIX=/usr/local
	rm -f $(DESTDIR)$(BINDIR)/sipbpf $(DESTDIR)$(LIBDIR)/libsipcounter.a $(DESTDIR)$(LIBDIR)/$(LIBRARY_SO) \
		$(DESTDIR)$(LIBDIR)/libsipcounter.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libsipcounter.so \
		$(DESTDIR)$(LIBDIR)/pkgconfig/sipcounter.pc $(DESTDIR)$(INCLUDEDIR)/sipcounter.h \
		$(DESTDIR)$(MANDIR)/man3/sipcounter.3 $(DESTDIR)$(MANDIR)/man8/sipbpf.8
	rm -f $(addprefix $(DESTDIR)$(DOCDIR)/,$(notdir $(DOCUMENTS))) $(LICENCES:%=$(DESTDIR)$(DOCDIR)/%)
	@for folder in $(DESTDIR)$(DOCDIR)/LICENSES $(DESTDIR)$(DOCDIR); do \
		[ ! -d $$folder ] || rmdir --ignore-fail-on-non-empty $$folder; \
	done

.PHONY: build-library
build-library: all library

.PHONY: test-library
test-library: build-library ## install into a temporary folder, build programs with the library, run them, uninstall (no root)
	@CC="$(CC)" CFLAGS_USED="$(filter -fsanitize% -fno-sanitize%,$(CFLAGS))" scripts/run_tests.sh tests/library/test_install.sh -- $(O)
