PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help install probe photographs docs notebooks test lowest check faults bench lock audit clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(READY) ## set up everything in .venv (skipped when nothing changed)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "advspace needs Python 3.11 or newer, got " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $(READY)

probe: $(READY) ## make adversarial digits, probe around them, draw the figures
	$(BIN)/python probe.py

photographs: $(READY) ## the same on seven photographs, with a pretrained network: all from packages (minutes)
	$(BIN)/python probe.py experiment=photographs tracking=off hydra.run.dir=outputs/photographs
	@echo "report: outputs/photographs/report.html"

docs: $(READY) ## build the documentation site in docs/_build/html, without a network
	$(BIN)/sphinx-build --quiet --builder html --conf-dir docs --doctree-dir docs/_build/doctrees --fail-on-warning --nitpicky . docs/_build/html
	@echo "site: docs/_build/html/index.html"

notebooks: $(READY) ## run the notebooks of docs/ and keep their outputs
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-execute --inplace --NotebookClient.record_timing=False docs/notebooks/*.ipynb

test: $(READY) check ## check the code and run every test
	OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal

lowest: ## run the tests of the framework and the plugins with the lowest versions that pyproject.toml allows
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable '.[adv_lib,foolbox,photographs,tensorboard,tests]'
	OMP_NUM_THREADS=1 .venv-lowest/bin/python -m pytest --quiet --numprocesses auto \
		--override-ini addopts=--import-mode=importlib --override-ini filterwarnings= tests/framework tests/plugins tests/test_imports.py

check: $(READY) ## ruff, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

faults: $(READY) ## stop, damage, crowd and fill: what becomes of the results (an hour; see docs/reliability.md)
	$(BIN)/python tests/faults/settings.py --share 0.05
	$(BIN)/python tests/faults/files.py --count 600
	$(BIN)/python tests/faults/crowds.py --count 60
	$(BIN)/python tests/faults/signals.py --count 60

bench: $(READY) ## attacks of other libraries beside ours, on digits (minutes; see benchmarks/)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[bench]'
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/attack.py --quick

lock: $(READY) ## pin the newest versions that fit
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-emit-package advspace --no-header --generate-hashes --upgrade --output-file requirements.lock pyproject.toml

audit: $(READY) ## known vulnerabilities of the pinned packages (asks a database in the network)
	$(BIN)/uv tool run pip-audit --requirement requirements.lock --disable-pip --no-deps --strict --progress-spinner off

clean: ## remove the environment, the weights kept and every run
	rm -rf .venv .venv-lowest cache outputs multirun
