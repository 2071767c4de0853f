#!/usr/bin/env bash
# Installs what ci/check.sh needs beside Rust: for Debian and Ubuntu. Everything that is not a system package goes below
# target/ or ci/browser/node_modules. On another system, install what `ci/check.sh` says is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
command -v python3 > /dev/null || missing+=(python3 python3-venv)
command -v node > /dev/null || missing+=(nodejs npm)
command -v java > /dev/null || missing+=(default-jre-headless)
command -v chromium > /dev/null || command -v google-chrome > /dev/null || missing+=(chromium)
if [ ${#missing[@]} -gt 0 ]; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" > /dev/null
fi

# Spelling: a program that ships inside a Python package.
[ -x target/tools/python/bin/typos ] || {
  python3 -m venv target/tools/python
  target/tools/python/bin/pip install --quiet --disable-pip-version-check typos==1.52.0
}

# Stock mdBook, to compare with: the same version as the one that builds the book.
[ -x target/tools/bin/mdbook ] || CARGO_TARGET_DIR=target/tools/build \
  cargo install --quiet --locked --version 0.5.4 --root target/tools mdbook

(cd ci/browser && npm ci --silent --no-audit --no-fund)
