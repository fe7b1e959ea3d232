"""Serializes the test repository of the dagster-graphql source distribution.

Usage: large_repository.py <sdist directory> <output file>

Writes one JSON object per line: `label`, `text` (what Dagster's serializer wrote) and, where
Dagster computes one, `id`.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
sys.path.insert(0, sys.argv[1])

import dagster as dg  # noqa: E402
from dagster._core.execution.api import create_execution_plan  # noqa: E402
from dagster._core.remote_representation.external_data import (  # noqa: E402
    JobDataSnap,
    JobRefSnap,
    RepositorySnap,
)
from dagster._core.snap import snapshot_from_execution_plan  # noqa: E402
from dagster._core.snap.execution_plan_snapshot import (  # noqa: E402
    create_execution_plan_snapshot_id,
)
from dagster._serdes import serialize_value  # noqa: E402
from dagster_graphql_tests.graphql import repo as test_module  # noqa: E402

out = open(sys.argv[2], "w", encoding="utf-8")


def emit(label, value, id=None):
    out.write(json.dumps({"label": label, "text": serialize_value(value), "id": id}) + "\n")


def repositories():
    yield test_module.test_repo
    yield test_module.test_dict_repo
    yield test_module.empty_repo


for repository in repositories():
    for defer in (False, True):
        emit(f"{repository.name} defer={defer}", RepositorySnap.from_def(repository, defer))
    for job in repository.get_all_jobs():
        snap_id = job.get_job_snapshot_id()
        emit(f"job data {job.name}", JobDataSnap.from_job_def(job, include_parent_snapshot=True))
        emit(f"job ref {job.name}", JobRefSnap.from_job_def(job))
        emit(f"job snap {job.name}", job.get_job_snapshot(), snap_id)
        if repository.name != "test_repo":
            continue
        try:
            plan = create_execution_plan(job)
        except dg.DagsterInvalidConfigError:
            continue  # the job needs run config
        snapshot = snapshot_from_execution_plan(plan, snap_id)
        emit(f"plan {job.name}", snapshot, create_execution_plan_snapshot_id(snapshot))

NEVER_END = ("hang", "infinite", "terminate")
with dg.DagsterInstance.ephemeral() as instance:
    for job in test_module.test_repo.get_all_jobs():
        if any(word in job.name for word in NEVER_END):
            continue
        try:
            job.execute_in_process(instance=instance, raise_on_error=False)
        except (dg.DagsterInvalidConfigError, dg.DagsterInvalidInvocationError):
            pass  # needs run config or a partition
        except Exception as error:
            print(job.name, type(error), error, file=sys.stderr)
    for run in instance.get_runs():
        emit(f"run of {run.job_name}", run)
        for entry in instance.all_logs(run.run_id):
            emit(f"event of {run.job_name}", entry)
        emit(f"stats of {run.job_name}", instance.get_run_stats(run.run_id))
        for stats in instance.get_run_step_stats(run.run_id):
            emit(f"step stats of {run.job_name}", stats)
out.close()
