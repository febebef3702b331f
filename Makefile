# Everything a person needs. `make demo` and `make test` set up what they need by themselves.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EMAILS ?= 50
SEED ?= 7
KILLS ?= 1000

.PHONY: demo serve test test-long check format torture torture-mail accuracy bench docs lock clean help
.DEFAULT_GOAL := help

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

demo: $(VENV)/.installed ## Set up, answer 50 mock e-mails, show what became of each (EMAILS=, SEED=, EXIT=1 to end)
	@$(BIN)/postroom demo --emails $(EMAILS) --seed $(SEED)

serve: $(VENV)/.installed ## Run Postroom with the settings of .env
	@$(BIN)/postroom serve

test: $(VENV)/.installed-dev $(VENV)/.servers ## Set up what the tests need and run them all
	@$(BIN)/pytest -n 2 --dist worksteal -m "not long and not language_model"

test-long: $(VENV)/.installed-dev $(VENV)/.servers ## The tests that take longer
	@$(BIN)/pytest -m "long and not language_model"

check: $(VENV)/.installed-dev ## Format, lint, types, layers, docs, a test for each file
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python scripts/check_docs.py
	@$(BIN)/python scripts/check_tests.py

format: $(VENV)/.installed-dev ## Format the code and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

torture: $(VENV)/.installed-dev ## Kill Postroom KILLS=1000 times while mail arrives; prints JSON
	@PYTHONPATH=tests $(BIN)/python -m torture --kills $(KILLS)

torture-mail: $(VENV)/.installed-dev $(VENV)/.servers ## The same over real IMAP and SMTP
	@PYTHONPATH=tests $(BIN)/python -m torture --mail --kills $(KILLS)

accuracy: $(VENV)/.installed-dev ## Measure how right it is on the data sets in ../shared/data: prints tables
	@$(BIN)/python -m benchmarks.accuracy

bench: $(VENV)/.installed-bench $(VENV)/.servers ## Measure: prints JSON
	@$(BIN)/python -m benchmarks

docs: $(VENV)/.installed ## Write the generated reference pages anew
	@$(BIN)/python scripts/reference.py

lock: ## Write the lock files anew (needs uv)
	@scripts/lock.sh

clean: ## Remove what was set up (not your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# One virtual environment; each stamp depends on its lock file, so a changed lock installs again and nothing else does.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Postroom needs Python 3.11 or newer; say which: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock requirements-models.lock pyproject.toml | $(VENV)/bin/python
	@scripts/install.sh requirements.lock $@

$(VENV)/.installed-dev: requirements-dev.lock requirements-models.lock pyproject.toml | $(VENV)/bin/python
	@scripts/install.sh requirements-dev.lock $@
	@touch $(VENV)/.installed

$(VENV)/.installed-bench: requirements-bench.lock requirements-models.lock pyproject.toml | $(VENV)/bin/python
	@scripts/install.sh requirements-bench.lock $@
	@touch $(VENV)/.installed $(VENV)/.installed-dev

# The real mail server of the tests; it belongs to the system, so a fresh .venv only looks whether it is there.
$(VENV)/.servers: scripts/servers.sh | $(VENV)/bin/python
	@scripts/servers.sh $@
