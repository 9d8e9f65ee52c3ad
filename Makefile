# Everything a developer or a visitor runs. Needs Python 3.11 or newer, make, and a package index; nothing else.
# PYTHON names the interpreter; PORT, HOST, DATA_DIR and LFR_DEMONSTRATION reach the service.

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
BENCH := .venv-bench
LFR_DEMONSTRATION ?= 1
TESTS ?= tests
CODE := manage.py config portal public api design deployments coordination register directory events jobs forces outbound
MINUTES ?= 20
SEED ?= 1
FAULTS ?= 220
EXAMPLES ?= 200
FILES ?= 10000
DOORS ?= 250
LIVES ?= 200
ROWS ?= 2000
PART ?= tests/fuzz
REPORT ?= fuzz.md
export LFR_DEMONSTRATION SIZE QUICK ROUNDS SECONDS ONLY
export PYTHONPATH :=

.PHONY: help run manage test check audit sbom bench chaos fuzz lock clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1 - /p' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## start the service on this machine; Ctrl-C stops it
	@exec $(PY) -m config.supervisor --stop-with-parent

manage: $(VENV)/.run  ## manage.py on the running service: make manage ARGS="import FILE"
	@exec $(PY) -m config.supervisor manage $(ARGS)

test: $(VENV)/.dev  ## all tests, on two cores; some of them: make test TESTS=tests/register
	$(PY) -m pytest -n 2 $(TESTS)

check: $(VENV)/.dev  ## style, types, imports, migrations, settings, risky calls, known weaknesses
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/bandit --quiet --configfile pyproject.toml --recursive $(CODE)
	@$(PY) -m config.stack.testing run sh -exc '\
	  $(PY) -m mypy .; \
	  $(PY) manage.py makemigrations --check --dry-run; \
	  LFR_HTTPS=1 $(PY) manage.py check --deploy --fail-level WARNING --database default'
	@$(PY) -m config.audit

audit: $(VENV)/.dev  ## known weaknesses in what we install; fails where the public service cannot be asked
	@REQUIRE_AUDIT=1 $(PY) -m config.audit

sbom: $(VENV)/.dev  ## write sbom.json: every package the service runs on, with hashes (CycloneDX)
	$(VENV)/bin/cyclonedx-py requirements requirements.txt --of JSON --output-reproducible --output-file sbom.json

bench: $(BENCH)/.bench  ## measure against peers, write docs/performance.md: make bench SIZE=1000000, or QUICK=1 in 3 minutes
	@exec $(BENCH)/bin/python -m bench

chaos: $(VENV)/.dev  ## break everything while people publish, write docs/chaos.md: make chaos MINUTES=20 SEED=1 FAULTS=220
	@exec $(PY) -m tests.chaos.run --minutes $(MINUTES) --seed $(SEED) --faults $(FAULTS) --report docs/chaos.md

fuzz: $(VENV)/.dev  ## ask and send what nobody thought of: make fuzz EXAMPLES=200 FILES=10000 DOORS=250 LIVES=200
	@FUZZ_EXAMPLES=$(EXAMPLES) FUZZ_FILES=$(FILES) FUZZ_DOORS=$(DOORS) FUZZ_LIVES=$(LIVES) FUZZ_ROWS=$(ROWS) \
	  FUZZ_REPORT=$(REPORT) $(PY) -m pytest -n0 --show-capture=no $(PART)

lock:  ## write requirements*.txt anew from requirements*.in
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	@for source in requirements*.in; do \
	  $(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url $$source --output-file $${source%.in}.txt || exit 1; \
	done; rm -rf $(VENV)-lock

clean:  ## remove the virtual environment, caches and collected files; your data in .data stays
	rm -rf $(VENV) $(BENCH) staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The virtual environment, by hash from the lock files. Installed again only when a lock file or Python changed.
# Two steps: what the service runs on, then what checks and tests add.

$(VENV)/.run: requirements.txt
	@sh config/stack/venv.sh "$(PYTHON)" $(VENV) requirements.txt $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@sh config/stack/venv.sh "$(PYTHON)" $(VENV) requirements-dev.txt $@

# Peers to measure beside: an environment of their own, which nothing else uses.
$(BENCH)/.bench: requirements-bench.txt
	@sh config/stack/venv.sh "$(PYTHON)" $(BENCH) requirements-bench.txt $@
