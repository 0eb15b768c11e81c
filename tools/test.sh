#!/bin/bash
# Every test there is, one suite after the other, all of them even when one fails. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

LOG=$(mktemp -d)
trap 'rm -rf "$LOG"' EXIT
PASSED=0
FAILED=0

# A suite that fails without naming a failed test (it did not compile, say) counts as one failure; one that
# succeeds without a test is one too: nothing is not a success.
suite() { # suite NAME PATTERN_OF_PASSED PATTERN_OF_FAILED COMMAND...
  local name=$1 passed_pattern=$2 failed_pattern=$3 status passed failed start=$SECONDS
  shift 3
  echo "== $name"
  "$@" 2>&1 | tee "$LOG/$name"
  status=${PIPESTATUS[0]}
  passed=$(sed -n "$passed_pattern" "$LOG/$name" | awk '{ sum += $1 } END { print sum + 0 }')
  failed=$(sed -n "$failed_pattern" "$LOG/$name" | awk '{ sum += $1 } END { print sum + 0 }')
  [ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
  if [ "$status" = 0 ] && [ "$passed" = 0 ]; then
    echo "$name: no test ran"
    failed=1
  fi
  echo "== $name: $passed passed, $failed failed, $((SECONDS - start)) s"
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
}

# Derived files are what their generators write. One test.
derived() {
  local before after
  before=$(git status --porcelain -- tests/vectors circuits idls contracts/abi; git diff -- tests/vectors circuits idls contracts/abi)
  cargo xtask generate && cargo xtask idl && cargo xtask abi || return 1
  after=$(git status --porcelain -- tests/vectors circuits idls contracts/abi; git diff -- tests/vectors circuits idls contracts/abi)
  [ "$before" = "$after" ] || { git --no-pager diff --stat; echo "1 failed: a committed file is not what its generator writes"; return 1; }
  echo "1 passed: vectors, circuits, IDL and ABI are what their generators write"
}

# Many tests wait for a chain: while they do, others compute.
export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))}

# The end-to-end tests run binaries; with the tests' own selection of features nothing is compiled twice.
cargo build --workspace --exclude localnet --bins --tests || { echo "0 passed, 1 failed"; exit 1; }

suite contracts 's/^Ran .* test suites.*: \([0-9]*\) tests passed.*/\1/p' 's/^Ran .* test suites.* \([0-9]*\) failed.*/\1/p' \
  npm run --silent test
suite rust 's/^test result: .* \([0-9]*\) passed;.*/\1/p' 's/^test result: .* \([0-9]*\) failed;.*/\1/p' \
  cargo test --workspace --exclude localnet --no-fail-fast
suite derived 's/^\([0-9]*\) passed:.*/\1/p' 's/^\([0-9]*\) failed:.*/\1/p' derived

echo
echo "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
