# The only door: every target sets up what it needs, on a machine with Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.PHONY: help install demo test check lint bench contracts up kafka lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(RUNTIME) ## .venv/bin/logis, with the locked runtime

demo: $(RUNTIME) ## the main job, end to end, on the embedded default
	$(BIN)/logis demo

test: $(DEV) ## every test
	$(BIN)/pytest -n 2 --dist loadfile

check: lint ## format, lint, types, import rules, unit tests: under a minute
	$(BIN)/pytest -q -n 2 --dist loadfile tests/*/unit tests/contracts

lint: $(DEV) ## format, lint, types, import rules, contracts up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m contracts.law --check
	$(BIN)/logis contracts --check

bench: $(DEV) ## every figure that the README quotes
	$(BIN)/python -m benchmarks

contracts: $(DEV) ## write again what is generated: OpenAPI, AsyncAPI, JSON Schemas, docs/law.md
	$(BIN)/python -m services.chassis.settings_table
	$(BIN)/python -m contracts.law
	$(BIN)/logis contracts

up: $(RUNTIME) ## the four services behind one port
	$(BIN)/logis up

kafka: $(RUNTIME) ## the Kafka broker's jars, through Maven
	$(BIN)/logis kafka install

lock: $(VENV)/pyvenv.cfg ## resolve again the two lock files
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --extra build --extra dev --extra bench -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## what make and logis made, the embedded data included
	rm -rf $(VENV) .logis

$(VENV)/pyvenv.cfg:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Logis needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(VENV)/pyvenv.cfg requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
