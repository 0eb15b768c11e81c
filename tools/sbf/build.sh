#!/bin/bash
# Builds programs/reserves to Solana bytecode, OUT_DIR/reserves.so, and the example program that
# asks it, lender.so.
#
#   tools/sbf/build.sh [OUT_DIR]        OUT_DIR defaults to ${CARGO_TARGET_DIR:-target}/deploy
#
# Uses `cargo build-sbf` when it is installed; set SBF_FALLBACK=1 to take the way below all the
# same. Without it, the program is compiled by Debian's rustc and LLVM, see README.md. Work that is
# up to date is not done again.
set -euo pipefail

HERE=$(dirname "$(readlink -f "$0")")
ROOT=$(readlink -f "$HERE/../..")
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
OUT=${1:-$TARGET/deploy}
mkdir -p "$TARGET/sbf" "$OUT"
TARGET=$(readlink -f "$TARGET")
OUT=$(readlink -f "$OUT")
WORK=$TARGET/sbf
PROGRAMS=(reserves lender)

step() { echo "sbf: $*"; }
fail() { echo "sbf: $*" >&2; exit 1; }

exec 9>"$WORK/lock"
flock 9

if [ -z "${SBF_FALLBACK:-}" ] && cargo build-sbf --version >/dev/null 2>&1; then
  step "cargo build-sbf"
  # platform-tools' Rust may be older than the one the rest of the workspace asks for.
  for program in "${PROGRAMS[@]}"; do
    CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
      cargo build-sbf --manifest-path "$ROOT/programs/$program/Cargo.toml" --sbf-out-dir "$OUT" -- --ignore-rust-version
  done
  exit
fi

install() { # install REASON PACKAGE...
  local reason=$1
  shift
  command -v apt-get >/dev/null || fail "$reason, and this is not a Debian system: install cargo build-sbf instead"
  [ "$(id -u)" = 0 ] || fail "$reason: run this as root once, or: apt-get install $*"
  step "installing $*"
  [ -n "${APT_UPDATED:-}" ] || { apt-get update -qq && APT_UPDATED=1; }
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || fail "Debian did not install $*"
}
need() { # need FILE_OR_COMMAND PACKAGE
  present() { [ -e "$1" ] || command -v "$1" >/dev/null; }
  present "$1" && return
  install "$1 is missing" "$2"
  present "$1" || fail "the package $2 did not bring $1"
}
newest_std() { find /usr/src -maxdepth 2 -path '/usr/src/rustc-1.*/library' 2>/dev/null | sort -V | tail -1; }

RUSTC=/usr/bin/rustc
if [ ! -x "$RUSTC" ] || [ -z "$(newest_std)" ]; then
  install "Debian's Rust compiler and its library source are missing" rustc-web rust-web-src libstd-rust-web-dev
fi
STD=$(newest_std)
[ -n "$STD" ] || fail "rust-web-src put no library source at /usr/src/rustc-1.*/library"
[ -x "$RUSTC" ] || fail "rustc-web put no compiler at $RUSTC"
RUST_RELEASE=$("$RUSTC" -vV | sed -n 's/^release: //p')
[ "$STD" = "/usr/src/rustc-$RUST_RELEASE/library" ] ||
  fail "the compiler is Rust $RUST_RELEASE but the newest library source is $STD: install the same version of rustc-web and rust-web-src"
LLVM_MAJOR=$("$RUSTC" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
[ -n "$LLVM_MAJOR" ] || fail "$RUSTC -vV does not say which LLVM it uses"
# Bitcode is only readable by the LLVM that wrote it or a newer one; the lowering pass is compiled
# against its headers.
export SBF_LLVM=/usr/lib/llvm-$LLVM_MAJOR/bin
need "$SBF_LLVM/llc" "llvm-$LLVM_MAJOR"
need "$SBF_LLVM/llvm-config" "llvm-$LLVM_MAJOR"
need "/usr/lib/llvm-$LLVM_MAJOR/include/llvm/IR/IRBuilder.h" "llvm-$LLVM_MAJOR-dev"
need g++ g++
need python3 python3

# Cargo does not see the linker script, the pass, the target description or the patched std as
# inputs of the program.
STAMP=$({
  "$RUSTC" -vV
  "$SBF_LLVM/llvm-config" --version
  cat "$HERE"/{link.sh,patch_std.py,lower.cpp,sbpf-solana-solana.json} "$HERE"/linker/{Cargo.lock,src/main.rs}
} | sha256sum | cut -d' ' -f1)
if [ "$(cat "$WORK/stamp" 2>/dev/null)" != "$STAMP" ]; then
  rm -rf "$WORK/stamp" "$WORK/rust-src" "$WORK/program"

  step "lowering pass (LLVM $LLVM_MAJOR)"
  # shellcheck disable=SC2046 # the flags are meant to be split
  g++ -O1 -shared -fPIC $("$SBF_LLVM/llvm-config" --cxxflags) "$HERE/lower.cpp" -o "$WORK/lower.so" ||
    fail "lower.cpp does not compile against LLVM $LLVM_MAJOR: its pass interface has changed"

  step "linker"
  # Unoptimised on purpose: it builds in a third of the time and links in 3 seconds.
  RUSTFLAGS="" CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$WORK/linker" \
    cargo build --quiet --locked --manifest-path "$HERE/linker/Cargo.toml" || fail "the linker does not build"

  step "standard library (Rust $RUST_RELEASE)"
  mkdir -p "$WORK/rust-src"
  cp -a "$STD" "$WORK/rust-src/library"
  python3 "$HERE/patch_std.py" "$WORK/rust-src/library/std/src"
  echo "$STAMP" >"$WORK/stamp"
fi

export SBF_WORK=$WORK
# RUSTFLAGS replaces the flags of .cargo/config.toml: the machine's own instructions must not reach
# build scripts that another compiler version links. Atomics of a single-threaded machine are plain
# loads and stores. File names in panic messages are cut so that the bytecode does not tell where it
# was built.
FLAGS="-Cpasses=lower-atomic -Cpanic=abort --remap-path-prefix=$WORK/rust-src=/rust"
FLAGS+=" --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/registry --remap-path-prefix=$ROOT=/ballast"
for program in "${PROGRAMS[@]}"; do
  step "$program"
  (cd "$ROOT/programs/$program" &&
    RUSTC=$RUSTC RUSTC_BOOTSTRAP=1 RUSTC_BOOTSTRAP_SYNTHETIC_TARGET=1 \
      __CARGO_TESTS_ONLY_SRC_ROOT="$WORK/rust-src/library" \
      CARGO_TARGET_SBPF_SOLANA_SOLANA_LINKER="$HERE/link.sh" \
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_LTO=off \
      RUSTFLAGS=$FLAGS CARGO_TARGET_DIR="$WORK/program" \
      cargo build --lib --release --features sbf-fallback --target "$HERE/sbpf-solana-solana.json" \
      -Zjson-target-spec -Zbuild-std=std,panic_abort)
  BUILT=$WORK/program/sbpf-solana-solana/release/$program.so
  [ -s "$BUILT" ] || fail "cargo reported success but $BUILT does not exist"
  # Whoever reads the file meanwhile sees the old one or the new one.
  cmp -s "$BUILT" "$OUT/$program.so" || { cp "$BUILT" "$OUT/$program.so.new" && mv "$OUT/$program.so.new" "$OUT/$program.so"; }
  step "$OUT/$program.so, $(stat -c %s "$OUT/$program.so") bytes"
done
