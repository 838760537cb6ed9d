# The project's commands; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One worker more than there are cores: many a test waits for a server or a process.
ON_ALL_CORES := -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal

.PHONY: help setup demo check test wheel test-wheel parts test-slow growth test-real test-postgresql test-bounces test-browser quality quality-looks views pictures cover golden bench bench-scaling bench-idle bench-pages format lock clean
.DEFAULT_GOAL := help

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.ready  ## make .venv and install the pinned versions

$(VENV)/.ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## run the whole service on this machine alone
	@if [ -t 1 ]; then $(BIN)/mailer demo --fast; else $(BIN)/mailer demo --fast --once; fi

check: setup  ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

WHOLE := not benchmark and not browser and not quality and not slow
USUAL := not real and $(WHOLE)

test: setup  ## every test that needs no root, on all cores
	$(BIN)/pytest $(ON_ALL_CORES) -m "$(USUAL)" --ignore tests/growth/test_pages.py

test-slow: setup  ## what make test shows by a part, at full size
	$(BIN)/pytest -m slow

growth: setup  ## what every command, letter, page and form costs a club of 1,000 and of 8,000 people, counted
	$(BIN)/pytest --people 1000 -s tests/growth

test-real: setup  ## the tests with real servers; installs them with apt when root
	sh tests/real/install
	$(BIN)/pytest -m real
	sh tests/real/postgresql $(BIN)/pytest -q $(ON_ALL_CORES) -m "$(WHOLE)" --ignore tests/real

# What is about the ledger, and about PostgreSQL alone.
POSTGRES := tests/store tests/pipeline tests/stories tests/app/test_scheduler.py tests/daemon/test_worker.py \
    tests/gateways/test_bell.py

test-postgresql: setup  ## store, pipeline and stories on a PostgreSQL server of their own; installs it with apt when root
	sh tests/real/install database
	sh tests/real/postgresql $(BIN)/pytest -q $(ON_ALL_CORES) -m "$(USUAL)" $(POSTGRES)

test-bounces: setup  ## bounces that a real Postfix writes come home, by SMTP and by IMAP; needs root
	sh tests/real/install mail
	if $(BIN)/python -m tests.real.able; then \
	    $(BIN)/pytest -m real tests/real/test_bounces_come_home.py -k "thousand or head_alone"; fi

test-browser: setup  ## the console in Debian's Chromium, as a month of the club; installs what is missing when root
	sh tests/browser/install
	$(BIN)/pytest -m browser $(BROWSER) tests/browser

quality: setup  ## our messages as readers, mail programs and spam filters see them; installs what is missing when root
	sh tests/quality/install
	$(BIN)/pytest -m quality $(QUALITY) tests/quality

quality-looks: setup  ## the part of it that a browser and caniemail's data show
	sh tests/quality/install looks
	$(BIN)/pytest -m quality tests/quality/looks

views: setup  ## pictures of the demo's issue in eight views, into the folder views/
	sh tests/quality/install looks
	$(BIN)/python -m tests.quality.views views

pictures: setup  ## take the pictures of docs/ anew; look at them before you commit
	sh tests/browser/install
	$(BIN)/python -m tests.browser.pictures

cover: setup  ## the tests with coverage
	$(BIN)/pytest -m "$(USUAL)" --ignore tests/growth/test_pages.py --cov --cov-report=term-missing

golden: setup  ## write the golden files anew; review them in the diff
	MAILER_TESTS_GOLDEN=write $(BIN)/pytest -q tests/formats

bench: $(VENV)/.bench  ## measure speed beside the peers and write docs/performance.md
	sh tests/benchmarks/install
	$(BIN)/python -m tests.benchmarks.bench $(BENCH)

bench-scaling: $(VENV)/.bench  ## measure mailings and imports of growing size, also beside another checkout
	$(BIN)/python -m tests.benchmarks.scaling $(BENCH)

bench-idle: setup  ## measure what an idle daemon uses beside 1 and 61 closed issues
	$(BIN)/python -m tests.benchmarks.idle $(BENCH)

bench-pages: setup  ## measure the server time of every page of the console
	$(BIN)/python -m tests.benchmarks.pages $(BENCH)

$(VENV)/.bench: $(VENV)/.ready requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

wheel: setup  ## build the wheel into dist/
	rm -f dist/club_mailer-*.whl
	$(BIN)/python -m hatchling build -t wheel -d dist >/dev/null

test-wheel: wheel  ## install the wheel by pipx into a fresh environment, and run the demo with it
	sh packaging/try-wheel

format: setup  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup  ## pin the newest allowed versions, with hashes
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate --no-strip-extras --extra dev --quiet --upgrade pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate --no-strip-extras --extra bench --quiet --upgrade -c requirements.txt pyproject.toml \
	    -o requirements-bench.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(MAKE) parts

parts: setup  ## write anew what of the parts is listed: packaging/, docs/licences.md
	$(BIN)/python packaging/parts.py

clean:  ## forget .venv and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
