"""Prepares what a daemon is to work off, makes iterations of Dagster's own daemons, and tells what the result is.

Reads one JSON request per line and answers each with one JSON line, so that importing Dagster is paid for once.
Dagster itself reads the databases: what it finds in them is what counts.
"""

import json
import logging
import sys
import time
from collections import Counter
from pathlib import Path

from dagster import AssetKey, AssetMaterialization, DagsterInstance, DagsterRunStatus
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.storage.dagster_run import RunsFilter
from dagster._core.storage.schedules.schema import AssetDaemonAssetEvaluationsTable
from dagster._core.test_utils import freeze_time
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from sqlalchemy import select

# Ends of the same runs differ in these.
VOLATILE = {".dagster/grpc_info", "dagster/tick", "dagster/asset_evaluation_id"}
# Values that are ids of runs which the daemon makes.
RUN_IDS = {"dagster/auto_retry_run_id"}
LIFECYCLE = ("PIPELINE_", "ASSET_", "STEP_")


class Home:
    """An instance with its workspace, kept open."""

    def __init__(self, folder, workspace):
        self.instance = DagsterInstance.from_config(folder)
        self.process = WorkspaceProcessContext(self.instance, WorkspaceFileTarget([workspace])) if workspace else None
        self.context = self.process.create_request_context() if workspace else None

    def close(self):
        if self.process:
            self.process.__exit__(None, None, None)
        self.instance.dispose()

    def repository(self, location=0):
        return next(iter(self.context.code_locations[location].get_repositories().values()))

    def create_run(self, job_name="work", tags=None, status=None, location=0):
        repository = self.repository(location)
        job = repository.get_full_job(job_name)
        location = self.context.code_locations[location]
        plan = location.get_execution_plan(job, {}, None, None, self.instance)
        return self.instance.create_run(
            job_name=job.name, run_id=None, run_config={}, status=status, tags=tags or {}, root_run_id=None,
            parent_run_id=None, step_keys_to_execute=None, execution_plan_snapshot=plan.execution_plan_snapshot,
            job_snapshot=job.job_snapshot, parent_job_snapshot=job.parent_job_snapshot, asset_selection=None,
            asset_check_selection=None, resolved_op_selection=None, op_selection=None,
            remote_job_origin=job.get_remote_origin(), job_code_origin=job.get_python_origin(),
            asset_graph=repository.asset_graph,
        )

    def enqueue(self, count, location=0):
        for _ in range(count):
            self.instance.submit_run(self.create_run(location=location).run_id, self.context)

    def fail_run(self):
        run = self.create_run()
        self.instance.report_run_failed(run)

    def start_sensor(self, name):
        self.instance.start_sensor(self.repository().get_sensor(name))

    def report_run_events(self, run, *types):
        from dagster import DagsterEvent

        for event_type in types:
            event = DagsterEvent(event_type_value=event_type.value, job_name=run.job_name)
            self.instance.report_dagster_event(event, run.run_id)

    def succeed_run(self):
        from dagster import DagsterEventType

        types = (DagsterEventType.RUN_STARTING, DagsterEventType.RUN_START, DagsterEventType.RUN_SUCCESS)
        self.report_run_events(self.create_run(), *types)

    def run_for_long(self, at, is_canceling):
        """A run that was started once and has not ended, or not come to the end of being canceled."""
        from dagster import DagsterEventType

        types = [DagsterEventType.RUN_STARTING, DagsterEventType.RUN_START]
        if is_canceling:
            types.append(DagsterEventType.RUN_CANCELING)
        with freeze_time(at):
            self.report_run_events(self.create_run(tags={"dagster/max_runtime": "60"}), *types)

    def abandon_run(self):
        """A run whose launch never came to an end, and one that nobody launched."""
        from dagster import DagsterEvent, DagsterEventType

        run = self.create_run()
        starting = DagsterEvent(event_type_value=DagsterEventType.RUN_STARTING.value, job_name=run.job_name)
        self.instance.report_dagster_event(starting, run.run_id)
        self.create_run()

    def hold_slots(self):
        """Two dead runs that still hold the slots of a pool, for which a third run waits."""
        store = self.instance.event_log_storage
        store.set_concurrency_slots("pool", 2)
        for step, is_dead in (("first", True), ("second", True), ("waiting", False)):
            run = self.create_run()
            store.claim_concurrency_slot("pool", run.run_id, step)
            if is_dead:
                self.instance.report_run_failed(run)

    def slots(self):
        """Of each pool: how many slots it has, which steps hold one, which wait and whether one is theirs."""
        store = self.instance.event_log_storage
        pools = {key: store.get_concurrency_info(key) for key in sorted(store.get_concurrency_keys())}
        return {
            key: [
                pool.slot_count,
                sorted(slot.step_key for slot in pool.claimed_slots),
                sorted([step.step_key, step.assigned_timestamp is not None] for step in pool.pending_steps),
            ]
            for key, pool in pools.items()
        }

    def backfill_job(self, backfill_id="jobs", status="REQUESTED", partitions=("one", "two", "three")):
        partition_set = self.repository().get_partition_set("by_letter_partition_set")
        self.instance.add_backfill(
            PartitionBackfill(
                backfill_id=backfill_id, partition_set_origin=partition_set.get_remote_origin(),
                status=BulkActionStatus[status], partition_names=list(partitions), from_failure=False,
                reexecution_steps=None, tags={}, backfill_timestamp=time.time(),
            )
        )

    def backfill_assets(self):
        keys = [AssetKey("upper"), AssetKey("lower")]
        self.instance.add_backfill(
            PartitionBackfill.from_asset_partitions(
                backfill_id="assets", asset_graph=self.context.asset_graph, partition_names=["one", "two"],
                asset_selection=keys, backfill_timestamp=time.time(), tags={}, all_partitions=False, title=None,
                description=None, run_config=None, dynamic_partitions_store=self.instance,
            )
        )

    def set_backfill_status(self, backfill_id, status):
        backfill = self.instance.get_backfill(backfill_id)
        self.instance.update_backfill(backfill.with_status(BulkActionStatus[status]))

    def backfills(self):
        """How each stands: status, failures and the first line of the error."""
        return {
            one.backfill_id: [one.status.value, one.failure_count, one.error and one.error.message.strip().splitlines()[0]]
            for one in self.instance.get_backfills()
        }

    def materialize(self, asset, at):
        with freeze_time(at):
            self.instance.report_runless_asset_event(AssetMaterialization(asset))

    def tick(self, daemon, at):
        """One iteration of Dagster's own daemon."""
        from datetime import datetime, timezone

        logger = logging.getLogger("judge")
        with freeze_time(at):
            if daemon == "schedule":
                from dagster._scheduler.scheduler import launch_scheduled_runs

                now = datetime.fromtimestamp(at, timezone.utc)
                # As a daemon that has just been started: nothing is remembered.
                list(launch_scheduled_runs(self.process, logger, now, iteration_times={}))
            elif daemon == "sensor":
                from dagster._daemon.sensor import execute_sensor_iteration

                list(execute_sensor_iteration(self.process, logger, None, None))
            elif daemon == "queue":
                from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

                with QueuedRunCoordinatorDaemon(1) as queue:
                    list(queue.run_iteration(self.process, fixed_iteration_time=at))
            elif daemon == "backfill":
                from dagster._daemon.backfill import execute_backfill_iteration

                list(execute_backfill_iteration(self.process, logger))
            elif daemon == "retry":
                from dagster._daemon.auto_run_reexecution.event_log_consumer import EventLogConsumerDaemon

                list(EventLogConsumerDaemon().run_iteration(self.process))

    def end_runs(self, folder):
        """Plays the workers: first attempts of every fifth key fail, all other runs succeed."""
        from dagster import DagsterEvent, DagsterEventType

        launched = launches(folder)
        for run in self.instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.STARTING])):
            if run.run_id not in launched:
                continue
            started = DagsterEvent(event_type_value=DagsterEventType.RUN_START.value, job_name=run.job_name)
            self.instance.report_dagster_event(started, run.run_id)
            if fails(run):
                self.instance.report_run_failed(run)
            else:
                succeeded = DagsterEvent(event_type_value=DagsterEventType.RUN_SUCCESS.value, job_name=run.job_name)
                self.instance.report_dagster_event(succeeded, run.run_id)

    def account(self, folder):
        """What was asked for and how often it was done: runs by what they are for, and launches of each."""
        launched = launches(folder)
        done, by_location = {}, {}
        for run in self.instance.get_runs():
            tags = run.tags
            what = (
                tags.get(".dagster/scheduled_execution_time"),
                tags.get("dagster/run_key"),
                tags.get("dagster/backfill"),
                tags.get("dagster/partition"),
                tags.get("dagster/retry_number"),
            )
            what, launches_of_run = " ".join(part or "-" for part in what), launched.get(run.run_id, 0)
            done.setdefault(what, []).append(launches_of_run)
            location = by_location.setdefault(tags.get("dagster/code_location"), {})
            location.setdefault(what, []).append(launches_of_run)
        return {
            "done": done,
            "by_location": by_location,
            "ticks": Counter(
                f"{state.origin.repository_origin.code_location_origin.location_name} {state.name} {tick.status.value}"
                for state in self.instance.all_instigator_state()
                for tick in self.instance.get_ticks(state.instigator_origin_id, state.selector_id)
            ),
            "statuses": Counter(run.status.value for run in self.instance.get_runs()),
            "backfills": Counter(backfill.status.value for backfill in self.instance.get_backfills()),
            "cursor": next(
                (
                    state.instigator_data.cursor
                    for state in self.instance.all_instigator_state()
                    if state.name == "watching"
                ),
                None,
            ),
        }

    def report(self, launched):
        """What there is, without ids and times; runs as a multiset."""
        instance = self.instance
        runs = Counter()
        for run in instance.get_runs():
            tags = {
                key: "an id" if key in RUN_IDS else value for key, value in run.tags.items() if key not in VOLATILE
            }
            events = {entry.dagster_event.event_type_value for entry in instance.all_logs(run.run_id) if entry.dagster_event}
            told = {
                "job": run.job_name,
                "status": run.status.value,
                "tags": dict(sorted(tags.items())),
                "assets": sorted(key.to_user_string() for key in run.asset_selection or []),
                "events": sorted(event for event in events if event.startswith(LIFECYCLE)),
                "launches": launched.get(run.run_id, 0),
            }
            runs[json.dumps(told)] += 1
        states = instance.all_instigator_state()
        ticks = Counter(
            f"{state.name} {tick.status.value} with {len(set(tick.run_ids))} runs"
            for state in states
            for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
        )
        backfills = {
            backfill.backfill_id: [backfill.status.value, backfill.last_submitted_partition_name, backfill.failure_count]
            for backfill in instance.get_backfills()
        }
        asset_keys = instance.all_asset_keys()
        freshness = instance.get_freshness_state_records(asset_keys)
        return {
            "runs": dict(sorted(runs.items())),
            "run_count": sum(runs.values()),
            "launches": sorted(launched.values()),
            "ticks": dict(sorted(ticks.items())),
            "requested": self.requested(),
            "cursors": {
                state.name: getattr(state.instigator_data, "cursor", None)
                for state in sorted(states, key=lambda state: getattr(state.instigator_data, "cursor", None) is not None)
                if state.instigator_data
            },
            "backfills": backfills,
            "slots": self.slots(),
            "dynamic_partitions": instance.get_dynamic_partitions("letters"),
            "freshness": {key.to_user_string(): record.freshness_state.value for key, record in freshness.items()},
            "materializations": {
                key.to_user_string(): len(
                    instance.fetch_materializations(key, limit=100).records
                )
                for key in asset_keys
            },
        }

    def requested(self):
        """The evaluations that asked for something: how much, and whether the runs that they name are there."""
        storage = self.instance.schedule_storage
        with storage.connect() as connection:
            rows = connection.execute(select(AssetDaemonAssetEvaluationsTable.c.asset_key).distinct()).fetchall()
        found = []
        for (text,) in rows:
            key = AssetKey.from_db_string(text)
            for record in storage.get_auto_materialize_asset_evaluations(key, limit=100):
                evaluation = record.get_evaluation_with_run_ids()
                are_there = [self.instance.has_run(run_id) for run_id in evaluation.run_ids]
                if evaluation.num_requested or are_there:
                    found.append([key.to_user_string(), evaluation.num_requested, are_there])
        return sorted(found)


def fails(run):
    key = run.tags.get("dagster/run_key", "")
    return key.startswith("key ") and int(key.split()[1]) % 5 == 4 and run.parent_run_id is None


def launches(folder):
    file = Path(folder) / "launched"
    return Counter(file.read_text().split()) if file.exists() else Counter()


def main():
    homes = {}
    for line in sys.stdin:
        request = json.loads(line)
        folder, op = request["home"], request["op"]
        if folder not in homes:
            homes[folder] = Home(folder, request.get("workspace"))
        home = homes[folder]
        if op == "report":
            answer = home.report(launches(folder))
        elif op in ("end_runs", "account"):
            answer = getattr(home, op)(folder)
        elif op == "tick":
            answer = home.tick(request["daemon"], request["at"])
        else:
            answer = getattr(home, op)(*request.get("arguments", []))
        if request.get("close"):
            homes.pop(folder).close()
        print(json.dumps(answer), flush=True)


main()
