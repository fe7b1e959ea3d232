"""What the runs of the tests execute: small, deterministic, in one process."""

import sys
import time

from dagster import (
    AssetCheckResult,
    AssetSelection,
    Config,
    DailyPartitionsDefinition,
    Definitions,
    DynamicOut,
    DynamicOutput,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    define_asset_job,
    in_process_executor,
    job,
    op,
)

daily = DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin")
hourly = HourlyPartitionsDefinition("2024-01-01-00:00")
letters = StaticPartitionsDefinition(["a", "b", "c"])
dynamic = DynamicPartitionsDefinition(name="customers")
grid = MultiPartitionsDefinition({"day": DailyPartitionsDefinition("2024-01-01"), "letter": letters})


@asset
def upstream():
    print("captured line")
    print("captured error", file=sys.stderr)
    return 1


@asset(tags={"team": "a"})
def downstream(upstream):
    return upstream + 1


@asset_check(asset=upstream)
def positive():
    return AssetCheckResult(passed=True)


@asset(partitions_def=daily)
def by_day():
    return 1


@asset(partitions_def=hourly)
def by_hour():
    return 1


@asset(partitions_def=letters)
def by_letter():
    return 1


@asset(partitions_def=dynamic)
def by_customer():
    return 1


@asset(partitions_def=grid)
def by_cell():
    return 1


@asset
def broken_asset(upstream):
    raise ValueError("no luck")


class Greeting(Config):
    name: str = "world"


@op(tags={"kind": "python"})
def greet(config: Greeting):
    return f"hello {config.name}"


@op(pool="shouting")
def shout(text):
    return text.upper()


@job(tags={"team": "core", "priority": "3"}, run_tags={"only": "runs"})
def greeting():
    shout(greet())


@op
def one():
    return 1


@op
def fails(one):
    raise ValueError("as designed")


@op
def after(failed):
    return failed


@op
def apart(one):
    return one


@job
def failing():
    first = one()
    apart(first)
    after(fails(first))


@op(out=DynamicOut())
def split():
    yield DynamicOutput(1, mapping_key="first")
    yield DynamicOutput(2, mapping_key="second")


@op
def each(number):
    if number == 2:
        raise ValueError("not this one")
    return number


@op
def then(number):
    return number


@op
def total(numbers):
    return sum(numbers)


@job
def dynamic_failing():
    total(split().map(each).map(then).collect())


@op
def sleep():
    for _ in range(600):
        time.sleep(0.1)


@job
def sleeping():
    sleep()


assets = [upstream, downstream, by_day, by_hour, by_letter, by_customer, by_cell, broken_asset]

defs = Definitions(
    assets=assets,
    asset_checks=[positive],
    jobs=[
        greeting,
        failing,
        dynamic_failing,
        sleeping,
        define_asset_job("two_assets", AssetSelection.assets("upstream", "downstream")),
        define_asset_job("three_assets", AssetSelection.assets("upstream", "downstream", "broken_asset")),
    ],
    executor=in_process_executor,
)
