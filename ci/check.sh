#!/usr/bin/env bash
# The whole gate. Each step prints its name; the first that fails ends the gate. What cannot run here is a failure here:
# ci/install.sh installs what is missing.
#
#   bash ci/check.sh          all steps
#   bash ci/check.sh STEP...  some: fmt clippy test peers doc spelling deny stock browser
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/target/tools/bin:$PWD/target/tools/python/bin:$PATH"

# A skipped test is a failed one.
export BOOK_NO_SKIP=1
# Records are compared with the pinned compiler's; the environment must not choose another.
unset RUSTUP_TOOLCHAIN

need() {
  command -v "$1" > /dev/null || {
    echo "ci/check.sh: \`$1\` is missing: $2" >&2
    exit 1
  }
}

fmt() { cargo fmt --all --check; }

clippy() { cargo clippy --quiet --locked --workspace --all-targets -- --deny warnings; }

# The test command as README.md gives it, which would mend a Cargo.lock that lacks something.
test_all() {
  local command lock
  command=$(sed -n 's/^\$ \(cargo test.*\)$/\1/p' README.md | head -n 1)
  [ -n "$command" ] || { echo 'README.md has no line "$ cargo test"' >&2; exit 1; }
  lock=$(cat Cargo.lock)
  $command
  [ "$lock" = "$(cat Cargo.lock)" ] || {
    echo "ci/check.sh: \`$command\` changed Cargo.lock: commit what it is now" >&2
    exit 1
  }
}

# The explorer beside shuttle and loom: a package that is no member of the workspace.
peers() (
  package=(--manifest-path tools/interleave_peers/Cargo.toml)
  export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/peers"
  cargo fmt "${package[@]}" --check
  cargo clippy --quiet --locked "${package[@]}" --all-targets -- --deny warnings
  cargo test --quiet --locked "${package[@]}"
)

doc() { RUSTDOCFLAGS='--deny warnings' cargo doc --quiet --locked --workspace --no-deps; }

spelling() {
  need typos 'run ci/install.sh, or install typos'
  typos --config ci/typos.toml
}

# Crates that must not come in, each with the reason: ci/deny.txt.
deny() {
  local name reason found=0
  while IFS=' ' read -r name reason; do
    case "$name" in '' | '#'*) continue ;; esac
    if grep -qx "name = \"$name\"" Cargo.lock; then
      echo "Cargo.lock has $name: $reason (cargo tree --invert $name)" >&2
      found=1
    fi
  done < ci/deny.txt
  return "$found"
}

# Stock mdBook, with the preprocessors as programs, writes the same bytes as `cargo book build`.
stock() {
  need mdbook 'run ci/install.sh, or cargo install mdbook --version 0.5.4 --locked'
  cargo book build > /dev/null
  rm -rf target/stock
  mdbook build --dest-dir "$PWD/target/stock"
  diff --recursive target/html target/stock
}

browser() {
  need node 'install Node.js 20 or newer'
  [ -d ci/browser/node_modules ] || { echo 'ci/check.sh: run `npm ci` in ci/browser' >&2; exit 1; }
  cargo book build > /dev/null
  (cd ci/browser && npm run --silent check)
}

steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(fmt clippy test peers doc spelling deny stock browser)
for step in "${steps[@]}"; do
  echo "== $step"
  case "$step" in
    fmt | clippy | peers | doc | spelling | deny | stock | browser) "$step" ;;
    test) test_all ;;
    *)
      echo "ci/check.sh: no step \"$step\": fmt clippy test peers doc spelling deny stock browser" >&2
      exit 2
      ;;
  esac
done
echo "ci/check.sh: ${#steps[@]} steps passed: ${steps[*]}"
