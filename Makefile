# Meeloop: `make run` starts the marketplace with demo data, `make test` runs every test.
PYTHON ?= python3
PORT ?= 5000

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
DEMO_FLASK := DEMO=1 BASE_URL=http://127.0.0.1:$(PORT) $(FLASK)
PO := $(wildcard translations/*/LC_MESSAGES/*.po)
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	--no-emit-index-url --no-emit-find-links
PYTEST := $(BIN)/pytest -n 2 --dist worksteal
# Typst reads no web fonts; these are for documents only.
PDF_FONTS := @expo-google-fonts/figtree/{400Regular,700Bold,800ExtraBold}/*.ttf \
	@expo-google-fonts/noto-sans/{400Regular,700Bold}/*.ttf dejavu-fonts-ttf/ttf/DejaVuSans{,-Bold}.ttf

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: bench help run fresh worker test soak check screenshots lint format assets lock messages catalogues chromium .venv

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: .venv/runtime assets catalogues ## start the marketplace with demo data on http://127.0.0.1:$(PORT)
	@echo "Database: bringing it up to date ..."
	@$(DEMO_FLASK) db upgrade
	@$(DEMO_FLASK) demo load
	@exec env $(DEMO_FLASK) serve --port $(PORT)

fresh: ## the same, after forgetting all demo data
	rm -rf instance
	@$(MAKE) run

worker: .venv/runtime catalogues ## run the worker alone, with the settings of your environment
	@exec $(FLASK) worker

test: .venv/dev assets catalogues chromium ## run every test: PostgreSQL, SMTP and a browser too
	$(PYTEST)

soak: .venv/dev assets catalogues ## the long run: a thousand letters through kills, ten thousand fuzzed requests
	LETTERS=1000 FUZZED=10000 EXAMPLES=300 $(PYTEST) -rP tests/outbox/test_kills.py tests/web/test_bad_input.py \
		tests/claims/test_machine.py tests/claims/test_hostile_texts.py tests/documents/test_rendering.py

check: .venv/dev assets catalogues ## run the quick tests: SQLite only, no browser
	$(PYTEST) -m "not postgres and not browser and not slow"

bench: .venv/dev assets catalogues ## measure what is to be fast, as ratios (ONLY="claims fight" for some)
	$(BIN)/python -m bench $(ONLY)

screenshots: .venv/dev assets catalogues chromium ## picture our pages anew, for the pages of explanation
	$(BIN)/python -m docs.screenshots

lint: .venv/dev ## check style, types, the order of imports, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet

format: .venv/dev ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

assets: static/vendor/figtree.woff2 static/vendor/.own-compressed ## fetch the front-end files of others into static/vendor

messages: .venv/dev ## collect new texts into the catalogues and compile them
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ --add-location=file --sort-by-file \
		--project=Meeloop --version=1 --copyright-holder=Meeloop -o messages.pot .
	$(BIN)/pybabel -q update -i messages.pot -d translations -l nl --init-missing --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date
	@$(MAKE) catalogues

lock: .venv/dev ## choose versions anew and lock them with hashes
	$(LOCK) --upgrade pyproject.toml -o requirements.txt
	$(LOCK) --upgrade pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --upgrade --group node -o setup/node.txt

catalogues: $(PO:.po=.mo)

chromium: .venv/dev
	@setup/chromium.sh

%.mo: %.po | .venv/runtime
	@$(BIN)/pybabel -q compile -i $< -o $@

# What the front end takes from others; the last file copied tells that all are there.
static/vendor/figtree.woff2: package.json package-lock.json setup/pare.py | .venv/runtime
	@echo "Front end: fetching htmx, Pico CSS and fonts ..."
	@command -v npm >/dev/null || $(MAKE) .venv/node
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --loglevel=error
	@rm -rf static/vendor && mkdir -p static/vendor/fonts
	@cp node_modules/htmx.org/dist/htmx.min.js static/vendor/
	@$(BIN)/python setup/pare.py node_modules/@picocss/pico/css/pico.min.css static/css/*.css > static/vendor/pico.min.css
	@$(BIN)/python -m whitenoise.compress --quiet static/vendor
	@cp $(addprefix node_modules/,$(PDF_FONTS)) static/vendor/fonts/
	@cp node_modules/@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2 $@

static/vendor/.own-compressed: $(wildcard static/css/*.css static/js/*.js static/drawings/*.svg) static/vendor/figtree.woff2 | .venv/runtime
	@for folder in css js drawings; do $(BIN)/python -m whitenoise.compress --quiet static/$$folder; done
	@touch $@

# Installs what a lock file names; shows every tenth package, and what went wrong.
define install
	@echo "Python: installing $(1) ($$(grep -c '^[a-z]' $(1)) packages) into .venv ..."
	@set -o pipefail; $(BIN)/pip install --progress-bar off --require-hashes -r $(1) 2>&1 | tee .venv/pip.log \
		| awk '/\(from -r/ && ++n % 10 == 0 { print "  " n " ..."; fflush() }' || { tail -n 20 .venv/pip.log; exit 1; }
endef

.venv: .venv/dev

.venv/runtime: requirements.txt | .venv/bin/python
	$(call install,$<)
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/python
	$(call install,$<)
	@touch .venv/runtime $@

.venv/node: setup/node.txt | .venv/bin/python
	$(call install,$<)
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
		"Meeloop needs Python 3.11 or newer with venv: apt-get install python3-venv, or make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv --clear .venv
