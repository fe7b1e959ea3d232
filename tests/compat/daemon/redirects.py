"""Dagster's daemon iterations, replaced in the test's process by single iterations of the command."""

import os

from command import errors_of, frozen_now, raise_named, tick


def install():
    import dagster._daemon  # noqa: F401  before the scheduler: they import each other

    for replace in (_schedules, _sensors, _backfills, _queue, _monitoring, _retries, _freshness, _assets):
        replace()
    _faster()


def _memory(daemon):
    """What the daemon object keeps between iterations."""
    if not hasattr(daemon, "_compat_state"):
        daemon._compat_state = {}
    return daemon._compat_state


class _Collected:
    """A future of a threaded scheduler: done once somebody asked for its result."""

    def __init__(self, value):
        self.value, self.asked = value, False

    def done(self):
        return self.asked

    def result(self, timeout=None):
        self.asked = True
        return self.value


def _schedules():
    import dagster._scheduler as package
    import dagster._scheduler.scheduler as module
    from dagster._core.scheduler.scheduler import DEFAULT_MAX_CATCHUP_RUNS

    def launch_scheduled_runs(
        workspace_process_context,
        logger,
        end_datetime_utc,
        iteration_times,
        threadpool_executor=None,
        submit_threadpool_executor=None,
        scheduler_run_futures=None,
        max_catchup_runs=DEFAULT_MAX_CATCHUP_RUNS,
        max_tick_retries=0,
        debug_crash_flags=None,
        scheduler_delay_instrumentation=None,
    ):
        times = {}
        for selector_id, kept in iteration_times.items():
            cron = kept.cron_schedule if isinstance(kept.cron_schedule, str) else list(kept.cron_schedule)
            instants = kept.next_iteration_timestamp, kept.last_iteration_timestamp
            names = "next_iteration_timestamp", "last_iteration_timestamp"
            times[selector_id] = {"cron_schedule": cron, **dict(zip(names, instants))}
        state = {"iteration_times": times}
        answer = tick(
            "schedule",
            workspace_process_context,
            at=end_datetime_utc.timestamp() if frozen_now() is not None else None,
            state=state,
            crash=debug_crash_flags,
            threads=threadpool_executor,
            submit_threads=submit_threadpool_executor,
            more=["--max-catchup-runs", str(max_catchup_runs), "--max-tick-retries", str(max_tick_retries)],
        )
        for selector_id, new in (state.get("iteration_times") or {}).items():
            value = module.ScheduleIterationTimes(
                new["cron_schedule"], new["next_iteration_timestamp"], new["last_iteration_timestamp"]
            )
            if threadpool_executor and scheduler_run_futures is not None:
                if iteration_times.get(selector_id) != value:
                    scheduler_run_futures[selector_id] = _Collected(value)
            else:
                iteration_times[selector_id] = value
        yield from errors_of(answer)

    module.launch_scheduled_runs = launch_scheduled_runs
    package.launch_scheduled_runs = launch_scheduled_runs


def _sensors():
    import dagster._daemon.sensor as module

    def execute_sensor_iteration(
        workspace_process_context,
        logger,
        threadpool_executor=None,
        submit_threadpool_executor=None,
        sensor_tick_futures=None,
        debug_crash_flags=None,
        instrument_elapsed=None,
    ):
        pools = {"threads": threadpool_executor, "submit_threads": submit_threadpool_executor}
        yield from errors_of(tick("sensor", workspace_process_context, crash=debug_crash_flags, **pools))

    module.execute_sensor_iteration = execute_sensor_iteration


def _backfills():
    import dagster._daemon.backfill as module

    def execute_backfill_iteration(
        workspace_process_context,
        logger,
        threadpool_executor=None,
        submit_threadpool_executor=None,
        backfill_futures=None,
        debug_crash_flags=None,
    ):
        pools = {"threads": threadpool_executor, "submit_threads": submit_threadpool_executor}
        yield from errors_of(tick("backfill", workspace_process_context, crash=debug_crash_flags, **pools))

    module.execute_backfill_iteration = execute_backfill_iteration


def _queue():
    from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

    def run_iteration(self, workspace_process_context, fixed_iteration_time=None):
        more = ["--page-size", str(self._page_size)]
        at = fixed_iteration_time
        yield from errors_of(tick("queue", workspace_process_context, at=at, state=_memory(self), more=more))

    QueuedRunCoordinatorDaemon.run_iteration = run_iteration


def _monitoring():
    import dagster._daemon.monitoring as package
    import dagster._daemon.monitoring.concurrency as concurrency
    import dagster._daemon.monitoring.run_monitoring as module

    def execute_run_monitoring_iteration(workspace_process_context, logger, _debug_crash_flags=None):
        yield from errors_of(tick("monitoring", workspace_process_context))

    def execute_concurrency_slots_iteration(workspace_process_context, logger):
        yield from errors_of(tick("concurrency", workspace_process_context))

    def monitor_one(instance, workspace, run_record):
        run_id = run_record.dagster_run.run_id
        answer = tick("monitoring", workspace, instance=instance, more=["--run-id", run_id])
        for error in answer.get("errors") or []:
            raise_named({**error, "raw_message": (error.get("message") or "").partition(": ")[2].strip()})

    module.monitor_starting_run = lambda instance, run_record, logger: monitor_one(instance, None, run_record)
    module.monitor_canceling_run = lambda instance, run_record, logger: monitor_one(instance, None, run_record)
    module.monitor_started_run = lambda instance, workspace, run_record, logger: monitor_one(
        instance, workspace, run_record
    )
    module.execute_run_monitoring_iteration = execute_run_monitoring_iteration
    concurrency.execute_concurrency_slots_iteration = execute_concurrency_slots_iteration
    package.execute_run_monitoring_iteration = execute_run_monitoring_iteration
    package.execute_concurrency_slots_iteration = execute_concurrency_slots_iteration


def _retries():
    import dagster._daemon.auto_run_reexecution.auto_run_reexecution as reexecution
    import dagster._daemon.auto_run_reexecution.event_log_consumer as consumer

    def run_iteration(self, workspace_process_context):
        more = ["--fetch-limit", str(self._event_log_fetch_limit)]
        yield from errors_of(tick("retry", workspace_process_context, more=more))

    def consume_new_runs_for_automatic_reexecution(workspace_process_context, run_records, logger=None):
        more = [part for record in run_records for part in ("--run-id", record.dagster_run.run_id)]
        if more:
            yield from errors_of(tick("retry", workspace_process_context, more=more))

    consumer.EventLogConsumerDaemon.run_iteration = run_iteration
    consumer.consume_new_runs_for_automatic_reexecution = consume_new_runs_for_automatic_reexecution
    reexecution.consume_new_runs_for_automatic_reexecution = consume_new_runs_for_automatic_reexecution


def _freshness():
    from dagster._core.definitions.freshness import FreshnessState
    from dagster._core.definitions.freshness_evaluator import FRESHNESS_EVALUATORS_BY_POLICY_TYPE
    from dagster._daemon.freshness import FreshnessDaemon

    def run_iteration(self, workspace_process_context):
        yield from errors_of(tick("freshness", workspace_process_context))

    FreshnessDaemon.run_iteration = run_iteration

    # Tests call the evaluators themselves: one iteration, then the state that it recorded.
    def evaluator(python):
        async def evaluate_freshness(self, context, node):
            if not node.freshness_policy_or_from_metadata:
                return await python(self, context, node)
            tick("freshness", context)
            record = context.instance.get_freshness_state_records([node.key]).get(node.key)
            return record.freshness_state if record else FreshnessState.UNKNOWN

        return evaluate_freshness

    for cls in set(FRESHNESS_EVALUATORS_BY_POLICY_TYPE.values()):
        cls.evaluate_freshness = evaluator(cls.evaluate_freshness)


def _assets():
    from dagster._daemon.asset_daemon import AssetDaemon

    def _run_iteration_impl(self, workspace_process_context, threadpool_executor, amp_tick_futures, debug_crash_flags):
        answer = tick(
            "asset",
            workspace_process_context,
            state=_memory(self),
            threads=threadpool_executor,
            crash=debug_crash_flags,
            more=["--pre-sensor-interval", str(self._pre_sensor_interval_seconds)],
        )
        return [error for error in errors_of(answer) if error is not None]

    AssetDaemon._run_iteration_impl = _run_iteration_impl


def _faster():
    """Less work in the test's own process: migration scripts are read once, runs do not start a process per step."""
    import dagster._core.definitions.executor_definition as executors
    from alembic.script.base import ScriptDirectory

    read, cache = ScriptDirectory.from_config.__func__, {}

    def from_config(cls, config):
        folder = config.get_main_option("script_location")
        if folder not in cache:
            cache[folder] = read(cls, config)
        return cache[folder]

    ScriptDirectory.from_config = classmethod(from_config)
    if not os.environ.get("COMPAT_MULTIPROCESS"):
        executors._core_multiprocess_executor_creation = lambda config: executors._core_in_process_executor_creation(
            {key: config[key] for key in ("retries", "step_dependency_config") if key in config}
        )
