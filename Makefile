# What a developer types. `make up` and `make demo` are all that a user needs.
# Written for GNU make 3.81, which is what macOS has.

VENV ?= .venv
BIN = $(VENV)/bin
# The data folder of `make up` and `make demo`; empty leaves it to the settings (./data), and to a temporary one for the demo.
DATA ?=
# A URL or an e-mail address of yours, for `make up`: it is kept, so one start with it is enough.
CONTACT ?=
# More than cores: many tests wait for something. Each process has a Postgres and a Valkey of its own.
TEST_PROCESSES ?= 4
# Each of these runs a whole stack of its own and mostly waits: two take half the time of one. 0 runs one after the other.
SLOW_PROCESSES ?= 2
# As many as cores: tests without a service hardly wait.
CHECK_PROCESSES ?= 2
# The Python to make the virtual environment with: the first of these that is new enough.
PYTHON ?= python3.13 python3.12 python3.11 python3
INSTALL = PYTHONUNBUFFERED=1 $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
# A line a package: pip by itself says ten, or nothing for minutes.
SHOW = | { status=0; while read -r word name rest; do case "$$word $$name" in \
	Collecting*) echo "  $$name";; Installing*collected) echo "  all are here and are unpacked now";; failed*) status=1;; esac; done; exit $$status; }

# Tests start hundreds of Python processes: each compiles all modules anew where the environment forbids to keep what was compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up demo install check test test-slow lint compiled format docs test-compose lock clean

up: $(VENV)/.ok
	@exec $(BIN)/newsmill $(if $(DATA),--data "$(DATA)") up $(if $(CONTACT),--contact "$(CONTACT)")

demo: $(VENV)/.ok
	@exec $(BIN)/newsmill $(if $(DATA),--data "$(DATA)") demo

install: $(VENV)/.ok

# A minute: what needs no Postgres and no Valkey.
check: lint
	$(BIN)/pytest -m "not service and not slow and not compose" -n $(CHECK_PROCESSES) --dist worksteal

# Five minutes: all but Docker and what is marked slow.
test: lint
	$(BIN)/pytest -m "not compose and not slow" -n $(TEST_PROCESSES) --dist worksteal --durations=20

# What takes minutes: faults on the whole stack, the newsroom at its full length, the largest documents.
test-slow: $(VENV)/.dev
	$(BIN)/pytest -m "slow and not compose" -n $(SLOW_PROCESSES) --dist worksteal --durations=20

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests as pytest compiles them, kept in __pycache__.
compiled: $(VENV)/.dev
	@$(BIN)/pytest --collect-only > /dev/null || { status=$$?; echo "the tests cannot be collected: make test says why" >&2; exit $$status; }

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The files that are made from the program, then the documents as a site in build/docs.
docs: $(VENV)/.dev
	$(BIN)/python -m cli.generate_docs
	$(BIN)/python -m web.api_reference docs/reference/api.md
	NO_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --quiet

test-compose: $(VENV)/.dev
	$(BIN)/pytest -m compose -rs tests/compose

# Exact versions with hashes, for every platform at once; the ranges are in pyproject.toml.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra embedded pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra embedded --extra dev --extra parquet -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@echo "Making a virtual environment in $(VENV), once."
	@for name in $(PYTHON); do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then "$$name" -m venv $(VENV) && touch $@; exit; fi; done; \
	echo "newsmill needs Python 3.11 or later; install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1

$(VENV)/.ok: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing what newsmill stands on; this takes a minute or two, once."
	@{ $(INSTALL) --require-hashes -r requirements.lock || echo failed; } $(SHOW)
	@$(INSTALL) --quiet --no-deps -e .
	@echo "Installed."
	@touch $@

$(VENV)/.dev: $(VENV)/.ok requirements-dev.lock
	@echo "Installing the tools of development."
	@{ $(INSTALL) --require-hashes -r requirements-dev.lock || echo failed; } $(SHOW)
	@touch $@
