# Bearing's commands. Each prepares what it needs, once: Python packages, browser files, compiled translations.
# Assumed: make and Python 3.11, 3.12 or 3.13 with venv. Everything else comes from the lock files.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
RUN := $(BIN)/python
# The machine's npm where there is one, else the one from the wheel.
NPM = PATH="$(CURDIR)/$(BIN):$$PATH" "$$(command -v npm || echo "$(CURDIR)/$(BIN)/npm")" --no-update-notifier

# npm brings certificates of its own; inside a company it must trust the machine's as well.
export NODE_EXTRA_CA_CERTS ?= $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))

checksum = $(shell cat $(1) 2>/dev/null | cksum | tr ' ' '-')
# A server needs no tools for tests: make prepare DEV=no.
LOCKS := requirements.txt $(if $(filter no,$(DEV)),,requirements-dev.txt)
PACKAGES := .venv/.installed-$(call checksum,$(LOCKS))
BROWSER_FILES := node_modules/.copied-$(call checksum,package-lock.json portal/vendor.txt portal/vendor.py)
BROWSER_TOOLS := node_modules/.tools-$(call checksum,package-lock.json)
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po locale/*/*/LC_MESSAGES/*.po)

# Commands for developers run neither as production nor as the demo.
lint test bench lighthouse messages screenshots: export PRODUCTION = no
demo: export DEMO = yes
# What the demo says is seen at once, in a file as well.
demo: export PYTHONUNBUFFERED = 1

.DEFAULT_GOAL := help
.PHONY: help prepare demo test bench lighthouse lint messages screenshots clean

help:
	@echo "make demo         a whole company to look at, on http://localhost:8000 (PORT=8010 for another port)"
	@echo "make test         all tests"
	@echo "make lint         style, types, layers, templates, migrations, translations, safety"
	@echo "make bench        the measurements of docs/benchmarks.md"
	@echo "make lighthouse   Lighthouse on the answer pages, at least 95 on a phone (needs chromium)"
	@echo "make messages     collect the strings to translate (needs gettext)"
	@echo "make screenshots  pictures of the pages for the README (needs chromium)"
	@echo "make clean        remove what the other commands made, demo data included"

prepare: $(PACKAGES) $(BROWSER_FILES) $(CATALOGUES:.po=.mo)

demo: prepare
	@exec $(RUN) manage.py demo $(ARGS)

test: prepare $(BROWSER_TOOLS)
	@exec $(RUN) -m pytest --cov --cov-report=term $(ARGS)

bench: prepare
	@exec $(RUN) -m benchmarks $(ARGS)

lighthouse: prepare $(BROWSER_TOOLS)
	@exec $(RUN) -m benchmarks.lighthouse $(ARGS)

screenshots: prepare
	@exec $(RUN) -m tests.screenshots $(ARGS)

messages: prepare
	@command -v xgettext >/dev/null || { echo "gettext is missing: install it, for example 'apt-get install gettext'." >&2; exit 1; }
	@$(RUN) manage.py makemessages --locale vi --no-obsolete --no-wrap --ignore '.venv/*' --ignore 'node_modules/*' --ignore 'tests/*' --ignore 'staticfiles/*'

# Every check runs, so that one round shows everything; the last line says which failed.
CHECKS := ruff format types layers templates migrations translations safety
.PHONY: $(CHECKS:%=lint-%)

lint: prepare
	@failed=; for check in $(CHECKS); do \
		printf -- '-- %s\n' "$$check"; $(MAKE) --no-print-directory -s lint-$$check || failed="$$failed $$check"; \
	done; \
	if [ -n "$$failed" ]; then echo "make lint: failed:$$failed" >&2; exit 1; fi; echo "make lint: all is well"

lint-ruff:
	@$(BIN)/ruff check .

lint-format:
	@$(BIN)/ruff format --check .

lint-types:
	@$(BIN)/mypy .

lint-layers:
	@$(BIN)/lint-imports --no-logo

lint-templates:
	@$(BIN)/djlint templates --lint --quiet

lint-migrations:
	@$(RUN) manage.py makemigrations --check --dry-run

lint-translations:
	@$(RUN) manage.py check_translations

# As a customer's server would start: with secrets, without DEBUG, behind TLS, keys on a volume of their own.
lint-safety:
	@ulimit -c 0; evidence=$$(mktemp -d); trap 'rmdir "$$evidence"' EXIT; \
		EVIDENCE_DIR="$$evidence" PRODUCTION=yes DEBUG=no DEMO=no BASE_URL=https://bearing.example SURVEY_URL=https://ask.bearing.example \
		KEY_DIR=/dev/shm/bearing-keys-not-made DJANGO_SETTINGS_MODULE=tests.production \
		SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		BALLOT_SECRET=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		$(RUN) manage.py check --deploy --fail-level WARNING

clean:
	rm -rf .venv node_modules staticfiles portal/static/vendor .data .mypy_cache .ruff_cache .coverage
	find locale -name '*.mo' -delete

# Python packages: pinned and hashed, installed again when a lock file changes.
$(PACKAGES): $(LOCKS)
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is missing: install one of them, for example 'apt-get install python3 python3-venv', or say make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing: install it, for example 'apt-get install python3-venv'." >&2; exit 1; }
	@test -x $(RUN) && $(RUN) -c 'import pip' 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@echo "Installing Python packages into .venv (once)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes $(LOCKS:%=-r %) \
		|| { echo "Some Python packages could not be installed: the lines above say which; check the network or the package index and run the command again." >&2; exit 1; }
	@rm -f .venv/.installed-* && touch $@

# Browser files: npm ci, then the few files named in portal/vendor.txt.
$(BROWSER_FILES): $(PACKAGES) package-lock.json portal/vendor.txt portal/vendor.py
	@echo "Installing browser files (once)"
	@$(NPM) ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
		|| { echo "npm could not install the browser files: check the network or the npm registry and run the command again." >&2; exit 1; }
	@$(RUN) -m portal.vendor
	@rm -f node_modules/.copied-* && touch $@

# What tests look at pages with: axe, Lighthouse. The demo and a server do without.
$(BROWSER_TOOLS): $(BROWSER_FILES)
	@echo "Installing what tests judge pages with (once)"
	@$(NPM) ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
		|| { echo "npm could not install the test tools: check the network or the npm registry and run the command again." >&2; exit 1; }
	@touch $(BROWSER_FILES) && touch $@

%.mo: %.po $(PACKAGES)
	@$(RUN) -m portal.translations compile $<
