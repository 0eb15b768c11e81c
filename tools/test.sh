#!/bin/bash
# Every test there is, all suites even when one fails. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

LOG=$(mktemp -d)
trap 'rm -rf "$LOG"' EXIT
PASSED=0
FAILED=0

# Runs a command: its output goes to the log too, and its status and the seconds that it took beside
# it.
run() { # run SUITE COMMAND...
  local name=$1 start=$SECONDS
  shift
  "$@" 2>&1 | tee "$LOG/$name"
  echo "${PIPESTATUS[0]} $((SECONDS - start))" > "$LOG/$name.ended"
}

# Counts what a suite's log says. A suite that fails without naming a failed test (it did not
# compile, say) counts as one failure; one that succeeds without a test is one too: nothing is not a
# success.
count() { # count SUITE PATTERN_OF_PASSED PATTERN_OF_FAILED
  local name=$1 passed failed status seconds
  passed=$(sed -n "$2" "$LOG/$name" | awk '{ sum += $1 } END { print sum + 0 }')
  failed=$(sed -n "$3" "$LOG/$name" | awk '{ sum += $1 } END { print sum + 0 }')
  read -r status seconds < "$LOG/$name.ended" || { status=1; seconds=0; }
  [ "$status" = 0 ] || [ "$failed" != 0 ] || failed=1
  if [ "$status" = 0 ] && [ "$passed" = 0 ]; then
    echo "$name: no test ran"
    failed=1
  fi
  echo "== $name: $passed passed, $failed failed, $seconds s"
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
}

count_rust() { count "$1" 's/^test result: .* \([0-9]*\) passed;.*/\1/p' 's/^test result: .* \([0-9]*\) failed;.*/\1/p'; }

# These test targets. All packages are selected whatever the targets, so that nothing is compiled
# twice.
cargo_tests() { # cargo_tests TARGET...
  # shellcheck disable=SC2046 # one argument a word
  cargo test --workspace --no-fail-fast $(printf -- '--test %s ' "$@")
}

# All of cargo's tests but those of these targets.
cargo_tests_without() { # cargo_tests_without TARGET...
  local targets status=0
  targets=$(cargo metadata --no-deps --format-version 1 | node -e '
    const { packages } = JSON.parse(require("fs").readFileSync(0));
    const targets = packages.flatMap((p) => p.targets);
    const names = targets.filter((t) => t.kind.includes("test")).map((t) => t.name);
    console.log([...new Set(names)].filter((name) => !process.argv.includes(name)).map((name) => `--test ${name}`).join(" "));
  ' "$@") || return 1
  # shellcheck disable=SC2086 # one argument a word
  cargo test --workspace --no-fail-fast --lib --bins $targets || status=1
  cargo test --workspace --no-fail-fast --doc || status=1
  return $status
}

# Derived files are what their generators write. One test.
derived() {
  local before after kind
  before=$(git status --porcelain -- tests/vectors circuits idls contracts/abi; git diff -- tests/vectors circuits idls contracts/abi)
  # The one that is built already: `cargo xtask` would compile it again for its own selection of
  # packages.
  for kind in generate idl abi; do
    "${CARGO_TARGET_DIR:-target}/debug/xtask" "$kind" || return 1
  done
  after=$(git status --porcelain -- tests/vectors circuits idls contracts/abi; git diff -- tests/vectors circuits idls contracts/abi)
  [ "$before" = "$after" ] || { git --no-pager diff --stat; echo "1 failed: a committed file is not what its generator writes"; return 1; }
  echo "1 passed: vectors, circuits, IDL and ABI are what their generators write"
}

# The end-to-end tests run binaries; with the tests' own selection of features nothing is compiled
# twice.
cargo build --workspace --bins --tests || { echo "0 passed, 1 failed"; exit 1; }

echo "== contracts"
run contracts npm run --silent test
count contracts 's/^Ran .* test suites.*: \([0-9]*\) tests passed.*/\1/p' 's/^Ran .* test suites.* \([0-9]*\) failed.*/\1/p'

# Many tests wait for a chain, or have one thread: beside them those of the prover take what is left
# of the machine. The three end at about the same time.
PROVER=(argument proof)
RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))} run end-to-end cargo_tests both_chains > /dev/null &
run prover cargo_tests "${PROVER[@]}" > /dev/null &
echo "== rust"
run rust cargo_tests_without both_chains "${PROVER[@]}"
count_rust rust
wait
for name in prover end-to-end; do
  echo "== $name"
  cat "$LOG/$name"
  count_rust "$name"
done

echo "== derived"
run derived derived
count derived 's/^\([0-9]*\) passed:.*/\1/p' 's/^\([0-9]*\) failed:.*/\1/p'

echo
echo "$PASSED passed, $FAILED failed"
[ "$FAILED" = 0 ]
