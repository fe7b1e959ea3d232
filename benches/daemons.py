"""Compares `rondel daemon` with `dagster-daemon` on the same PostgreSQL server and the same code server.

    python benches/daemons.py --rondel target/release/rondel --postgres postgresql://…/postgres [SCENARIO …]

The interpreter that runs this must have dagster and dagster-postgres. Scenarios (default: all):

    schedules  schedules due in one minute: time until the last run is in the queue
    sensors    sensors evaluated: time from the start of the first tick to the end of the last one
    queue      queued runs: launches per second
    latency    from submission to the launch of a single run
    idle       CPU of a core and resident memory of the daemon with nothing to do and 10,000 assets loaded

Each measurement has a database of its own. What the code server and PostgreSQL cost is the same for
both and part of the times. The code server answers at once that a worker was started, and starts none, so
that the daemons are measured and not Python's start; --workers has it start them. Prints a table and, with
--json FILE, writes the figures.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

NO_WORKERS = """
from dagster._grpc import server
from dagster._grpc.__generated__ import dagster_api_pb2
from dagster._grpc.types import StartRunResult
from dagster._serdes import serialize_value

def start_run(self, request, context):
    result = StartRunResult(success=True, message=None, serializable_error_info=None)
    return dagster_api_pb2.StartRunReply(serialized_start_run_result=serialize_value(result))

server.DagsterApiServer.StartRun = start_run
"""

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


class Deployment:
    """A database, a home and a code server; `with self.daemon(kind)` runs one of the daemons on them."""

    def __init__(self, options, schedules=0, sensors=0, places=1000, definitions=None, extra=""):
        self.options = options
        self.name = f"rondel_bench_{time.time_ns()}"
        self.admin(f"CREATE DATABASE {self.name}")
        self.url = urlsplit(options.postgres)._replace(path=f"/{self.name}").geturl()
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        (self.home / "dagster.yaml").write_text(
            f"storage:\n  postgres:\n    postgres_url: {self.url}\n"
            f"telemetry:\n  enabled: false\nrun_queue:\n  max_concurrent_runs: {places}\n{extra}"
        )
        if definitions is None:
            definitions = self.home / "definitions.py"
            text = DEFINITIONS % {"schedules": schedules, "sensors": sensors}
            definitions.write_text(text if options.workers else NO_WORKERS + text)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (self.home / "workspace.yaml").write_text(
            f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {self.port}, location_name: bench}}\n"
        )
        self.environment = {**os.environ, "DAGSTER_HOME": str(self.home)}
        command = ["-m", "dagster", "api", "grpc", "-h", "127.0.0.1", "-p", str(self.port)]
        self.server = self.start([sys.executable, *command, "-f", str(definitions)])
        os.environ["DAGSTER_HOME"] = str(self.home)
        from dagster import DagsterInstance

        self.instance = DagsterInstance.get()
        deadline = time.time() + 120
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if time.time() > deadline:
                raise SystemExit("the code server did not start")
            time.sleep(0.1)

    def admin(self, statement):
        connection = psycopg2.connect(self.options.postgres)
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()

    def start(self, command):
        log = open(self.home / f"{Path(command[0]).name}.log", "ab")
        return subprocess.Popen(command, env=self.environment, cwd=self.home, stdout=log, stderr=log)

    @contextmanager
    def daemon(self, kind):
        dagster = [str(Path(sys.executable).parent / "dagster-daemon"), "run"]
        command = dagster if kind == "dagster" else [self.options.rondel, "daemon", "run"]
        process = self.start([*command, "-w", str(self.home / "workspace.yaml")])
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def query(self, statement):
        with psycopg2.connect(self.url) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def wait_for(self, statement, count, limit=1800):
        deadline = time.time() + limit
        while (found := self.query(statement)[0][0]) < count:
            if time.time() > deadline:
                raise SystemExit(f"only {found} of {count} after {limit} s: {statement}")
            time.sleep(0.05)

    def submit(self, count):
        from dagster._core.workspace.context import WorkspaceProcessContext
        from dagster._core.workspace.load_target import GrpcServerTarget

        target = GrpcServerTarget(host="127.0.0.1", port=self.port, socket=None, location_name="bench")
        with WorkspaceProcessContext(self.instance, target) as process:
            workspace = process.create_request_context()
            location = workspace.code_locations[0]
            repository = next(iter(location.get_repositories().values()))
            job = repository.get_full_job("work")
            plan = location.get_execution_plan(job, {}, None, None, self.instance)
            for _ in range(count):
                run = self.instance.create_run(
                    job_name=job.name, run_id=None, run_config={}, status=None, tags={},
                    root_run_id=None, parent_run_id=None, step_keys_to_execute=None,
                    execution_plan_snapshot=plan.execution_plan_snapshot,
                    job_snapshot=job.job_snapshot, parent_job_snapshot=job.parent_job_snapshot,
                    asset_selection=None, asset_check_selection=None, resolved_op_selection=None,
                    op_selection=None, remote_job_origin=job.get_remote_origin(),
                    job_code_origin=job.get_python_origin(), asset_graph=repository.asset_graph,
                )
                yield run.run_id, lambda: self.instance.submit_run(run.run_id, workspace)

    def close(self):
        self.instance.dispose()
        self.server.terminate()
        self.server.wait()
        self.admin(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self.folder.cleanup()


@contextmanager
def deployment(options, **settings):
    made = Deployment(options, **settings)
    try:
        yield made
    finally:
        made.close()


STARTING = "SELECT count(*) FROM event_logs WHERE dagster_event_type = 'PIPELINE_STARTING'"
# Databases keep the times of events without zone, in UTC.
EVENT_TIMES = (
    "SELECT run_id, dagster_event_type, extract(epoch FROM timestamp) FROM event_logs"
    " WHERE dagster_event_type IN ('PIPELINE_ENQUEUED', 'PIPELINE_STARTING')"
)


def schedules(options, kind):
    count = options.schedules
    with deployment(options, schedules=count, places=0) as bench, bench.daemon(kind):
        # The first iteration declares the schedules; they fire with the minute after it.
        bench.wait_for("SELECT count(*) FROM instigators", count)
        bench.wait_for("SELECT count(*) FROM runs WHERE status = 'QUEUED'", count)
        rows = bench.query(
            "SELECT extract(epoch FROM max(e.timestamp)), extract(epoch FROM min(t.timestamp))"
            " FROM event_logs e, job_ticks t WHERE e.dagster_event_type = 'PIPELINE_ENQUEUED'"
        )
        return {"seconds": float(rows[0][0] - rows[0][1])}


def sensors(options, kind):
    count = options.sensors
    with deployment(options, sensors=count) as bench, bench.daemon(kind):
        ended = "SELECT count(*) FROM job_ticks WHERE status = 'SKIPPED'"
        bench.wait_for(ended, count)
        rows = bench.query(
            "SELECT extract(epoch FROM max(update_timestamp) - min(create_timestamp)) FROM job_ticks"
        )
        return {"seconds": float(rows[0][0])}


def queue(options, kind):
    count = options.runs
    with deployment(options) as bench:
        for _run_id, submit in bench.submit(count):
            submit()
        with bench.daemon(kind):
            bench.wait_for(STARTING, count)
            times = [float(row[2]) for row in bench.query(EVENT_TIMES) if row[1] == "PIPELINE_STARTING"]
            return {"launches_per_second": (count - 1) / max(max(times) - min(times), 1e-3)}


def latency(options, kind):
    with deployment(options) as bench, bench.daemon(kind):
        time.sleep(20)
        seconds = []
        for number, (run_id, submit) in enumerate(bench.submit(options.latencies)):
            submit()
            bench.wait_for(STARTING, number + 1)
            times = {row[1]: float(row[2]) for row in bench.query(EVENT_TIMES) if row[0] == run_id}
            seconds.append(times["PIPELINE_STARTING"] - times["PIPELINE_ENQUEUED"])
            time.sleep(2)
        return {"median_ms": statistics.median(seconds) * 1000, "worst_ms": max(seconds) * 1000}


def idle(options, kind):
    project = Path(__file__).parent / "versus/workspace.py"
    with deployment(options, definitions=project) as bench, bench.daemon(kind) as process:
        time.sleep(60)
        before, began = cpu_seconds(process.pid), time.time()
        time.sleep(options.idle)
        used = cpu_seconds(process.pid) - before
        status = Path(f"/proc/{process.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return {
            "cpu_percent": used / (time.time() - began) * 100,
            "resident_mib": int(resident.split()[1]) / 1024,
        }


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


SCENARIOS = {f.__name__: f for f in (schedules, sensors, queue, latency, idle)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", choices=[*SCENARIOS, []])
    parser.add_argument("--rondel", required=True, help="the binary, built for release")
    parser.add_argument("--postgres", required=True, help="URL of a server where databases may be made")
    parser.add_argument("--daemons", default="dagster,rondel", help="which to measure")
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--sensors", type=int, default=500)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--latencies", type=int, default=10)
    parser.add_argument("--idle", type=int, default=60, help="seconds")
    parser.add_argument("--workers", action="store_true", help="have the code server start run workers")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    options.rondel = str(Path(options.rondel).resolve())
    figures = {}
    for name in options.scenarios or SCENARIOS:
        for kind in options.daemons.split(","):
            measured = SCENARIOS[name](options, kind)
            figures.setdefault(name, {})[kind] = measured
            for what, value in measured.items():
                print(f"{name:10} {kind:8} {what:20} {value:10.2f}", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
