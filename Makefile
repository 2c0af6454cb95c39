# 年检 nianjian. `make help` lists the targets; every target makes the virtual environment it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

# Tests start the program some thousand times: compiled once and kept, a start costs a third.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv never fetches an interpreter and never leaves the lock
UV := UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy $(BIN)/uv
# two workers on two cores; JOBS=0 runs in one process
JOBS ?= auto
PYTEST = $(BIN)/python -m pytest -n $(JOBS)
# templates of pages and papers
TEMPLATES = $(BIN)/djangofmt --line-length 120 --indent-width 2 --quiet src
# what `make test` runs
FAST := not long and not web and not soak
# calls that ring and clocks that run leave a core idle: one worker more than there are cores
LONG_JOBS ?= $(shell echo $$(($$(nproc) + 1)))
# a file goes to one worker, in the order of `tests/conftest.py`: the longest first
LONG := --dist loadfile --no-loadscope-reorder --randomly-dont-reorganize --durations 40
# make demo NO_SERVE=1 stops after the portrait
NO_SERVE ?=
# rows of make bench
ROWS ?= 10000000

##@ Start

.PHONY: help
help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.ready ## make .venv with what the program and its fast tests need

$(VENV)/bin/python:
	@if ! command -v $(PYTHON) >/dev/null; then
	  echo "python3 is missing: apt-get install python3 python3-venv" >&2; exit 1
	fi
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	  echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V); name another: make setup PYTHON=python3.13" >&2; exit 1
	fi
	if ! $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null; then
	  echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1
	fi
	if ! command -v git >/dev/null; then
	  echo "git is missing: apt-get install git" >&2; exit 1
	fi
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.ready: pyproject.toml uv.lock | $(BIN)/uv
	@echo "installing into $(VENV) from uv.lock"
	$(UV) sync --quiet --frozen --inexact
	touch $@

.PHONY: setup-all
setup-all: $(VENV)/.complete ## the same with the other engines (Spark, chDB) and the bench's peers

$(VENV)/.complete: $(VENV)/.ready
	@$(UV) sync --quiet --frozen --inexact --all-groups --all-extras
	touch $@

.PHONY: demo
demo: setup ## a demo enterprise with 2 million calls: portrait in the terminal, page at 127.0.0.1:8000
	@$(BIN)/python -m bench.demo $(if $(NO_SERVE),--no-serve) $(DEMO)

##@ Testing and quality

.PHONY: lint
lint: setup ## format, lint, contracts, types, migrations, rules, docs: what needs no test
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(TEMPLATES) --check
	$(BIN)/lint-imports
	$(BIN)/pyright & # beside mypy: each takes one core for most of a minute
	pyright=$$!
	$(BIN)/mypy
	wait $$pyright
	$(BIN)/django-admin makemigrations --check --dry-run --settings nianjian.doors.site.settings
	$(BIN)/python -m nianjian.engines.rules.gate
	$(BIN)/python -m nianjian.engines.rules.page --check
	$(BIN)/python -m docs.write --check
	$(BIN)/mkdocs build --strict --quiet

.PHONY: check
check: lint ## lint, and the house and fast tests (5 minutes)
	@$(PYTEST) -m "$(FAST)" tests/house tests/engines tests/rules

.PHONY: format
format: setup ## put the code in its form
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .
	$(TEMPLATES)

.PHONY: test
test: setup ## every suite that needs neither a service nor minutes (5 minutes on two cores)
	@$(PYTEST) --dist loadfile -m "$(FAST)"

.PHONY: test-web
test-web: setup ## the walks through the pages in a browser (13 minutes on two cores)
	@$(PYTEST) -m "web and not soak" $(LONG)

.PHONY: test-long
test-long: setup-all ## PostgreSQL, crashes, Spark, big data (20 minutes on two cores)
	@$(PYTEST) -n $(LONG_JOBS) -m "long and not web and not soak" $(LONG)

.PHONY: test-slow
test-slow: setup-all ## test-web and test-long in one session, less idle (28 minutes on two cores)
	@$(PYTEST) -n $(LONG_JOBS) -m "(web or long) and not soak" $(LONG)

.PHONY: soak
soak: setup-all ## the long suite with every dress, thousands of requests and the whole shell on PostgreSQL (hours)
	@SOAK=1 $(PYTEST) -m "long or web or soak" $(LONG)

.PHONY: coverage
coverage: setup ## the fast suites with branch coverage
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 0 -m "$(FAST)"
	$(BIN)/coverage combine --quiet || true
	$(BIN)/coverage report

.PHONY: bench
bench: setup-all ## import and portrait against bare engine, SQL, pandas, PostgreSQL (ROWS=100000000 for the big one)
	@$(BIN)/python -m bench --rows $(ROWS)

##@ Docs

.PHONY: docs
docs: setup ## write the reference pages and build the site into site/
	@$(BIN)/python -m docs.write
	$(BIN)/mkdocs build --strict --quiet

.PHONY: clean
clean: ## remove caches and the built site; the environment and var/ stay
	@rm -rf site build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
