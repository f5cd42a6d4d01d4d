# The developer's whole interface. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?=
CASES ?=
SEED ?=
KEEP ?=
SIZE ?=
.DEFAULT_GOAL := help
.PHONY: help run test test-long test-readers test-tools test-wheel lint docs accept drawing schemas messages mutants coverage bench bench-epub volumes corpus metadata fuzz faults growth clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | awk -F '\t' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mirrorpress needs Python 3.11 or newer; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/tested: $(VENV)/installed
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

$(VENV)/bench: $(VENV)/tested
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,bench]'
	touch $@

$(VENV)/mutants: $(VENV)/tested
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,mutants]'
	touch $@

$(VENV)/coverage: $(VENV)/tested
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,coverage]'
	touch $@

$(VENV)/docs: $(VENV)/installed
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

run: $(VENV)/installed ## convert seeds/ into out/ and say what came out
	$(BIN)/mirrorpress run

test: $(VENV)/tested ## run the tests, on all cores; see test-long, too
	$(BIN)/python -m pytest -q --numprocesses auto --dist worksteal

test-long: $(VENV)/tested ## run the tests with clusters, stores, packages, and the pages' examples
	$(BIN)/python -m pytest -q -m long --numprocesses auto --dist worksteal

readers/node_modules/.package-lock.json: readers/package.json readers/package-lock.json
	cd readers && PUPPETEER_SKIP_DOWNLOAD=1 npm ci
	touch $@

test-readers: $(VENV)/tested ## open books in reading engines; needs Chromium, Node with npm, and calibre
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory readers/node_modules/.package-lock.json; fi
	$(BIN)/python -m pytest -q readers

$(VENV)/tools: $(VENV)/tested
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,tools]'
	touch $@

tools/node_modules/.package-lock.json: tools/package.json tools/package-lock.json
	cd tools && npm ci
	touch $@

test-tools: $(VENV)/tools ## build Markdown in Hugo, Jekyll, MkDocs, pandoc and as a vault (CORPUS=DIR: 2,000 articles of it, too)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory tools/node_modules/.package-lock.json; fi
	CORPUS=$(CORPUS) $(BIN)/python -m pytest -q tools

test-wheel: $(VENV)/tested ## build the wheel, install it in a fresh environment, try every command there
	$(BIN)/python -m pytest -q installed

lint: $(VENV)/tested ## formatting, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(VENV)/docs ## the guide as a site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

accept: $(VENV)/tested ## write the expectations of tests/cases and tests/books from what the code does now; read the diff
	$(BIN)/python -m tests.accept $(TOPIC)

drawing: $(VENV)/tested ## draw docs/architecture.svg from the code's imports
	$(BIN)/python -m tests.drawing

schemas: $(VENV)/tested ## write docs/schema from the models of config and profiles
	$(BIN)/python -m tests.schemas

messages: $(VENV)/tested ## bring the catalogues of messages in convert/locale up to date, and compile them
	$(BIN)/python -m tests.messages

benchmarks/node/node_modules/.package-lock.json: benchmarks/node/package.json benchmarks/node/package-lock.json
	cd benchmarks/node && npm ci
	touch $@

mutants: $(VENV)/mutants ## small faults put into rules, steps and emitters: how many the tests notice (SIZE, SEED)
	nice -n 15 $(BIN)/python -m benchmarks.mutants --size $(or $(SIZE),500) --seed $(or $(SEED),1)

coverage: $(VENV)/coverage ## the lines of convert/ that tests run, a package; files below 95 % with what they miss
	nice $(BIN)/python -m benchmarks.covered

bench: $(VENV)/bench ## runs beside bare loops, CPU an article, other converters (CORPUS=DIR, default a synthetic mirror)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory benchmarks/node/node_modules/.package-lock.json; fi
	$(BIN)/python -m benchmarks.speed $(CORPUS)
	$(BIN)/python -m benchmarks.runs $(CORPUS)
	$(BIN)/python -m benchmarks.converters $(CORPUS)

bench-epub: $(VENV)/tested ## books beside pandoc's and calibre's (CORPUS=DIR, default a synthetic mirror)
	$(BIN)/python -m benchmarks.books $(CORPUS)

volumes: $(VENV)/tested ## what EPUBCheck, the lint and Ace say of a mirror's yearly and monthly volumes (CORPUS=DIR)
	@test -n "$(CORPUS)" || { echo 'make volumes CORPUS=DIR: name the folder that holds the mirrors'; exit 2; }
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory readers/node_modules/.package-lock.json; fi
	$(BIN)/python -m benchmarks.volumes $(CORPUS)

corpus: $(VENV)/tested ## run a mirror through and print the fidelity table (CORPUS=DIR)
	@test -n "$(CORPUS)" || { echo 'make corpus CORPUS=DIR: name the folder that holds the mirrors'; exit 2; }
	$(BIN)/python -m benchmarks.corpus $(CORPUS)

metadata: $(VENV)/tested ## hold metadata against labels set down by reading (CORPUS=DIR)
	@test -n "$(CORPUS)" || { echo 'make metadata CORPUS=DIR: name the folder that holds the mirrors'; exit 2; }
	$(BIN)/python -m benchmarks.metadata $(CORPUS)

fuzz: $(VENV)/tested ## damage articles and check every promise (CASES, SEED, CORPUS, KEEP)
	$(BIN)/python -m benchmarks.fuzz --cases $(or $(CASES),10000) --seed $(or $(SEED),1) $(if $(CORPUS),--corpus $(CORPUS)) $(if $(KEEP),--keep $(KEEP))

faults: $(VENV)/tested ## kill runs at a hundred moments, fill disks, change everything at random; half an hour
	$(BIN)/python -m benchmarks.faults
	$(BIN)/python -m pytest -q -m faults

growth: $(VENV)/tested ## how time grows with size, over hostile shapes
	$(BIN)/python -m benchmarks.growth

clean: ## remove what running and testing made
	rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .hypothesis readers/node_modules tools/node_modules benchmarks/node/node_modules
	find out -mindepth 1 ! -name .gitignore -delete
