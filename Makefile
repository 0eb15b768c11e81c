# Two commands: `make demo` and `make test`. Both install what is missing.
.PHONY: demo test bytecode contracts localnet install generate check

TARGET := $(or $(CARGO_TARGET_DIR),target)

demo: bytecode contracts localnet
	cargo build --package ballast-cli --package ballast-e2e --bins
	$(TARGET)/debug/demo

test: bytecode contracts localnet
	tools/test.sh

# What both need. Each is a matter of seconds when nothing changed.
bytecode: install
	tools/sbf/build.sh

contracts: install
	npm run --silent build

localnet: install
	cargo build --package localnet

install:
	tools/install.sh

# Everything that is committed but derived.
generate: contracts
	cargo xtask generate
	cargo xtask idl
	cargo xtask abi

check:
	cargo fmt --all --check
	cargo clippy --workspace --exclude localnet --all-targets -- --deny warnings
