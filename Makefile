# Needs git, make and Python 3.11. Everything made lands in .venv*, .warehouse, target.
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DBT_PROFILES_DIR := $(CURDIR)/profiles
export WAREHOUSE_HOME ?= $(CURDIR)/.warehouse
export DAGSTER_HOME = $(WAREHOUSE_HOME)/dagster
BIN := .venv/bin
BETS ?= 1000000
.PHONY: help demo test lint parse docs-coverage bouncer pytest dev docs verify-redshift bench \
	bench-asof bench-filings bench-maturity bench-serving bench-statements clients lock clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z].*## / {printf "%-39s %s\n", $$1, $$2}' Makefile
demo: .venv/base.lock ## Simulate two weeks, load, build, test and show where to look
	@$(BIN)/warehouse demo
test: lint ## Run all checks
	@$(MAKE) --jobs 2 --output-sync=target parse docs-coverage bouncer clients
	@$(MAKE) pytest
lint parse docs-coverage bouncer clients pytest: .venv/dev.lock ## Run one check
	@.ci/check $@
bouncer clients: .venv-bouncer/bouncer.lock .venv-clients/clients.lock
dev: .venv/orchestrate.lock ## Open Dagster on http://127.0.0.1:3000
	@mkdir -p $(DAGSTER_HOME) && cp dagster.yaml $(DAGSTER_HOME)
	@$(BIN)/dagster dev --host 127.0.0.1
verify-redshift: .venv/dev.lock ## Build all on an emulated Redshift and compare with DuckDB
	@$(BIN)/python -m tests.redshift.verification
docs: .venv/base.lock ## Write the models' documentation to target/static_index.html
	@$(BIN)/dbt docs generate --static
bench: .venv/dev.lock ## Compare load and build with hand-written SQL (BETS=1000000)
	@$(BIN)/python -m tests.bench $(BETS)
bench-asof bench-filings bench-maturity bench-serving bench-statements: .venv/dev.lock ## Run one other measurement
	@$(BIN)/python -m tests.bench.$(@:bench-%=%)
lock: ## Resolve requirements/*.in anew (needs network)
	@.ci/lock
clean: ## Remove the environments and all that was built, .warehouse included
	rm -rf .venv .venv-* .warehouse target logs

.venv/%.lock: requirements/%.txt pyproject.toml
	@.ci/install .venv $*
	@$(BIN)/pip install -q --no-deps --no-build-isolation --editable . && touch $@
.venv-bouncer/%.lock .venv-clients/%.lock: requirements/%.txt
	@.ci/install $(@D) $* && touch $@
