#!/bin/bash
# Fuzzes every decoder that faces strangers: tools/fuzz.sh [SECONDS A TARGET, 60] [TARGET...]
#
# Fails when a decoder panics, hangs or takes too much memory, and says which file holds the input.
# Seeds are those of tests/decoders; what the fuzzer learns stays in fuzz/corpus and is begun from
# the next time.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

SECONDS_EACH=${1:-60}
[ $# = 0 ] || shift

command -v cargo-fuzz > /dev/null || cargo install cargo-fuzz --locked

# With the tests' own selection of features nothing is compiled twice.
cargo build --workspace --bin seeds
mapfile -t TARGETS < <("${CARGO_TARGET_DIR:-target}/debug/seeds" fuzz/corpus)
[ $# = 0 ] || TARGETS=("$@")

# The fuzzer is built with what the workspace is built with, where both need it.
cp Cargo.lock fuzz/Cargo.lock
# Its instrumentation is the compiler's own, which a stable one hides.
export RUSTC_BOOTSTRAP=1
cargo fuzz build --fuzz-dir fuzz

RAN=0
FAILED=()
for target in "${TARGETS[@]}"; do
  echo "== $target: $SECONDS_EACH s"
  if cargo fuzz run --fuzz-dir fuzz "$target" "fuzz/corpus/$target" -- \
    -max_total_time="$SECONDS_EACH" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1; then
    RAN=$((RAN + 1))
  else
    FAILED+=("$target")
  fi
done

echo
for target in "${FAILED[@]}"; do
  echo "$target failed; the input is the newest of:"
  find "fuzz/artifacts/$target" -type f -printf '  %p\n' 2> /dev/null || echo "  none: see above"
done
echo "$RAN of ${#TARGETS[@]} targets without a finding"
[ "$RAN" -gt 0 ] && [ ${#FAILED[@]} = 0 ]
