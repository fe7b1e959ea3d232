"""Definitions the code-location tests load through a real code server."""

import dagster as dg


@dg.asset
def numbers() -> int:
    return 3


@dg.asset(partitions_def=dg.DailyPartitionsDefinition("2024-01-01"))
def daily(context: dg.AssetExecutionContext) -> str:
    return context.partition_key


class Greeting(dg.Config):
    name: str = "world"


@dg.op
def greet(config: Greeting):
    print(f"hello {config.name}")


@dg.job
def greeting():
    greet()


daily_job = dg.define_asset_job("daily_job", selection=[daily])


@dg.schedule(cron_schedule="0 * * * *", job=greeting)
def hourly(context: dg.ScheduleEvaluationContext):
    at = context.scheduled_execution_time.isoformat()
    return dg.RunRequest(run_key=at, run_config={"ops": {"greet": {"config": {"name": at}}}})


@dg.schedule(cron_schedule="0 0 * * *", job=greeting)
def failing(_context):
    raise ValueError("no schedule today")


@dg.sensor(job=greeting)
def counting(context: dg.SensorEvaluationContext):
    count = int(context.cursor or "0") + 1
    context.update_cursor(str(count))
    if count % 2 == 0:
        return dg.SkipReason("even")
    return dg.RunRequest(run_key=str(count))


defs = dg.Definitions(
    assets=[numbers, daily],
    jobs=[greeting, daily_job],
    schedules=[hourly, failing],
    sensors=[counting],
)
