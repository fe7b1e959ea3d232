"""Renders the Jobs of steps with the real Kubernetes executor, whose client is replaced by a recorder.

Reads a JSON list of cases from stdin, writes a JSON list of {run, instance_ref, known_state, namespace, job, args}
or {run, instance_ref, known_state, error: class name} to stdout. `args` is what the step's worker is told.
"""

import base64
import json
import sys
import zlib
from types import SimpleNamespace
from unittest import mock

import dagster_k8s.executor as executor_module
import dagster_k8s.launcher as launcher_module
import kubernetes
from dagster._config import process_config
from dagster._core.execution.plan.outputs import StepOutputHandle
from dagster._core.execution.plan.state import KnownExecutionState
from dagster._core.execution.retries import RetryMode
from dagster._grpc.types import ExecuteStepArgs
from dagster._serdes import serialize_value
from render_jobs import Recorder, instance_of, make_run, sent

STEP = "each[a]"
ARGS = "DAGSTER_COMPRESSED_EXECUTE_STEP_ARGS"


def executor_of(case, instance):
    schema = executor_module.k8s_job_executor.config_schema.config_type
    result = process_config(schema, case["executor"])
    if not result.success:
        raise executor_module.check.CheckError(str(result.errors))
    context = SimpleNamespace(instance=instance, executor_config=result.value)
    return executor_module.k8s_job_executor.executor_creation_fn(context)


def render(case):
    run = make_run(case)
    known_state = KnownExecutionState(
        previous_retry_attempts={STEP: case["attempt"]} if case["attempt"] else {},
        dynamic_mappings={"fan": {"result": ["a", "b"]}},
        ready_outputs={StepOutputHandle("fan", "result", key) for key in "ab"},
    )
    out = {"run": serialize_value(run), "known_state": serialize_value(known_state)}
    with instance_of(case) as instance:
        out["instance_ref"] = serialize_value(instance.get_ref())
        args = ExecuteStepArgs(
            job_origin=run.job_code_origin,
            run_id=run.run_id,
            step_keys_to_execute=[STEP],
            instance_ref=instance.get_ref(),
            retry_mode=RetryMode.DEFERRED,
            known_state=known_state,
            should_verify_step=True,
            print_serialized_events=False,
        )
        tags = {k: v if isinstance(v, str) else json.dumps(v) for k, v in case["op_tags"].items()}
        step = SimpleNamespace(op_name="each")
        context = SimpleNamespace(
            instance=instance,
            dagster_run=run,
            execute_step_args=args,
            step_tags={STEP: tags},
            get_step_context=lambda _: SimpleNamespace(step=step),
        )
        try:
            handler = executor_of(case, instance)._step_handler
            list(handler.launch_step(context))
            ((body, namespace),) = sent
            job = kubernetes.client.ApiClient().sanitize_for_serialization(body)
            for variable in job["spec"]["template"]["spec"]["containers"][0]["env"]:
                if variable["name"] == ARGS:
                    out["args"] = zlib.decompress(base64.b64decode(variable.pop("value"))).decode()
            out["namespace"], out["job"] = namespace, job
        except Exception as error:
            out["error"] = type(error).__name__
    return out


with (
    mock.patch.object(launcher_module, "load_kubernetes_config"),
    mock.patch.object(kubernetes.config, "load_incluster_config"),
    mock.patch.object(executor_module.DagsterEvent, "step_worker_starting"),
    mock.patch.object(
        executor_module.DagsterKubernetesClient, "production_client", staticmethod(lambda **_: Recorder())
    ),
):
    json.dump([render(case) for case in json.load(sys.stdin)], sys.stdout)
