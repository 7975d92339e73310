# make setup   everything below needs it and calls it; costs nothing when nothing changed. Of it, make demo and make check
#              need no chain client and no IPFS daemon, which take some minutes to build
# make demo    four provinces on one machine (ONCE=1: ends by itself)
# make check   the inner loop: lint, types, fast tests       make test   everything, ends in one closing line
# make bench   the rows of the performance design (FULL=1: with the million; ROW=verify, say: only that; see --help)
# make lock    renew the locked requirements                 make clean  forget what was made

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON3 ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
LAW := hardhat-config
MODULES := $(LAW)/node_modules
BIN := $(MODULES)/.bin
SLITHER_VENV := .venv-slither
FORGE_ENV := FOUNDRY_CONFIG=$(LAW)/foundry.toml
FORGE = $(FORGE_ENV) $(shell scripts/native.sh forge)
SOURCES := $(shell find contracts -name '*.sol' 2>/dev/null)
PIP := $(PY) -m pip --disable-pip-version-check --quiet
export PYTHONDONTWRITEBYTECODE ?= 1
export npm_config_update_notifier := false

.PHONY: help setup base clients tools demo test check bench lint forge-test forge-test-fast invariants-long sizes gas gas-snapshot hardhat-test \
	coverage-contracts contracts-test mutation slither slither-triage lock clean

help:
	@sed -n '1,6s/^# //p' $(firstword $(MAKEFILE_LIST))

# --- set-up: each stamp lies inside what it stands for, so deleting the thing makes it anew ---------------------------

setup: base clients

base: tools $(VENV)/.installed $(MODULES)/.installed node/client/artifacts/compiler.json

# Of a network of real processes: the chain client, the IPFS daemon, and what gives a trial its past.
clients: .tools/bin/geth .tools/bin/ipfs .tools/bin/prehistory

.tools/bin/geth: scripts/go/geth/go.mod scripts/go/geth/go.sum scripts/go/build.sh
	scripts/go/build.sh geth

.tools/bin/ipfs: scripts/go/kubo/go.mod scripts/go/kubo/go.sum scripts/go/build.sh
	scripts/go/build.sh kubo

.tools/bin/prehistory: scripts/go/prehistory/go.mod scripts/go/prehistory/go.sum scripts/go/prehistory/main.go scripts/go/build.sh
	scripts/go/build.sh prehistory

tools:
	@scripts/tools.sh $(PYTHON3)

$(VENV)/.locked: requirements/runtime.txt requirements/dev.txt | tools
	test -x $(PY) || $(PYTHON3) -m venv $(VENV)
	$(PIP) install --require-hashes --no-deps -r requirements/runtime.txt -r requirements/dev.txt
	touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(MODULES)/.installed: $(LAW)/package-lock.json $(LAW)/package.json | tools
	npm ci --prefix $(LAW) --no-progress --loglevel=error
	touch $@

node/client/artifacts/compiler.json: $(SOURCES) scripts/artifacts.py $(LAW)/compiler.json $(LAW)/solc $(VENV)/.installed $(MODULES)/.installed
	$(PY) scripts/artifacts.py
	touch $@

$(SLITHER_VENV)/.installed: requirements/slither.txt | tools
	test -x $(SLITHER_VENV)/bin/python || $(PYTHON3) -m venv $(SLITHER_VENV)
	$(SLITHER_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r $<
	touch $@

# --- what people run ---------------------------------------------------------------------------------------------------

demo: base
	$(PY) scripts/demo.py $(if $(ONCE),--once)

bench: setup
	$(PY) scripts/bench.py $(if $(FULL),--full) $(if $(ROW),--row $(ROW))

test: setup $(SLITHER_VENV)/.installed
	@$(PY) scripts/run_tests.py test

check: base
	@$(PY) scripts/run_tests.py check

# --- static checks -----------------------------------------------------------------------------------------------------

lint: base
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(BIN)/solhint --config $(LAW)/solhint.config.js --max-warnings 0 --noPoster 'contracts/**/*.sol'
	$(FORGE) fmt --root . --check contracts $(LAW)/forge

# One finding more than the triaged ones of $(LAW)/slither.triage.json fails it.
slither: base $(SLITHER_VENV)/.installed
	PATH="$(CURDIR)/$(SLITHER_VENV)/bin:$$PATH" $(SLITHER_VENV)/bin/python scripts/static_analysis.py

slither-triage: base $(SLITHER_VENV)/.installed
	PATH="$(CURDIR)/$(SLITHER_VENV)/bin:$$PATH" $(SLITHER_VENV)/bin/python scripts/static_analysis.py --triage

sizes: base
	$(PY) scripts/contract_sizes.py

# --- the law -----------------------------------------------------------------------------------------------------------

contracts-test: forge-test sizes gas

forge-test: base
	$(FORGE) test --root .

# The inner loop: unoptimised, fewer fuzz runs, no gas, no invariant campaigns.
forge-test-fast: base
	FOUNDRY_PROFILE=fast $(FORGE) test --root . --no-match-test invariant --no-match-contract Gas

# The campaign for a night: 512 sequences of 300 steps, 153,600 calls, for each of the fifteen invariants (`make forge-test` runs 64
# of 100). On two cores with nothing else to do it takes between one and two hours; docs/decisions/0207 says what was seen.
invariants-long: base
	FOUNDRY_PROFILE=long $(FORGE) test --root . --match-test invariant

# The snapshot is reviewed as a diff: a change of gas is a change of a committed file. Fuzz and invariant runs are not in it.
GAS = $(FORGE) snapshot --root . --no-match-test "Fuzz|invariant"
gas: base
	$(GAS) --check $(LAW)/gas-snapshot > build/gas.txt || { grep -A20 -E '^Diff|FAIL|^No matching' build/gas.txt; echo 'gas changed: run `make gas-snapshot` and review its diff'; exit 1; }
	@tail -n 1 build/gas.txt

gas-snapshot: base
	$(GAS) --snap $(LAW)/gas-snapshot

coverage-contracts: base
	FOUNDRY_SNAPSHOTS=build/forge/snapshots $(FORGE) coverage --root . --no-match-test invariant --no-match-coverage '(hardhat-config|node_modules)' \
		--report lcov --report-file build/coverage.lcov > build/coverage.txt 2>&1 || { tail -n 40 build/coverage.txt; exit 1; }
	$(PY) scripts/contract_coverage.py build/coverage.lcov

hardhat-test: base
	cd $(LAW) && node_modules/.bin/hardhat test

mutation: base
	$(PY) scripts/mutation.py $(if $(ONLY),--only $(ONLY))

# --- upkeep ------------------------------------------------------------------------------------------------------------

COMPILE = $(VENV)/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --allow-unsafe
lock: $(VENV)/.installed
	cd requirements && ../$(COMPILE) $(if $(UPGRADE),--upgrade) build.in runtime.in -o runtime.txt
	cd requirements && ../$(COMPILE) $(if $(UPGRADE),--upgrade) -c runtime.txt dev.in -o dev.txt
	cd requirements && ../$(COMPILE) $(if $(UPGRADE),--upgrade) slither.in -o slither.txt
	npm install --prefix $(LAW) --package-lock-only --no-progress --loglevel=error
	@! grep -nE '"resolved"|https?://' $(LAW)/package-lock.json requirements/*.txt | grep -vE '"(url|funding)"' | grep -E 'resolved|index|registry'

clean:
	rm -rf build node/client/artifacts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
