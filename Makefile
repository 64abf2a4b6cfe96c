# The familiar verbs. Each is one line over `./dev`, which installs what is missing and runs nox.

NOX := ./dev nox

.DEFAULT_GOAL := help
.PHONY: help install install-quick build dev-build test test-python test-rust test-js test-browser \
	lint format check start start-bg stop demo bench docs clean

help: ## List these verbs
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

install: ## Make .venv with all packages, editable, native modules in release mode
	$(NOX) -s dev

install-quick: ## The same with native modules in debug mode: compiles faster, runs slower
	$(NOX) -s dev -- --debug

build: ## Build all wheels into dist/wheels
	$(NOX) -s build

dev-build: ## Compile the native modules of .venv again, in debug mode
	$(NOX) -s native

test: ## Run everything that CI runs
	./dev test

test-python: ## Run the Python tests of all packages on every Python found
	$(NOX) -t python

test-rust: ## Run the Rust tests
	$(NOX) -s rust

test-js: ## Run the tests of the browser client's modules
	$(NOX) -s js client

test-browser: ## Run the tests in Chromium
	$(NOX) -s browser

lint: ## Run every static check
	$(NOX) -s lint versions

format: ## Format Python and Rust
	$(NOX) -s format

check: ## Run what CI runs
	./dev test

start: ## Serve the demo on port 8002, starting again when a file changes
	./dev demo --reload

start-bg: ## Serve the demo in the background
	./dev demo --background

stop: ## Stop the demo in the background
	./dev stop

demo: ## Build and serve the demo
	./dev demo

bench: ## Run the benchmarks
	$(NOX) -s bench

docs: ## Build and check the documentation
	$(NOX) -s docs

clean: ## Remove everything that was built, but not .venv
	rm -rf target dist .nox .run .tools node_modules docs/_build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
