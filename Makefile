# Everything happens in .venv; `make help` lists what there is to type.

PYTHON ?= python3
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export PATH := $(CURDIR)/.venv/bin:$(PATH)

PIP := .venv/bin/python -m pip --disable-pip-version-check
NPM := npm --prefix labextension
LAB := .venv/share/jupyter/labextensions/jsmodel
PAGE_JS := jsmodel/static/page.js
LAB_JS := jsmodel/labextension/package.json
NODE_MODULES := labextension/node_modules/.package-lock.json
TS := $(shell find labextension/src -type f ! -name '*.test.ts') labextension/tsconfig.json labextension/tsconfig.build.json

.PHONY: help demo test check build bench docs clean chromium

help:  ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

demo: .venv/.stamp-py build  ## Run the demo (HEADLESS=1: in a browser without a window)
	.venv/bin/python scripts/demo.py

test: check chromium  ## Set up everything, check the code, run all tests
	$(NPM) test
	.venv/bin/python -m pytest $(PYTEST_ARGS)

check: .venv/.stamp-py build  ## Look at the code without running it
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy --strict jsmodel
	$(NPM) run check

build: .venv/.stamp-py $(PAGE_JS) $(LAB_JS)  ## Build the page script and the JupyterLab extension

bench: .venv/.stamp-py build chromium  ## Measure the budgets, beside other toolkits
	.venv/bin/python -m benchmarks.environments
	.venv/bin/python -m benchmarks

docs: .venv/.stamp-py  ## Build the documentation into build/site; a warning is an error
	.venv/bin/python scripts/check_docs.py
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet
	@echo "The documentation is in build/site/index.html."

clean:  ## Remove what was built, and all caches; .venv and node_modules stay
	rm -rf jsmodel/static jsmodel/labextension labextension/lib build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +

chromium:
	@scripts/ensure_chromium.sh

# -- the environment, in the order in which it comes to be

.venv/.stamp-tools: pyproject.toml Makefile
	@scripts/check_tools.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet 'hatchling>=1.27' 'hatch-jupyter-builder>=0.9.1' 'jupyter-builder>=1.2' editables
	touch $@

$(NODE_MODULES): labextension/package.json labextension/package-lock.json
	$(NPM) ci --no-fund --no-audit
	touch $@

$(PAGE_JS): $(NODE_MODULES) $(TS) labextension/esbuild.config.mjs
	$(NPM) run build:page

$(LAB_JS): $(NODE_MODULES) $(TS) | .venv/.stamp-tools
	$(NPM) run build:lib
	$(NPM) run build:lab
	touch $@

# JupyterLab finds the extension through a link, so that it always serves the newest build. The link goes before
# pip comes: pip would follow it, and remove the files of the build as those of the older version.
.venv/.stamp-py: pyproject.toml labextension/package.json | .venv/.stamp-tools $(PAGE_JS) $(LAB_JS)
	rm -rf $(LAB)
	HATCH_JUPYTER_BUILDER_SKIP_NPM=1 $(PIP) install --quiet --no-build-isolation -e '.[test,check,docs]'
	rm -rf $(LAB)
	ln -s $(CURDIR)/jsmodel/labextension $(LAB)
	touch $@
