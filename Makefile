# Every command of the house. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo smoke faults test bench screenshots walk bench-falls access-table coverage mutants lint check hardware hardware-check enclosure lock clean

help:
	@echo "make demo   a community of 60 homes, one with the real firmware, in your browser"
	@echo "make smoke  the demo without a person: one JSON line, exit 0 only if all happened"
	@echo "make faults each fault through the real firmware; its table goes into firmware/README.md"
	@echo "make test   every test"
	@echo "make screenshots  every screen in both languages, three widths, by day and night, into artifacts/screenshots"
	@echo "make walk   one press from the button to the closed alarm: the pictures of relay/README.md"
	@echo "make bench  speed and memory, as JSON lines"
	@echo "make bench-falls FALLS_DIR=folder  the detector of falls on recordings"
	@echo "make access-table  who may ask what, by asking the real application; goes into relay/access_table.md"
	@echo "make coverage  branch coverage of protocol and hub; fails under 98 %"
	@echo "make mutants   changes alarm, outbox, supervision and bthome in every small way: does a test see it?"
	@echo "make lint   ruff, pyright, mpy-cross over the firmware"
	@echo "make check  lint and test"
	@echo "make hardware        board.py, wiring, netlist, BOM, power budget and labels from hardware/hub.toml"
	@echo "make hardware-check  compare them with what is there; electrical rule check"
	@echo "make enclosure       the printed case (a CAD kernel of some 300 MB)"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Anling needs Python 3.10 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "The venv module is missing. Remedy: apt-get install python3-venv" >&2; exit 2; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qqq --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

# Trains and draws the detector of falls; who only runs it needs none of it.
$(VENV)/.installed-falls: firmware/tools/requirements.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r firmware/tools/requirements.lock
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/python -m simulator demo $(DEMO)

smoke: $(VENV)/.installed
	@$(BIN)/python -m simulator smoke

faults: $(VENV)/.installed
	@$(BIN)/python -m simulator faults --write

test: $(VENV)/.installed-test
	@sh tests/system-packages.sh
	$(BIN)/python $(if $(TESTS),-m pytest $(TESTS),tests/run.py)

bench: $(VENV)/.installed-test
	@$(BIN)/python tests/bench/run.py $(BENCH)

screenshots: $(VENV)/.installed-test
	@$(BIN)/python tests/browser/screenshots.py $(SCREENS)

walk: $(VENV)/.installed-test
	@$(BIN)/python tests/browser/walk.py

bench-falls: $(VENV)/.installed-test $(if $(filter-out 0,$(CROSS)),$(VENV)/.installed-falls)
	@FALLS_DIR="$(FALLS_DIR)" CROSS="$(CROSS)" TABLES="$(TABLES)" WATCH="$(WATCH)" FAULT="$(FAULT)" WRITE="$(WRITE)" INTERPRETER="$(or $(INTERPRETER),micropython)" $(BIN)/python tests/bench/falls.py

access-table: $(VENV)/.installed-test
	@$(BIN)/python tests/relay/access_table.py

coverage: $(VENV)/.installed-test
	@mkdir -p artifacts
	@$(BIN)/python -m coverage run --rcfile tests/coverage.ini -m pytest tests/protocol tests/hub -k "not micropython"
	@$(BIN)/python -m coverage report --rcfile tests/coverage.ini

mutants: $(VENV)/.installed-test
	@$(BIN)/python tests/mutants/run.py $(MUTANTS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python firmware/tools/compile.py
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright

check: lint test

$(VENV)/.installed-hardware: hardware/requirements.lock $(VENV)/.installed
	@sh tests/system-packages.sh graphviz
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r hardware/requirements.lock
	@touch $@

hardware: $(VENV)/.installed-hardware
	@$(BIN)/python -m hardware build

hardware-check: $(VENV)/.installed-hardware
	@$(BIN)/python -m hardware check

# Not locked: only who changes the case needs it, and what it makes is looked at and committed.
enclosure: $(VENV)/.installed-hardware
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "build123d>=0.9"
	@$(BIN)/python -m hardware.enclosure.model
	@$(BIN)/python -m hardware.enclosure.render

# Needs uv (pip install uv). Pins every version for Python 3.10 to 3.13, with hashes.
lock:
	uv pip compile --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header --extra test pyproject.toml -o requirements-test.lock
	uv pip compile --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header --extra hardware -c requirements-test.lock pyproject.toml -o hardware/requirements.lock
	uv pip compile --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-annotate --no-header --extra falls -c requirements-test.lock pyproject.toml -o firmware/tools/requirements.lock

clean:
	rm -rf $(VENV) build var artifacts .ruff_cache .hypothesis *.egg-info
