#!/usr/bin/env bash
# Programs at random, by interleave and by shuttle (tools/interleave_peers/tests/fuzz.rs), and litmus tests at random
# against the axioms of C++20 (tools/interleave_std/tests/litmus). Many more than in the gate; the same ones every time.
#
#   bash ci/fuzz.sh            10,000 of each: half an hour
#   FUZZ_CASES=500 bash ci/fuzz.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export FUZZ_CASES="${FUZZ_CASES:-10000}"
export LITMUS_CASES="$FUZZ_CASES"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

mkdir -p "$CARGO_TARGET_DIR"

summary() { grep -E '^(Tally|[0-9]+ programs)|panicked|FAILED|minimal' || true; }
run() { "$@" -- --nocapture 2>&1 | tee "$CARGO_TARGET_DIR/fuzz.log" | summary; return "${PIPESTATUS[0]}"; }

run cargo test --quiet --locked --package interleave_std --test litmus programs_at_random
export CARGO_TARGET_DIR="$CARGO_TARGET_DIR/peers"
mkdir -p "$CARGO_TARGET_DIR"
run cargo test --quiet --locked --manifest-path tools/interleave_peers/Cargo.toml --test fuzz
