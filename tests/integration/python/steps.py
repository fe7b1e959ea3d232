"""For tests of runs whose steps are Jobs: puts runs of a job into the queue, and tells what their logs say."""

import json
import sys

from dagster import DagsterInstance
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy

from submitting import served_on, submit


def resume(instance, port, run_id):
    with served_on(instance, port) as (workspace, location, repository):
        parent = instance.get_run_by_id(run_id)
        run = instance.create_reexecuted_run(
            parent_run=parent,
            request_context=workspace,
            code_location=location,
            remote_job=repository.get_full_job(parent.job_name),
            strategy=ReexecutionStrategy.FROM_FAILURE,
            use_parent_run_tags=True,
        )
        instance.submit_run(run.run_id, workspace)
        print(run.run_id)


def report(instance, run_id):
    run = instance.get_run_by_id(run_id)
    events = []
    for entry in instance.all_logs(run_id):
        event = entry.dagster_event
        events.append(
            {
                "type": event.event_type_value if event else None,
                "step": entry.step_key or (event.step_key if event else None),
                "message": entry.message,
                "level": entry.level,
                "tags": sorted((event.logging_tags or {}).items()) if event else [],
                "kind": event.step_kind_value if event else None,
                "time": entry.timestamp,
                "error": str(getattr(event.event_specific_data, "error", None) or "") if event else "",
            }
        )
    print(json.dumps({"status": run.status.value, "tags": run.tags, "events": events}))


def main(command, *arguments):
    with DagsterInstance.get() as instance:
        if command == "submit":
            tags = dict(tag.split("=", 1) for tag in arguments[2:])
            submit(instance, int(arguments[0]), arguments[1], tags=tags)
        elif command == "resume":
            resume(instance, int(arguments[0]), arguments[1])
        elif command == "report":
            report(instance, arguments[0])
        elif command == "cancel":
            # what asking for the end of a run writes
            instance.report_run_canceling(instance.get_run_by_id(arguments[0]))
        elif command == "pool":
            instance.event_log_storage.set_concurrency_slots(arguments[0], int(arguments[1]))


main(*sys.argv[1:])
