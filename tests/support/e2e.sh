#!/usr/bin/env bash
# The browser walk: real Chromium against a real `rondel dev` of the quickstart. Runs inside with-services.sh.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"
if ! command -v chromium >/dev/null && [ -z "${CHROMIUM:-}" ]; then apt_install Chromium chromium; fi
cargo build --locked --bin rondel
export RONDEL_BIN=${RONDEL_BIN:-$CARGO_TARGET_DIR/debug/rondel}
export PATH="$(dirname "$RONDEL_TEST_PYTHON"):$PATH"
cd web && npm run e2e
