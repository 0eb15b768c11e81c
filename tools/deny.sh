#!/bin/bash
# Holds all dependencies against deny.toml: bans, sources and licences. Advisories need their
# database, which is downloaded: `tools/deny.sh advisories` where the network allows it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

VERSION=0.20.2
[ "$(cargo deny --version 2>/dev/null)" = "cargo-deny $VERSION" ] || cargo install --quiet --locked --debug "cargo-deny@$VERSION"
if [ $# = 0 ]; then
  set -- bans sources licenses
fi
cargo deny check "$@"
