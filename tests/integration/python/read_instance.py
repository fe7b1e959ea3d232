"""Opens the DAGSTER_HOME that Rondel wrote with the real DagsterInstance and checks what it finds."""

from dagster import DagsterEventType, DagsterInstance, DagsterRunStatus, RunsFilter

with DagsterInstance.get() as instance:
    runs = instance.get_runs(RunsFilter(tags={"by": "client"}))
    assert len(runs) == 1, runs
    run = runs[0]
    assert run.status == DagsterRunStatus.SUCCESS
    assert run.remote_job_origin is not None and run.job_snapshot_id and run.execution_plan_snapshot_id
    snapshot = instance.get_job_snapshot(run.job_snapshot_id)
    assert {node.node_name for node in snapshot.dep_structure_snapshot.node_invocation_snaps} == {"weigh", "roast", "bag"}
    plan = instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
    assert plan.step_keys_to_execute == ["weigh", "roast", "bag"], plan.step_keys_to_execute
    kinds = [e.dagster_event.event_type for e in instance.all_logs(run.run_id) if e.dagster_event]
    order = [
        DagsterEventType.PIPELINE_ENQUEUED,
        DagsterEventType.PIPELINE_STARTING,
        DagsterEventType.PIPELINE_START,
        DagsterEventType.PIPELINE_SUCCESS,
    ]
    assert [kind for kind in kinds if kind in order] == order, kinds
    record = instance.get_run_record_by_id(run.run_id)
    assert record.start_time and record.end_time and record.start_time <= record.end_time
print("instance: ok")
