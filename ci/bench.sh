#!/usr/bin/env bash
# Prints how long building and rebuilding take, and what pages transfer, beside stock mdBook 0.5.4 on the same text in the same run. Medians and
# ratios: a machine is noisy, and no test measures time.
#
#   bash ci/bench.sh            five rounds each (about a quarter of an hour, most of it cold builds)
#   bash ci/bench.sh --rounds 1
#   bash ci/bench.sh site rebuild scale cold page    some of them
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/target/tools/bin:$PATH"
command -v mdbook > /dev/null || { echo 'ci/bench.sh: run ci/install.sh first, for stock mdBook' >&2; exit 1; }
cargo build --quiet --locked --package book --package mdbook-listing
exec python3 ci/bench.py "$@"
