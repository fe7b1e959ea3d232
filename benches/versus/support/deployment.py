"""A Dagster deployment to measure a daemon on: a database, a home, a code server, and runs to submit."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget

from support.postgres import Database, throwaway
from support.processes import free_port, listening, running, until

BIN = Path(sys.executable).parent

# What the code server answers at once, so that a control plane is measured and not the start of Python processes.
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


class Deployment:
    """What `deployment` made; `with self.daemon(kind) as pid` runs one of the daemons on it."""

    def __init__(self, rondel: str, database: Database, home: Path, port: int, instance: DagsterInstance):
        self.rondel = rondel
        self.instance = instance
        self.database = database
        self.home = home
        self.port = port

    @contextlib.contextmanager
    def daemon(self, kind: str) -> Iterator[int]:
        command = [BIN / "dagster-daemon", "run"] if kind == "dagster" else [self.rondel, "daemon", "run"]
        command += ["-w", self.home / "workspace.yaml"]
        with running(command, self.home / f"{kind}.log", DAGSTER_HOME=str(self.home)) as pid:
            try:
                yield pid
            except TimeoutError as error:
                log = (self.home / f"{kind}.log").read_text(errors="replace")
                raise TimeoutError(f"{error}\nthe end of the daemon's log:\n{log[-3000:]}") from error

    @contextlib.contextmanager
    def settled_daemon(self, kind: str) -> Iterator[int]:
        """A daemon that has started: it has said that it is there, and a while has passed."""
        with self.daemon(kind) as pid:
            self.database.wait_for("SELECT count(*) FROM daemon_heartbeats", 1)
            time.sleep(10)
            yield pid

    def hold(self) -> None:
        """Hides the submitted runs from the daemon until `release`."""
        self.database.execute("UPDATE runs SET status = 'NOT_STARTED' WHERE status = 'QUEUED'")

    def release(self) -> None:
        self.database.execute("UPDATE runs SET status = 'QUEUED' WHERE status = 'NOT_STARTED'")

    def start_sensors(self) -> None:
        with self.workspace() as (_, _, repository):
            for sensor in repository.get_sensors():
                self.instance.start_sensor(sensor)

    @contextlib.contextmanager
    def workspace(self) -> Iterator[tuple]:
        """The workspace, its code location, and the only repository of that, as Dagster sees them."""
        target = GrpcServerTarget(host="127.0.0.1", port=self.port, socket=None, location_name="bench")
        with WorkspaceProcessContext(self.instance, target) as process:
            workspace = process.create_request_context()
            location = workspace.code_locations[0]
            yield workspace, location, next(iter(location.get_repositories().values()))

    def submissions(self, count: int, job: str = "work") -> Iterator:
        """Makes runs of `job` one by one; gives (run id, function which submits it) for each."""
        with self.workspace() as (workspace, location, repository):
            found = repository.get_full_job(job)
            plan = location.get_execution_plan(found, {}, None, None, self.instance)
            for _ in range(count):
                run = self.instance.create_run(
                    job_name=found.name, run_id=None, run_config={}, status=None, tags={},
                    root_run_id=None, parent_run_id=None, step_keys_to_execute=None,
                    execution_plan_snapshot=plan.execution_plan_snapshot,
                    job_snapshot=found.job_snapshot, parent_job_snapshot=found.parent_job_snapshot,
                    asset_selection=None, asset_check_selection=None, resolved_op_selection=None,
                    op_selection=None, remote_job_origin=found.get_remote_origin(),
                    job_code_origin=found.get_python_origin(), asset_graph=repository.asset_graph,
                )  # fmt: skip
                yield run.run_id, lambda: self.instance.submit_run(run.run_id, workspace)


@contextlib.contextmanager
def deployment(options, definitions: str, workers: bool = False, yaml: str = "", **environment: str) -> Iterator[Deployment]:
    """`definitions`: the text of the code location; `yaml`: more lines of dagster.yaml.

    With `workers` the code server starts the processes of runs; without, it says that it did.
    """
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(throwaway(options.postgres))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="versus-")))
        (home / "dagster.yaml").write_text(
            f"storage:\n  postgres:\n    postgres_url: {database.url}\ntelemetry:\n  enabled: false\n{yaml}"
        )
        (home / "definitions.py").write_text(definitions if workers else NO_WORKERS + definitions)
        port = free_port()
        (home / "workspace.yaml").write_text(
            f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: bench}}\n"
        )
        server = [BIN / "dagster", "api", "grpc", "-h", "127.0.0.1", "-p", port, "-f", home / "definitions.py"]
        stack.enter_context(running(server, home / "code.log", DAGSTER_HOME=str(home), **environment))
        instance = stack.enter_context(DagsterInstance.from_config(str(home)))
        until("code server", lambda: listening(port))
        yield Deployment(options.rondel, database, home, port, instance)

