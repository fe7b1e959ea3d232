"""Renders Jobs with the real dagster-k8s package, whose client is replaced by a recorder.

Reads a JSON list of cases from stdin, writes a JSON list of {run, instance_ref, namespace, job} or
{run, instance_ref, error: class name} to stdout.
"""

import contextlib
import json
import os
import sys
import tempfile
from unittest import mock

import dagster_k8s.launcher as launcher_module
import kubernetes
import yaml
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import LaunchRunContext, ResumeRunContext
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.storage.dagster_run import DagsterRun
from dagster._serdes import serialize_value

RUN_ID = "0b1e5d1c-3f0a-4d59-8d2d-6d5f4b1c2a90"
sent = []


class Recorder:
    def create_namespaced_job_with_retries(self, body, namespace, **_):
        sent.append((body, namespace))


def make_run(case):
    return DagsterRun(
        job_name=case["job"],
        run_id=RUN_ID,
        tags={k: v if isinstance(v, str) else json.dumps(v) for k, v in case["tags"].items()},
        status=DagsterRunStatus.STARTING,
        job_code_origin=JobPythonOrigin(
            case["job"],
            RepositoryPythonOrigin(
                executable_path="/usr/bin/python3",
                code_pointer=ModuleCodePointer("project", "defs", "/srv"),
                container_image=case["image"],
                entry_point=["dagster"],
                container_context=case["context"],
            ),
        ),
        remote_job_origin=RemoteJobOrigin(
            RemoteRepositoryOrigin(
                GrpcServerCodeLocationOrigin(host="code", port=4000, location_name=case["location"]),
                "__repository__",
            ),
            case["job"],
        ),
    )


@contextlib.contextmanager
def instance_of(case):
    """An instance with the launcher of the case, in its environment."""
    with tempfile.TemporaryDirectory() as home:
        config = {
            "telemetry": {"enabled": False},
            "run_launcher": {
                "module": "dagster_k8s.launcher",
                "class": "K8sRunLauncher",
                "config": case["launcher"],
            },
        }
        with open(os.path.join(home, "dagster.yaml"), "w") as file:
            yaml.safe_dump(config, file)
        environment = {**case["env"], "DAGSTER_HOME": home}
        with mock.patch.dict(os.environ, environment), DagsterInstance.get() as instance:
            sent.clear()
            yield instance


def render(case):
    run = make_run(case)
    out = {"run": serialize_value(run), "instance_ref": None}
    with instance_of(case) as instance:
        try:
            out["instance_ref"] = serialize_value(instance.get_ref())
            instance.run_storage.add_run(run)
            if case["attempt"]:
                context = ResumeRunContext(run, None, case["attempt"])
                instance.run_launcher.resume_run(context)
            else:
                instance.run_launcher.launch_run(LaunchRunContext(run, None))
            ((body, namespace),) = sent
            out["namespace"] = namespace
            out["job"] = kubernetes.client.ApiClient().sanitize_for_serialization(body)
        except Exception as error:
            out["error"] = type(error).__name__
    return out


if __name__ == "__main__":
    with (
        mock.patch.object(launcher_module, "load_kubernetes_config"),
        mock.patch.object(
            launcher_module.DagsterKubernetesClient, "production_client", staticmethod(lambda **_: Recorder())
        ),
    ):
        json.dump([render(case) for case in json.load(sys.stdin)], sys.stdout)
