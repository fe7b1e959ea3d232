"""Random mappings between random definitions, in both directions, one JSON object per line."""

import json
from datetime import datetime, timedelta, timezone

from dagster import (
    AllPartitionMapping,
    DimensionPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    MultiToSingleDimensionPartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
)
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.partitions.snap import PartitionsSnap
from dagster._core.definitions.partitions.subset import AllPartitionsSubset
from dagster._core.definitions.partitions.utils import infer_partition_mapping
from dagster._serdes import serialize_value
from generate import ANCHORS, COUNT, HOURLY, SLOWER, ZONES, Store, attempt, context_of, rng, simple


def time_window(anchor, zone, like=None):
    """A definition around the anchor; like another one but for some respects."""
    if like is not None and rng.random() < 0.4:
        cron, fmt, offset, exclusions = like.cron_schedule, like.fmt, like.end_offset, like.exclusions
    else:
        cron = rng.choice(rng.choice([HOURLY, SLOWER, ["0 0 * * *"], ["0 * * * *"]]))
        fmt = "%Y-%m-%d" if cron == "0 0 * * *" else "%Y-%m-%d-%H:%M"
        offset = rng.choice([0, 0, 0, 1, 2, -1])
        exclusions = ["0 0 * * 0"] if cron == "0 0 * * *" and rng.random() < 0.2 else None
        if cron == "0 * * * *" and rng.random() < 0.2:
            exclusions = ["0 1 * * *"]
    step = timedelta(hours=6) if cron in HOURLY else timedelta(days=20 if " 1 " in cron or "15" in cron else 3)
    start = anchor - step * rng.randrange(1, 8)
    end = anchor + step * rng.randrange(-3, 8) if rng.random() < 0.2 else None
    return TimeWindowPartitionsDefinition(
        start=start, end=end, timezone=zone, fmt=fmt, cron_schedule=cron, end_offset=offset,
        exclusions=list(exclusions) if exclusions else None)


def some_keys(keys):
    chosen = set()
    for _ in range(rng.randrange(1, 4)):
        if keys:
            first = rng.randrange(len(keys))
            chosen.update(keys[first : first + rng.choice([1, 2, 5, 40])])
    return sorted(chosen)


def time_mapping():
    return TimeWindowPartitionMapping(
        start_offset=rng.choice([0, 0, -1, -2, 1]), end_offset=rng.choice([0, 0, 0, -1, 1, 2]),
        allow_nonexistent_upstream_partitions=rng.random() < 0.3)


def static_mapping(up, down):
    table = {}
    for key in up:
        if rng.random() < 0.7:
            targets = rng.sample(down, rng.randrange(0, min(3, len(down)) + 1))
            table[key] = rng.choice(down) if rng.random() < 0.5 else targets
    if rng.random() < 0.1:
        table["absent"] = rng.choice(down)
    if rng.random() < 0.1:
        table[rng.choice(up)] = "absent"
    return StaticPartitionMapping(table)


def inner_mapping(up, down):
    if isinstance(up, TimeWindowPartitionsDefinition) and isinstance(down, TimeWindowPartitionsDefinition):
        return rng.choice([time_mapping(), IdentityPartitionMapping()])
    if isinstance(up, StaticPartitionsDefinition) and isinstance(down, StaticPartitionsDefinition):
        return rng.choice([static_mapping(up.get_partition_keys(), down.get_partition_keys()),
                           IdentityPartitionMapping()])
    return rng.choice([IdentityPartitionMapping(), AllPartitionMapping(), LastPartitionMapping()])


def dimension(anchor, zone):
    return time_window(anchor, zone) if rng.random() < 0.4 else simple_static()


def simple_static():
    return StaticPartitionsDefinition([f"k{i}" for i in rng.sample(range(8), rng.randrange(1, 6))])


def pair(anchor, zone):
    """Two definitions and a mapping between them."""
    kind = rng.random()
    if kind < 0.55:
        up = time_window(anchor, zone)
        other = rng.choice(ZONES) if rng.random() < 0.05 else zone
        down = up if rng.random() < 0.15 else time_window(anchor, other, up)
        mappings = [time_mapping(), time_mapping(), time_mapping(), time_mapping(), None, IdentityPartitionMapping()]
        return up, down, rng.choice(mappings)
    if kind < 0.65:
        up, down = simple_static(), simple_static()
        return up, down, rng.choice([static_mapping(up.get_partition_keys(), down.get_partition_keys()), None])
    if kind < 0.78:
        multi = MultiPartitionsDefinition({"a": dimension(anchor, zone), "b": dimension(anchor, zone)})
        single = multi.get_partitions_def_for_dimension(rng.choice("ab"))
        if isinstance(single, TimeWindowPartitionsDefinition) and rng.random() < 0.5:
            single = time_window(anchor, zone, single)
        pair = [multi, single]
        rng.shuffle(pair)
        return *pair, rng.choice([None, MultiToSingleDimensionPartitionMapping(),
                                  MultiToSingleDimensionPartitionMapping("a")])
    if kind < 0.9:
        up = MultiPartitionsDefinition({"a": dimension(anchor, zone), "b": dimension(anchor, zone)})
        down = up if rng.random() < 0.2 else MultiPartitionsDefinition(
            {"c": dimension(anchor, zone), "b": dimension(anchor, zone)})
        names = [d.name for d in down.partitions_defs]
        rng.shuffle(names)
        table = {}
        for name, target in list(zip(["a", "b"], names))[: rng.randrange(3)]:
            table[name] = DimensionPartitionMapping(target, inner_mapping(
                up.get_partitions_def_for_dimension(name), down.get_partitions_def_for_dimension(target)))
        return up, down, rng.choice([MultiPartitionMapping(table), MultiPartitionMapping(table), None])
    up, down = simple(anchor, 10), simple(anchor, 10)
    return up, down, rng.choice([None, IdentityPartitionMapping(), AllPartitionMapping(), LastPartitionMapping()])


def told(subset):
    stored = subset.to_serializable_subset()
    return [type(subset).__name__, stored.serialize()]


def case():
    anchor = rng.choice(ANCHORS)
    now = anchor.replace(tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(86400 * 2))
    zone = rng.choice(["UTC", *ZONES])
    store = Store([f"d{i}" for i in rng.sample(range(8), rng.randrange(6))])
    up, down, mapping = pair(anchor, zone)
    with partition_loading_context(now, store):
        ctx = context_of(now, store)
        up_keys, down_keys = ([str(k) for k in d.get_partition_keys()] for d in (up, down))
        if rng.random() < 0.06:
            mapping = rng.choice([AllPartitionMapping(), LastPartitionMapping(), IdentityPartitionMapping(),
                                  SpecificPartitionsPartitionMapping(some_keys(up_keys)[:2])])
        actual = infer_partition_mapping(mapping, down, up)
        out = {"snap": serialize_value(PartitionsSnap.from_def(up)), "now": now.timestamp(), "dynamic": store.keys,
               "down": serialize_value(PartitionsSnap.from_def(down)),
               "mapping": None if mapping is None else serialize_value(mapping),
               "actual": serialize_value(actual)}

        def subset_of(definition, keys):
            if rng.random() < 0.05:
                return None, AllPartitionsSubset(definition, ctx)
            chosen = some_keys(keys)
            return chosen, definition.subset_with_partition_keys(chosen)

        chosen, subset = subset_of(down, down_keys)

        def upwards():
            result = actual.get_upstream_mapped_partitions_result_for_partitions(subset, down, up)
            return [told(result.partitions_subset), told(result.required_but_nonexistent_subset)]

        out["upwards"] = [chosen, attempt(upwards)]
        given, source = subset_of(up, up_keys)
        out["downwards"] = [given, attempt(lambda: told(
            actual.get_downstream_partitions_for_partitions(source, up, down)))]
    return out


made = 0
while made < COUNT:
    try:
        line = json.dumps(case())
    except Exception as error:  # definitions without partitions cannot have subsets
        if "No partitions in the PartitionsDefinition" in str(error) or isinstance(error, IndexError):
            continue
        raise
    print(line)
    made += 1
