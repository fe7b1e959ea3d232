"""The webservers on a large project: the official web application's page queries, loading, memory.

A code server with 10,000 assets (project.py), a database with one real run and its 20,000 copies (seed.py). Loading is
measured with each server started alone; then both run, and each query is put to one and then to the other, first by
one client, then by eight. CPU is that of the server and of PostgreSQL.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.client import ask, load, request
from support.cost import meter
from support.deployment import BIN
from support.pairs import KINDS, Metric, Row, alternate, rows
from support.postgres import Database
from support.processes import cpu, free_port, listening, most_resident, resident, running, until
from workloads.queries import page_queries

TITLE = "rondel webserver beside dagster-webserver"
SETTLING = 2  # seconds after which what was needed for loading only has been given back
HERE = Path(__file__).resolve().parent
LOADED = "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError { __typename } } } } }"


def arguments(parser) -> None:
    parser.add_argument("--pairs", type=int, default=5, help="turns of each query")
    parser.add_argument("--load-pairs", type=int, default=3, help="turns of starting the servers")
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2, help="how long a query is asked in a turn, by one client and by many")
    parser.add_argument("--query", action="append", help="only queries whose title contains this")
    parser.add_argument("--keep", help="a folder for the home and the database's name, used again next time")


def measure(options) -> list[Row]:
    with contextlib.ExitStack() as stack:
        home = Path(options.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="versus-"))).resolve()
        home.mkdir(parents=True, exist_ok=True)
        database = Database(options.postgres, f"versus_{home.name.replace('-', '_').lower()}")
        if not options.keep:
            stack.callback(database.drop)
        port = free_port()
        (home / "workspace.yaml").write_text(f"load_from:\n  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: large}}\n")
        code = [BIN / "dagster", "api", "grpc", "-h", "127.0.0.1", "-p", port, "-f", HERE / "project.py"]
        stack.enter_context(running(code, home / "code.log", VERSUS_ASSETS=str(options.assets)))
        until("code server", lambda: listening(port))
        servers = {
            "dagster": Server([BIN / "dagster-webserver"], home),
            "rondel": Server([options.rondel, "webserver"], home),
        }
        seeded = home / "run_id"
        if not seeded.exists():
            seeded.write_text(seed(home, database, servers["rondel"], options))
        queries = {
            title: asked
            for title, asked in page_queries(seeded.read_text(), options.assets).items()
            if not options.query or any(part in title for part in options.query)
        }
        kinds = options.only or KINDS
        found = alternate(options.load_pairs, kinds, lambda kind: servers[kind].load(), "loading")
        made = rows(f"workspace of {options.assets} assets", found, (
            Metric("answers", "first answer", "ms", scale=1000, charted=False),
            Metric("loaded", "loaded", "ms", scale=1000),
            Metric("cpu", "CPU of loading", "ms", scale=1000),
            Metric("peak", "memory, most until then", "MiB", charted=False),
            Metric("resident", f"memory, {SETTLING} s later", "MiB"),
        ))  # fmt: skip
        for kind in kinds:
            stack.enter_context(servers[kind].started())
        for title, (query, variables) in queries.items():
            found = alternate(options.pairs, kinds, lambda kind: servers[kind].answers(database, query, variables, options), title)
            made += rows(title, found, (
                Metric("process_cpu", "CPU of the server", "ms", scale=1000, charted=False),
                Metric("database_cpu", "CPU of PostgreSQL", "ms", scale=1000, charted=False),
                Metric("cpu", "CPU of both", "ms", scale=1000),
                Metric("median", "median at 1 client", "ms", scale=1000),
                Metric("per_second", f"requests at {options.clients} clients", "1/s", higher_is_better=True),
                Metric("bytes", "answer", "bytes", charted=False),
            ))  # fmt: skip
        memory = {kind: [{"resident": resident(servers[kind].pid)}] for kind in kinds}
        return made + rows("after all queries", memory, [Metric("resident", "memory", "MiB")])


class Server:
    """A webserver on the project."""

    def __init__(self, command: list, home: Path):
        self.command = command
        self.home = home
        self.port = free_port()
        self.pid = 0

    @contextlib.contextmanager
    def started(self):
        """Runs it, its workspace loaded; `pid` and `figures` of the start are known meanwhile."""
        command = [*self.command, "-h", "127.0.0.1", "-p", self.port, "-w", self.home / "workspace.yaml"]
        began = time.perf_counter()
        with running(command, self.home / f"{Path(command[0]).name}.log", DAGSTER_HOME=str(self.home)) as self.pid:
            until("answer", lambda: ask(self.port, "{ version }"))
            answers = time.perf_counter() - began
            until("loaded workspace", self.loaded)
            spent = cpu(self.pid)
            self.figures = {"answers": answers, "loaded": time.perf_counter() - began, "cpu": spent}
            yield

    def load(self) -> dict:
        with self.started():
            time.sleep(SETTLING)
            return self.figures | {"peak": most_resident(self.pid), "resident": resident(self.pid)}

    def loaded(self) -> bool:
        entries = ask(self.port, LOADED)["workspaceOrError"]["locationEntries"]
        return bool(entries) and all(one["loadStatus"] == "LOADED" and one["locationOrLoadError"] for one in entries)

    def answers(self, database: Database, query: str, variables: dict, options) -> dict:
        """Asks by one client, for the costs of an answer, then by many, for the throughput."""
        ask(self.port, query, variables)  # fails if there are errors in the answer
        prepared = request(query, variables, self.port)
        used = meter(self.pid, database)
        one = load(self.port, prepared, 1, options.seconds)
        spent = {key: value / len(one.times) for key, value in used().items() if key != "seconds"}
        many = load(self.port, prepared, options.clients, options.seconds)
        return {
            **spent,
            "median": statistics.median(one.times),
            "per_second": len(many.times) / many.seconds,
            "bytes": one.size,
        }


def seed(home: Path, database: Database, server: Server, options) -> str:
    """Makes the database with one real run of five assets and its copies; the run's id."""
    database.create()
    (home / "dagster.yaml").write_text(
        f"storage:\n  postgres:\n    postgres_url: {database.url}\n"
        "run_coordinator:\n  module: dagster.core.run_coordinator\n  class: DefaultRunCoordinator\ntelemetry:\n  enabled: false\n"
    )
    launch = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
      ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
    selector = {
        "repositoryLocationName": "large", "repositoryName": "__repository__", "pipelineName": "__ASSET_JOB",
        "assetSelection": [{"path": [f"asset_{index:05}"]} for index in range(5)],
    }  # fmt: skip
    with server.started():
        answer = ask(server.port, launch, {"params": {"selector": selector, "mode": "default"}})["launchRun"]
        if "run" not in answer:
            raise SystemExit(f"the template run was not launched: {answer}")
        run_id = answer["run"]["runId"]
        status = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"

        def ended() -> str | None:
            found = ask(server.port, status, {"id": run_id})["runOrError"]["status"]
            return found if found in ("SUCCESS", "FAILURE", "CANCELED") else None

        if (end := until("end of the run", ended)) != "SUCCESS":
            raise SystemExit(f"the template run {run_id} ended as {end}")
    command = [sys.executable, HERE / "seed.py", database.url, run_id, str(options.runs), str(options.assets)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return run_id
