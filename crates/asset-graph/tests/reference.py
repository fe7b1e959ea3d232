"""Prints what the installed Dagster makes of random workspaces and selections, as one JSON document.

Called by `against_dagster.rs` with a seed and the number of workspaces. Each workspace holds a few code locations
with random assets; the document carries their serialized snapshots, facts about every node of the merged graph, and
the answers to random selections.
"""

import json
import random
import sys
import warnings
from types import SimpleNamespace

import dagster as dg
from dagster._core.definitions.assets.graph.remote_asset_graph import RemoteWorkspaceAssetGraph
from dagster._core.definitions.asset_selection import AssetSelection
from dagster._core.remote_representation.external import RemoteRepository
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._core.remote_representation.handle import RepositoryHandle
from dagster_shared.serdes import serialize_value

warnings.simplefilter("ignore")

GROUPS = ["default", "core", "marketing", "core_extra"]
OWNERS = ["team:data", "ann@example.com"]
KINDS = ["python", "dbt"]
PARTITIONS = [
    None,
    None,
    None,
    dg.StaticPartitionsDefinition(["a", "b"]),
    dg.DailyPartitionsDefinition("2024-01-01"),
    dg.DynamicPartitionsDefinition(name="dyn"),
    dg.MultiPartitionsDefinition(
        {"d": dg.DailyPartitionsDefinition("2024-01-01"), "s": dg.StaticPartitionsDefinition(["x"])}
    ),
]


def attributes(rng):
    result = {"group_name": rng.choice(GROUPS)}
    if rng.random() < 0.3:
        result["owners"] = rng.sample(OWNERS, rng.randint(1, 2))
    if rng.random() < 0.4:
        result["kinds"] = {rng.choice(KINDS)}
    tags = {}
    if rng.random() < 0.3:
        tags["team"] = rng.choice(["x", "y", ""])
    result["tags"] = tags
    return result


def definitions(rng, prefix, foreign):
    """One code location: its own keys, plus dependencies on keys of others."""
    count = rng.randint(2, 12)
    keys = [dg.AssetKey([prefix, f"n{i}"]) if rng.random() < 0.5 else dg.AssetKey(f"{prefix}_{i}") for i in range(count)]
    assets, checks, own = [], [], []
    index = 0
    while index < count:
        key = keys[index]
        candidates = keys[:index] + foreign
        deps = rng.sample(candidates, min(len(candidates), rng.choice([0, 1, 1, 2, 3])))
        kind = rng.random()
        if kind < 0.12:
            assets.append(dg.AssetSpec(key, deps=deps, **attributes(rng)))
        elif kind < 0.2:

            @dg.observable_source_asset(key=key, group_name=rng.choice(GROUPS))
            def observed():
                return dg.DataVersion("1")

            assets.append(observed)
        elif kind < 0.35 and index + 1 < count:
            specs = [
                dg.AssetSpec(key, deps=deps, **attributes(rng)),
                dg.AssetSpec(keys[index + 1], deps=[key], **attributes(rng)),
            ]
            specs_check = [dg.AssetCheckSpec("inside", asset=key)] if rng.random() < 0.5 else []

            @dg.multi_asset(specs=specs, check_specs=specs_check, can_subset=rng.random() < 0.4, name=f"multi_{prefix}_{index}")
            def several():
                pass

            assets.append(several)
            own += [key, keys[index + 1]]
            index += 2
            continue
        else:
            partitions = rng.choice(PARTITIONS)
            self_dependent = isinstance(partitions, dg.DailyPartitionsDefinition) and rng.random() < 0.3
            all_deps = list(deps)
            if self_dependent:
                all_deps.append(dg.AssetDep(key, partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)))
            condition = dg.AutomationCondition.eager() if rng.random() < 0.3 else None

            @dg.asset(
                key=key,
                deps=all_deps,
                partitions_def=partitions,
                automation_condition=condition,
                **attributes(rng),
            )
            def made():
                pass

            assets.append(made)
            own.append(key)
            if rng.random() < 0.3:

                @dg.asset_check(asset=key, name="ok")
                def ok():
                    return dg.AssetCheckResult(passed=True)

                checks.append(ok)
        index += 1
    jobs, schedules, sensors = [], [], []
    unpartitioned = [k for k in own]
    if unpartitioned:
        chosen = rng.sample(unpartitioned, min(2, len(unpartitioned)))
        try:
            job = dg.define_asset_job(f"job_{prefix}", selection=dg.AssetSelection.assets(*chosen).required_multi_asset_neighbors())
            jobs.append(job)
            schedules.append(dg.ScheduleDefinition(name=f"schedule_{prefix}", job=job, cron_schedule="@daily"))
        except Exception:
            pass
        target = rng.choice(
            [
                dg.AssetSelection.all(),
                dg.AssetSelection.groups("core"),
                dg.AssetSelection.assets(chosen[0]).downstream(),
                dg.AssetSelection.all() - dg.AssetSelection.groups("core"),
            ]
        )

        @dg.sensor(name=f"sensor_{prefix}", target=target)
        def sensor():
            pass

        sensors.append(sensor)
        sensors.append(dg.AutomationConditionSensorDefinition(f"automation_{prefix}", target=target))
    try:
        defs = dg.Definitions(assets=assets, asset_checks=checks, jobs=jobs, schedules=schedules, sensors=sensors)
        return RepositorySnap.from_def(defs.get_repository_def()), keys
    except Exception:
        # Jobs over differently partitioned assets are refused.
        defs = dg.Definitions(assets=assets, asset_checks=checks)
        return RepositorySnap.from_def(defs.get_repository_def()), keys


def workspace(rng):
    locations, foreign, snaps = [], [], []
    for number in range(rng.randint(1, 3)):
        snap, keys = definitions(rng, "abc"[number], foreign)
        foreign = foreign + keys
        location_name = rng.choice(["east", "west"]) + str(number)
        handle = RepositoryHandle.for_test(location_name=location_name, repository_name=snap.name)
        remote = RemoteRepository(snap, handle, auto_materialize_use_sensors=True)
        locations.append(SimpleNamespace(name=location_name, get_repositories=lambda remote=remote: {remote.name: remote}))
        snaps.append({"location": location_name, "repository": snap.name, "snap": serialize_value(snap)})
    entries = {location.name: SimpleNamespace(code_location=location) for location in locations}
    graph = RemoteWorkspaceAssetGraph.build(SimpleNamespace(code_location_entries=entries))
    return graph, snaps


def atom(rng, graph):
    keys = sorted(graph.get_all_asset_keys())
    key = rng.choice(keys).to_user_string()
    return rng.choice(
        [
            f'key:"{key}"',
            f"key:{key}",
            f'key:"{key[:1]}*"',
            'key:"*1*"',
            "key:a*",
            f"group:{rng.choice(GROUPS)}",
            'group:"core*"',
            "group:<null>",
            f"kind:{rng.choice(KINDS)}",
            "kind:<null>",
            'tag:team="x"',
            "tag:team=y",
            "tag:team",
            'owner:"team:data"',
            "owner:<null>",
            "is:external",
            "is:materializable",
            "code_location:east0",
            'code_location:"__repository__@west1"',
            f"partitions:{rng.choice(['none', 'static', 'dynamic', 'time', 'multipartitions', 'odd'])}",
            "partitions:<null>",
            f"sensor:sensor_{rng.choice('abc')}",
            f"sensor:automation_{rng.choice('abc')}",
            f"schedule:schedule_{rng.choice('abc')}",
            f"job:job_{rng.choice('abc')}",
            "job:__ASSET_JOB",
        ]
    )


def expression(rng, graph, depth):
    if depth == 0 or rng.random() < 0.2:
        base = atom(rng, graph)
    else:
        inner = expression(rng, graph, depth - 1)
        choice = rng.random()
        if choice < 0.2:
            return f"not {inner}"
        if choice < 0.45:
            return f"{inner} {rng.choice(['and', 'AND'])} {expression(rng, graph, depth - 1)}"
        if choice < 0.7:
            return f"{inner} or {expression(rng, graph, depth - 1)}"
        base = rng.choice([f"({inner})", f"sinks({inner})", f"roots({inner})"])
    before = rng.choice(["", "", "", "+", "1+", "2+ ", "0+"])
    after = rng.choice(["", "", "", "+", "+1", " +2", "+0"])
    return before + base + after


def oddities(rng, graph):
    keys = sorted(graph.get_all_asset_keys())
    key = rng.choice(keys).to_user_string()
    return [
        "*", "", " ", "and", "key:", "key:*", "key:and", "key:sensor", "owner:sensor", 'key:"sensor"', "job:job", "*" + key,
        key + "*", "++" + key, key + "+", "*" + key + "*", "+" + key + "++", key, key + "**", "*+" + key, "tag:a=b=c",
        "tag:team=x-y", "tag:<null>", "tag:team=<null>", "is:odd", "is:<null>", "not", "not *", "* and not key:a*",
        "sinks()", "sinks(*)", "roots(*)", "roots(*)+1", "(*)", "*+", "key:a b", 'key:"a', 'key:"a\\b"', "column:x", "status:healthy",
        "2key:a", "1 + key:a*", "key:a*+1+", "++key:a*", "(key:a*", "key:a*)", "NOT key:a* OR key:b*", "Not key:a", "missing_key",
        "key:missing or group:core", 'group:""', "column_tag:a=b", "column_tag:<null>", "key=a", "a-b", "a.b", "a@b",
        f"not key:{key} and group:core or kind:dbt", f"+key:{key}+", f"1+key:{key}+1 and not key:{key}",
    ]


def answer(graph, text, include_sources):
    try:
        selection = AssetSelection.from_string(text, include_sources=include_sources)
    except Exception:
        return {"selection": text, "sources": include_sources, "parses": False}
    result = {"selection": text, "sources": include_sources, "parses": True}
    try:
        result["keys"] = sorted(key.path for key in selection.resolve(graph))
    except Exception:
        result["keys"] = None
    try:
        result["text"] = selection.to_selection_str()
    except NotImplementedError:
        result["text"] = None
    result["stored"] = serialize_value(selection)
    return result


def facts(graph):
    nodes = []
    for key, node in graph.remote_asset_nodes_by_key.items():
        single = node.resolve_to_singular_repo_scoped_node()
        nodes.append(
            {
                "key": key.path,
                "parents": sorted(k.path for k in node.parent_keys),
                "children": sorted(k.path for k in node.child_keys),
                "checks": sorted(k.name for k in node.check_keys),
                "location": single.repository_handle.location_name,
                "group": node.group_name,
                "materializable": node.is_materializable,
                "observable": node.is_observable,
                "external": node.is_external,
                "executable": node.is_executable,
                "jobs": list(node.job_names),
                "together": sorted(k.path for k in node.execution_set_asset_keys),
                "sensors": sorted(s.sensor_name for s in node.get_targeting_sensor_selectors()),
                "schedules": sorted(s.schedule_name for s in node.get_targeting_schedule_selectors()),
            }
        )
    return nodes


def main():
    rng = random.Random(int(sys.argv[1]))
    result = []
    for _ in range(int(sys.argv[2])):
        graph, snaps = workspace(rng)
        texts = [(expression(rng, graph, rng.randint(0, 3)), rng.random() < 0.5) for _ in range(60)]
        texts += [(text, False) for text in oddities(rng, graph)]
        result.append(
            {
                "repositories": snaps,
                "nodes": facts(graph),
                "levels": [sorted(key.path for key in level) for level in graph.toposorted_asset_keys_by_level],
                "answers": [answer(graph, text, sources) for text, sources in texts],
            }
        )
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
