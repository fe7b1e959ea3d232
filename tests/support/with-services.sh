#!/usr/bin/env bash
# Runs a command with everything that the tests need from outside:
#   RONDEL_TEST_POSTGRES_URL          a throwaway PostgreSQL cluster, removed at the end
#   RONDEL_TEST_PYTHON                an interpreter with Dagster and its webserver, GraphQL and Postgres packages
#   RONDEL_TEST_DAGSTER_GRAPHQL_SDIST the unpacked source distribution of dagster-graphql (its test repository)
# What is already set is kept. PostgreSQL never runs as root.
set -euo pipefail
. "$(dirname "$0")/common.sh"

if [ -z "${RONDEL_TEST_PYTHON:-}" ]; then
  RONDEL_TEST_PYTHON=$(python_env venv-test "dagster==$DAGSTER_VERSION" "dagster-graphql==$DAGSTER_VERSION" \
    "dagster-webserver==$DAGSTER_VERSION" "dagster-postgres==$DAGSTER_LIBRARY_VERSION" \
    "dagster-k8s==$DAGSTER_LIBRARY_VERSION" "sqlalchemy<2.1" psycopg2-binary pytest)
fi
export RONDEL_TEST_PYTHON DAGSTER_DISABLE_TELEMETRY=yes
unset DAGSTER_HOME PYTHONDONTWRITEBYTECODE

if [ -z "${RONDEL_TEST_DAGSTER_GRAPHQL_SDIST:-}" ]; then
  RONDEL_TEST_DAGSTER_GRAPHQL_SDIST=$RONDEL_CACHE/sdist/dagster_graphql-$DAGSTER_VERSION
  if [ ! -d "$RONDEL_TEST_DAGSTER_GRAPHQL_SDIST" ]; then
    say "fetching the source distribution of dagster-graphql (its test repository is test input)"
    mkdir -p "$RONDEL_CACHE/sdist"
    "$RONDEL_TEST_PYTHON" -m pip download --quiet --no-deps --no-binary :all: \
      -d "$RONDEL_CACHE/sdist" "dagster-graphql==$DAGSTER_VERSION" >&2
    tar -xzf "$RONDEL_CACHE/sdist/dagster_graphql-$DAGSTER_VERSION.tar.gz" -C "$RONDEL_CACHE/sdist"
  fi
fi
export RONDEL_TEST_DAGSTER_GRAPHQL_SDIST

cluster=
as_postgres() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi
}
cleanup() {
  local code=$?
  if [ -n "$cluster" ]; then
    (cd / && as_postgres "$bin/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$cluster"
  fi
  exit "$code"
}
trap cleanup EXIT
trap 'exit 143' TERM INT

if [ -z "${RONDEL_TEST_POSTGRES_URL:-}" ]; then
  newest_bin() { { find /usr/lib/postgresql/*/bin /usr/local/pgsql/bin -maxdepth 0 2>/dev/null || true; } | sort -V | tail -n 1; }
  bin=$(newest_bin)
  [ -n "$bin" ] || { apt_install PostgreSQL postgresql; bin=$(newest_bin); }
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/rondel-postgres-XXXXXX"); chmod 755 "$cluster"
  if [ "$(id -u)" = 0 ]; then chown postgres "$cluster"; fi
  port=$("$RONDEL_TEST_PYTHON" -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
  (cd / && as_postgres "$bin/initdb" -D "$cluster/data" -U rondel -A trust -E UTF8 --no-sync >/dev/null)
  (cd / && as_postgres "$bin/pg_ctl" -D "$cluster/data" -w -l "$cluster/log" \
    -o "-p $port -h 127.0.0.1 -k $cluster -c fsync=off -c max_connections=300" start >/dev/null) \
    || { cat "$cluster/log" >&2; die "PostgreSQL did not start"; }
  RONDEL_TEST_POSTGRES_URL=postgresql://rondel@127.0.0.1:$port/postgres
fi
export RONDEL_TEST_POSTGRES_URL

"$@"
