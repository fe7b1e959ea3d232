"""Performs a list of actions with Dagster's own instance and prints what it recorded.

Arguments: DAGSTER_HOME, the definitions file. The actions come as JSON on standard input, the dumps
go as one line of JSON, after the word DUMPS, to standard output (code servers print there too).
"""

import json
import os
import sys
import time

from dagster import DagsterInstance
from dagster._core.definitions.asset_checks.asset_check_spec import AssetCheckKey
from dagster._core.definitions.events import AssetKey
from dagster._core.definitions.selector import JobSubsetSelector
from dagster._core.execution.plan.resume_retry import ReexecutionStrategy
from dagster._core.remote_representation.external import RemoteJob
from dagster._core.storage.dagster_run import DagsterRunStatus
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget
from dagster._serdes import serialize_value
from dagster_graphql.implementation.execution.run_lifecycle import create_valid_pipeline_run
from dagster_graphql.implementation.utils import ExecutionMetadata, ExecutionParams

home, definitions = sys.argv[1:3]
actions = json.load(sys.stdin)
aliases = {}
dumps = []


def selector_of(action):
    assets = action.get("assets")
    checks = action.get("checks")
    return JobSubsetSelector(
        location_name="definitions.py",
        repository_name="__repository__",
        job_name=action["job"],
        op_selection=action.get("ops"),
        asset_selection=[AssetKey(a) for a in assets] if assets is not None else None,
        asset_check_selection=(
            [AssetCheckKey(AssetKey(a), c) for a, c in checks] if checks is not None else None
        ),
    )


def find_job(context, selector):
    import asyncio

    if selector.is_subset_selection:
        return asyncio.run(RemoteJob.gen(context, selector))
    return context.get_full_job(selector)


def dump(instance):
    out = {"runs": {}, "events": {}, "plans": {}}
    for alias, run_id in aliases.items():
        run = instance.get_run_by_id(run_id)
        out["runs"][alias] = serialize_value(run) if run else None
        plan = run and instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
        out["plans"][alias] = serialize_value(plan) if plan else None
        out["events"][alias] = [serialize_value(e) for e in instance.all_logs(run_id)]
    return out


def perform(instance, process_context, action):
    context = process_context.create_request_context()
    what = action["do"]
    if what == "create":
        selector = selector_of(action)
        params = ExecutionParams(
            selector=selector,
            run_config=action.get("run_config", {}),
            mode=None,
            step_keys=action.get("step_keys"),
            execution_metadata=ExecutionMetadata(
                run_id=None,
                tags=action.get("tags", {}),
                root_run_id=None,
                parent_run_id=None,
            ),
        )
        run = create_valid_pipeline_run(context, find_job(context, selector), params)
        aliases[action["as"]] = run.run_id
    elif what == "add_partitions":
        instance.add_dynamic_partitions(action["name"], action["keys"])
    elif what == "submit":
        try:
            instance.submit_run(aliases[action["run"]], context)
        except Exception as error:
            print(error, file=sys.stderr)
    elif what == "launch":
        instance.launch_run(aliases[action["run"]], context)
    elif what == "wait":
        deadline = time.time() + 60
        wanted = {DagsterRunStatus(s) for s in action["for"]}
        while instance.get_run_by_id(aliases[action["run"]]).status not in wanted:
            assert time.time() < deadline, f"{action} {dump(instance)}"
            time.sleep(0.05)
        if "event" in action:
            while not any(
                e.dagster_event and e.dagster_event.event_type_value == action["event"]
                for e in instance.all_logs(aliases[action["run"]])
            ):
                assert time.time() < deadline, action
                time.sleep(0.05)
    elif what == "cancel":
        instance.run_coordinator.cancel_run(aliases[action["run"]])
    elif what == "reexecute":
        parent = instance.get_run_by_id(aliases[action["run"]])
        selector = JobSubsetSelector(
            location_name="definitions.py",
            repository_name="__repository__",
            job_name=parent.job_name,
            asset_selection=parent.asset_selection,
            asset_check_selection=parent.asset_check_selection,
            op_selection=None,
        )
        run = instance.create_reexecuted_run(
            parent_run=parent,
            request_context=context,
            code_location=context.get_code_location("definitions.py"),
            remote_job=find_job(context, selector),
            strategy=ReexecutionStrategy(action["strategy"]),
            extra_tags=action.get("tags"),
            use_parent_run_tags=True,
        )
        aliases[action["as"]] = run.run_id
    elif what == "delete":
        instance.delete_run(aliases[action["run"]])
    elif what == "dump":
        dumps.append(dump(instance))
    else:
        raise Exception(what)


with DagsterInstance.from_config(home) as instance:
    target = PythonFileTarget(
        python_file=definitions,
        attribute=None,
        working_directory=os.path.dirname(definitions),
        location_name=None,
    )
    with WorkspaceProcessContext(instance, target) as process_context:
        for action in actions:
            perform(instance, process_context, action)
print("DUMPS " + json.dumps(dumps), flush=True)
