"""Random subsets of random definitions, and what Dagster makes of them, one JSON object per line."""

import json
from datetime import timedelta, timezone

from dagster import MultiPartitionsDefinition, TimeWindowPartitionsDefinition
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.partitions.partition_key_range import PartitionKeyRange
from dagster._core.definitions.partitions.snap import PartitionsSnap
from dagster._core.definitions.partitions.subset import AllPartitionsSubset, KeyRangesPartitionsSubset
from dagster._serdes import serialize_value
from generate import ANCHORS, COUNT, SLOWER, Store, attempt, context_of, random_time_window, rng, simple

# Dagster loses windows from a 29th of February when it begins to iterate on that day or the one before, as it does
# to count the windows of an interval.
SLOWER.remove("0 0 29 2 *")


def some_keys(keys):
    """Single keys, runs of keys, or nearly all of them."""
    if not keys:
        return []
    chosen = set()
    for _ in range(rng.randrange(4)):
        first = rng.randrange(len(keys))
        chosen.update(keys[first : first + rng.choice([1, 2, 5, 40])])
    if rng.random() < 0.15:
        chosen = set(keys) - chosen
    return sorted(chosen)


def told(subset, definition, keys, with_missing=False):
    stored = subset.to_serializable_subset()
    probe = [rng.choice(keys) for _ in range(3)] + ["nonsense", "2024-01-01"] if keys else ["nonsense"]
    out = {
        "class": type(subset).__name__,
        "empty": attempt(lambda: subset.is_empty),
        "text": attempt(stored.serialize),
        "stored": attempt(lambda: serialize_value(stored)),
        "count": attempt(lambda: len(subset)),
        "ranges": attempt(lambda: sorted([r.start, r.end] for r in subset.get_partition_key_ranges(definition))),
        "has": {k: attempt(lambda k=k: k in subset) for k in probe},
    }
    if with_missing:
        out["missing"] = attempt(lambda: [str(k) for k in subset.get_partition_keys_not_in_subset(definition)])
    return out


def case():
    store = Store([f"d{i}" for i in rng.sample(range(60), rng.randrange(50))])
    kind = rng.random()
    anchor = rng.choice(ANCHORS)
    now = anchor.replace(tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(86400))
    if kind < 0.6:
        definition, now = random_time_window(40)
    elif kind < 0.75:
        definition = simple(anchor)
    else:
        definition = MultiPartitionsDefinition({"b": simple(anchor, 60), "a": simple(anchor)})
    with partition_loading_context(now, store):
        ctx = context_of(now, store)
        keys = [str(k) for k in definition.get_partition_keys()]
        out = {"snap": serialize_value(PartitionsSnap.from_def(definition)), "now": now.timestamp(),
               "dynamic": store.keys, "sets": []}
        subsets = []
        for _ in range(2):
            if rng.random() < 0.1:
                subset, chosen = AllPartitionsSubset(definition, ctx), None
            else:
                chosen = some_keys(keys)
                if chosen and rng.random() < 0.1 and not isinstance(definition, TimeWindowPartitionsDefinition):
                    chosen.append("gone|gone" if isinstance(definition, MultiPartitionsDefinition) else "gone")
                subset = definition.subset_with_partition_keys(chosen)
            subsets.append(subset)
            out["sets"].append({"keys": chosen, **told(subset, definition, keys, True)})
        a, b = subsets
        out["or"] = told(a | b, definition, keys)
        out["and"] = told(a & b, definition, keys)
        out["sub"] = told(a - b, definition, keys)
        more = some_keys(keys)
        out["more"] = more
        out["plus"] = told(a.with_partition_keys(more), definition, keys)
        out["old"] = []
        if isinstance(definition, TimeWindowPartitionsDefinition):
            windows = [[w.start_timestamp, w.end_timestamp] for w in (a & a).included_time_windows] if not isinstance(
                a, AllPartitionsSubset) else []
            olds = [json.dumps(windows), json.dumps({"time_windows": windows, "num_partitions": 1}),
                    json.dumps({"version": 2, "time_windows": windows, "num_partitions": 1})]
        else:
            olds = [json.dumps(more), json.dumps({"version": 1, "subset": more}), json.dumps({"subset": more})]
        for old in olds:
            out["old"].append([old, attempt(lambda: definition.deserialize_subset(old).serialize())])
        if more and not isinstance(definition, TimeWindowPartitionsDefinition):
            ranges = KeyRangesPartitionsSubset(
                key_ranges=[PartitionKeyRange(keys[0], keys[len(keys) // 2])],
                partitions_snap=PartitionsSnap.from_def(definition))
            out["key_ranges"] = [serialize_value(ranges), attempt(lambda: sorted({str(k) for k in ranges.get_partition_keys()}))]
    return out


for _ in range(COUNT):
    print(json.dumps(case()))
