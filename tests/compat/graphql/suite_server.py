"""A server process for one instance and one workspace, and the two ways to ask it."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import requests
import yaml
from compat_suite import OUT
from instance_file import plain_json

COMMAND = os.environ.get("COMPAT_SERVER", "rondel webserver -h 127.0.0.1 -p {port} -w {workspace}")
READY_SECONDS = 90
ANSWER_SECONDS = 90

LOAD_STATES = """{ locationStatusesOrError {
  ... on WorkspaceLocationStatusEntries { entries { name loadStatus } } } }"""


class NotAnswered(Exception):
    """What came back is not a GraphQL response."""


class Server:
    count = 0

    def __init__(self, home, workspace, read_only):
        Server.count += 1
        self.launched = []
        self.home = home
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.folder = tempfile.mkdtemp(prefix="compat-ws-")
        self.workspace_file = os.path.join(self.folder, "workspace.yaml")
        self.write_workspace(workspace)
        command = shlex.split(COMMAND.format(port=self.port, workspace=self.workspace_file))
        if read_only:
            command.append("--read-only")
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COMPAT_"))}
        env.update(DAGSTER_HOME=home, DAGSTER_DISABLE_TELEMETRY="yes")
        self.log_path = os.path.join(OUT, "server-logs", f"{os.getpid()}-{Server.count}.log")
        os.makedirs(os.path.dirname(self.log_path), exist_ok=True)
        self.log = open(self.log_path, "wb")
        self._log_inputs(command)
        self.process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.http = requests.Session()
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def write_workspace(self, workspace):
        with open(self.workspace_file, "w", encoding="utf8") as f:
            yaml.safe_dump(workspace, f, sort_keys=False)

    def _log_inputs(self, command):
        self.log.write(f"# {shlex.join(command)}\n".encode())
        for path in (os.path.join(self.home, "dagster.yaml"), self.workspace_file):
            with open(path, "rb") as f:
                self.log.write(f"# {path}\n".encode() + f.read())
        self.log.write(b"# output\n")
        self.log.flush()

    def tail(self):
        with open(self.log_path, "rb") as f:
            return f.read()[-4000:].decode("utf8", "replace")

    def alive(self):
        return self.process.poll() is None

    def _url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def _wait_until_ready(self):
        """Until the server answers and no code location is still loading."""
        deadline = time.monotonic() + READY_SECONDS
        answers = False
        while time.monotonic() < deadline:
            if not self.alive():
                raise RuntimeError(f"the server exited with {self.process.returncode} at start:\n{self.tail()}")
            try:
                answers = answers or self.http.get(self._url("/server_info"), timeout=5).status_code == 200
                if answers and not self._is_loading():
                    return
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the server was not ready after {READY_SECONDS} s:\n{self.tail()}")

    def _is_loading(self):
        answer = self.http.post(self._url("/graphql"), json={"query": LOAD_STATES}, timeout=20)
        try:
            entries = answer.json()["data"]["locationStatusesOrError"]["entries"]
        except (ValueError, KeyError, TypeError):
            return False
        return any(entry["loadStatus"] == "LOADING" for entry in entries)

    def post(self, query, variables):
        body = json.dumps({"query": query, "variables": variables}, default=plain_json).encode()
        headers = {"Content-Type": "application/json"}
        response = self.http.post(self._url("/graphql"), data=body, headers=headers, timeout=ANSWER_SECONDS)
        try:
            payload = response.json()
        except ValueError:
            payload = None
        if not isinstance(payload, dict) or not ("data" in payload or "errors" in payload):
            raise NotAnswered(f"HTTP {response.status_code}: {response.text[:2000]}")
        return payload

    def first_of_subscription(self, query, variables):
        """The first payload, or None when the subscription ends without one."""
        from websockets.sync.client import connect

        url = f"ws://127.0.0.1:{self.port}/graphql"
        with connect(url, subprotocols=["graphql-ws"], open_timeout=20, max_size=None) as ws:
            ws.send(json.dumps({"type": "connection_init", "payload": {}}))
            deadline = time.monotonic() + 30
            while True:
                message = json.loads(ws.recv(timeout=max(0.1, deadline - time.monotonic())))
                kind = message["type"]
                if kind == "connection_ack":
                    start = {"type": "start", "id": "1", "payload": {"query": query, "variables": variables}}
                    ws.send(json.dumps(start, default=plain_json))
                elif kind == "data":
                    ws.send(json.dumps({"type": "stop", "id": "1"}))
                    return message["payload"]
                elif kind == "complete":
                    return None
                elif kind in ("error", "connection_error"):
                    return {"errors": [message.get("payload") or {"message": kind}]}

    def stop(self):
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # its code servers, if it left any
        except ProcessLookupError:
            pass
        self.process.wait()
        self.http.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
