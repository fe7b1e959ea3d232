"""Declarative automation: what an evaluation of a project costs when a third of its assets has changed.

A third of the assets are sources without a condition, the others are eager and depend on up to three of those before
them; all have been materialized once. Then all sources are materialized anew (reported by this program), and the
next tick of the automation sensor has to request every eager asset. Measured is a stretch of two intervals of the
sensor, so that it has the tick with the change and one without; beside it as long a stretch in which nothing
changed. Both daemons must request the same assets.
"""

import json
import time

from dagster import AssetKey, AssetMaterialization

from support.cost import meter
from support.deployment import deployment
from support.pairs import KINDS, Metric, Row, alternate, rows

TITLE = "Declarative automation: rondel daemon beside dagster-daemon"
INTERVAL = 30

DEFINITIONS = """
import os, random
import dagster as dg

count = int(os.environ["VERSUS_ASSETS"])
sources = count // 3
rng = random.Random(7)

def make(index):
    near = range(max(0, index - 200), index)
    deps = [f"asset_{one:05}" for one in rng.sample(near, min(len(near), rng.randint(1, 3)))] if index >= sources else []
    condition = dg.AutomationCondition.eager() if deps else None

    @dg.asset(name=f"asset_{index:05}", deps=deps, automation_condition=condition)
    def one(): ...

    return one

defs = dg.Definitions(
    assets=[make(index) for index in range(count)],
    sensors=[dg.AutomationConditionSensorDefinition(
        "automation", target="*", minimum_interval_seconds=%d)],
)
""" % INTERVAL  # fmt: skip

TICKS = "SELECT count(*) FROM job_ticks WHERE status IN ('SUCCESS', 'SKIPPED')"
REQUESTED = "SELECT count(*) FROM runs WHERE status <> 'NOT_STARTED'"


def arguments(parser) -> None:
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--assets", type=int, default=300)


def measure(options) -> list[Row]:
    selections: dict[tuple, str] = {}
    found = alternate(options.pairs, options.only or KINDS, lambda kind: evaluations(options, kind, selections), "automation")
    if len(selections) != 1:
        raise SystemExit(f"different assets were requested: {[(kind, len(one)) for one, kind in selections.items()]}")
    seconds = 2 * INTERVAL
    made = []
    for prefix, group in (("changed", "every source has changed"), ("quiet", "nothing has changed")):
        made += rows(f"{options.assets} assets, {group}: automation in {seconds} s", found, (
            Metric(f"{prefix} process_cpu", "CPU of the daemon", "s", charted=False),
            Metric(f"{prefix} database_cpu", "CPU of PostgreSQL", "s", charted=False),
            Metric(f"{prefix} cpu", "CPU of both", "s"),
        ))  # fmt: skip
    return made + rows(f"{options.assets} assets, every source has changed", found, [
        Metric("tick seconds", "duration of the tick", "s"),
    ]) + rows(f"the sensor is stopped, {seconds} s", found, [
        Metric("idle cpu", "CPU of daemon and PostgreSQL", "s", charted=False),
    ])  # fmt: skip


def evaluations(options, kind: str, selections: dict[tuple, str]) -> dict:
    with deployment(options, DEFINITIONS, VERSUS_ASSETS=str(options.assets)) as made:
        for index in range(options.assets):
            materialize(made, index)
        with made.settled_daemon(kind) as pid:
            idle = stretch(made, pid)
            made.start_sensors()
            made.database.wait_for(TICKS, 2)
            after_tick(made)
            quiet = stretch(made, pid)
            before = made.database.query(REQUESTED)[0][0]
            after_tick(made)
            changed = stretch(made, pid, lambda: [materialize(made, index) for index in range(options.assets // 3)])
            made.database.wait_for(REQUESTED, before + 1, 600)
        figures = {f"idle {key}": value for key, value in idle.items()}
        for prefix, used in (("quiet", quiet), ("changed", changed)):
            figures |= {f"{prefix} {key}": value - idle[key] for key, value in used.items() if key != "seconds"}
        selections[tuple(requested(made))] = kind
        return {**figures, "tick seconds": duration(made)}


def after_tick(made) -> None:
    ((ticks,),) = made.database.query(TICKS)
    made.database.wait_for(TICKS, ticks + 1)


def stretch(made, pid: int, change=lambda: None) -> dict:
    """What two intervals cost, `change` being made at their beginning."""
    change()
    used = meter(pid, made.database)
    time.sleep(2 * INTERVAL)
    return used()


def materialize(made, index: int) -> None:
    made.instance.report_runless_asset_event(AssetMaterialization(AssetKey(f"asset_{index:05}")))


def duration(made) -> float:
    """Of the longest tick that requested something."""
    ticks = [json.loads(body) for (body,) in made.database.query("SELECT tick_body FROM job_ticks WHERE status = 'SUCCESS'")]
    return max(tick["end_timestamp"] - tick["timestamp"] for tick in ticks)


def requested(made) -> list[str]:
    """The assets of all runs, as keys."""
    bodies = made.database.query("SELECT run_body FROM runs")
    return sorted(one for (body,) in bodies for one in keys(json.loads(body)))


def keys(body: dict) -> list[str]:
    selection = body["asset_selection"] or {}
    items = selection.get("__frozenset__", selection.get("__set__", [])) if isinstance(selection, dict) else selection
    return ["/".join(one["path"]) for one in items]
