# Every command here creates what it is missing. What is said on the way goes to standard error, so
# that `make demo ONCE=1 JSON=1` writes one JSON object to standard output and nothing else. Another
# make that calls it adds --no-print-directory, since a make inside a make announces itself there.

PYTHON ?=
VENV := .venv
READY := $(VENV)/.ready
JIRA_JS := tests/local_jira/jira_js
on = $(filter-out 0 no false,$(1))

DEMO_OPTIONS = $(if $(call on,$(ONCE)),--once) $(if $(call on,$(JSON)),--json) \
	$(if $(INPUT),--input "$(INPUT)") $(if $(LIMIT),--limit "$(LIMIT)")

.SILENT:
.DEFAULT_GOAL := help
CHAOS_OPTIONS = $(if $(SEED),--seed "$(SEED)") $(if $(MINUTES),--minutes "$(MINUTES)") \
	$(if $(ITEMS),--items "$(ITEMS)")

.PHONY: help demo screenshots test chaos bench bench-triage lint format types audit venv clients lock clean

help: ## show this list
	sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile

demo: $(READY) ## run the scenario and stay up; ONCE=1 ends after it, JSON=1, INPUT=path, LIMIT=n
	$(VENV)/bin/python -m demo $(DEMO_OPTIONS)

screenshots: $(READY) ## take the pictures of the documentation; needs Chromium (apt-get install chromium)
	$(VENV)/bin/python -m demo.screenshots

test: $(READY) ## run every test
	env -u MAKELEVEL -u MAKEFLAGS $(VENV)/bin/python -m pytest -n 2 --dist loadgroup

chaos: $(READY) ## items live while everything fails, then a checker decides; SEED=n, MINUTES=3, ITEMS=60
	$(VENV)/bin/python -m tests.chaos $(CHAOS_OPTIONS)

bench: $(READY) ## print the benchmark table and write bench/results/latest.json
	$(VENV)/bin/python -m bench

bench-triage: $(READY) ## cross-validate triage on the files in FOLLOWTHROUGH_BENCH_DATA; half an hour
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m bench.triage

lint: $(READY) ## look for mistakes and for unformatted files
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

format: $(READY) ## format, and mend what can be mended by itself
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

audit: $(READY) ## look for dangers in the code, secrets in files and holes in packages
	$(VENV)/bin/python scripts/audit.py

types: $(READY) ## check the types, strictly
	$(VENV)/bin/python -m mypy

venv: $(READY) ## create .venv from the lock

clients: $(JIRA_JS)/node_modules/.ready ## install jira.js, which some tests drive; needs Node.js and npm

lock: $(READY) ## pin anew what pyproject.toml asks for; names no package index
	$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --extra dev --quiet -o requirements.lock
	$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --extra postgresql --quiet \
		--constraint requirements.lock -o requirements.runtime.lock

clean: ## remove caches and build leftovers; .venv and .followthrough stay
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml scripts/create-venv
	PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/create-venv >&2
	touch $@

$(JIRA_JS)/node_modules/.ready: $(JIRA_JS)/package-lock.json
	npm ci --prefix $(JIRA_JS) --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	touch $@
