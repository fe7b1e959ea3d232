"""Decides what becomes of a step whose worker died or could not make its resources, by the retry policy of its op.

Runs where the step would run and is told what the step's worker is told; the error is in RONDEL_STEP_ERROR. Writes
into the run's log what Dagster's own executor would: that the step is to be tried again, or that it has failed.
"""

import base64
import os
import zlib

from dagster import DagsterInstance, DagsterRunStatus, Executor
from dagster._core.execution.api import create_execution_plan
from dagster._core.execution.context.system import PlanData, PlanOrchestrationContext
from dagster._core.execution.context_creation_job import create_context_creation_data, create_log_manager
from dagster._grpc.types import ExecuteStepArgs
from dagster._serdes import deserialize_value
from dagster._utils.error import SerializableErrorInfo
from dagster._utils.hosted_user_process import recon_job_from_origin


def main():
    told = zlib.decompress(base64.b64decode(os.environ["DAGSTER_COMPRESSED_EXECUTE_STEP_ARGS"])).decode()
    args = deserialize_value(told, ExecuteStepArgs)
    error = deserialize_value(os.environ["RONDEL_STEP_ERROR"], SerializableErrorInfo)
    with DagsterInstance.from_ref(args.instance_ref) as instance:
        run = instance.get_run_by_id(args.run_id)
        if run is None or run.is_finished or run.status == DagsterRunStatus.CANCELING:
            return
        origin = run.remote_job_origin
        instance.inject_env_vars(origin.location_name if origin else None)
        load_data = None
        if run.has_repository_load_data:
            load_data = instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id).repository_load_data
        job = (
            recon_job_from_origin(run.job_code_origin)
            .with_repository_load_data(load_data)
            .get_subset(
                op_selection=run.resolved_op_selection,
                asset_selection=run.asset_selection,
                asset_check_selection=run.asset_check_selection,
            )
        )
        plan = create_execution_plan(
            job,
            run_config=run.run_config,
            step_keys_to_execute=args.step_keys_to_execute,
            known_state=args.known_state,
            repository_load_data=load_data,
        )
        about = create_context_creation_data(job, plan, run.run_config, run, instance)
        # The executor itself is not made: it would connect to the cluster, which an arbiter has no use for.
        context = PlanOrchestrationContext(
            plan_data=PlanData(job, run, instance, plan, retry_mode=args.retry_mode),
            log_manager=create_log_manager(about),
            executor=None,
            output_capture=None,
        )
        for key in args.step_keys_to_execute:
            step = context.for_step(plan.get_executable_step_by_key(key))
            Executor.log_failure_or_retry_event_after_error(None, step, error, args.known_state)


main()
