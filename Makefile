# All tasks of the project. `make help` lists them.

# The system's Python comes first: distributions build it with profile-guided optimisation, version managers mostly do
# not, and the server then takes 5 to 15 % less CPU. On Debian, ensurepip is in a separate package.
VERSIONS := python3.13 python3.12 python3.11
PYTHON ?= $(shell for one in $(VERSIONS:%=/usr/bin/%) $(VERSIONS) python3; do \
	$$one -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
BIN := .venv/bin
RUN_STAMP := .venv/.runtime
DEV_STAMP := .venv/.development
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --silent --prefix chatapp/web
CLIENT := chatapp/web/package-lock.json chatapp/web/vendor.py chatapp/web/npm.py
BUNDLE := chatapp/web/static/bundle/first.json

# Two workers for each core: tests often wait for a server, a browser or a timer. Eight have ports (tests/servers.py).
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS := $(shell echo $$(( $(CORES) < 4 ? $(CORES) * 2 : 8 )))
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup run wheel test test-slow coverage lint format types bench security faults ci clean

help: ## List the tasks
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(DEV_STAMP) ## Install all dependencies for running, testing and checking into .venv

run: $(BUNDLE) ## Start the chat with demo users, reachable from this machine only
	@CHATAPP_SIGN_IN=$${CHATAPP_SIGN_IN:-username} $(BIN)/chatapp serve --demo

wheel: $(BUNDLE) ## Build a wheel into dist/; installing it needs no Node
	@# Files of an earlier build would be packed into the wheel.
	rm -rf build dist
	$(BIN)/python -m pip wheel --quiet --no-deps -w dist .

# The tests start about a hundred processes. They share compiled modules.
test test-slow coverage faults: export PYTHONDONTWRITEBYTECODE =
test: $(DEV_STAMP) ## Run the tests that are quick, for each part of the program
	$(NPM) test
	$(PYTEST) -m "not slow"

test-slow: $(DEV_STAMP) ## Run the other tests: the slow ones, and what `make test` runs on SQLite again on PostgreSQL
	$(PYTEST) -m slow

coverage: $(DEV_STAMP) ## Run the tests without a browser and print the coverage of chatapp/, without servers that tests start
	$(PYTEST) --ignore tests/web --cov --cov-report=term

lint: $(DEV_STAMP) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml chatapp
	$(BIN)/python -m tests.security.dependencies
	$(NPM) run lint

format: $(DEV_STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV_STAMP) ## Check the types
	$(BIN)/mypy
	$(NPM) run types

bench: $(DEV_STAMP) ## Compare chatapp with Node and stock Flask-SocketIO; takes a quarter of an hour
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m bench

MINUTES ?= 10
security: $(DEV_STAMP) ## Attack a server with arbitrary requests and events for ten minutes (MINUTES=10) and write docs/security.md
	$(BIN)/python -W ignore -m tests.security --minutes $(MINUTES)

faults: $(DEV_STAMP) ## Kill, cut off and mislead servers under load for an hour and write docs/reliability.md (ONLY=Network: one fault)
	$(BIN)/python -W ignore -m tests.faults $(if $(ONLY),--only "$(ONLY)") $(if $(ROUNDS),--rounds $(ROUNDS))

ci: lint types test test-slow ## Run everything that CI runs

clean: ## Remove everything that the tasks created; keep the run-time state in instance/
	rm -rf .venv .coverage* .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info

$(RUN_STAMP): requirements.txt setup.cfg pyproject.toml $(CLIENT)
	@test -n "$(PYTHON)" || { echo "chatapp needs Python 3.11 or newer, with venv (on Debian: python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m chatapp.web.vendor --install
	@touch $@

$(BUNDLE): $(RUN_STAMP) chatapp/web/bundle.py $(shell find chatapp/web/static/js -name '*.js')
	$(BIN)/python -m chatapp.web.bundle

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.txt
	@# Most of these modules are never imported. The others are compiled when they are.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-dev.txt
	$(BIN)/python -m chatapp.web.vendor --development
	@touch $@
