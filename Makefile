# One command for each habit. Each first installs what it needs in .venv, and is quick when that is there already.
# Extra arguments go in ARGS: make run ARGS=--server.port=8600, make test ARGS="-k ink".
# On Windows, run it in Git Bash: the commands need a POSIX shell.

ARGS ?=

# Relative paths only, and tools started as modules: the checkout may be moved, and its path may contain spaces.
VENV := .venv
ifeq ($(OS),Windows_NT)
PYTHON ?= python
VENV_PYTHON := $(VENV)/Scripts/python.exe
else
PYTHON ?= python3
VENV_PYTHON := $(VENV)/bin/python
endif
# Text files are UTF-8, on Windows too.
export PYTHONUTF8 := 1

APP_READY := $(VENV)/app-ready
TESTS_READY := $(VENV)/tests-ready
BENCH_READY := $(VENV)/bench-ready
DOCS_READY := $(VENV)/docs-ready
PIP_INSTALL := $(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check
LOCK := $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-cluster lint format docs screenshots bench reproduce reproduce-weights image-test lock clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20

run: $(APP_READY)  ## start the app and open it in the browser
	@$(VENV_PYTHON) -m streamlit run app.py $(ARGS)

# The browser's tests run after all others.
test: $(TESTS_READY)  ## run all tests, including those in a real browser
	@$(VENV_PYTHON) -m tools.browser
	@$(VENV_PYTHON) -m tests.both $(ARGS)

# They run in `make test`, too, where PostgreSQL is installed.
test-cluster: $(TESTS_READY)  ## test experiments on a cluster: PostgreSQL, a Dask scheduler and two workers
	@$(VENV_PYTHON) -m tools.postgres_server
	@$(VENV_PYTHON) -m pytest -m cluster tests/experiments $(ARGS)

lint: $(TESTS_READY)  ## check style, formatting, imports between layers, and types
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy
	@$(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-cache

format: $(TESTS_READY)  ## format the code and fix what ruff can fix
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

docs: $(DOCS_READY)  ## write the reference pages and build the documentation in site/ (ARGS=serve: preview it)
	@$(VENV_PYTHON) -m tools.reference
	@$(VENV_PYTHON) -m zensical $(or $(ARGS),build --clean --strict)

screenshots: $(TESTS_READY)  ## take the pictures of README.md and the documentation again
	@$(VENV_PYTHON) -m tools.browser
	@$(VENV_PYTHON) -m tools.screenshots $(ARGS)

# Without ARGS, `make bench` writes its results into benchmarks/README.md.
bench: $(BENCH_READY)  ## measure training beside PyTorch, JAX and scikit-learn (ARGS=--quick: one minute)
	@$(VENV_PYTHON) -m benchmarks.training $(or $(ARGS),--write)

# ARGS=deep-64 trains one preset alone.
reproduce: $(APP_READY)  ## train the five published networks again and compare (an hour)
	@$(VENV_PYTHON) -m tools.reproduce $(ARGS)

# ARGS=tiny-25k trains one network alone.
reproduce-weights: $(APP_READY)  ## train handwriting, champion and the tiny networks again and compare (hours)
	@$(VENV_PYTHON) -m tools.reproduce_weights $(ARGS)

# Docker does it, or Podman. ARGS=--local-base makes the base image from Debian's packages.
image-test: $(TESTS_READY)  ## build the Docker image, run it, and hold it to its promises
	@$(VENV_PYTHON) -m tools.browser
	@$(VENV_PYTHON) -m tools.image_test $(ARGS)

lock: $(TESTS_READY)  ## pin all requirements (ARGS=--upgrade: to the newest versions)
	@$(LOCK) $(ARGS) --excludes requirements-excluded.in requirements.in -o requirements.txt
	@$(LOCK) $(ARGS) requirements-dev.in -o requirements-dev.txt
	@$(LOCK) $(ARGS) requirements-docs.in -o requirements-docs.txt

clean:  ## remove .venv and everything else that can be made again
	@rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache site test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian ships Python's venv in a separate package; without it, venv would create an environment without pip.
$(VENV_PYTHON):
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Inkling needs Python 3.11 or newer; $(PYTHON) was not found." >&2; exit 1; }
	@"$(PYTHON)" -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
		echo "Inkling needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)." \
			"Choose a newer one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c "import ensurepip, venv" 2>/dev/null || { \
		echo "$(PYTHON) has no venv module. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv --clear $(VENV)

# requirements.txt names every package, and leaves out some that others ask for: see requirements-excluded.in.
$(APP_READY): requirements.txt $(VENV_PYTHON)
	@echo "Installing what the app needs (a few minutes the first time) ..."
	@$(PIP_INSTALL) --no-deps -r requirements.txt
	@touch $@

$(TESTS_READY): requirements-dev.txt $(APP_READY)
	@echo "Installing what the tests need ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(BENCH_READY): benchmarks/requirements.txt $(APP_READY)
	@echo "Installing the libraries to compare with ..."
	@$(PIP_INSTALL) -r benchmarks/requirements.txt
	@touch $@

$(DOCS_READY): requirements-docs.txt $(TESTS_READY)
	@echo "Installing what the documentation needs ..."
	@$(PIP_INSTALL) -r requirements-docs.txt
	@touch $@
