#!/bin/bash
# Looks for what the build needs and installs what is missing: Debian packages (as root) and npm packages (in node_modules).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

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
if [ ${#MISSING[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "missing: ${MISSING[*]}; on Debian: apt-get install ${MISSING[*]}"
  echo "install: ${MISSING[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${MISSING[@]}" >/dev/null
fi

# npm writes this file last; older than the lock means that the lock has changed.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  echo "install: npm packages"
  npm ci --silent --no-audit --no-fund
fi
