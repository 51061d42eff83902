# `make demo` and `make test` are all a newcomer needs; `make check` is what CI runs.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock"

.PHONY: demo run test check coverage lock synapse bench clean

demo: .venv/run.stamp ## show a recorded week, offline, in this terminal
	$(BIN)/rapporteur demo

run: .venv/run.stamp ## watch the real sources
	$(BIN)/rapporteur run

test: .venv/dev.stamp ## the fast tests
	$(BIN)/python -m pytest -m "not slow"

check: .venv/dev.stamp ## everything that must hold before a merge
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/shellcheck .ci/run
	$(BIN)/hadolint Dockerfile
	@! grep -n '://' requirements*.lock || { echo "A lock file holds an address: run make lock"; exit 1; }
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

# Apart from check, because a tracer slows what some tests time.
coverage: .venv/dev.stamp ## which lines and branches the fast tests reach
	$(BIN)/coverage erase
	-$(BIN)/coverage run -m pytest -m "not slow"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: .venv/dev.stamp ## every figure with its baseline, timed in one run
	$(BIN)/python -m bench

lock: ## pin what pyproject.toml asks for, with hashes and without addresses (needs uv)
	$(COMPILE) pyproject.toml --group build --output-file requirements.lock
	$(COMPILE) pyproject.toml --group build --group dev --output-file requirements-dev.lock
	echo 'matrix-synapse>=1.163' | $(COMPILE) - --output-file requirements-synapse.lock

synapse: .venv/dev.stamp ## the homeserver that the Matrix tests talk to, in the user's cache
	$(BIN)/python tests/matrix/install.py

clean: ## remove what the other targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* build dist *.egg-info

# A stamp newer than the lock and pyproject.toml means that nothing is to install.
.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes --no-deps --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(PIP) --require-hashes --no-deps --requirement requirements-dev.lock
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rapporteur needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
