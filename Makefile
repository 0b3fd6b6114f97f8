# Everything people run. The work is in scripts/ and tests/.
.DEFAULT_GOAL := help
.PHONY: help deps build generate lint test e2e faults model fuzz bench demo demo-down clean

help: ## Say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

deps: ## Check for prerequisites (Debian's packages are installed) and fetch linters and npm packages
	@scripts/prerequisites && scripts/tools >/dev/null && scripts/npm-deps

build: ## Build the workspace
	cargo build --workspace --all-targets --locked

generate: ## Write crds/, the chart's copy, the JSON Schema and the reference from the code
	@scripts/generate

lint: ## Check format, lints, licences, shell, YAML, the chart and generated files
	@scripts/lint

test: ## Run every test; those with pods where root is to be had
	@scripts/test

e2e: ## Run the tests with pods on a dev cluster
	@scripts/e2e

faults: ## Tell every story of the operator's life with every fault (hours; FAULTS_SEED, FAULTS_PART, FAULTS_ONLY)
	@scripts/faults

model: ## Check the model of the whole within far bounds (an hour; MODEL_ONLY)
	@scripts/model

fuzz: ## Fuzz the parser and the planner for a bounded time (FUZZ_SECONDS, 60 for each)
	@scripts/fuzz

bench: ## Print figures, each beside its floor; with the demo up, those with pods too
	@scripts/bench

demo: ## Show the product at work on a real cluster with a simulated GitHub; it stays up
	@scripts/demo

demo-down: ## Remove all that `make demo` made
	@scripts/environment down

clean: ## Take the dev cluster down and remove build output (the cache stays)
	@scripts/clean
