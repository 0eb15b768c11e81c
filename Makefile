# What can be done here; `make help` lists it. Every target installs what it needs and is missing.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench fuzz deny docs generate bytecode contracts install

TARGET := $(or $(CARGO_TARGET_DIR),target)
# Cargo compiles a dependency once for each set of features that the selected packages ask of it. Whatever is built here,
# the selection is the whole workspace, so that every dependency is compiled once.
WORKSPACE := --workspace

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: bytecode contracts ## both chains on this machine: deploy, prove, post, read back
	cargo build $(WORKSPACE) --bins
	$(TARGET)/debug/demo

test: bytecode contracts ## every test; ends with "N passed, N failed"
	tools/test.sh

check: install ## formatting, lints and links of Rust, Solidity and Markdown, warnings are errors
	cargo fmt --all --check
	npm run --silent format:check
	tools/docs.py
	cargo clippy $(WORKSPACE) --all-targets -- --deny warnings

bench: install ## what a proof costs on this machine, phase by phase
	cargo build $(WORKSPACE) --bins
	$(TARGET)/debug/ballast bench --depth 7

fuzz: install ## every decoder that faces strangers, a minute each (SECONDS_EACH=N for N seconds)
	tools/fuzz.sh $(or $(SECONDS_EACH),60)

deny: ## licences, sources and banned packages of all dependencies
	tools/deny.sh

docs: install ## the API's documentation, warnings are errors
	RUSTDOCFLAGS="--deny warnings --allow rustdoc::private_intra_doc_links" cargo doc $(WORKSPACE) --no-deps

generate: contracts ## everything that is committed but derived
	cargo build $(WORKSPACE) --bins
	$(TARGET)/debug/xtask generate
	$(TARGET)/debug/xtask idl
	$(TARGET)/debug/xtask abi

# What demo and test both need. Each is a matter of seconds when nothing changed.
bytecode: install
	tools/sbf/build.sh

contracts: install
	npm run --silent build

install:
	tools/install.sh
