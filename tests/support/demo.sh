#!/usr/bin/env bash
# make demo: from a fresh clone to a running quickstart. Usage: demo.sh [PORT]
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT"
port=${1:-3000}

command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs (1.94 or newer)"
command -v cc >/dev/null || apt_install "a C compiler" gcc libc6-dev

say "1/3 web UI"
tests/support/web-build.sh
say "2/3 rondel (release build; some minutes the first time)"
cargo build --release --locked --bin rondel
say "3/3 Python environment for the user code"
python=$(python_env venv-demo "dagster==$DAGSTER_VERSION")

say "starting: http://127.0.0.1:$port (stop with Ctrl-C)"
export PATH="$(dirname "$python"):$PATH" DAGSTER_DISABLE_TELEMETRY=yes
exec "$CARGO_TARGET_DIR/release/rondel" dev -f examples/quickstart/definitions.py --port "$port"
