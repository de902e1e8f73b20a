# make demo    a synopsis of a sample recording (fetches what it needs)
# make test    all tests that this machine can run
# make check   style, types, borders between modules, licences, documents
# make ui      build the web application's pages into the package (Node comes with the test tools)
# make accessibility   the score of each page's accessibility (a browser opens them all)
# make audit   known holes of what this is built from (asks two services on the network)
# make bench   the measured figures (JSON; takes long)
# make bench-long   false alarms over 24 composed hours in which nothing happens (an hour or more)
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# Recordings that are not in the repository; tests that need them are left out, and named, without.
export SYNOPTICON_FOOTAGE ?= $(abspath $(wildcard ../shared/footage))
# More than there are cores: tests of streams, servers and pages wait for a fifth of their time.
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n + (n + 1) / 2)))
ARGS ?=
# Compiled once, not by each of the hundreds of processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check accessibility audit bench bench-long docs ui clean
TOOLS := ui/node_modules/.installed
NPM := PATH="$(abspath $(BIN)):$$PATH" npm --prefix ui

demo: $(VENV)/.installed
	$(BIN)/synopticon demo --folder demo

test: $(VENV)/.installed-dev $(TOOLS)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.installed-dev $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

accessibility: $(VENV)/.installed-dev $(TOOLS)
	$(BIN)/python -m pytest -q -rP --no-header -k "accessible or score" tests/e2e

audit: $(VENV)/.installed-dev $(TOOLS)
	-$(BIN)/python -m pip install --quiet pip-audit
	@PATH="$(abspath $(BIN)):$$PATH" scripts/audit.sh $(BIN)/python npm --prefix ui

bench: $(VENV)-bench/.installed
	$(VENV)-bench/bin/python -m benchmarks $(ARGS)

bench-long: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.long --models-folder $(SYNOPTICON_FOOTAGE)/../models $(or $(ARGS),--output benchmarks/results/long.json)

docs: $(VENV)/.installed-dev
	$(BIN)/python -m tests.architecture.pages
	$(BIN)/python -m tests.architecture.query_page
	$(BIN)/python -m tests.architecture.query_words

ui: docs $(TOOLS)
	$(NPM) run api -- -o src/api/schema.d.ts
	$(NPM) run format
	$(NPM) run build

$(VENV)/.installed: pyproject.toml scripts/venv.sh
	scripts/venv.sh $(VENV)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml scripts/venv.sh
	scripts/venv.sh $(VENV) dev
	@touch $@ $(VENV)/.installed

$(VENV)-bench/.installed: pyproject.toml scripts/venv.sh
	scripts/venv.sh $(VENV)-bench dev,bench
	@touch $@

$(TOOLS): ui/package-lock.json $(VENV)/.installed-dev
	@if $(NPM) ci; then touch $@; else echo "make: the tools of ui/ cannot be installed: their tests are left out"; fi

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
