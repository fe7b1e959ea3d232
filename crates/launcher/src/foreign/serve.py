"""Serves the run launcher and the run coordinator of an instance to Rondel over a Unix socket.

The arguments are the socket and which of them are served (`launcher`, `coordinator`). One connection per
request, one JSON line each way. Only the launcher's own part of a launch is done here: Rondel records events
and statuses. Ends when standard input is closed, that is, with the process that started it.
"""

import inspect
import json
import os
import socketserver
import sys
import threading
import traceback


def end_with_parent():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


class Headers:
    """Headers of a request, whose names have no case."""

    def __init__(self, pairs):
        self.pairs = [(name.lower(), value) for name, value in pairs]

    def get(self, name, default=None):
        return next((value for known, value in self.pairs if known == name.lower()), default)

    def items(self):
        return list(self.pairs)


class Source:
    """The request for which a run is submitted."""

    def __init__(self, headers):
        self.headers = headers


class Locations:
    """The workspace of a run that is submitted: its own code location, connected to when asked for."""

    def __init__(self, instance, run, headers):
        self.instance = instance
        self.run = run
        self.source = Source(Headers(headers)) if headers else None

    def get_code_location(self, name):
        origin = self.run.remote_job_origin.repository_origin.code_location_origin
        if origin.location_name != name:
            raise Exception(f"the run is of the code location {origin.location_name}, not of {name}")
        return origin.create_location(self.instance)


class Served:
    def __init__(self, parts):
        from dagster import DagsterInstance

        self.instance = DagsterInstance.get()
        # Another class of the instance need not be installed here.
        self.launcher = self.instance.run_launcher if "launcher" in parts else None
        self.coordinator = self.instance.run_coordinator if "coordinator" in parts else None

    def run(self, request):
        run = self.instance.get_run_by_id(request["run_id"])
        if run is None:
            raise Exception(f"run {request['run_id']} was not found in the instance")
        return run

    def capabilities(self, _request):
        capabilities = {}
        if self.launcher:
            launcher = self.launcher
            capabilities["supports_check_run_worker_health"] = bool(launcher.supports_check_run_worker_health)
            capabilities["supports_resume_run"] = bool(launcher.supports_resume_run)
        if self.coordinator:
            capabilities["queue"] = self.queue()
        return capabilities

    def queue(self):
        """The settings of the queue, named as in dagster.yaml."""
        from dagster._core.run_coordinator import QueuedRunCoordinator

        if not isinstance(self.coordinator, QueuedRunCoordinator):
            return None
        config = self.coordinator.get_run_queue_config()
        limits = config.tag_concurrency_limits
        # Enabled by default and enabled explicitly are not the same.
        enabled = bool(config.explicitly_enabled_concurrency_run_blocking) or None
        blocking = {
            "enabled": enabled if config.should_block_op_concurrency_limited_runs else False,
            "op_concurrency_slot_buffer": config.op_concurrency_slot_buffer,
        }
        return {
            "max_concurrent_runs": config.max_concurrent_runs,
            "tag_concurrency_limits": [dict(limit) for limit in limits] if limits else None,
            "dequeue_interval_seconds": self.coordinator.dequeue_interval_seconds,
            "dequeue_use_threads": self.coordinator.dequeue_use_threads,
            "dequeue_num_workers": self.coordinator.dequeue_num_workers,
            "max_user_code_failure_retries": config.max_user_code_failure_retries,
            "user_code_failure_retry_delay": config.user_code_failure_retry_delay,
            "block_op_concurrency_limited_runs": blocking,
        }

    def submit_run(self, request):
        from dagster._core.run_coordinator import SubmitRunContext

        class Submission(SubmitRunContext):
            def get_request_header(self, key):
                source = self.workspace.source
                return source.headers.get(key) if source else None

        run = self.run(request)
        workspace = Locations(self.instance, run, request.get("headers"))
        self.coordinator.submit_run(Submission(run, workspace=workspace))
        return {}

    def cancel_run(self, request):
        return {"result": bool(self.coordinator.cancel_run(request["run_id"]))}

    def launch_run(self, request):
        from dagster._core.launcher import LaunchRunContext

        self.launcher.launch_run(LaunchRunContext(dagster_run=self.run(request), workspace=None))
        return {}

    def resume_run(self, request):
        from dagster._core.launcher import ResumeRunContext

        context = ResumeRunContext(
            dagster_run=self.run(request),
            workspace=None,
            resume_attempt_number=request["resume_attempt_number"],
        )
        self.launcher.resume_run(context)
        return {}

    def terminate(self, request):
        return {"result": bool(self.launcher.terminate(request["run_id"]))}

    def check_run_worker_health(self, request):
        health = self.launcher.check_run_worker_health(self.run(request))
        result = {
            "status": health.status.value,
            "msg": health.msg,
            "transient": health.transient,
            "run_worker_id": health.run_worker_id,
        }
        return {"result": result}

    def debug_info(self, request):
        get = self.launcher.get_run_worker_debug_info
        options = {}
        # Launchers written for older versions do not take this.
        if "include_container_logs" in inspect.signature(get).parameters:
            options["include_container_logs"] = bool(request.get("include_container_logs", True))
        return {"result": get(self.run(request), **options)}


OPERATIONS = {
    "capabilities",
    "submit_run",
    "cancel_run",
    "launch_run",
    "resume_run",
    "terminate",
    "check_run_worker_health",
    "debug_info",
}


def answer(served, line):
    try:
        request = json.loads(line)
        if request.get("op") not in OPERATIONS:
            raise Exception(f"there is no operation {request.get('op')!r}")
        return {"ok": True, **getattr(served, request["op"])(request)}
    except Exception as error:
        kind = type(error)
        path = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        return {
            "ok": False,
            "error": {
                "message": f"{path}: {error}\n",
                "stack": traceback.format_tb(error.__traceback__),
                "cls_name": kind.__name__,
                "raw_message": str(error),
            },
        }


def main(path, *parts):
    threading.Thread(target=end_with_parent, daemon=True).start()
    served = Served(parts)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            reply = answer(served, self.rfile.readline())
            self.wfile.write((json.dumps(reply) + "\n").encode())

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(path, Handler) as server:
        server.serve_forever()


main(*sys.argv[1:])
