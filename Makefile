# Every task of the project. `make` alone lists them. Needs Python >= 3.11, Rust and make.
#
# Nothing is installed outside the tree: tools go to .venv, what is built to target, build, dist.
# Files under $(STAMPS) remember what is done, so a second run does only what changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
CARGO ?= cargo
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PYTEST_ARGS ?=
OUT ?= out

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The crate of the bindings is checked against the interpreter the tests use.
export PYO3_PYTHON := $(abspath $(BIN)/python)

rust_files := Cargo.toml Cargo.lock $(shell find rust -path rust/fuzz -prune -o \
	\( -name '*.rs' -o -name Cargo.toml \) -print)
python_files := pyproject.toml README.md $(shell find python -type f -not -name '*.so' \
	-not -path '*/__pycache__/*')

.PHONY: help demo test check fmt lint bench soak twins crashes mutants miri fuzz docs build wheel clean tools

help: ## print this list
	@echo "usage: make TARGET    (PYTHON=$(PYTHON), environment in $(VENV))"
	@grep -E '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) \
		| sed -E 's/^([a-z]+):.*## (.*)/  \1|\2/' | awk -F'|' '{printf "%-8s %s\n", $$1, $$2}'

demo: $(STAMPS)/built ## build, run the demonstration, write an HTML report to out/
	@mkdir -p $(OUT)
	@rm -rf $(OUT)/demo
	@$(BIN)/tradecore demo --report $(OUT)/demo.html --keep $(OUT)/demo

test: $(STAMPS)/built ## run the Rust and the Python tests on the built tree
	$(CARGO) test --locked --workspace --exclude tradecore-bindings
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(STAMPS)/tools ## everything CI does: form, lint, types, Rust tests, tests on the wheel
	@$(BIN)/python .ci/check.py

fmt: $(STAMPS)/tools ## format Rust and Python in place
	$(CARGO) fmt --all
	$(BIN)/ruff check --select I,F401 --fix --quiet
	$(BIN)/ruff format

lint: $(STAMPS)/tools ## the quick part of check: form, lint, types, layers, workflows
	@$(BIN)/python .ci/check.py --only lint

bench: $(STAMPS)/built ## measure, beside baselines; writes benches/RESULTS.md
	$(BIN)/python benches/run.py

soak: twins crashes $(STAMPS)/built ## twins, crashes, kills, faults, memory, gateway (SOAK_…: how many)
	KILLS=$(or $(SOAK_KILLS),2000) $(BIN)/python -m pytest tests/integration/test_journal_kill.py
	KILLS=$(or $(SOAK_VENUE_KILLS),100) $(BIN)/python -m pytest \
		tests/integration/test_native_kill.py tests/integration/test_native_venue_kill.py
	$(BIN)/python benches/faulted_orders.py --orders $(or $(SOAK_ORDERS),100000)
	$(BIN)/python benches/soak.py --seconds $(or $(SOAK_SECONDS),60)
	$(BIN)/python benches/memory_soak.py --messages $(or $(SOAK_MESSAGES),10000000)
	$(BIN)/python benches/gateway_soak.py --requests $(or $(SOAK_REQUESTS),100000)

twins: ## compare the matching engine with its slow twin for TWIN_COMMANDS (100,000,000)
	SOAK_COMMANDS=$(or $(TWIN_COMMANDS),100000000) $(CARGO) test --locked --profile quick \
		-p tradecore-core --test twins as_long_as_one_likes -- --ignored --nocapture

crashes: ## lose power SOAK_CRASHES (10,000,000) times, and damage every bit and byte of a journal
	CRASHES=$(or $(SOAK_CRASHES),10000000) $(CARGO) test --locked --profile quick \
		-p tradecore-journal --test sequencer as_many_crashes
	$(CARGO) test --locked --profile quick -p tradecore-journal --test sequencer -- --ignored

mutants: ## seed known bugs into a copy of the core and demand that its tests find each
	$(PYTHON) tests/mutants/run.py

miri: ## run what is unsafe under Miri; needs `rustup toolchain install nightly --component miri`
	$(CARGO) +nightly miri test --quiet -p tradecore-challenge
	$(CARGO) +nightly miri test --quiet -p tradecore-core --lib prefetch

fuzz: $(STAMPS)/tools ## feed garbage to every decoder for FUZZ_SECONDS (20) each
	@$(BIN)/python rust/fuzz/run.py --seconds $(or $(FUZZ_SECONDS),20)

docs: $(STAMPS)/built ## draw the reference from the code, run the pages' code, check the links
	UPDATE_GOLDEN=1 $(CARGO) test --locked --quiet -p tradecore-core --test reference
	$(BIN)/python docs/generate.py
	$(BIN)/python -m pytest tests/docs $(PYTEST_ARGS)

build: $(STAMPS)/built ## build the extension into the tree and install it in .venv

wheel: $(STAMPS)/wheel ## build the wheel into dist/
	@ls -l dist/*.whl

clean: ## remove everything that was built, and the environment
	$(CARGO) clean
	rm -rf $(VENV) build dist $(OUT) python/tradecore/*.so

tools: $(STAMPS)/tools

$(STAMPS)/tools: pyproject.toml .ci/tools.py
	@$(PYTHON) .ci/tools.py $(VENV) $(CARGO)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/built: $(STAMPS)/tools $(rust_files)
	@PIP_QUIET=1 VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/maturin develop --release --locked --quiet
	@touch $@

$(STAMPS)/wheel: $(STAMPS)/tools $(rust_files) $(python_files)
	@rm -rf dist
	$(BIN)/maturin build --release --locked --quiet --out dist
	@touch $@
