"""The launcher bridge's far end: the launcher and coordinator objects of the test, reached over a Unix socket.

One newline-terminated JSON request and reply per connection. Requests are served on the thread that waits for the
command, so that the objects are used as a daemon in this process would use them.
"""

import json
import os
import socket
import sys

CAPABILITIES = (
    "supports_check_run_worker_health",
    "supports_resume_run",
    "supports_run_worker_crash_recovery",
    "include_cluster_info_in_failure_messages",
)


class Bridge:
    def __init__(self, instance, context, path):
        self.instance, self.context, self.path = instance, context, path
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen(64)

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        self.socket.close()
        os.unlink(self.path)

    def serve_one(self):
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rwb") as stream:
            line = stream.readline()
            if not line:
                return
            try:
                reply = {"ok": True, **self._answer(json.loads(line))}
            except Exception as error:
                from dagster._utils.error import serializable_error_info_from_exc_info

                info = serializable_error_info_from_exc_info(sys.exc_info())
                details = {"message": info.message, "stack": list(info.stack), "cls_name": info.cls_name}
                reply = {"ok": False, "error": {**details, "raw_message": str(error)}}
            try:
                stream.write(json.dumps(reply).encode() + b"\n")
                stream.flush()
            except OSError:
                pass  # the command has gone; its exit status tells

    def _answer(self, request):
        from dagster._core.launcher import LaunchRunContext, ResumeRunContext
        from dagster._core.run_coordinator import SubmitRunContext

        instance, op, run_id = self.instance, request["op"], request.get("run_id")
        launcher = instance.run_launcher
        run = instance.get_run_by_id(run_id) if run_id else None
        if op == "capabilities":
            return {name: bool(getattr(launcher, name, False)) for name in CAPABILITIES}
        if op == "launch_run":
            launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=self._workspace()))
            return {}
        if op == "resume_run":
            attempt = request.get("resume_attempt_number")
            workspace = self._workspace()
            launcher.resume_run(ResumeRunContext(dagster_run=run, workspace=workspace, resume_attempt_number=attempt))
            return {}
        if op == "terminate":
            return {"result": bool(launcher.terminate(run_id))}
        if op == "check_run_worker_health":
            health = launcher.check_run_worker_health(run)
            fields = {"msg": health.msg, "transient": health.transient, "run_worker_id": health.run_worker_id}
            return {"result": {"status": health.status.value, **fields}}
        if op == "debug_info":
            options = {"include_container_logs": False} if request.get("include_container_logs") is False else {}
            return {"result": launcher.get_run_worker_debug_info(run, **options)}
        if op == "submit_run":
            instance.run_coordinator.submit_run(SubmitRunContext(run, workspace=self._workspace()))
            return {}
        if op == "cancel_run":
            return {"result": bool(instance.run_coordinator.cancel_run(run_id))}
        raise ValueError(f"unknown operation {op}")

    def _workspace(self):
        create = getattr(self.context, "create_request_context", None)
        return create() if create else self.context
