# What one does with a checkout. Needs Python 3.11 or later (with venv) and make, nothing else.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000
DEMO   := build/demo
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
# Two files of tests at once; what the tests of one file share is made once.
BESIDE := -n 2 --dist loadfile

.PHONY: serve test random test-browser test-cluster test-whoosh3 check lint types wheel bench quality mutations torture audit licences screenshots clean

## serve: index the sample corpus in a home of its own and serve it
serve: $(VENV)/.installed $(DEMO)/corpus
	$(BIN)/xianli --home $(DEMO) reindex
	$(BIN)/xianli --home $(DEMO) serve --port $(PORT)

## test: run the tests
test: $(VENV)/.developing
	$(BIN)/python -m pytest $(BESIDE)

## random: run the property tests with new examples, and more of them
random: $(VENV)/.developing
	HYPOTHESIS_PROFILE=random $(BIN)/python -m pytest $(BESIDE)

## test-browser: look at every page in each size in each language, leave pictures in build/screenshots
test-browser: $(VENV)/.developing
	XIANLI_BROWSER=1 $(BIN)/python -m pytest tests/browser

## test-cluster: run the tests that need a cluster, on three nodes (needs Java 17 and Maven)
test-cluster: $(VENV)/.developing
	XIANLI_CLUSTER=1 HYPOTHESIS_PROFILE=few $(BIN)/python -m pytest -m cluster -o testpaths=tests

## test-whoosh3: run the engine's tests on the fork of Whoosh that is maintained
test-whoosh3: $(VENV)/.developing
	$(PIP) --no-deps --upgrade --target build/whoosh3 whoosh3
	PYTHONPATH=build/whoosh3 $(BIN)/python -c 'import sys, whoosh; sys.exit("build" not in whoosh.__file__)'
	PYTHONPATH=build/whoosh3 HYPOTHESIS_PROFILE=few $(BIN)/python -m pytest \
	  -m 'not cluster' -k 'not [memory]' tests/archive/test_whoosh_engine.py tests/archive/test_engines.py

## check: format, lint, types, tests
check: lint types test

lint: $(VENV)/.developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	@! git ls-files archive indexer web | grep -E '\.(py|html|css|js)$$' | xargs wc -l \
	  | awk '$$2 != "total" && $$1 > 400 {print $$2 ": " $$1 " lines, at most 400"}' | grep .

types: $(VENV)/.developing
	$(BIN)/mypy

## wheel: build the wheel
wheel: $(VENV)/.developing
	rm -rf dist build/lib build/bdist.*
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --wheel-dir dist .

## bench: compare with other engines, write docs/benchmarks.md (make bench SIZES=10k: a quick look)
bench: $(VENV)/.benching
	$(BIN)/python -m tests.measure.bench $(SIZES)

## quality: measure the reading beside public extractors, hold it to its floors (FLAGS=--raise-floors)
quality: $(VENV)/.measuring
	$(BIN)/python -m tests.measure.quality $(FLAGS)

## screenshots: take the pictures in docs/screenshots again (needs chromium and chromedriver)
screenshots: $(VENV)/.developing
	$(BIN)/python -m tests.measure.screenshots

## mutations: read 2,000 mutated pages
mutations: $(VENV)/.developing
	XIANLI_MUTATIONS=2000 $(BIN)/python -m pytest tests/measure/test_mutations.py

## torture: strike the archive with crashes and faults at every point, print what was done to it
torture: $(VENV)/.developing
	$(BIN)/python -m tests.measure.torture $(SHARE)

## audit: look the pinned versions up among known vulnerabilities, where the network lets it
audit:
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip --disable-pip-version-check install --quiet pip-audit
	build/audit/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt \
	  || { echo 'make audit: a version is vulnerable, or could not be looked up from here (see above)'; exit 1; }

## licences: list the licences of all dependencies; an unknown one is an error
licences: $(VENV)/.developing
	$(BIN)/python -m tests.measure.licences

## clean: remove everything that was made here
clean:
	rm -rf build dist $(VENV) *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "xianli needs Python 3.11 or later: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[fast]'
	touch $@

$(VENV)/.developing: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.installed

$(VENV)/.benching: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable '.[bench]'
	touch $@ $(VENV)/.installed

$(VENV)/.measuring: pyproject.toml constraints.txt | $(VENV)/bin/python
	# An older pip stops where one extra is asked for in two spellings (lxml's html_clean).
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --upgrade 'pip>=25'
	$(PIP) --editable '.[dev,quality]'
	touch $@ $(VENV)/.installed $(VENV)/.developing

# The demo has a copy of the sample corpus, so that nothing is ever written beside it.
$(DEMO)/corpus: $(wildcard corpus/*)
	mkdir -p $(DEMO)
	rm -rf $@
	cp -R corpus $@
	touch $@
