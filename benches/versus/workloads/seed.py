"""Fills a PostgreSQL database of Dagster with copies of one real run. Usage: seed.py URL TEMPLATE_RUN_ID RUNS ASSETS

The template is a run of some assets that succeeded. Its rows are copied under new run ids, each run half a
minute before the one before; then each asset of the project gets a materialization of its own.
"""

import sys

import psycopg2

url, template, runs, assets = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
connection = psycopg2.connect(url)
connection.autocommit = True
cursor = connection.cursor()


def columns(table: str, *without: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public' ORDER BY ordinal_position", [table]
    )
    return [name for (name,) in cursor.fetchall() if name not in without]


def copy(table: str, source: str, changes: dict[str, str], where: str, **values) -> None:
    """INSERT ... SELECT of every column but id, some of them changed."""
    names = columns(table, "id")
    select = ", ".join(changes.get(name, f"t.{name}") for name in names)
    cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {select} FROM {table} t, {source} WHERE {where}", values)


NEW_ID = "(md5('run' || n)::uuid)::text"
SERIES = "generate_series(1, %(runs)s) n"
STEP = "(n * interval '30 seconds')"

copy("runs", SERIES, {
    "run_id": NEW_ID,
    "run_body": f"replace(t.run_body, %(template)s, {NEW_ID})",
    "status": "CASE WHEN n %% 10 = 0 THEN 'FAILURE' ELSE t.status END",
    "create_timestamp": f"t.create_timestamp - {STEP}",
    "update_timestamp": f"t.update_timestamp - {STEP}",
    "start_time": "t.start_time - n * 30",
    "end_time": "t.end_time - n * 30",
}, "t.run_id = %(template)s", template=template, runs=runs)  # fmt: skip
copy("run_tags", SERIES, {"run_id": NEW_ID}, "t.run_id = %(template)s", template=template, runs=runs)
copy("event_logs", SERIES, {
    "run_id": NEW_ID,
    "event": f"replace(t.event, %(template)s, {NEW_ID})",
    "timestamp": f"t.timestamp - {STEP}",
}, "t.run_id = %(template)s", template=template, runs=runs)  # fmt: skip

# One materialization of each asset, after the copies.
cursor.execute("SELECT asset_key FROM asset_keys WHERE last_run_id = %s LIMIT 1", [template])
(asset_key,) = cursor.fetchone()
name = asset_key[2:-2]
numbered = "lpad(n::text, 5, '0')"
replace = f"replace(%s, '{name}', 'asset_' || {numbered})"
for table, text, where in (
    ("event_logs", "event", f"t.run_id = %(template)s AND t.dagster_event_type = 'ASSET_MATERIALIZATION' AND t.asset_key = %(key)s"),
    ("asset_keys", "last_materialization", "t.asset_key = %(key)s AND NOT EXISTS (SELECT 1 FROM asset_keys o WHERE o.asset_key = '[\"asset_' || lpad(n::text, 5, '0') || '\"]')"),
):
    changes = {"asset_key": f"'[\"asset_' || {numbered} || '\"]'", text: replace.replace("%s", f"t.{text}")}
    if table == "event_logs":
        changes["step_key"] = f"'asset_' || {numbered}"
    copy(table, "generate_series(0, %(assets)s - 1) n", changes, where, template=template, key=asset_key, assets=assets)
cursor.execute("ANALYZE")
for table in ("runs", "event_logs", "asset_keys"):
    cursor.execute(f"SELECT count(*) FROM {table}")
    print(f"{table}: {cursor.fetchone()[0]} rows")
