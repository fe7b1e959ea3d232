"""Drives a real Python DagsterInstance for the interoperability tests.

Usage: interop.py {create|shard|write|dump} LOCATION

LOCATION is a directory (a DAGSTER_HOME with the default SQLite layout), `consolidated:DIRECTORY`
or a PostgreSQL URL. `create` only opens the instance, `shard` also
makes the file of the run `some-run`, `write` fills it with real runs and
everything else the stores hold, `dump` prints all of it as JSON, in serialized form.
"""

import json
import os
import sys
import tempfile
import time

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_spec import AssetCheckKey
from dagster._core.event_api import EventRecordsFilter
from dagster._core.events import DagsterEventType
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.instance.ref import InstanceRef
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemotePartitionSetOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat
from dagster._serdes import serialize_value
from dagster._utils.error import SerializableErrorInfo

PARTITIONS = dg.StaticPartitionsDefinition(["a", "b"])
RUNLESS = ""


def open_instance(location):
    if location.startswith("postgresql"):
        home = tempfile.mkdtemp()
        config = f"storage:\n  postgres:\n    postgres_url: {location}\n"
    elif location.startswith("consolidated:"):
        home = location.removeprefix("consolidated:")
        config = (
            "event_log_storage:\n"
            "  module: dagster._core.storage.event_log\n"
            "  class: ConsolidatedSqliteEventLogStorage\n"
            f"  config:\n    base_dir: {home}/history/runs\n"
            "run_storage:\n"
            "  module: dagster._core.storage.runs\n"
            f"  class: SqliteRunStorage\n  config:\n    base_dir: {home}/history\n"
            "schedule_storage:\n"
            "  module: dagster._core.storage.schedules\n"
            f"  class: SqliteScheduleStorage\n  config:\n    base_dir: {home}/schedules\n"
        )
    else:
        home, config = location, ""
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, "dagster.yaml"), "w") as file:
        file.write(config + "telemetry:\n  enabled: false\n")
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(home))


@dg.asset(partitions_def=PARTITIONS)
def parts(context):
    return dg.MaterializeResult(
        metadata={"rows": 3, "text": "schön ☃"}, data_version=dg.DataVersion("v1")
    )


@dg.asset(deps=[parts])
def whole():
    yield dg.AssetMaterialization("side_effect", description="by the way")
    yield dg.AssetObservation("seen", metadata={"pi": 3.25})
    yield dg.MaterializeResult(asset_key="whole", metadata={"ok": True})


@dg.asset_check(asset=whole)
def passes():
    return dg.AssetCheckResult(passed=True, metadata={"n": 1})


@dg.asset_check(asset=whole, name="fails")
def fails():
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


@dg.op
def boom():
    raise Exception("no luck")


@dg.job(tags={"team": "a_b%c"})
def failing():
    boom()


def write_runs(instance):
    defs = [parts, whole, passes, fails]
    for key in ("a", "b"):
        dg.materialize(
            [parts], instance=instance, partition_key=key, tags={"dagster/backfill": "bf1"}
        )
    result = dg.materialize(defs, instance=instance, selection=["whole"], tags={"who": "me"})
    failing.execute_in_process(instance=instance, raise_on_error=False)
    instance.add_run_tags(result.run_id, {"who": "you", "extra": "1"})
    instance.report_runless_asset_event(dg.AssetMaterialization("outside", partition="x"))
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(asset_key=dg.AssetKey("outside"), check_name="c", passed=True)
    )


def repository_origin():
    target = LoadableTargetOrigin(executable_path="/usr/bin/python", python_file="defs.py")
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, location_name="loc")
    return RemoteRepositoryOrigin(location, "repo")


def write_instigators(instance):
    for name, kind, data in (
        ("every_hour", InstigatorType.SCHEDULE, ScheduleInstigatorData("0 * * * *", 1.5)),
        ("watch", InstigatorType.SENSOR, SensorInstigatorData(cursor="c1", min_interval=30)),
    ):
        origin = RemoteInstigatorOrigin(repository_origin=repository_origin(), instigator_name=name)
        state = InstigatorState(origin, kind, InstigatorStatus.RUNNING, data)
        instance.add_instigator_state(state)
        for number, status in enumerate(
            (TickStatus.SUCCESS, TickStatus.SKIPPED, TickStatus.FAILURE)
        ):
            tick = instance.create_tick(
                TickData(
                    instigator_origin_id=origin.get_id(),
                    instigator_name=name,
                    instigator_type=kind,
                    status=TickStatus.STARTED,
                    timestamp=1_700_000_000.25 + number,
                    selector_id=state.selector_id,
                )
            )
            error = SerializableErrorInfo("oh", ["line\n"], "Boom")
            failed = status == TickStatus.FAILURE
            instance.update_tick(tick.with_status(status, error=error if failed else None))
        instance.update_instigator_state(state.with_status(InstigatorStatus.STOPPED))


def write_rest(instance):
    instance.daemon_cursor_storage.set_cursor_values({"one": "1", "two": "zwei ☃"})
    instance.daemon_cursor_storage.set_cursor_values({"one": "eins"})
    instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), "SENSOR", "id-1", []))
    instance.add_dynamic_partitions("colors", ["red", "green", "blue"])
    instance.delete_dynamic_partition("colors", "green")
    instance.event_log_storage.set_concurrency_slots("pool", 2)
    instance.add_backfill(
        PartitionBackfill(
            backfill_id="bf1",
            status=BulkActionStatus.REQUESTED,
            from_failure=False,
            tags={"team": "x", "dagster/user": "me"},
            backfill_timestamp=1_700_000_001.5,
            partition_set_origin=RemotePartitionSetOrigin(
                repository_origin=repository_origin(),
                partition_set_name="the_job_partition_set",
            ),
            partition_names=["a", "b"],
            last_submitted_partition_name=None,
            reexecution_steps=None,
        )
    )
    backfill = instance.get_backfill("bf1")
    instance.update_backfill(backfill.with_status(BulkActionStatus.COMPLETED_SUCCESS))


def dump_event(record):
    return [record.storage_id, serialize_value(record.event_log_entry)]


def dump_check(record):
    return record and [
        record.id,
        record.run_id,
        record.status.value,
        serialize_value(record.event),
        record.partition,
    ]


def dump_run(instance, record):
    run = record.dagster_run
    events = instance.event_log_storage.get_records_for_run(run.run_id)
    snapshot = run.job_snapshot_id and instance.get_job_snapshot(run.job_snapshot_id)
    plan_id = run.execution_plan_snapshot_id
    plan = plan_id and instance.get_execution_plan_snapshot(plan_id)
    return {
        "storage_id": record.storage_id,
        "run": serialize_value(run),
        "created": record.create_timestamp.timestamp(),
        "started": record.start_time,
        "ended": record.end_time,
        "job_snapshot": serialize_value(snapshot) if snapshot else None,
        "plan": serialize_value(plan) if plan else None,
        "events": [dump_event(event) for event in events.records],
        "cursor": events.cursor,
        "stats": serialize_value(instance.get_run_stats(run.run_id)),
        "steps": [serialize_value(step) for step in instance.get_run_step_stats(run.run_id)],
    }


def dump_asset(instance, key):
    log = instance.event_log_storage
    [record] = instance.get_asset_records([key])
    entry = record.asset_entry
    materialization = entry.last_materialization_record
    planned = log.get_latest_planned_materialization_info(key)
    return {
        "key": key.to_string(),
        "materialization": dump_event(materialization) if materialization else None,
        "last_run_id": entry.last_run_id,
        "partitions": sorted(instance.get_materialized_partitions(key)),
        "planned": [planned.storage_id, planned.run_id] if planned else None,
        "tags": [dict(sorted(tags.items())) for tags in log.get_event_tags_for_asset(key)],
        "history": [
            dump_event(event)
            for event in instance.fetch_materializations(key, limit=10).records
        ],
    }


def dump_instigator(instance, state):
    origin_id, selector_id = state.instigator_origin_id, state.selector_id
    ticks = instance.get_ticks(origin_id, selector_id)
    return {
        "state": serialize_value(state),
        "selector_id": selector_id,
        "ticks": [[tick.tick_id, serialize_value(tick.tick_data)] for tick in ticks],
    }


def dump(instance):
    log = instance.event_log_storage
    runs = instance.get_run_records(ascending=True)
    tag_keys = instance.get_run_tag_keys()
    status_events = log.fetch_run_status_changes(
        DagsterEventType.RUN_SUCCESS, limit=10, ascending=True
    )
    failed = log.get_event_records(EventRecordsFilter(DagsterEventType.STEP_FAILURE))
    checks = [AssetCheckKey(dg.AssetKey("whole"), name) for name in ("passes", "fails")]
    checks.append(AssetCheckKey(dg.AssetKey("outside"), "c"))
    return {
        "run_storage_id": instance.run_storage.get_run_storage_id(),
        "runs": [dump_run(instance, record) for record in runs],
        "runless": [dump_event(event) for event in log.get_records_for_run(RUNLESS).records],
        "tag_keys": tag_keys,
        "tags": [
            [key, sorted(values)] for key, values in instance.run_storage.get_run_tags(tag_keys)
        ],
        "successes": [dump_event(event) for event in status_events.records],
        "failed_steps": [serialize_value(event.event_log_entry) for event in failed],
        "assets": [dump_asset(instance, key) for key in instance.all_asset_keys()],
        "checks": [
            [
                dump_check(record)
                for record in log.get_asset_check_execution_history(key, limit=10)
            ]
            for key in checks
        ],
        "instigators": [
            dump_instigator(instance, state) for state in instance.all_instigator_state()
        ],
        "cursors": dict(
            sorted(instance.daemon_cursor_storage.get_cursor_values({"one", "two"}).items())
        ),
        "heartbeats": [
            serialize_value(beat) for beat in instance.get_daemon_heartbeats().values()
        ],
        "dynamic_partitions": list(instance.get_dynamic_partitions("colors")),
        "pools": [
            [pool.name, pool.limit, pool.from_default] for pool in log.get_pool_limits()
        ],
        "backfills": [serialize_value(backfill) for backfill in instance.get_backfills()],
    }


def main():
    command, location = sys.argv[1:]
    with open_instance(location) as instance:
        instance.run_storage.get_run_storage_id()
        if command == "shard":
            with instance.event_log_storage.run_connection("some-run"):
                pass
        if command == "write":
            write_runs(instance)
            write_instigators(instance)
            write_rest(instance)
        if command == "dump":
            print(json.dumps(dump(instance)))


if __name__ == "__main__":
    main()
