# One command for everything, the same here and in continuous integration. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS ?= tests
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run legacy test lint types tests format clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "doboto needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(READY)  ## The main job on a simulated account: three Droplets from create to destroy
	$(BIN)/python examples/fleet.py $(ARGS)

legacy: $(READY)  ## A program written for DOBOTO 0.6, unchanged, on a simulated account
	$(BIN)/python examples/run_on_simulator.py examples/doboto_06.py

test: lint types tests  ## Everything that must pass: linter, type checkers, tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	$(BIN)/pyright

tests: $(READY)  ## The tests alone; TESTS=path for some of them
	$(BIN)/pytest -q -n $(WORKERS) $(TESTS)

format: $(READY)  ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove what the other targets made
	rm -rf $(VENV) .peers .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
