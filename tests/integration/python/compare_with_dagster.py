"""Runs the same job on Dagster's own `dagster dev` and compares what was recorded.

Usage: compare_with_dagster.py RUN_ID DEFINITIONS   (DAGSTER_HOME: the home in which Rondel ran RUN_ID)
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from dagster import DagsterInstance
from dagster_graphql import DagsterGraphQLClient

run_id, definitions = sys.argv[1:]


def normalized(text: str, home: str) -> str:
    text = text.replace(os.path.realpath(home), "HOME").replace(home, "HOME")
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r"\(pid: \d+\)", "(pid)", text)
    return re.sub(r"\b[\d.]+m?s\b", "TIME", text)


def recorded(home: str, run: str) -> tuple[list, dict]:
    with DagsterInstance.from_config(home) as instance:
        events = []
        for entry in instance.all_logs(run):
            event = entry.dagster_event
            kind = event.event_type_value if event else f"log {entry.level}"
            message = (event.message if event else entry.user_message) or ""
            events.append((kind, entry.step_key, normalized(message, home)))
        stored = instance.get_run_by_id(run)
        fields = {
            "tags": dict(stored.tags),
            "run_config": stored.run_config,
            "status": stored.status.value,
            "job_snapshot_id": stored.job_snapshot_id,
            "execution_plan_snapshot_id": stored.execution_plan_snapshot_id,
            "has_repository_load_data": stored.has_repository_load_data,
            "step_keys_to_execute": stored.step_keys_to_execute,
            "run_op_concurrency": stored.run_op_concurrency,
        }
        fields["tags"].pop(".dagster/grpc_info", None)
        return events, fields


def on_dagster(config: dict, job: str) -> tuple[list, dict]:
    with tempfile.TemporaryDirectory() as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        process = subprocess.Popen(
            [os.path.join(os.path.dirname(sys.executable), "dagster"), "dev", "-f", definitions, "-p", str(port)],
            env={**os.environ, "DAGSTER_HOME": home, "PATH": os.path.dirname(sys.executable) + ":" + os.environ["PATH"]},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=home,
        )
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=1)
                    break
                except OSError:
                    time.sleep(0.1)
            client = DagsterGraphQLClient("127.0.0.1", port_number=port)
            other = client.submit_job_execution(job, run_config=config, tags={"by": "client"})
            for _ in range(600):
                if client.get_run_status(other).value in ("SUCCESS", "FAILURE", "CANCELED"):
                    break
                time.sleep(0.1)
            time.sleep(1)  # the engine event after the run's end
            return recorded(home, other)
        finally:
            # `dagster dev` does not always end on a signal that asks; it has nothing to lose here.
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


home = os.environ["DAGSTER_HOME"]
events, fields = recorded(home, run_id)
with DagsterInstance.from_config(home) as instance:
    run = instance.get_run_by_id(run_id)
wanted_events, wanted_fields = on_dagster(run.run_config, run.job_name)
assert fields == wanted_fields, f"\nrondel:  {fields}\ndagster: {wanted_fields}"
# Steps run one after the other here, so that the whole order is comparable.
for position, (ours, wanted) in enumerate(zip(events, wanted_events)):
    assert ours == wanted, f"event {position}\nrondel:  {ours}\ndagster: {wanted}"
assert len(events) == len(wanted_events), (len(events), len(wanted_events))
print(f"compared {len(events)} events: equal")
