#!/usr/bin/env bash
# Dagster's own test suites against the rondel binary, and random comparisons. See README.md in this folder.
#
#   run.sh [OPTIONS] [graphql|graphql-postgres|daemon|staleness]... [-- PYTEST ARGUMENTS]
#
#   --binary FILE     the program under test                     [RONDEL_BIN, else it is built]
#   --server COMMAND  graphql: another server; {port} and {workspace} are filled in
#   --tick COMMAND    daemon: another program that makes single iterations
#   --worlds N        staleness: random worlds of each process   [10]
#   --all             also the tests of unattainable.txt
#   --module PATH     only this file or folder of the suite (may be repeated), as dagster_tests/scheduler_tests
#   -k EXPRESSION     only tests whose name matches, as pytest has it
#   --shards N        processes at the same time                 [2]
#   --timeout S       for one test                               [180]
#   --out FOLDER      results, pytest's output, server logs      [a new folder in the cache]
#
# Prints a table by module; the last line is `N passed, N failed, N skipped`.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../support/common.sh"

SUITES=() MODULES=() PYTEST=() EXPRESSION= ALL= SHARDS=2 TIMEOUT=180 SERVER= TICK= WORLDS=10 BINARY=${RONDEL_BIN:-} OUT=
ARGUMENTS=("$@")
while [ $# -gt 0 ]; do
  case $1 in
    --binary) BINARY=$2; shift 2 ;;
    --server) SERVER=$2; shift 2 ;;
    --tick) TICK=$2; shift 2 ;;
    --worlds) WORLDS=$2; shift 2 ;;
    --all) ALL=1; shift ;;
    --module) MODULES+=("$2"); shift 2 ;;
    -k) EXPRESSION=$2; shift 2 ;;
    --shards) SHARDS=$2; shift 2 ;;
    --timeout) TIMEOUT=$2; shift 2 ;;
    --out) OUT=$2; shift 2 ;;
    -h | --help) sed -n '2,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --) shift; PYTEST=("$@"); break ;;
    graphql | graphql-postgres | daemon | staleness) SUITES+=("$1"); shift ;;
    *) die "unknown argument $1: see $0 --help" ;;
  esac
done
[ ${#SUITES[@]} -gt 0 ] || SUITES=(graphql graphql-postgres daemon staleness)

# A throwaway PostgreSQL only where it is needed.
if [[ " ${SUITES[*]} " == *" graphql-postgres "* && -z "${RONDEL_TEST_POSTGRES_URL:-}" ]]; then
  exec "$HERE/../support/with-services.sh" "${BASH_SOURCE[0]}" ${ARGUMENTS[@]+"${ARGUMENTS[@]}"}
fi

if [ -z "$BINARY" ] && { [ -z "$SERVER" ] || [ -z "$TICK" ] || [[ " ${SUITES[*]} " == *" staleness "* ]]; }; then
  say "building rondel"
  (cd "$ROOT" && cargo build --locked --bin rondel)
  BINARY=$CARGO_TARGET_DIR/debug/rondel
fi
if [ -n "$BINARY" ]; then BINARY=$(realpath "$BINARY"); fi
export COMPAT_SERVER=${SERVER:-$BINARY webserver -h 127.0.0.1 -p {port\} -w {workspace\}}
export COMPAT_TICK=${TICK:-$BINARY}

python=$(python_env venv-compat "dagster==$DAGSTER_VERSION" "dagster-graphql==$DAGSTER_VERSION" \
  "dagster-webserver==$DAGSTER_VERSION" "dagster-postgres==$DAGSTER_LIBRARY_VERSION" \
  "dagster-k8s==$DAGSTER_LIBRARY_VERSION" "sqlalchemy<2.1" psycopg2-binary "pytest<10" pytest-timeout pytest-mock \
  pytest-asyncio "syrupy>=4" freezegun psutil objgraph "responses<=0.23.1" rapidfuzz websockets requests "gql[requests]<5")

# The suites are in the source distributions. They are unpacked in the cache and never become part of this repository.
for package in dagster dagster-graphql; do
  folder=${package//-/_}-$DAGSTER_VERSION
  if [ ! -d "$RONDEL_CACHE/sdist/$folder" ]; then
    say "fetching the source distribution of $package"
    mkdir -p "$RONDEL_CACHE/sdist"
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
      -d "$RONDEL_CACHE/sdist" "$package==$DAGSTER_VERSION" >&2
    tar -xzf "$RONDEL_CACHE/sdist/$folder.tar.gz" -C "$RONDEL_CACHE/sdist"
  fi
done
tests=$RONDEL_CACHE/compat/tests
mkdir -p "$tests"
ln -sfn "$RONDEL_CACHE/sdist/dagster-$DAGSTER_VERSION/dagster_tests" "$tests/dagster_tests"
ln -sfn "$RONDEL_CACHE/sdist/dagster_graphql-$DAGSTER_VERSION/dagster_graphql_tests" "$tests/dagster_graphql_tests"

OUT=${OUT:-$RONDEL_CACHE/compat/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
PATH=$(dirname "$python"):$PATH
export PATH DAGSTER_DISABLE_TELEMETRY=yes
unset DAGSTER_HOME PYTHONDONTWRITEBYTECODE

DAEMON_SUITES=(scheduler_tests daemon_sensor_tests daemon_tests declarative_automation_tests freshness_tests)

pids=()
databases() {
  for ((i = 0; i < SHARDS; i++)); do
    "$python" "$HERE/graphql/database.py" "$1" "$RONDEL_TEST_POSTGRES_URL" "compat_$$_$i"
  done
}
stop_shards() { if [ ${#pids[@]} -gt 0 ]; then kill "${pids[@]}" 2>/dev/null || true; wait "${pids[@]}" || true; fi; }
trap 'stop_shards; exit 143' TERM INT

# shard SUITE INDEX: one pytest process, or one comparison
shard() {
  local suite=$1 index=$2 out=$OUT/$1 expression=$EXPRESSION modules arguments
  local folder=$HERE/${suite%-postgres} prefix=dagster_graphql_tests
  local start=$tests
  if [ "$suite" = staleness ]; then
    # It has no tests to choose from.
    [ ${#MODULES[@]} = 0 ] && [ -z "$EXPRESSION" ] || return 0
    rm -rf "$out/home-$index"
    exec "$python" "$folder" --rondel "$BINARY" --worlds "$WORLDS" --seed $((index + 1)) --home "$out/home-$index" \
      --results "$out/results-$index.jsonl"
  fi
  arguments=(-p compat_suite -p no:cacheprovider --rootdir . -v -rf --tb=short --timeout "$TIMEOUT" -W ignore)
  export COMPAT_OUT=$out COMPAT_SHARD=$index/$SHARDS PYTHONPATH=$HERE/lib:$folder:$tests
  case $suite in
    graphql) export COMPAT_VARIANT=sqlite; arguments+=(-p graphql_over_http) ;;
    graphql-postgres)
      export COMPAT_VARIANT=postgres COMPAT_POSTGRES_URL=${urls[index]}
      arguments+=(-p graphql_over_http) ;;
    daemon)
      prefix=dagster_tests
      # One test looks for the suite beside the `dagster` package: the one of the source distribution comes first.
      start=$RONDEL_CACHE/sdist/dagster-$DAGSTER_VERSION
      PYTHONPATH=$start:$HERE/lib:$folder:$folder/children
      # Type checks of the source, a package that is not published, and repetitions with thread pools.
      arguments+=(-p daemon_by_command -m "not typesignature" --ignore dagster_tests/declarative_automation_tests/perf_tests)
      expression="${EXPRESSION:+($EXPRESSION) and }not threadpool" ;;
  esac
  if [ -z "$ALL" ] && [ -e "$folder/unattainable.txt" ]; then export COMPAT_UNATTAINABLE=$folder/unattainable.txt; fi
  modules=()
  for module in ${MODULES[@]+"${MODULES[@]}"}; do
    if [[ $module == "$prefix"* ]]; then modules+=("$module"); fi
  done
  if [ ${#MODULES[@]} = 0 ]; then
    if [ "$suite" = daemon ]; then modules=("${DAEMON_SUITES[@]/#/dagster_tests/}"); else modules=("$prefix"); fi
  fi
  [ ${#modules[@]} -gt 0 ] || return 0
  cd "$start"
  exec "$python" -m pytest "${arguments[@]}" ${expression:+-k "$expression"} ${PYTEST[@]+"${PYTEST[@]}"} "${modules[@]}"
}

for suite in "${SUITES[@]}"; do
  say "$suite, in $SHARDS processes; output in $OUT/$suite"
  mkdir -p "$OUT/$suite"
  rm -f "$OUT/$suite"/results-*.jsonl
  pids=() urls=()
  if [ "$suite" = graphql-postgres ]; then mapfile -t urls < <(databases create); fi
  for ((i = 0; i < SHARDS; i++)); do
    shard "$suite" "$i" > "$OUT/$suite/output-$i.log" 2>&1 &
    pids+=($!)
  done
  start=$SECONDS
  wait "${pids[@]}" || true
  pids=()
  if [ "$suite" = graphql-postgres ]; then databases drop; fi
  say "$suite: $((SECONDS - start)) s"
  # A process that could not even collect its tests has results of none of them: show why.
  grep -hE '^(ERROR|INTERNALERROR|usage:)' "$OUT/$suite"/output-*.log >&2 || true
done
"$python" "$HERE/lib/report.py" "${SUITES[@]/#/$OUT/}"
