# Everything a newcomer needs; each target does its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo session test slow fuzz bench train lock clean

help:
	@echo "make demo   crawl the practice site with a real browser and write a report"
	@echo "make session  a training session on made-up people, in the browser"
	@echo "make test   lint, types, import rules and all tests"
	@echo "make slow   tests that take minutes: the wheel in an empty environment"
	@echo "make fuzz   20,000 damaged data downloads, read one after the other"
	@echo "make bench  time and memory, printed as medians"
	@echo "make train  train the sentence model again (half an hour or more; installs torch)"
	@echo "make lock   pin the newest allowed versions with their hashes"

# a copied environment points elsewhere: make a new one
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell $(BIN)/python -c 'import sys; print(sys.prefix)' 2>/dev/null),$(abspath $(VENV)))
$(shell rm -rf $(VENV))
endif
endif

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/python3.11" >&2; exit 8; }
	$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 8; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@$(BIN)/scanner setup --quiet
	@$(BIN)/scanner demo

session: $(READY)
	@$(BIN)/scanner setup --quiet
	@$(BIN)/scanner train serve $(WITH)

test: $(READY)
	@$(BIN)/scanner setup --quiet
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not slow"

slow: $(READY)
	@$(BIN)/scanner setup --quiet
	$(BIN)/python -m pytest -m slow

fuzz: $(READY)
	$(BIN)/python -m pytest -m slow tests/scanner/exports/test_fuzz.py

bench: $(READY)
	@$(BIN)/scanner setup --quiet
	$(BIN)/scanner bench

train: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	$(BIN)/python -m detectors._fitting
	$(BIN)/python -m detectors._training.phrasing
	$(BIN)/python -m detectors._training
	$(BIN)/python -m detectors._training.calibrate
	$(BIN)/python -m detectors._training.compare

lock: $(READY)
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --pip-args='--only-binary :all:' \
	  --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist
