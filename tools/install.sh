#!/bin/bash
# Looks for what the build needs and installs what is missing: Debian packages (as root) and npm
# packages (in node_modules).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
THIS_MACHINE=.cargo/this-machine.toml

fail() { echo "install: $*" >&2; exit 1; }

command -v cargo >/dev/null || fail "cargo is missing: install Rust 1.95 or newer"
WANTED=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
FOUND=$(rustc --version | cut -d' ' -f2)
[ "$(printf '%s\n%s\n' "$WANTED" "$FOUND" | sort -V | head -1)" = "$WANTED" ] || fail "Rust $WANTED or newer is needed, found $FOUND"
command -v npm >/dev/null || fail "npm is missing: install Node.js 20 or newer"

MISSING=()
for COMMAND in g++ jq python3; do
  command -v "$COMMAND" >/dev/null || MISSING+=("$COMMAND")
done
pkg-config --exists openssl 2>/dev/null || MISSING+=(pkg-config libssl-dev)
if [ ${#MISSING[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "missing: ${MISSING[*]}; on Debian: apt-get install ${MISSING[*]}"
  echo "install: ${MISSING[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${MISSING[@]}" >/dev/null
fi

# Settings of this machine, for cargo. A file that is there is left as it is.
if [ ! -e "$THIS_MACHINE" ]; then
  {
    echo "# Written by tools/install.sh for this machine. Whoever builds for other machines empties this file."
    if [ "$(uname -m)" = x86_64 ]; then
      echo "# The prover is twice as fast with this processor's own instructions."
      echo "[target.'cfg(target_arch = \"x86_64\")']"
      echo 'rustflags = ["-C", "target-cpu=native"]'
    fi
    if pkg-config --exists openssl; then
      echo "# The local Solana node links OpenSSL: the system's, which need not be compiled."
      echo "[env]"
      echo 'OPENSSL_NO_VENDOR = "1"'
    fi
  } > "$THIS_MACHINE"
fi

# npm writes this file last; older than the lock means that the lock has changed.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  echo "install: npm packages"
  npm ci --silent --no-audit --no-fund
fi
