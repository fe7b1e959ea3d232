"""The daemons: schedules that fire, sensors that are evaluated, queued runs that are launched, and doing nothing.

Each measurement has a database and a code server of its own. What the code server costs is the same for both and
part of the times, not of the CPU figures. Unless --workers is given the code server only says that it started a
run's process. CPU figures are of the daemon and of PostgreSQL.
"""

import statistics
import time
from pathlib import Path

from support.cost import meter
from support.deployment import deployment
from support.pairs import KINDS, Metric, Row, alternate, rows
from support.processes import resident

TITLE = "rondel daemon beside dagster-daemon"

DEFINITIONS = """
import dagster as dg

@dg.op
def nothing(): ...

@dg.job
def work():
    nothing()

def sensor(number):
    @dg.sensor(name=f"sensor_{number}", job=work, minimum_interval_seconds=3600,
               default_status=dg.DefaultSensorStatus.RUNNING)
    def one(context):
        return dg.SkipReason("nothing to do")
    return one

defs = dg.Definitions(
    jobs=[work],
    schedules=[
        dg.ScheduleDefinition(name=f"schedule_{number}", job=work, cron_schedule="* * * * *",
                              default_status=dg.DefaultScheduleStatus.RUNNING)
        for number in range(%(schedules)d)
    ],
    sensors=[sensor(number) for number in range(%(sensors)d)],
)
"""

STARTING = "SELECT count(*) FROM event_logs WHERE dagster_event_type = 'PIPELINE_STARTING'"
# Databases keep the times of events without zone, in UTC.
EVENT_TIMES = (
    "SELECT run_id, dagster_event_type, extract(epoch FROM timestamp) FROM event_logs"
    " WHERE dagster_event_type IN ('PIPELINE_ENQUEUED', 'PIPELINE_STARTING')"
)

CPU = (
    Metric("process_cpu", "CPU of the daemon", "s", charted=False),
    Metric("database_cpu", "CPU of PostgreSQL", "s", charted=False),
    Metric("cpu", "CPU of both", "s"),
)


def arguments(parser) -> None:
    parser.add_argument("--scenario", action="append", choices=SCENARIOS, help="which to measure (default: all)")
    parser.add_argument("--pairs", type=int, default=3, help="turns of each scenario")
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--sensors", type=int, default=500)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--latencies", type=int, default=10, help="single runs submitted in a turn")
    parser.add_argument("--assets", type=int, default=10_000, help="assets loaded by the daemon that does nothing")
    parser.add_argument("--seconds", type=int, default=60, help="how long it is watched doing nothing")
    parser.add_argument("--workers", action="store_true", help="have the code server start run workers")


def measure(options) -> list[Row]:
    made = []
    for name in options.scenario or SCENARIOS:
        scenario, group, metrics = SCENARIOS[name]
        found = alternate(options.pairs, options.only or KINDS, lambda kind: scenario(options, kind), name)
        made += rows(group.format(**vars(options)), found, metrics)
    return made


def bench(options, schedules: int = 0, sensors: int = 0, places: int = 1000):
    text = DEFINITIONS % {"schedules": schedules, "sensors": sensors}
    return deployment(options, text, options.workers, f"run_queue:\n  max_concurrent_runs: {places}\n")


def schedules(options, kind: str) -> dict:
    count = options.schedules
    with bench(options, schedules=count, places=0) as made, made.daemon(kind) as pid:
        # The first iteration declares the schedules; they fire with the minute after it.
        made.database.wait_for("SELECT count(*) FROM instigators", count)
        used = meter(pid, made.database)
        made.database.wait_for("SELECT count(*) FROM runs WHERE status = 'QUEUED'", count)
        spent = used()
        ((seconds,),) = made.database.query(
            "SELECT extract(epoch FROM max(e.timestamp) - min(t.timestamp))"
            " FROM event_logs e, job_ticks t WHERE e.dagster_event_type = 'PIPELINE_ENQUEUED'"
        )
        return {**spent, "seconds": float(seconds)}


def sensors(options, kind: str) -> dict:
    count = options.sensors
    with bench(options, sensors=count) as made, made.daemon(kind) as pid:
        made.database.wait_for("SELECT count(*) FROM job_ticks", 1)
        used = meter(pid, made.database)
        made.database.wait_for("SELECT count(*) FROM job_ticks WHERE status = 'SKIPPED'", count)
        spent = used()
        ((seconds,),) = made.database.query(
            "SELECT extract(epoch FROM max(update_timestamp) - min(create_timestamp)) FROM job_ticks"
        )
        return {**spent, "seconds": float(seconds)}


def queue(options, kind: str) -> dict:
    count = options.runs
    with bench(options) as made:
        for _run_id, submit in made.submissions(count):
            submit()
        made.hold()
        with made.settled_daemon(kind) as pid:
            used = meter(pid, made.database)
            made.release()
            made.database.wait_for(STARTING, count)
            spent = used()
        times = [float(row[2]) for row in made.database.query(EVENT_TIMES) if row[1] == "PIPELINE_STARTING"]
        return {**spent, "per_second": (count - 1) / max(max(times) - min(times), 1e-3)}


def latency(options, kind: str) -> dict:
    with bench(options) as made, made.settled_daemon(kind):
        seconds = []
        for number, (run_id, submit) in enumerate(made.submissions(options.latencies)):
            submit()
            made.database.wait_for(STARTING, number + 1)
            times = {row[1]: float(row[2]) for row in made.database.query(EVENT_TIMES) if row[0] == run_id}
            seconds.append(times["PIPELINE_STARTING"] - times["PIPELINE_ENQUEUED"])
            time.sleep(1.7)  # no multiple of a daemon's interval, so that the moments within it differ
        return {"median": statistics.median(seconds), "worst": max(seconds)}


def idle(options, kind: str) -> dict:
    project = (Path(__file__).parent / "project.py").read_text()
    with deployment(options, project, VERSUS_ASSETS=str(options.assets)) as made, made.settled_daemon(kind) as pid:
        time.sleep(50)  # the loading is over
        used = meter(pid, made.database)
        time.sleep(options.seconds)
        spent = used()
        return {
            **{key: value / spent["seconds"] for key, value in spent.items() if key != "seconds"},
            "resident": resident(pid),
        }


SCENARIOS = {
    "schedules": (
        schedules,
        "{schedules} schedules due at once",
        (Metric("seconds", "until the last run is queued", "s"), *CPU),
    ),
    "sensors": (sensors, "{sensors} sensors evaluated", (Metric("seconds", "first to last tick", "s"), *CPU)),
    "queue": (
        queue,
        "{runs} queued runs launched",
        (Metric("per_second", "launches", "1/s", higher_is_better=True), *CPU),
    ),
    "latency": (
        latency,
        "one run, from its submission to its launch",
        (Metric("median", "median", "ms", scale=1000), Metric("worst", "worst of a turn", "ms", scale=1000)),
    ),
    "idle": (
        idle,
        "nothing to do, {assets} assets loaded",
        (
            Metric("process_cpu", "CPU of the daemon", "% of a core", scale=100, charted=False),
            Metric("database_cpu", "CPU of PostgreSQL", "% of a core", scale=100, charted=False),
            Metric("cpu", "CPU of both", "% of a core", scale=100),
            Metric("resident", "memory", "MiB"),
        ),
    ),
}
