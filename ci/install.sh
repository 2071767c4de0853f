#!/usr/bin/env bash
# Installs what ci/check.sh needs beside Rust: for Debian and Ubuntu. Everything that is not a system package goes below
# target/ or ci/browser/node_modules. On another system, install what `ci/check.sh` says is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
# As ci/check.sh looks for them.
export PATH="$PWD/target/tools/bin:$PWD/target/tools/python/bin:$PATH"

typos=1.52.0
# The same version as the one that builds the book.
mdbook=0.5.4

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
python3 -c 'import ensurepip' 2> /dev/null || missing+=(python3 python3-venv)
command -v node > /dev/null || missing+=(nodejs npm)
command -v java > /dev/null || missing+=(default-jre-headless)
command -v chromium > /dev/null || command -v google-chrome > /dev/null || missing+=(chromium)
if [ ${#missing[@]} -gt 0 ]; then
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" > /dev/null
fi

# Some releases of Debian and Ubuntu have an older one.
node_version=$(node --version)
major=${node_version#v}
major=${major%%.*}
[ "$major" -ge 20 ] || {
  echo "ci/install.sh: this is Node.js $node_version: install 20 or newer, from https://nodejs.org" >&2
  exit 1
}

# Whether a program says that it is of this version.
is() { [ "$("$1" --version 2> /dev/null)" = "$2" ]; }

# Spelling: a program that ships inside a Python package.
is typos "typos-cli $typos" || {
  python3 -m venv target/tools/python
  target/tools/python/bin/pip install --quiet --disable-pip-version-check "typos==$typos"
}

# Stock mdBook, to compare with.
is mdbook "mdbook v$mdbook" || CARGO_TARGET_DIR=target/tools/build \
  cargo install --quiet --locked --force --version "$mdbook" --root target/tools mdbook

(cd ci/browser && npm ci --silent --no-audit --no-fund)
