"""Two code servers of the worlds, and dagster-webserver and `rondel webserver` above them, on one instance."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

READY_SECONDS = 180
ANSWER_SECONDS = 120
END_SECONDS = 5
LOCATIONS = ("first", "second")
LOADED = """{ workspaceOrError { ... on Workspace { locationEntries { name loadStatus
  locationOrLoadError { __typename ... on PythonError { message } } } } } }"""


class NotReady(Exception):
    """A process has ended, or a code location could not be loaded."""


@contextlib.contextmanager
def webservers(home: Path, rondel: Path):
    """The addresses of both, once they have loaded both code locations. In any case every process is ended."""
    with contextlib.ExitStack() as processes:
        ports = free_ports(4)
        environment = {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "yes"}

        def start(name: str, port: int, command: list, **more: str) -> Started:
            return processes.enter_context(Started(name, port, command, home, {**environment, **more}))

        python = [sys.executable, "-m"]
        location = Path(__file__).with_name("location.py")
        code = [
            start(
                f"code-{name}",
                port,
                [*python, "dagster", "api", "grpc", "-h", "127.0.0.1", "-p", str(port), "-f", str(location)],
                STALENESS_LOCATION=name,
            )
            for name, port in zip(LOCATIONS, ports[:2])
        ]
        for one in code:
            one.wait_until(one.accepts)
        servers = [
            f"- grpc_server: {{host: 127.0.0.1, port: {port}, location_name: {name}}}\n"
            for name, port in zip(LOCATIONS, ports[:2])
        ]
        workspace = home / "workspace.yaml"
        workspace.write_text("load_from:\n" + "".join(servers), encoding="utf8")
        both = [
            start(name, port, [*command, "-h", "127.0.0.1", "-p", str(port), "-w", str(workspace)])
            for name, port, command in (
                ("dagster-webserver", ports[2], [*python, "dagster_webserver"]),
                ("rondel", ports[3], [str(rondel), "webserver"]),
            )
        ]
        for one in both:
            one.wait_until(one.has_loaded)
        yield [one.url for one in both]


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as taken:
        sockets = [taken.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Started:
    """A process of its own group, whose output is kept in the home; ended with all that it started."""

    def __init__(self, name: str, port: int, command: list, home: Path, environment: dict):
        self.name, self.port, self.url = name, port, f"http://127.0.0.1:{port}"
        self.log = home / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=END_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_until(self, ready):
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(encoding="utf8", errors="replace")[-3000:]
                what = "does not answer" if self.process.poll() is None else "has ended"
                raise NotReady(f"{self.name} {what}:\n{said}")
            time.sleep(0.2)

    def accepts(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def has_loaded(self) -> bool:
        try:
            data, errors = ask(self.url, LOADED)
        except OSError:
            return False
        if errors:
            raise NotReady(f"{self.name}: {errors[0]}")
        entries = data["workspaceOrError"]["locationEntries"]
        if len(entries) < len(LOCATIONS) or any(one["loadStatus"] != "LOADED" for one in entries):
            return False
        for one in entries:
            if one["locationOrLoadError"]["__typename"] != "RepositoryLocation":
                raise NotReady(f"{self.name}: {one['name']}: {one['locationOrLoadError'].get('message')}")
        return True


def ask(url: str, query: str) -> tuple[dict | None, list[str]]:
    """The data, and the first lines of the errors, each once: Dagster tells the errors up to the one that ends the
    answer, Rondel tells all."""
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    return answer.get("data"), sorted({one["message"].split("\n")[0] for one in answer.get("errors") or []})
