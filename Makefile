# Each target makes .venv in the root by itself, from locked versions; none needs another to have run before it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
BENCH := .venv-bench/bin
BENCH_STAMP := .venv-bench/.ready
ONLY ?=
SECONDS ?= 1200
# Much of a test's time goes by while it waits for a server: one more at once than there are cores.
TESTS_AT_ONCE ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

.PHONY: help venv demo test e2e check bench soak lock generate clean

help: ## say what there is
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: $(STAMP) ## make .venv with the locked versions

# $(1) the folder of an environment, $(2) its locked versions
define environment
	@if command -v uv >/dev/null 2>&1; then \
	    uv venv --quiet --allow-existing --python $(PYTHON) $(1) && \
	    uv pip install --quiet --python $(1)/bin/python --require-hashes -r $(2) && \
	    uv pip install --quiet --python $(1)/bin/python --no-deps --no-build-isolation -e . ; \
	else \
	    $(PYTHON) -m venv $(1) && \
	    $(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2) && \
	    $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(1)/.ready
endef

$(STAMP): requirements.lock pyproject.toml
	$(call environment,.venv,requirements.lock)

$(BENCH_STAMP): tests/bench/requirements.lock pyproject.toml
	$(call environment,.venv-bench,tests/bench/requirements.lock)

demo: $(STAMP) ## replay the shipped recordings and show the cycles in them
	@$(BIN)/fixloop demo

test: $(STAMP) ## all tests, with a real broker, real Faust and the real engine
	@$(BIN)/python -m pytest -n $(TESTS_AT_ONCE) --dist worksteal

e2e: $(STAMP) ## workers and broker killed under load for minutes; FIXLOOP_SEED=N for the same again
	@FIXLOOP_LONG=1 $(BIN)/python -m pytest -n 0 -k for_long tests/e2e/test_chaos.py

check: $(STAMP) ## formatting, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(BENCH_STAMP) ## benchmarks; ONLY=name for one
	@$(BENCH)/python -m tests.bench $(ONLY)

soak: $(BENCH_STAMP) ## a steady load for 20 minutes; SECONDS=N for another time
	@$(BENCH)/python -m tests.bench.soak $(SECONDS)

generate: $(STAMP) ## write again what is generated: JSON Schema, golden vectors, boards, rules that JavaScript shares, tables of docs
	$(BIN)/python -m fixloop_schemas.generate
	$(BIN)/python -m fixloop_schemas.golden_vectors
	$(BIN)/python -m grafana.build
	$(BIN)/python -m tests.plugins.shared_rules
	$(BIN)/python -m tests.plugins.javascript_rules
	$(BIN)/python -m tests.privacy.field_table
	$(BIN)/python -m tests.plugins.claude_code_hooks

lock: ## resolve the versions anew (needs uv)
	uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.11 --no-header \
	    --all-extras --group dev pyproject.toml -o requirements.lock
	uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.11 --no-header \
	    --extra worker --constraint requirements.lock pyproject.toml -o deploy/docker/requirements.lock
	uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.11 --no-header \
	    --extra worker --extra local --group bench pyproject.toml -o tests/bench/requirements.lock

clean: ## remove what the targets made in this folder
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
