"""Compares webservers on a large project: the official web application's page queries, loading, memory.

Usage: versus.py --rondel PATH [--assets N] [--runs N] [--postgres URL] [--json FILE]

Makes a database, a code server with N assets, one real run copied N times (seed.py), then starts each server
alone on them and measures. CPU time is that of the server's processes (not of PostgreSQL), which makes the
figures comparable on a busy machine; times and throughput are only meaningful on a quiet one.
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "compat" / "ui"))
from operations import bundle, operations  # noqa: E402

BIN = Path(sys.executable).parent
TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(one for child in children for one in tree(int(child)))]
    return []


def cpu(pid: int) -> float:
    """CPU seconds of a process tree."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def resident(pid: int) -> float:
    """Resident memory of a process tree, MiB."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            total += int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
    return total / 1024


class Client:
    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(self, query: str, variables: dict) -> bytes:
        body = json.dumps({"query": query, "variables": variables})
        self.connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
        return self.connection.getresponse().read()

    def data(self, query: str, variables: dict | None = None) -> dict:
        answer = json.loads(self.ask(query, variables or {}))
        if answer.get("errors"):
            raise RuntimeError(answer["errors"][0]["message"])
        return answer["data"]


@contextlib.contextmanager
def process(arguments: list, log: Path, **environment):
    with log.open("wb") as output:
        child = subprocess.Popen(
            list(map(str, arguments)), stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "DAGSTER_DISABLE_TELEMETRY": "yes", **environment},
        )  # fmt: skip
    try:
        yield child.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def until(what: str, probe, limit: float = 600):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError, RuntimeError):
            if found := probe():
                return found
        time.sleep(0.05)
    raise TimeoutError(f"no {what} within {limit} s")


LOADED = "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError { __typename } } } } }"


def loaded(port: int) -> bool:
    entries = Client(port).data(LOADED)["workspaceOrError"]["locationEntries"]
    return bool(entries) and all(
        one["loadStatus"] == "LOADED" and one["locationOrLoadError"] for one in entries
    )


def page_queries(run_id: str, assets: int) -> dict[str, tuple[str, dict]]:
    """What the pages of the official web application ask, with the figures of a large project."""
    ui = operations(bundle())
    keys = [{"path": [f"asset_{index:05}"]} for index in range(assets)]
    latest = "query($assetKeys: [AssetKeyInput!]!) { assetsLatestInfo(assetKeys: $assetKeys) { id assetKey { path } unstartedRunIds inProgressRunIds latestMaterialization { timestamp runId } latestRun { id status } } }"
    return {
        "runs feed, 30 entries": (ui["RunsFeedRootQuery"], {"limit": 30, "view": "RUNS", "filter": {}}),
        "log of a run": (ui["RunLogsQuery"], {"runId": run_id, "limit": 1000}),
        "latest info of 500 assets": (latest, {"assetKeys": keys[:500]}),
        "live data of 100 assets": (ui["AssetGraphLiveQuery"], {"assetKeys": keys[:100]}),
        "health of 100 assets": (ui["AssetHealthQuery"], {"assetKeys": keys[:100]}),
        f"the whole graph, {assets} assets": (ui["LocationWorkspaceAssetsQuery"], {"name": "large"}),
        "run timeline": (ui["CompletedRunTimelineQuery"], {"completedFilter": {"statuses": ["SUCCESS", "FAILURE", "CANCELED"]}, "limit": 500}),
        "page of a run": (ui["RunRootQuery"], {"runId": run_id}),
    }  # fmt: skip


def measure(port: int, pid: int, query: str, variables: dict, seconds: float) -> dict:
    client = Client(port)
    try:
        client.data(query, variables)
    except RuntimeError as error:
        return {"error": str(error)}
    size = len(client.ask(query, variables))
    times, start_cpu, start = [], cpu(pid), time.perf_counter()
    while len(times) < 3 or (time.perf_counter() - start < seconds and len(times) < 300):
        before = time.perf_counter()
        client.ask(query, variables)
        times.append(time.perf_counter() - before)
    one_cpu = (cpu(pid) - start_cpu) / len(times)
    done, lock, end = [0], threading.Lock(), time.perf_counter() + seconds

    def work():
        mine = Client(port)
        while time.perf_counter() < end:
            mine.ask(query, variables)
            with lock:
                done[0] += 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "bytes": size, "cpu_ms": one_cpu * 1000, "median_ms": statistics.median(times) * 1000,
        "per_second_at_8": done[0] / (time.perf_counter() - start), "rss_mib": resident(pid),
    }  # fmt: skip


def serve(name: str, command: list, home: Path, port: int, seconds: float, queries: dict) -> dict:
    print(f"{name} ...", file=sys.stderr)
    start = time.perf_counter()
    with process(command, home / f"{name}.log", DAGSTER_HOME=str(home)) as pid:
        until("answer", lambda: Client(port).data("{ version }"))
        answering = time.perf_counter() - start
        until("loaded workspace", lambda: loaded(port))
        result = {"answers_s": answering, "loaded_s": time.perf_counter() - start, "load_cpu_s": cpu(pid), "loaded_rss_mib": resident(pid)}
        result["queries"] = {
            title: measure(port, pid, query, variables, seconds) for title, (query, variables) in queries.items()
        }
        result["rss_mib"] = resident(pid)
    return result


def report(results: dict[str, dict]) -> None:
    first, second = results
    one, other = results[first], results[second]
    print(f"{'':34} {first:>18} {second:>12} {'ratio':>8}")

    def line(title: str, a: float | None, b: float | None, invert: bool = False) -> None:
        ratio = "" if not a or not b else f"{(b / a if invert else a / b):8.1f}"
        print(f"{title:34} {a if a is not None else float('nan'):18.1f} {b if b is not None else float('nan'):12.1f} {ratio:>8}")

    for title, key in (("first answer, ms", "answers_s"), ("workspace loaded, ms", "loaded_s"), ("CPU of loading, ms", "load_cpu_s")):
        line(title, one[key] * 1000, other[key] * 1000)
    line("memory after loading, MiB", one["loaded_rss_mib"], other["loaded_rss_mib"])
    line("memory at the end, MiB", one["rss_mib"], other["rss_mib"])
    for title in one["queries"]:
        a, b = one["queries"][title], other["queries"][title]
        print(f"{title} ({b.get('bytes', 0)} bytes)")
        for error in (a.get("error"), b.get("error")):
            if error:
                print(f"    error: {error[:150]}")
        for label, key, invert in (("    CPU, ms", "cpu_ms", False), ("    median at 1 client, ms", "median_ms", False), ("    requests/s at 8 clients", "per_second_at_8", True)):
            line(label, a.get(key), b.get(key), invert)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rondel", required=True)
    parser.add_argument("--postgres", default=os.environ.get("RONDEL_TEST_POSTGRES_URL"))
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=5, help="how long each query is asked")
    parser.add_argument("--only", choices=("dagster", "rondel"))
    parser.add_argument("--keep", help="a directory to keep the database's name and the home in, used again next time")
    parser.add_argument("--json")
    options = parser.parse_args()
    if not options.postgres:
        parser.error("--postgres or RONDEL_TEST_POSTGRES_URL is needed")
    home = Path(options.keep or tempfile.mkdtemp(prefix="versus-"))
    home.mkdir(parents=True, exist_ok=True)
    url = f"{options.postgres.rsplit('/', 1)[0]}/versus_{home.name.replace('-', '_').lower()}"
    workspace = home / "workspace.yaml"
    workspace.write_text("load_from:\n  - grpc_server: {host: 127.0.0.1, port: 4301, location_name: large}\n")
    commands = {
        "dagster": [BIN / "dagster-webserver", "-h", "127.0.0.1", "-p", 4302, "-w", workspace],
        "rondel": [options.rondel, "webserver", "-h", "127.0.0.1", "-p", 4303, "-w", workspace],
    }
    code = [BIN / "dagster", "api", "grpc", "-h", "127.0.0.1", "-p", 4301, "-f", HERE / "workspace.py"]
    with process(code, home / "code.log", VERSUS_ASSETS=str(options.assets)):
        until("code server", lambda: __import__("socket").create_connection(("127.0.0.1", 4301)))
        seeded = home / "run_id"
        if not seeded.exists():
            seeded.write_text(seed(home, url, commands["rondel"], options))
        queries = page_queries(seeded.read_text(), options.assets)
        results = {
            name: serve(name, command, home, 4302 if name == "dagster" else 4303, options.seconds, queries)
            for name, command in commands.items()
            if options.only in (None, name)
        }
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))
    if len(results) == 2:
        report(results)
    else:
        print(json.dumps(results, indent=1))


def seed(home: Path, url: str, command: list, options: argparse.Namespace) -> str:
    """Makes the database with one real run of five assets and its copies; the run's id."""
    import psycopg2

    server, database = url.rsplit("/", 1)
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    connection.cursor().execute(f'CREATE DATABASE "{database}"')
    connection.close()
    (home / "dagster.yaml").write_text(
        f"storage:\n  postgres:\n    postgres_url: {url}\nrun_coordinator:\n  module: dagster.core.run_coordinator\n  class: DefaultRunCoordinator\ntelemetry:\n  enabled: false\n"
    )
    launch = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
      ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
    with process(command, home / "seed.log", DAGSTER_HOME=str(home)):
        until("loaded workspace", lambda: loaded(4303))
        client = Client(4303)
        selector = {
            "repositoryLocationName": "large", "repositoryName": "__repository__", "pipelineName": "__ASSET_JOB",
            "assetSelection": [{"path": [f"asset_{index:05}"]} for index in range(5)],
        }  # fmt: skip
        answer = client.data(launch, {"params": {"selector": selector, "mode": "default"}})["launchRun"]
        run_id = answer["run"]["runId"]
        status = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
        ended = until("end of the run", lambda: (s := client.data(status, {"id": run_id})["runOrError"]["status"]) in ("SUCCESS", "FAILURE") and s)
        if ended != "SUCCESS":
            raise RuntimeError(f"the template run {run_id} ended as {ended}")
    subprocess.run([sys.executable, HERE / "seed.py", url, run_id, str(options.runs), str(options.assets)], check=True, stdout=sys.stderr)
    return run_id


if __name__ == "__main__":
    main()
