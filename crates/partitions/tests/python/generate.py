"""Random partitions definitions."""

import random
import sys
from datetime import datetime, timedelta, timezone

from dagster import (
    DynamicPartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from dagster._core.definitions.partitions.context import (
    PartitionLoadingContext,
)
from dagster._core.definitions.temporal_context import TemporalContext
from dagster._core.instance.types import DynamicPartitionsStore

rng = random.Random(int(sys.argv[1]))
COUNT = int(sys.argv[2])

# Not among the zones: Australia/Lord_Howe, for which Dagster's answers depend on the season the process runs
# in (`has_nonzero_minute_offset` asks for the offset of the present), and Samoa's skipped day of 2011, whose
# windows Dagster names by wall times that never were. Nor is Morocco's half past two (`zone_for`): its clocks are
# set by a negative daylight saving time, so that Dagster moves the missing time to another missing one and then
# takes the key for the next day's.
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Australia/Adelaide", "Asia/Kolkata",
         "America/Sao_Paulo", "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"]
# instants around clock changes of these zones, and ordinary ones
ANCHORS = [datetime(2024, 3, 10), datetime(2024, 3, 31), datetime(2024, 11, 3), datetime(2024, 10, 27),
           datetime(2024, 4, 7), datetime(2024, 10, 6), datetime(2018, 11, 4), datetime(2024, 12, 31),
           datetime(2024, 2, 29), datetime(2023, 12, 31), datetime(2024, 7, 15)]
HOURLY = ["0 * * * *", "30 * * * *", "*/15 * * * *", "0,20 * * * *", "*/7 * * * *", "5,35 * * * *"]
SLOWER = ["0 0 * * *", "30 2 * * *", "0 7 * * *", "0 0 * * 1", "15 1 * * 0", "0 0 1 * *", "0 2 15 * *",
          "0 */6 * * *", "0 9,17 * * 1-5", "0 0 29 2 *", "0 0 28 * *", "30 1 * * *"]


def zone_for(cron):
    zone = rng.choice(ZONES)
    return "UTC" if (zone, cron) == ("Africa/Casablanca", "30 2 * * *") else zone


class Store(DynamicPartitionsStore):
    def __init__(self, keys):
        self.keys = keys

    def get_dynamic_partitions(self, partitions_def_name):
        return self.keys

    def get_paginated_dynamic_partitions(self, partitions_def_name, limit, ascending, cursor=None):
        raise NotImplementedError

    def has_dynamic_partition(self, partitions_def_name, partition_key):
        return partition_key in self.keys

    def get_existing_dynamic_partitions(self, partitions_def_name, partition_keys):
        return set(self.keys) & set(partition_keys)

    def get_dynamic_partitions_definition_id(self, partitions_def_name):
        from dagster._core.definitions.partitions.utils.base import generate_partition_key_based_definition_id

        return generate_partition_key_based_definition_id(self.keys)


def attempt(fn):
    try:
        return {"ok": fn()}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def stamp(window):
    return None if window is None else [window.start.timestamp(), window.end.timestamp()]


def random_time_window(size=200, anchor=None):
    hourly = rng.random() < 0.5
    cron = rng.choice(HOURLY if hourly else SLOWER)
    zone = zone_for(cron)
    step = timedelta(minutes=15) if hourly else timedelta(days=1)
    anchor = anchor or rng.choice(ANCHORS)
    start = anchor - step * rng.randrange(size)
    start = start.replace(hour=rng.choice([0, start.hour]), minute=rng.choice([0, 0, start.minute]))
    now = (anchor + step * rng.randrange(size // 2)).replace(tzinfo=timezone.utc)
    if rng.random() < 0.5:
        now += timedelta(seconds=rng.randrange(7200))
    fmt = rng.choice(["%Y-%m-%d-%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S %z", "%Y%m%d%H%M",
                      "%d/%b/%y %I:%M %p", "%G-W%V-%u %H%M", "%A %d %B %Y %H.%M"])
    if not hourly and rng.random() < 0.6:
        fmt = rng.choice(["%Y-%m-%d", "%m/%d/%Y", "%Y%m%d", "%Y/%j", "day %d of %B %Y"])
    end = None
    if rng.random() < 0.3:
        end = anchor + step * rng.randrange(-size // 2, size // 2)
    exclusions = None
    if rng.random() < 0.3:
        exclusions = []
        # never all of a schedule's ticks: Dagster would search for ever
        if rng.random() < 0.7 and hourly:
            exclusions.append(rng.choice(["0 0 * * *", "0 1 * * *", "0 0 * * 6,0", "0 0 1 * *", "30 2 * * 0"]))
        elif cron == "0 0 * * *":
            exclusions.append(rng.choice(["0 0 * * 6,0", "0 0 1 * *", "0 0 * * 3"]))
        if rng.random() < 0.5:
            exclusions += [anchor + step * rng.randrange(-20, 20) for _ in range(3)]
        exclusions = exclusions or None
    definition = TimeWindowPartitionsDefinition(
        start=start, end=end, timezone=zone, fmt=fmt, cron_schedule=cron,
        end_offset=rng.choice([0, 0, 0, 1, 2, 5, -1, -3]), exclusions=exclusions)
    return definition, now


def simple(anchor, size=30):
    """A definition that can be a dimension."""
    kind = rng.randrange(3)
    if kind == 0:
        return StaticPartitionsDefinition([f"k{i}" for i in rng.sample(range(20), rng.randrange(1, 7))])
    if kind == 1:
        return DynamicPartitionsDefinition(name="dyn")
    definition, _ = random_time_window(size, anchor)
    return definition


def context_of(now, store):
    return PartitionLoadingContext(
        temporal_context=TemporalContext(effective_dt=now, last_event_id=None),
        dynamic_partitions_store=store,
    )
