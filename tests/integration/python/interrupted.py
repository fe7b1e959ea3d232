"""What the daemons work off in the tests of interruptions, in a code server that only notes which runs it is told to
start: `launched` in the instance's folder gets a line for each."""

import os
import time
from datetime import timedelta

import dagster as dg
from dagster._grpc import server
from dagster._grpc.__generated__ import dagster_api_pb2
from dagster._grpc.types import ExecuteExternalJobArgs, GetCurrentRunsResult, StartRunResult
from dagster._serdes import deserialize_value, serialize_value



def launched():
    """The file of the instance being tested: several have the same run ids."""
    with open(os.path.join(os.path.dirname(__file__), "current")) as file:
        return os.path.join(file.read(), "launched")


def start_run(self, request, context):
    # A code server that hangs.
    time.sleep(float(os.environ.get("HANGS", "0")))
    args = deserialize_value(request.serialized_execute_run_args, ExecuteExternalJobArgs)
    with open(launched(), "a") as file:
        file.write(args.run_id + "\n")
    result = StartRunResult(success=True, message=None, serializable_error_info=None)
    return dagster_api_pb2.StartRunReply(serialized_start_run_result=serialize_value(result))


def get_current_runs(self, request, context):
    runs = []
    if os.path.exists(launched()):
        with open(launched()) as file:
            runs = file.read().split()
    result = GetCurrentRunsResult(current_runs=runs, serializable_error_info=None)
    return dagster_api_pb2.GetCurrentRunsReply(serialized_current_runs=serialize_value(result))


server.DagsterApiServer.StartRun = start_run
server.DagsterApiServer.GetCurrentRuns = get_current_runs

letters = dg.StaticPartitionsDefinition(os.environ.get("LETTERS", "one two three").split())


@dg.op
def nothing(): ...


@dg.job
def work():
    nothing()


@dg.job(partitions_def=letters)
def by_letter():
    nothing()


@dg.asset(partitions_def=letters)
def upper(): ...


@dg.asset(partitions_def=letters, deps=[upper], backfill_policy=dg.BackfillPolicy.multi_run(1))
def lower(): ...


@dg.asset(automation_condition=dg.AutomationCondition.missing() & ~dg.AutomationCondition.in_progress())
def wanted(): ...


@dg.asset(
    deps=[wanted],
    automation_condition=dg.AutomationCondition.missing() & ~dg.AutomationCondition.in_progress(),
)
def wanted_too(): ...


@dg.asset(freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2)))
def fresh(): ...


@dg.schedule(cron_schedule="* * * * *", job=work, default_status=dg.DefaultScheduleStatus.RUNNING)
def minutely(context):
    return [dg.RunRequest(run_key=key) for key in ("one", "two")]


@dg.sensor(job=work, default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=30)
def watching(context):
    time.sleep(float(os.environ.get("HANGS", "0")))
    number = min(int(context.cursor or 0) + 1, int(os.environ.get("LAST_NUMBER", "2")))
    # each key is asked for more than once
    keys = [f"key {number}", f"key {number - 1}"]
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key) for key in keys],
        dynamic_partitions_requests=[dg.DynamicPartitionsDefinition(name="letters").build_add_request([str(number)])],
        asset_events=[dg.AssetMaterialization("outside")] if number == 1 else [],
        cursor=str(number),
    )


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, request_job=work, minimum_interval_seconds=30)
def following(context):
    return dg.RunRequest(run_key=f"after {context.dagster_run.run_id}")


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, minimum_interval_seconds=30)
def reacting(context): ...


defs = dg.Definitions(
    jobs=[work, by_letter],
    assets=[upper, lower, wanted, wanted_too, fresh],
    schedules=[minutely],
    sensors=[
        watching,
        following,
        reacting,
        dg.AutomationConditionSensorDefinition(
            "automation", target=[wanted, wanted_too], default_status=dg.DefaultSensorStatus.RUNNING
        ),
    ],
)
