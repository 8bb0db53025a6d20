# Everything by name. `make demo` and `make test` need nothing but Python 3.11 and make.
.DEFAULT_GOAL := help
.PHONY: help setup demo test run lint format bench prove prove-ledger prove-offline messages
SHELL := /bin/sh
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 22

setup: .venv/ready-to-develop ## make .venv with everything in it
	@:

demo: .venv/ready-to-run ## one invented county, running on this machine: prints "ready: http://…", Ctrl-C stops it (PORT=…)
	@KC_DEMO=1 KC_DATA_DIR="$${KC_DATA_DIR:-var/demo}" $(MANAGE) run

run: .venv/ready-to-run ## the product itself, empty, running on this machine (PORT=…)
	@$(MANAGE) run

test: .venv/ready-to-develop ## all tests
	@tools/test

lint: .venv/ready-to-develop ## style, types, imports, templates, migrations, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	@find project cases workflows notifications -name '*.html' -exec $(BIN)/djade --check --target-version 5.2 {} +
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python tools/messages.py check
	$(BIN)/python tools/vendor.py --check
	$(BIN)/python tools/floor.py
	$(MANAGE) check --fail-level WARNING

format: .venv/ready-to-develop ## put the code into its usual shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@find project cases workflows notifications -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

bench: .venv/ready-to-develop ## how fast it is, and where the time goes
	@$(BIN)/pytest tests/benchmarks -q -s -o python_files='bench_*.py'

prove: .venv/ready-to-develop ## deadlines under kill -9, outages and races, at full size
	@$(BIN)/pytest tests/faults -q -s -o python_files='prove_*.py test_races.py test_real_worker.py'
	@KC_RACES=200 $(BIN)/pytest tests/transfers/test_races.py -q -s

prove-ledger: .venv/ready-to-develop ## the ledger's numbers against a slow count, 10,000 random operations, a whole month of 103 counties
	@$(BIN)/pytest tests/ledger tests/periodic -q -s -o python_files='prove_*.py'

prove-offline: .venv/ready-to-develop ## the phone pages on bad lines: ten runs in a row (RUNS=…), then five minutes of anything
	@for run in $$(seq $${RUNS:-10}); do echo "run $$run"; \
	$(BIN)/pytest tests/offline -q -o python_files='test_*.py prove_faults.py prove_phone.py' || exit 1; done
	@$(BIN)/pytest tests/offline -q -s -o python_files='prove_soak.py'

messages: .venv/ready-to-develop ## bring new English words into the Chinese catalogue, and compile it
	$(BIN)/python tools/messages.py update

.venv/ready-to-run .venv/ready-to-develop: pyproject.toml constraints.txt
	@tools/setup $(@F)
