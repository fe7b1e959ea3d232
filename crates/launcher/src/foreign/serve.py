"""Serves the run launcher of an instance to Rondel over a Unix socket.

One connection per request, one JSON line each way. Only the launcher's own part is done here: Rondel
records events and statuses. Ends when standard input is closed, that is, with the process that started it.
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


class Launcher:
    def __init__(self):
        from dagster import DagsterInstance

        self.instance = DagsterInstance.get()
        self.launcher = self.instance.run_launcher

    def run(self, request):
        run = self.instance.get_run_by_id(request["run_id"])
        if run is None:
            raise Exception(f"run {request['run_id']} was not found in the instance")
        return run

    def capabilities(self, _request):
        launcher = self.launcher
        return {
            "supports_check_run_worker_health": bool(launcher.supports_check_run_worker_health),
            "supports_resume_run": bool(launcher.supports_resume_run),
        }

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
    "launch_run",
    "resume_run",
    "terminate",
    "check_run_worker_health",
    "debug_info",
}


def answer(launcher, line):
    try:
        request = json.loads(line)
        if request.get("op") not in OPERATIONS:
            raise Exception(f"there is no operation {request.get('op')!r}")
        return {"ok": True, **getattr(launcher, request["op"])(request)}
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


def main(path):
    threading.Thread(target=end_with_parent, daemon=True).start()
    launcher = Launcher()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            reply = answer(launcher, self.rfile.readline())
            self.wfile.write((json.dumps(reply) + "\n").encode())

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(path, Handler) as server:
        server.serve_forever()


main(sys.argv[1])
