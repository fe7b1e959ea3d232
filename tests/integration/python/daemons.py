"""For tests of daemons: makes a PostgreSQL database, puts runs into the queue as Dagster does, and tells what
became of ticks and runs."""

import json
import os
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

import psycopg2


def admin(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


def report(instance):
    from dagster import DagsterEventType, EventRecordsFilter

    starts, latencies = Counter(), []
    for run in instance.get_runs():
        events = {}
        for entry in instance.all_logs(run.run_id):
            if entry.dagster_event:
                kind = entry.dagster_event.event_type
                if kind == DagsterEventType.RUN_START:
                    starts[run.run_id] += 1
                events.setdefault(kind, entry.timestamp)
        if {DagsterEventType.RUN_ENQUEUED, DagsterEventType.RUN_STARTING} <= events.keys():
            latencies.append(
                events[DagsterEventType.RUN_STARTING] - events[DagsterEventType.RUN_ENQUEUED]
            )
    ticks = Counter()
    for state in instance.all_instigator_state():
        for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id):
            ticks[f"{state.name} {tick.timestamp:.0f} {tick.status.value}"] += 1
    scheduled = Counter(
        f"{run.tags['dagster/schedule_name']} {run.tags['.dagster/scheduled_execution_time']}"
        for run in instance.get_runs()
        if "dagster/schedule_name" in run.tags
    )
    heartbeats = instance.get_daemon_heartbeats()
    answer = {
        "statuses": Counter(run.status.value for run in instance.get_runs()),
        "starts": starts,
        "latencies": sorted(latencies),
        "ticks": ticks,
        "scheduled": scheduled,
        "run_keys": Counter(
            run.tags["dagster/run_key"]
            for run in instance.get_runs()
            if "dagster/run_key" in run.tags
        ),
        "ticks_by_status": Counter(
            f"{state.name} {tick.status.value} with {len(set(tick.run_ids))} runs"
            for state in instance.all_instigator_state()
            for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
        ),
        "cursors": {
            state.name: state.instigator_data.cursor
            for state in instance.all_instigator_state()
            if state.instigator_data and hasattr(state.instigator_data, "cursor")
        },
        "heartbeats": {kind: beat.timestamp for kind, beat in heartbeats.items()},
        "now": time.time(),
    }
    print(json.dumps(answer))


def main(command, *arguments):
    if command == "create-database":
        admin(arguments[0], f"CREATE DATABASE {arguments[1]}")
        print(urlsplit(arguments[0])._replace(path=f"/{arguments[1]}").geturl())
    elif command == "drop-database":
        admin(arguments[0], f"DROP DATABASE IF EXISTS {arguments[1]} WITH (FORCE)")
    else:
        from dagster import DagsterInstance

        with DagsterInstance.get() as instance:
            if command == "submit":
                from submitting import submit

                submit(instance, int(arguments[0]), "work", count=int(arguments[1]))
            elif command == "report":
                report(instance)
            elif command == "break-connections":
                # As a server or a proxy that goes away does; Dagster's workers would not survive it.
                admin(
                    instance.event_log_storage.postgres_url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'rondel'",
                )
            elif command == "beat":
                # As dagster-daemon gives signs of life.
                from dagster._daemon.types import DaemonHeartbeat

                beat = DaemonHeartbeat(time.time(), "SENSOR", "7c9e6679-dagster", errors=[])
                instance.add_daemon_heartbeat(beat)


main(*sys.argv[1:])
