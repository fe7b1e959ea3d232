"""Puts runs into the queue as Dagster does."""

from contextlib import contextmanager

from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget


@contextmanager
def served_on(instance, port):
    """The workspace of one code server, with its location and that location's only repository."""
    target = GrpcServerTarget(host="127.0.0.1", port=port, socket=None, location_name=None)
    with WorkspaceProcessContext(instance, target) as process:
        workspace = process.create_request_context()
        location = workspace.code_locations[0]
        yield workspace, location, next(iter(location.get_repositories().values()))


def submit(instance, port, job_name, count=1, tags=None):
    """Queues runs of a job and prints their ids."""
    with served_on(instance, port) as (workspace, location, repository):
        job = repository.get_full_job(job_name)
        plan = location.get_execution_plan(job, {}, None, None, instance)
        for _ in range(count):
            run = instance.create_run(
                job_name=job.name,
                run_id=None,
                run_config={},
                resolved_op_selection=None,
                step_keys_to_execute=None,
                status=None,
                tags=tags or {},
                root_run_id=None,
                parent_run_id=None,
                job_snapshot=job.job_snapshot,
                execution_plan_snapshot=plan.execution_plan_snapshot,
                parent_job_snapshot=job.parent_job_snapshot,
                remote_job_origin=job.get_remote_origin(),
                job_code_origin=job.get_python_origin(),
                asset_selection=None,
                asset_check_selection=None,
                op_selection=None,
                asset_graph=repository.asset_graph,
            )
            instance.submit_run(run.run_id, workspace)
            print(run.run_id)
