"""Dagster definitions of a world's plain data, and what its user code does when it runs."""

import datetime
import warnings

import dagster as dg

warnings.filterwarnings("ignore")  # of previews and betas

STATIC = {
    "abc": ["a", "b", "c", "d"],
    "odd": ["x", "x y", "x!", "x'", 'y"', "é", "x\\n", "xx"],
    "num": ["1", "2", "10"],
    "many": [f"k{i:03}" for i in range(104)],
    "hundred": [f"h{i:03}" for i in range(100)],
    "near": [f"n{i:02}" for i in range(99)],
}


def partitions(spec, world):
    """The partitions definition of a spec; dynamic ones are named after the number of the world."""
    kind = spec["kind"]
    if kind == "static":
        return dg.StaticPartitionsDefinition(STATIC[spec["of"]])
    if kind == "daily":
        return dg.DailyPartitionsDefinition(start_date=spec["start"], end_date=spec.get("end"))
    if kind == "weekly":
        return dg.WeeklyPartitionsDefinition(start_date="2026-10-01", end_date="2026-11-20")
    if kind == "hourly":
        return dg.HourlyPartitionsDefinition(start_date="2026-11-14-00:00", end_date="2026-11-16-06:00")
    if kind == "dynamic":
        return dg.DynamicPartitionsDefinition(name=f"w{world}_{spec['of']}")
    if kind == "multi":
        return dg.MultiPartitionsDefinition(
            {"s": dg.StaticPartitionsDefinition(["a", "b"]), "t": partitions(spec["t"], world)}
        )
    raise ValueError(kind)


def mapping(spec):
    """The partition mapping of a dependency, from a list of its kind and its arguments."""
    if spec is None:
        return None
    kind = spec[0]
    if kind == "all":
        return dg.AllPartitionMapping()
    if kind == "last":
        return dg.LastPartitionMapping()
    if kind == "identity":
        return dg.IdentityPartitionMapping()
    if kind == "window":
        return dg.TimeWindowPartitionMapping(
            start_offset=spec[1], end_offset=spec[2], allow_nonexistent_upstream_partitions=spec[3]
        )
    if kind == "specific":
        return dg.SpecificPartitionsPartitionMapping(spec[1])
    if kind == "static":
        return dg.StaticPartitionMapping(spec[1])
    if kind == "dimension":
        return dg.MultiToSingleDimensionPartitionMapping(spec[1])
    raise ValueError(kind)


class UserCode:
    """What user code does in this process: which assets fail, which data versions are told, of which partitions."""

    failing = set()
    versions = {}
    observed = None


def asset_spec(world, spec):
    deps = [dg.AssetDep(dg.AssetKey(dep["key"]), partition_mapping=mapping(dep.get("mapping"))) for dep in spec["deps"]]
    more = {}
    if spec.get("freshness"):
        more["freshness_policy"] = dg.FreshnessPolicy.time_window(fail_window=datetime.timedelta(hours=1))
    if spec["kind"] == "virtual":
        more["is_virtual"] = True
    partitions_def = spec.get("partitions")
    return dg.AssetSpec(
        key=dg.AssetKey(spec["key"]),
        deps=deps,
        code_version=spec.get("code"),
        partitions_def=partitions(partitions_def, world) if partitions_def else None,
        **more,
    )


def materializing(world, name, specs):
    specs = [asset_spec(world, spec) for spec in specs]

    @dg.multi_asset(name=name, specs=specs, can_subset=True, backfill_policy=dg.BackfillPolicy.single_run())
    def compute(context: dg.AssetExecutionContext):
        for spec in specs:
            if spec.key not in context.selected_asset_keys:
                continue
            path = tuple(spec.key.path)
            if path in UserCode.failing:
                raise Exception("as planned")
            version = UserCode.versions.get(path)
            yield dg.MaterializeResult(
                asset_key=spec.key, data_version=dg.DataVersion(version) if version is not None else None
            )

    return compute


def observing(world, spec):
    partitions_def = partitions(spec["partitions"], world) if spec.get("partitions") else None
    key = dg.AssetKey(spec["key"])

    @dg.observable_source_asset(key=key, partitions_def=partitions_def)
    def observe(context):
        version = UserCode.versions.get(tuple(key.path), "v1")
        if partitions_def is None:
            return dg.DataVersion(version)
        return dg.DataVersionsByPartition({partition: version for partition in UserCode.observed})

    return observe


def build(world):
    """The definitions of a world: those of the first location, and those of the second."""
    number, ops, first = world["number"], {}, []
    for spec in world["assets"]:
        if spec["kind"] == "asset":
            ops.setdefault(spec["op"], []).append(spec)
        elif spec["kind"] == "observable":
            first.append(observing(number, spec))
        else:
            first.append(asset_spec(number, spec))
    first += [materializing(number, name, specs) for name, specs in ops.items()]
    second = [
        observing(number, spec)
        if spec["kind"] == "observable"
        else materializing(number, spec["op"], [spec])
        if spec["kind"] == "asset"
        else asset_spec(number, spec)
        for spec in world["second"]
    ]
    return first, second
