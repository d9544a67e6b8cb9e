# One command for each habit. Every one sets up what it needs in .venv first, and is quick when nothing is to do.
# Extra arguments go in ARGS: make run ARGS=--server.port=8600, make test ARGS="-k ink".

PYTHON ?= python3
ARGS ?=

# Relative paths only, and tools started as modules: so a checkout may be moved, and its path may hold spaces.
VENV := .venv
VENV_PYTHON := $(VENV)/bin/python
APP_READY := $(VENV)/app-ready
TESTS_READY := $(VENV)/tests-ready
BENCH_READY := $(VENV)/bench-ready
PIP_INSTALL := $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check
LOCK := $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format screenshots bench reproduce lock clean

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20

run: $(APP_READY)  ## start the app and open it in the browser
	@$(VENV_PYTHON) -m streamlit run app.py $(ARGS)

# In two processes: what waits for the browser, and all the rest.
test: $(TESTS_READY)  ## run every test, those in a real browser too
	@$(VENV_PYTHON) -m tests.e2e.browser
	@$(VENV_PYTHON) -m tests.both $(ARGS)

lint: $(TESTS_READY)  ## check style, layout and types
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy
	@$(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-cache

format: $(TESTS_READY)  ## lay out the code the one way
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

screenshots: $(TESTS_READY)  ## remake the pictures in README.md
	@$(VENV_PYTHON) -m tests.e2e.browser
	@$(VENV_PYTHON) -m tests.e2e.screenshots $(ARGS)

# A plain `make bench` writes its results down; with arguments it does what they say.
bench: $(BENCH_READY)  ## measure training beside PyTorch, JAX and scikit-learn (ARGS=--quick: a short look)
	@$(VENV_PYTHON) -m benchmarks.training $(or $(ARGS),--write)

# ARGS="deep-64" trains one preset alone.
reproduce: $(APP_READY)  ## train the five published networks anew, and compare (half an hour and more)
	@$(VENV_PYTHON) -m tools.reproduce $(ARGS)

lock: $(TESTS_READY)  ## pin all requirements (ARGS=--upgrade: at their newest)
	@$(LOCK) $(ARGS) requirements.in -o requirements.txt
	@$(LOCK) $(ARGS) requirements-dev.in -o requirements-dev.txt

clean:  ## remove .venv and everything else that can be made again
	@rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/e2e/failures
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian splits Python's venv in a package of its own; without it, venv would leave an environment that lacks pip.
$(VENV_PYTHON):
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Inkling needs Python 3.11 or newer; there is no $(PYTHON) here." >&2; exit 1; }
	@"$(PYTHON)" -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
		echo "Inkling needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)." \
			"Name a newer one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c "import ensurepip, venv" 2>/dev/null || { \
		echo "$(PYTHON) comes without venv. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv --clear $(VENV)

$(APP_READY): requirements.txt $(VENV_PYTHON)
	@echo "Installing what the app needs (some minutes the first time) ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(TESTS_READY): requirements-dev.txt $(APP_READY)
	@echo "Installing what the tests need ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(BENCH_READY): benchmarks/requirements.txt $(APP_READY)
	@echo "Installing what to measure beside ..."
	@$(PIP_INSTALL) -r benchmarks/requirements.txt
	@touch $@
