# Two commands do all the set-up: `make run` serves, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup run test slow wheel providers lint format schema bench clean

help:
	@echo 'make run      serve on http://127.0.0.1:9300 (settings come from the environment; see docs/settings.md)'
	@echo 'make test     run the tests, but for the slow ones'
	@echo 'make slow     run the slow tests: long faults, poolers and proxies, browsers'
	@echo 'make wheel    build dist/*.whl, install it into a clean environment elsewhere, and try it'
	@echo 'make providers  install what the tests of signing in with providers need (Node.js packages, Chromium)'
	@echo 'make lint     format check, lint, types, import contracts'
	@echo 'make format   rewrite the code in the house format'
	@echo 'make schema   write what the migrations make into models/engines/*/schema.sql'
	@echo 'make bench    measure (see benchmarks/)'
	@echo 'make setup    install what development needs into $(VENV)'
	@echo 'make clean    remove $(VENV) and caches'

# What serving needs; nothing for development is installed here.
$(VENV)/.serving: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)'; exit 1; }
	@# Begun anew where an earlier try was interrupted before pip was in it.
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.serving pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

setup: $(VENV)/.development

run: $(VENV)/.serving
	@exec $(BIN)/everruns-auth serve

test: $(VENV)/.development
	$(BIN)/python -m pytest --numprocesses=6 --dist=worksteal -m 'not slow'

slow: $(VENV)/.development
	$(BIN)/python -m pytest --numprocesses=3 --dist=worksteal -m slow

# Files of an older build would be packed again.
wheel: $(VENV)/.serving
	rm -rf build dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	$(BIN)/python -P tests/e2e/wheel.py dist/*.whl

providers:
	@tests/e2e/providers/install

lint: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: $(VENV)/.development
	$(BIN)/python -m tests.support.schema_files

bench: $(VENV)/.development
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
