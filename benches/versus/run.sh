#!/usr/bin/env bash
# Builds what a workload needs and measures it: run.sh WORKLOAD [OPTION...]. The results: $RONDEL_CACHE/versus.
# RONDEL_TEST_BINARY and RONDEL_TEST_CLUSTER name ready-built programs (rondel, the Kubernetes simulator).
set -euo pipefail
. "$(dirname "$0")/../../tests/support/common.sh"
cd "$ROOT"
workload=${1:-webserver}
if [ $# -gt 0 ]; then shift; fi
if [[ " $* " == *" --help "* ]]; then RONDEL_TEST_BINARY=none RONDEL_TEST_CLUSTER=none; fi
if [ -z "${RONDEL_TEST_BINARY:-}" ]; then
  command -v cc >/dev/null || apt_install "a C compiler" gcc libc6-dev
  say "rondel (release build; some minutes the first time)"
  cargo build --release --locked --bin rondel
  RONDEL_TEST_BINARY=$CARGO_TARGET_DIR/release/rondel
fi
if [ "$workload" = jobs ] && [[ " $* " != *" --kubeconfig"* ]]; then
  if [ -z "${RONDEL_TEST_CLUSTER:-}" ]; then
    say "the Kubernetes simulator"
    cargo build --release --locked -p rondel-kubernetes-simulator --example cluster
    RONDEL_TEST_CLUSTER=$CARGO_TARGET_DIR/release/examples/cluster
  fi
  set -- --cluster "$RONDEL_TEST_CLUSTER" "$@"
fi
# The interpreter is known only inside.
# shellcheck disable=SC2016
exec tests/support/with-services.sh bash -c 'exec "$RONDEL_TEST_PYTHON" benches/versus "$@"' versus \
  "$workload" --rondel "$RONDEL_TEST_BINARY" --out "$RONDEL_CACHE/versus" "$@"
