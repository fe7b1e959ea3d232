# The two commands of the README, and those that a developer uses between them.
#   make demo    build everything and run the quickstart at http://127.0.0.1:3000
#   make test    every test of the project (what CI runs)
#   make check   the fast inner loop: format, lints, unit tests
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Compiled dependencies and Python environments are kept here, so that they survive between clones.
RONDEL_CACHE ?= $(HOME)/.cache/rondel
export RONDEL_CACHE
export CARGO_TARGET_DIR ?= $(RONDEL_CACHE)/target

PORT ?= 3000

.PHONY: help demo test check web web-check e2e fmt clippy unit integration compat schema clean
.PHONY: bench-versus bench-daemons bench-assets bench-jobs

help:
	@sed -n '2,4s/^# //p' Makefile

demo: ## build (release) with the web UI, make a Python environment, run the quickstart
	tests/support/demo.sh $(PORT)

test:
	tests/support/test-all.sh

check: fmt clippy unit

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets --locked -- -D warnings

unit:
	cargo test --workspace --lib --locked

# Needs PostgreSQL and Python: the script starts and prepares both.
integration:
	tests/support/with-services.sh cargo test --workspace --locked

# Dagster's own test suites against this binary, e.g. make compat ARGS='graphql -k runs_feed'; see tests/compat/README.md.
compat:
	tests/compat/run.sh $(ARGS)

# Rondel beside Dagster, measured turn by turn: make bench-versus [WORKLOAD=daemons] [ARGS='--pairs 1']; see benches/README.md.
WORKLOAD ?= webserver
bench-versus:
	benches/versus/run.sh $(WORKLOAD) $(ARGS)

bench-daemons bench-assets bench-jobs: bench-%:
	benches/versus/run.sh $* $(ARGS)

web:
	tests/support/web-build.sh

web-check:
	cd web && npm run check

e2e: web
	tests/support/with-services.sh tests/support/e2e.sh

# GraphQL schema and the TypeScript types made from it; run after changing crates/graphql.
schema:
	cargo run --quiet --locked --bin rondel -- graphql schema > web/schema.graphql
	cd web && npm run codegen

clean:
	rm -rf web/dist web/node_modules
