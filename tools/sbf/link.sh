#!/bin/bash
# What rustc calls as its linker for the target sbpf-solana-solana. The objects are LLVM bitcode:
# they are joined and optimised as a whole, lowered to what sBPF can express (lower.cpp), compiled,
# and relinked to the loader's ELF layout. From build.sh: SBF_LLVM is the folder of LLVM's programs,
# SBF_WORK holds the compiled pass and the linker.
set -euo pipefail
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

inputs=()
output=
while [ $# -gt 0 ]; do
  case "$1" in
    -o) output=$2; shift ;;
    --export-symbols | -L | --cpu) shift ;;
    */symbols.o) ;;
    *.o) inputs+=("$1") ;;
    *.rlib)
      members=$WORK/$(basename "$1")
      mkdir -p "$members"
      (cd "$members" && "$SBF_LLVM/llvm-ar" x "$1" && rm -f lib.rmeta)
      for object in "$members"/*.o; do [ -e "$object" ] && inputs+=("$object"); done ;;
  esac
  shift
done

# Calls to these appear only when instructions are lowered: the first clean-up must not drop them as
# unused.
RUNTIME=memcmp,bcmp
RUNTIME+=,__sbf_udiv128,__sbf_urem128,__sbf_sdiv128,__sbf_srem128,__sbf_umulo128,__sbf_smulo128
RUNTIME+=,__adddf3,__subdf3,__muldf3,__divdf3,__floatundidf,__floatdidf,__fixunsdfdi,__fixdfdi
RUNTIME+=,__gedf2,__gtdf2,__ledf2,__ltdf2,__eqdf2,__nedf2,__unorddf2

# What others look for in the program: its entry, and where to report a vulnerability (read by
# explorers).
KEPT=entrypoint,SECURITY_TXT

"$SBF_LLVM/llvm-link" "${inputs[@]}" -o "$WORK/linked.bc"
"$SBF_LLVM/opt" -passes='internalize,globaldce,lto<O3>' --internalize-public-api-list="$KEPT,$RUNTIME" \
  "$WORK/linked.bc" -o "$WORK/optimised.bc"
"$SBF_LLVM/opt" -load-pass-plugin="$SBF_WORK/lower.so" --internalize-public-api-list="$KEPT" \
  -passes='sbf-lower,internalize,globaldce,function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg),sbf-lower,globaldce' \
  "$WORK/optimised.bc" -o "$WORK/lowered.bc"
# A frame over 4 KiB is an error here, not a fault on chain.
"$SBF_LLVM/llc" -march=bpfel -mcpu=v2 -mattr=+allows-misaligned-mem-access -O3 -bpf-stack-size=4096 \
  --bpf-disable-trap-unreachable -filetype=obj "$WORK/lowered.bc" -o "$WORK/lowered.o"
"$SBF_WORK/linker/debug/sbf-linker" "$WORK/lowered.o" "$output"
# What each function takes can only be read here: `readelf -sW` lists sizes, the program has no
# symbols.
[ -z "${SBF_OBJECTS:-}" ] || cp "$WORK/lowered.o" "$SBF_OBJECTS/$(basename "$output" .so).o"
