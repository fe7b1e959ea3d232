#!/usr/bin/env bash
# make test: everything. Each stage says how long it took.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"
stage() {
  local name=$1 start=$SECONDS; shift
  say "$name"
  "$@"
  say "$name: $((SECONDS - start)) s"
}
command -v cc >/dev/null || apt_install "a C compiler" gcc libc6-dev
stage "web UI: build" tests/support/web-build.sh
stage "web UI: lint, types, unit tests" make --no-print-directory web-check
stage "format" make --no-print-directory fmt
stage "tests (unit, contract, integration, compatibility)" tests/support/with-services.sh \
  python3 tests/support/cargo_test.py --workspace --locked
stage "browser walk" tests/support/with-services.sh tests/support/e2e.sh
stage "Helm charts" tests/helm/run.sh
stage "release build" cargo build --release --locked --bin rondel
stage "budgets of the release build" env RONDEL_TEST_BINARY="$CARGO_TARGET_DIR/release/rondel" tests/support/with-services.sh \
  cargo test --workspace --locked --test integration budgets -- --nocapture
stage "lints" make --no-print-directory clippy
say "all tests passed in $SECONDS s"
