"""Serializes objects Dagster itself builds: partitions, conditions, evaluations, states, ids.

Usage: own_objects.py <output file>; the format is that of large_repository.py.
"""

import datetime
import json
import os
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import dagster as dg  # noqa: E402
from dagster._core.debug import DebugRunPayload  # noqa: E402
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset  # noqa: E402
from dagster._core.definitions.data_version import DataVersion  # noqa: E402
from dagster._core.definitions.events import ObjectStoreOperationType  # noqa: E402
from dagster._core.definitions.freshness import FreshnessPolicy  # noqa: E402
from dagster._core.definitions.partitions.snap import PartitionsSnap  # noqa: E402
from dagster._core.definitions.selector import (  # noqa: E402
    InstigatorSelector,
    JobSelector,
    RepositorySelector,
)
from dagster._core.events import ObjectStoreOperationResultData  # noqa: E402
from dagster._core.execution.asset_backfill import AssetBackfillData  # noqa: E402
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill  # noqa: E402
from dagster._core.remote_origin import (  # noqa: E402
    GrpcServerCodeLocationOrigin,
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RegisteredCodeLocationOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (  # noqa: E402
    DynamicPartitionsRequestResult,
    InstigatorState,
    InstigatorStatus,
    InstigatorTick,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.definitions.run_request import InstigatorType  # noqa: E402
from dagster._core.definitions.sensor_definition import SensorType  # noqa: E402
from dagster._core.storage.dagster_run import DagsterRun, DagsterRunStatus  # noqa: E402
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin  # noqa: E402
from dagster._serdes import create_snapshot_id, serialize_value  # noqa: E402
from dagster._utils.error import SerializableErrorInfo  # noqa: E402

out = open(sys.argv[1], "w", encoding="utf-8")


def emit(label, value, id=None):
    out.write(json.dumps({"label": label, "text": serialize_value(value), "id": id}) + "\n")


# Partitions definitions, subsets, mappings
daily = dg.DailyPartitionsDefinition("2024-01-01", end_offset=1, timezone="Europe/Berlin")
hourly = dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-03-00:00")
weekdays = dg.TimeWindowPartitionsDefinition(
    start="2024-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 * * 1-5", exclusions=["0 0 1 * *"]
)
static = dg.StaticPartitionsDefinition(["a", "b", "h\u00e9 \U0001f600"])
dynamic = dg.DynamicPartitionsDefinition(name="dyn")
multi = dg.MultiPartitionsDefinition({"date": daily, "letter": static})
definitions = {
    "daily": daily,
    "hourly": hourly,
    "weekly": dg.WeeklyPartitionsDefinition("2024-01-01", day_offset=2),
    "monthly": dg.MonthlyPartitionsDefinition("2024-01-01", minute_offset=5),
    "weekdays": weekdays,
    "static": static,
    "dynamic": dynamic,
    "multi": multi,
}
for name, definition in definitions.items():
    emit(f"definition {name}", PartitionsSnap.from_def(definition))

key = dg.AssetKey(["pre", "daily"])
days = daily.empty_subset().with_partition_keys(["2024-01-01", "2024-01-02", "2024-01-05"])
letters = static.empty_subset().with_partition_keys(["b", "h\u00e9 \U0001f600"])
both = multi.empty_subset().with_partition_keys(multi.get_partition_keys()[:3])
for name, subset in {"days": days, "letters": letters, "both": both}.items():
    emit(f"subset {name}", subset.to_serializable_subset())
graph_subset = AssetGraphSubset(
    partitions_subsets_by_asset_key={key: days, dg.AssetKey("letters"): letters},
    non_partitioned_asset_keys={dg.AssetKey("plain"), dg.AssetKey(["plain", "two"])},
)
emit("graph subset", graph_subset)

for mapping in [
    dg.IdentityPartitionMapping(),
    dg.AllPartitionMapping(),
    dg.LastPartitionMapping(),
    dg.StaticPartitionMapping({"a": "x", "b": ["y", "z"]}),
    dg.SpecificPartitionsPartitionMapping(["a", "b"]),
    dg.TimeWindowPartitionMapping(start_offset=-2, end_offset=-1),
    dg.MultiToSingleDimensionPartitionMapping("date"),
    dg.MultiPartitionMapping(
        {
            "date": dg.DimensionPartitionMapping("day", dg.TimeWindowPartitionMapping()),
            "letter": dg.DimensionPartitionMapping("letter", dg.IdentityPartitionMapping()),
        }
    ),
]:
    emit(f"mapping {type(mapping).__name__}", mapping)

# Conditions, policies, and evaluations of them
C = dg.AutomationCondition
conditions = [
    C.eager(),
    C.on_missing(),
    C.on_cron("0 5 * * *", "Europe/Berlin"),
    C.any_downstream_conditions(),
    ~C.in_progress() & (C.code_version_changed() | C.missing()).with_label("label"),
    C.any_deps_updated().ignore(dg.AssetSelection.groups("g")),
    C.all_deps_match(C.newly_updated()).allow(dg.AssetSelection.keys("a") | dg.AssetSelection.all()),
    C.in_latest_time_window(datetime.timedelta(days=3, microseconds=5)),
    C.newly_updated().since(C.cron_tick_passed("* * * * *")),
    C.newly_missing(),
    C.initial_evaluation(),
    C.backfill_in_progress(),
    C.execution_failed(),
    C.will_be_requested(),
    C.newly_requested(),
    C.all_checks_match(C.check_passed(), blocking_only=True),
    C.any_checks_match(C.check_failed()),
    C.asset_matches(dg.AssetKey("other"), C.missing()),
    C.executed_with_root_target(),
    C.executed_with_tags(tag_keys={"b", "a"}, tag_values={"k": "v"}),
]
for condition in conditions:
    emit(f"condition {condition.get_label()}", condition)
for policy in [dg.AutoMaterializePolicy.eager(), dg.AutoMaterializePolicy.lazy()]:
    emit("auto-materialize policy", policy)
emit("auto-materialize policy", C.eager().as_auto_materialize_policy())
emit("backfill policy", dg.BackfillPolicy.multi_run(5))
emit("legacy freshness", dg.LegacyFreshnessPolicy(maximum_lag_minutes=90, cron_schedule="0 0 * * *"))
emit("freshness", FreshnessPolicy.time_window(datetime.timedelta(hours=30), datetime.timedelta(hours=25)))
emit("freshness", FreshnessPolicy.cron("0 10 * * *", datetime.timedelta(hours=1), "Europe/Berlin"))


@dg.asset(partitions_def=hourly, automation_condition=C.eager())
def up():
    return 1


@dg.asset(partitions_def=hourly, deps=[up], automation_condition=C.eager() | C.on_cron("@hourly"))
def down():
    return 1


@dg.asset(deps=[down], automation_condition=C.on_cron("@hourly"))
def plain():
    return 1


@dg.asset_check(asset=plain)
def check():
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN, metadata={"n": 1})


# Runs and events of the kinds the large repository has none of
@dg.op(out=dg.DynamicOut())
def fan_out():
    yield dg.DynamicOutput(1, "one")
    yield dg.DynamicOutput(2, "two")


@dg.op(retry_policy=dg.RetryPolicy(max_retries=1))
def flaky(context, n):
    context.log.info("h\u00e9llo \U0001f600")
    if context.retry_number == 0:
        raise ValueError("first") from KeyError("cause")
    return n


@dg.op
def collect(ns):
    raise dg.Failure("stop", metadata={"rows": 3, "link": dg.MetadataValue.url("http://x")})


@dg.failure_hook
def hook(context):
    raise Exception("in hook")


@dg.job(hooks={hook}, tags={"team": "a"})
def fan():
    collect(fan_out().map(flaky).collect())


metadata = {
    "text": "x",
    "int": 10**30,
    "small": 5,
    "float": 1e-7,
    "nan": float("nan"),
    "infinite": dg.MetadataValue.float(float("inf")),
    "bool": True,
    "null": None,
    "json": {"a": [1, {"b": None}], "2": 3},
    "odd keys": dg.MetadataValue.json({1: "a", 10: "b", 2: "c"}),
    "md": dg.MetadataValue.md("# h"),
    "path": dg.MetadataValue.path("/x"),
    "notebook": dg.MetadataValue.notebook("/x.ipynb"),
    "url": dg.MetadataValue.url("http://x"),
    "artifact": dg.MetadataValue.python_artifact(json.dumps),
    "asset": dg.MetadataValue.asset(dg.AssetKey("a")),
    "run": dg.MetadataValue.dagster_run("id"),
    "job": dg.MetadataValue.job("j", "loc", repository_name="r"),
    "time": dg.MetadataValue.timestamp(1700000000.5),
    "table": dg.MetadataValue.table(
        [dg.TableRecord({"a": 1, "b": 2.5, "c": None, "d": "x", "e": True})],
        dg.TableSchema(
            [dg.TableColumn("a", "int", tags={"pii": ""}, constraints=dg.TableColumnConstraints(nullable=False))],
            dg.TableConstraints(["c"]),
        ),
    ),
    "lineage": dg.MetadataValue.column_lineage(
        dg.TableColumnLineage({"a": [dg.TableColumnDep(dg.AssetKey("up"), "b")]})
    ),
    "code": dg.CodeReferencesMetadataValue(
        code_references=[
            dg.LocalFileCodeReference(file_path="/x.py", line_number=3, label="l"),
            dg.UrlCodeReference(url="http://x"),
        ]
    ),
}


@dg.asset
def rich(context):
    context.log_event(dg.AssetObservation("seen", metadata=metadata, partition="p"))
    context.log_event(dg.ExpectationResult(False, "l", "d", metadata=metadata))
    return dg.MaterializeResult(metadata=metadata, data_version=DataVersion("v"), tags={"a": "b"})


defs = dg.Definitions(assets=[up, down, plain, rich], asset_checks=[check], jobs=[fan])
home = tempfile.mkdtemp()
os.environ["DAGSTER_HOME"] = home
with open(os.path.join(home, "dagster.yaml"), "w", encoding="utf-8") as config:
    config.write("telemetry: {enabled: false}\npython_logs: {python_log_level: CRITICAL}\n")
with dg.DagsterInstance.get() as instance:
    emit("instance ref", instance.get_ref())
    dg.materialize([up], partition_key="2024-01-01-00:00", instance=instance)
    result = dg.evaluate_automation_conditions(defs, instance)
    emit("daemon cursor", result.cursor)
    result = dg.evaluate_automation_conditions(
        defs, instance, cursor=result.cursor, evaluation_time=datetime.datetime(2024, 1, 2, 3, 4)
    )
    emit("daemon cursor", result.cursor)
    for evaluated in result.results:
        emit("evaluation", evaluated.serializable_evaluation)
        emit("evaluation", evaluated.serializable_evaluation.with_run_ids({"r2", "r1"}))
        emit("node snapshot", evaluated.condition.get_snapshot())
    dg.materialize([plain, check], instance=instance, selection=None)
    dg.materialize([rich], instance=instance)
    fan.execute_in_process(instance=instance, raise_on_error=False)
    run = instance.create_run_for_job(fan, status=DagsterRunStatus.NOT_STARTED)
    instance.report_run_canceling(run)
    instance.report_run_canceled(run)
    run = instance.create_run_for_job(fan)
    instance.report_engine_event(
        "engine",
        run,
        dg._core.events.EngineEventData(
            metadata={"pid": "5"}, error=SerializableErrorInfo("m", ["s"], "C"), marker_start="x"
        ),
    )
    instance.report_run_failed(run)
    instance.report_runless_asset_event(dg.AssetMaterialization("ext", partition="p"))
    instance.wipe_assets([dg.AssetKey("ext")])
    for stored in instance.get_runs():
        emit(f"run {stored.job_name}", stored)
        for entry in instance.all_logs(stored.run_id):
            emit(f"event of {stored.job_name}", entry)
    emit("debug payload", DebugRunPayload.build(instance, instance.get_runs()[-1]))
    for entry in instance.all_logs(""):
        emit("runless event", entry)
    cached = instance.event_log_storage.get_asset_records([dg.AssetKey("up")])[0].asset_entry
    if cached.cached_status:
        emit("cached status", cached.cached_status)

# Origins, selectors and what hangs on their ids
target = LoadableTargetOrigin(
    executable_path="/usr/bin/python", python_file="/code/defs.py", working_directory="/code"
)
for location in [
    RegisteredCodeLocationOrigin("registered"),
    ManagedGrpcPythonEnvCodeLocationOrigin(target),
    ManagedGrpcPythonEnvCodeLocationOrigin(
        LoadableTargetOrigin(executable_path="/p", autoload_defs_module_name="pkg"), "named"
    ),
    GrpcServerCodeLocationOrigin("localhost", 4266),
    GrpcServerCodeLocationOrigin("h", None, "/tmp/sock", "named", True, {"team": "a"}),
]:
    emit("location origin", location, location.get_id())
    repository = RemoteRepositoryOrigin(location, "repo")
    emit("repository origin", repository, repository.get_id())
    for origin in [
        repository.get_job_origin("j"),
        repository.get_instigator_origin("s"),
        repository.get_partition_set_origin("p"),
    ]:
        emit("origin", origin, origin.get_id())
    instigator = repository.get_instigator_origin("s")
    for status in InstigatorStatus:
        if status == InstigatorStatus.AUTOMATICALLY_RUNNING:
            continue  # read as DECLARED_IN_CODE
        emit(
            "schedule state",
            InstigatorState(
                instigator,
                InstigatorType.SCHEDULE,
                status,
                ScheduleInstigatorData(["0 0 * * *", "* * * * *"], 1700000000.0, 1700000001.5),
            ),
        )
    emit(
        "sensor state",
        InstigatorState(
            instigator,
            InstigatorType.SENSOR,
            InstigatorStatus.RUNNING,
            SensorInstigatorData(1.5, "key", 30, '{"a": "\u00e9"}', 2.5, 3.5, SensorType.ASSET, 4.5),
        ),
    )
    tick = TickData(
        instigator_origin_id=instigator.get_id(),
        instigator_name="s",
        instigator_type=InstigatorType.SENSOR,
        status=TickStatus.FAILURE,
        timestamp=1700000000.25,
        run_ids=["r"],
        run_keys=["k"],
        error=SerializableErrorInfo("m", [], "C", SerializableErrorInfo("cause", ["x"], None)),
        cursor="c",
        origin_run_ids=["o"],
        failure_count=2,
        selector_id=instigator.get_selector().get_id(),
        log_key=["a", "b"],
        dynamic_partitions_request_results=[
            DynamicPartitionsRequestResult("dyn", ["a"], None, ["b"]),
        ],
        end_timestamp=1700000002.0,
        run_requests=[
            dg.RunRequest("k", {"ops": {"a": {"config": 1}}}, {"t": "v"}, asset_selection=[key], partition_key="p")
        ],
        auto_materialize_evaluation_id=3,
        reserved_run_ids=["r2"],
        consecutive_failure_count=4,
        user_interrupted=True,
    )
    emit("tick data", tick)
    emit("tick", InstigatorTick(7, tick))
    emit("dynamic partitions", tick.dynamic_partitions_request_results[0])
    emit(
        "run",
        DagsterRun(
            "j",
            run_id="00000000-0000-0000-0000-000000000000",
            run_config={"b": {"x": [1, 2.0]}, "a": None},
            asset_selection={key, dg.AssetKey("a")},
            asset_check_selection=frozenset([dg.AssetCheckKey(key, "c")]),
            op_selection=["*a"],
            resolved_op_selection=frozenset(["b", "a"]),
            tags={"dagster/partition": "x", "file": "caf\udce9", "emoji": "\U0001f600", "private": "\U0010d800"},
            root_run_id="r",
            parent_run_id="p",
            remote_job_origin=repository.get_job_origin("j"),
            status=DagsterRunStatus.QUEUED,
            partitions_subset=days.to_serializable_subset(),
        ),
    )
for selector in [
    InstigatorSelector(location_name="loc", repository_name="repo", name="name"),
    RepositorySelector(location_name="loc", repository_name="repo"),
    JobSelector(location_name="loc", repository_name="repo", job_name="j"),
]:
    emit("selector", selector, create_snapshot_id(selector))


# Backfills
backfill_data = AssetBackfillData(
    target_subset=graph_subset,
    requested_runs_for_target_roots=True,
    latest_storage_id=5,
    materialized_subset=AssetGraphSubset(),
    requested_subset=graph_subset,
    failed_and_downstream_subset=AssetGraphSubset(),
    backfill_start_time=dg._core.definitions.timestamp.TimestampWithTimezone(1700000000.0, "UTC"),
)
for status in BulkActionStatus:
    emit(
        "asset backfill",
        PartitionBackfill(
            backfill_id="b",
            status=status,
            from_failure=False,
            tags={"a": "b"},
            backfill_timestamp=1700000000.5,
            asset_selection=[key],
            title="t",
            asset_backfill_data=backfill_data,
            failure_count=1,
            submitting_run_requests=[dg.RunRequest(partition_key="p")],
            reserved_run_ids=["r"],
        ),
    )
emit(
    "job backfill",
    PartitionBackfill(
        backfill_id="b",
        status=BulkActionStatus.REQUESTED,
        from_failure=True,
        tags={},
        backfill_timestamp=1.0,
        partition_set_origin=repository.get_partition_set_origin("p"),
        partition_names=["a", "b"],
        last_submitted_partition_name="a",
        reexecution_steps=["s"],
    ),
)
emit(
    "object store operation",
    ObjectStoreOperationResultData(
        op=ObjectStoreOperationType.SET_OBJECT.value, value_name="x", metadata={"k": dg.MetadataValue.path("p")}
    ),
)
out.close()
