# gongkai: everything a newcomer needs, as root or as a plain user, with only Python 3.11+ and make.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help setup demo up down status test lint types unit bench bench-accuracy bench-size generate drift docs clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

setup: .venv/.ready ## the environment in .venv, from uv.lock

.venv/.ready: uv.lock pyproject.toml .ci/setup
	@.ci/setup

demo: setup ## the whole pipeline on the bundled portal: Postgres, Airflow, three years, marts; then look around
	@$(BIN)/gongkai demo

up: setup ## start the local stack
	@$(BIN)/gongkai up

down: setup ## stop the local stack; nothing is left running
	@$(BIN)/gongkai down

status: setup ## what is published
	@$(BIN)/gongkai status

test: setup lint types drift ## lint, types, import layers, generated files, and all tests
	@$(BIN)/python -m pytest

lint: setup ## ruff and the import layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: setup ## mypy --strict
	@$(BIN)/mypy

unit: setup ## the tests that need no server
	@$(BIN)/python -m pytest tests/unit

generate: setup ## write again all that is derived from the forms and the settings
	@$(BIN)/python -m gongkai.warehouse.dbt.generate
	@$(BIN)/python -m gongkai.quality.generate
	@$(BIN)/python -m gongkai.local.compose

drift: setup ## fail when something derived was edited by hand, or not generated again
	@$(BIN)/python -m gongkai.warehouse.dbt.generate --check
	@$(BIN)/python -m gongkai.quality.generate --check
	@$(BIN)/python -m gongkai.local.compose --check

docs: generate ## docs/dictionary.md, and dbt's pages on models, lineage and tests in site/index.html; needs no network
	@$(BIN)/python -m gongkai.warehouse.dbt.docs

bench: setup ## seconds a report and rows a second, beside the bare libraries
	@$(BIN)/python benchmarks/run.py

bench-size: setup ## what 10,000 and 100,000 reports cost, from the loader to a dashboard; takes half an hour
	@$(BIN)/python benchmarks/size.py

bench-accuracy: setup ## cells right beside other libraries, on the golden documents; installs those into .venv-bench
	@PATH=.venv-setup/bin:$$PATH UV_PROJECT_ENVIRONMENT=.venv-bench uv sync --frozen --quiet --group bench
	@.venv-bench/bin/python benchmarks/accuracy.py

clean: ## remove the environment and what tests left; keeps the state folder
	rm -rf .venv .venv-bench .venv-setup dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
