"""Random partitions definitions and what Dagster answers about them, one JSON object per line."""

import json
from datetime import datetime, timezone

from dagster import (
    DynamicPartitionsDefinition,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
)
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.partitions.partition_key_range import PartitionKeyRange
from dagster._core.definitions.partitions.snap import PartitionsSnap
from dagster._core.definitions.partitions.utils.time_window import TimeWindow
from dagster._serdes import serialize_value
from dagster._time import get_timezone
from generate import ANCHORS, COUNT, Store, attempt, context_of, random_time_window, rng, simple, stamp


def pages(definition, ctx, ascending, limit):
    cursor, out = None, []
    for _ in range(4):
        page = definition.get_paginated_partition_keys(ctx, limit, ascending, cursor)
        out.append([[str(k) for k in page.results], page.cursor, page.has_more])
        cursor = page.cursor
        if not page.has_more:
            break
    return out


def common(definition, now, store):
    with partition_loading_context(now, store):
        ctx = context_of(now, store)
        keys = attempt(lambda: [str(k) for k in definition.get_partition_keys()])
        listed = keys.get("ok") or []
        sample = [rng.choice(listed) for _ in range(4)] if listed else []
        odd = ["nonsense", "2024-01-01", "2024-11-03-01:30", "2024-03-10-02:30", "x|y", ""]
        case = {
            "snap": serialize_value(PartitionsSnap.from_def(definition)),
            "now": now.timestamp(),
            "keys": keys,
            "count": attempt(definition.get_num_partitions),
            "first": attempt(definition.get_first_partition_key),
            "last": attempt(definition.get_last_partition_key),
            "id": attempt(definition.get_serializable_unique_identifier),
            "has": {k: attempt(lambda k=k: definition.has_partition_key(k)) for k in sample + odd},
            "tags": {k: attempt(lambda k=k: dict(definition.get_tags_for_partition_key(k))) for k in sample},
            "limit": rng.choice([1, 3, 10]),
            "ranges": [],
        }
        if not isinstance(definition, DynamicPartitionsDefinition):
            case["up"] = attempt(lambda: pages(definition, ctx, True, case["limit"]))
            case["down"] = attempt(lambda: pages(definition, ctx, False, case["limit"]))
        for _ in range(2 if listed else 0):
            first, last = sorted(rng.randrange(len(listed)) for _ in range(2))
            case["ranges"].append([listed[first], listed[last], attempt(
                lambda: [str(k) for k in definition.get_partition_keys_in_range(PartitionKeyRange(listed[first], listed[last]))])])
        return case, sample


def time_window_case():
    definition, now = random_time_window()
    case, sample = common(definition, now, None)
    with partition_loading_context(now):
        case["windows"] = {k: attempt(lambda k=k: stamp(definition.time_window_for_partition_key(k))) for k in sample}
        case["next"] = {k: attempt(lambda k=k: definition.get_next_partition_key(k)) for k in sample}
        case["last_unexcluded"] = attempt(lambda: stamp(definition.get_last_partition_window_ignoring_exclusions()))
        case["at"] = []
        for _ in range(3):
            t = now.timestamp() - rng.randrange(86400 * 3)
            case["at"].append([t, attempt(lambda t=t: definition.get_partition_key_for_timestamp(t))])
        case["many"] = []
        if sample:
            chosen = [rng.choice(case["keys"]["ok"]) for _ in range(5)]
            found = attempt(lambda: [stamp(w) for w in definition.time_windows_for_partition_keys(frozenset(chosen))])
            case["many"] = [sorted(set(chosen)), found]
        case["inside"] = []
        if sample:
            windows = sorted(stamp(definition.time_window_for_partition_key(k)) for k in sample[:2])
            zone = get_timezone(definition.timezone)
            window = TimeWindow(datetime.fromtimestamp(windows[0][0], zone), datetime.fromtimestamp(windows[-1][1], zone))
            case["inside"] = [stamp(window), attempt(lambda: definition.get_num_partitions_in_window(window)),
                attempt(lambda: definition.has_any_partitions_in_window(window)),
                attempt(lambda: [definition.get_partition_key_range_for_time_window(window).start,
                                 definition.get_partition_key_range_for_time_window(window).end])]
    return {"kind": "time", **case}


def other_case():
    # Dagster keeps the keys last asked for by definition and time, though not by store.
    MultiPartitionsDefinition._get_partition_keys.cache_clear()  # noqa: SLF001
    anchor = rng.choice(ANCHORS)
    now = anchor.replace(tzinfo=timezone.utc)
    store = Store([f"d{i}" for i in rng.sample(range(20), rng.randrange(6))])

    definition = simple(anchor) if rng.random() < 0.3 else MultiPartitionsDefinition({"b": simple(anchor), "a": simple(anchor)})
    if isinstance(definition, TimeWindowPartitionsDefinition):
        definition = StaticPartitionsDefinition(["x", "y"])
    case, _ = common(definition, now, store)
    return {"kind": "other", "dynamic": store.keys, **case}


for _ in range(COUNT):
    print(json.dumps(time_window_case() if rng.random() < 0.75 else other_case()))
