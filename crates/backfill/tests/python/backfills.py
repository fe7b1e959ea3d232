"""Random asset graphs and backfills, iteration by iteration as Dagster decides, one JSON object per line."""

import json
import logging
import random
import sys
import warnings
from datetime import datetime, timezone
from unittest import mock

warnings.simplefilter("ignore")

import dagster as dg
from dagster._core.asset_graph_view.asset_graph_view import AssetGraphView, TemporalContext
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.definitions.assets.graph.remote_asset_graph import RemoteWorkspaceAssetGraph
from dagster._core.definitions.events import AssetKeyPartitionKey
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.execution import asset_backfill
from dagster._core.execution.asset_backfill import AssetBackfillData
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)
from dagster._core.test_utils import mock_workspace_from_repos
from dagster._serdes import serialize_value

rng = random.Random(int(sys.argv[1]))
COUNT = int(sys.argv[2])
NOW = datetime(2024, 1, 12, 5, tzinfo=timezone.utc)
LOG = logging.getLogger("backfill")
LOG.setLevel(logging.CRITICAL)

DAILY = dg.DailyPartitionsDefinition("2024-01-01", end_date="2024-01-08")
LATER = dg.DailyPartitionsDefinition("2024-01-03")
WEEKLY = dg.WeeklyPartitionsDefinition("2023-12-24")
HOURLY = dg.HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-03-00:00")
STATIC = dg.StaticPartitionsDefinition(["a", "b", "c"])
DYNAMIC = dg.DynamicPartitionsDefinition(name="dyn")
MULTI = dg.MultiPartitionsDefinition({"abc": STATIC, "day": DAILY})
DEFINITIONS = [None, DAILY, DAILY, DAILY, LATER, WEEKLY, HOURLY, STATIC, STATIC, DYNAMIC, MULTI]
TIMED = (DAILY, LATER, WEEKLY, HOURLY)


def mapping(up, down):
    """A mapping that fits, or False where there is none."""
    if up is None or down is None:
        return None if rng.random() < 0.8 or up is None else dg.LastPartitionMapping()
    if up in TIMED and down in TIMED:
        if rng.random() < 0.3:
            return dg.TimeWindowPartitionMapping(
                start_offset=rng.choice([-1, -2, 0]), end_offset=rng.choice([0, -1]),
                allow_nonexistent_upstream_partitions=True)
        if up == down:
            return None
        return dg.TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
    if up == down:
        return rng.choice([None, None, dg.AllPartitionMapping()])
    if (up is MULTI and down in (STATIC, DAILY)) or (down is MULTI and up in (STATIC, DAILY)):
        return None
    return rng.choice([dg.AllPartitionMapping(), dg.LastPartitionMapping(), False])


def policy():
    return rng.choice([None, None, None, dg.BackfillPolicy.single_run(), dg.BackfillPolicy.multi_run(1),
                       dg.BackfillPolicy.multi_run(3)])


def graph():
    """Assets of one or two repositories."""
    known, repositories = [], [[], []]
    usual = rng.choice(DEFINITIONS)
    usual_policy = policy()
    for index in range(rng.randrange(2, 8)):
        definition = usual if rng.random() < 0.6 else rng.choice(DEFINITIONS)
        name = f"asset{index}"

        def deps(own=None):
            found = []
            for upstream, of in known:
                if rng.random() < 0.45:
                    how = mapping(of, definition)
                    if how is not False:
                        found.append(dg.AssetDep(upstream, partition_mapping=how))
            if own and definition in TIMED and rng.random() < 0.15:
                found.append(dg.AssetDep(own, partition_mapping=dg.TimeWindowPartitionMapping(
                    start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=rng.random() < 0.5)))
            return found

        used = usual_policy if rng.random() < 0.8 else policy()
        if definition is None:
            used = rng.choice([None, dg.BackfillPolicy.single_run()])
        where = repositories[0 if rng.random() < 0.9 else 1]
        if rng.random() < 0.15:
            first, second = f"{name}x", f"{name}y"
            specs = [dg.AssetSpec(first, deps=deps()),
                     dg.AssetSpec(second, deps=rng.choice([[], [dg.AssetDep(first)]]) + deps())]

            @dg.multi_asset(name=name, specs=specs, partitions_def=definition, backfill_policy=used)
            def made():
                pass

            known += [(first, definition), (second, definition)]
        else:

            @dg.asset(name=name, deps=deps(name), partitions_def=definition, backfill_policy=used)
            def made():
                pass

            known.append((name, definition))
        where.append(made)
        if rng.random() < 0.15:

            @dg.asset_check(asset=known[-1][0], name=f"check_{name}")
            def checked():
                pass

            where.append(checked)
    return repositories


def repository(name, definitions):
    @dg.repository(name=name)
    def repo():
        return definitions

    return repo


def target_of(asset_graph, instance, keys):
    """Assets and their partitions; how they were chosen, for the comparison of targets."""
    kind = rng.random()
    if kind < 0.6:
        data = AssetBackfillData.from_asset_partitions(
            asset_graph, None, keys, instance, NOW.timestamp(), all_partitions=True)
        return data, {"assets": [k.path for k in keys]}
    partitioned = [k for k in keys if asset_graph.get(k).is_partitioned]
    if partitioned:
        definition = asset_graph.get(partitioned[0]).partitions_def
        names = [str(k) for k in definition.get_partition_keys()]
        first = rng.randrange(len(names))
        names = names[first : first + rng.randrange(1, 5)]
        data = AssetBackfillData.from_asset_partitions(
            asset_graph, names, keys, instance, NOW.timestamp(), all_partitions=False)
        return data, {"assets": [k.path for k in keys], "keys": names}
    return AssetBackfillData.from_asset_partitions(
        asset_graph, None, keys, instance, NOW.timestamp(), all_partitions=True), {"assets": [k.path for k in keys]}


def partitions_of(request, key, asset_graph):
    definition = asset_graph.get(key).partitions_def
    start = request.tags.get(ASSET_PARTITION_RANGE_START_TAG)
    if start:
        return [str(k) for k in definition.get_partition_keys_in_range(
            dg.PartitionKeyRange(start, request.tags[ASSET_PARTITION_RANGE_END_TAG]))]
    return [request.partition_key]


def case():
    instance = dg.DagsterInstance.ephemeral()
    dynamic = [f"d{i}" for i in range(rng.randrange(1, 4))]
    instance.add_dynamic_partitions("dyn", dynamic)
    definitions = graph()
    repos = [repository(f"repo{i}", found) for i, found in enumerate(definitions) if found]
    out = {"repositories": [[repo.name, serialize_value(RepositorySnap.from_def(repo))] for repo in repos],
           "now": NOW.timestamp(), "dynamic": dynamic, "iterations": []}
    with partition_loading_context(NOW, instance):
        asset_graph = RemoteWorkspaceAssetGraph.build(mock_workspace_from_repos(repos))
        keys = sorted(asset_graph.materializable_asset_keys)
        if rng.random() < 0.4:
            keys = sorted(rng.sample(keys, rng.randrange(1, len(keys) + 1)))
            keys = sorted({k for key in keys for k in asset_graph.get(key).execution_set_asset_keys})
        out["selection"] = {"assets": [k.path for k in keys]}
        try:
            data, out["selection"] = target_of(asset_graph, instance, keys)
        except Exception as error:
            out["selection_error"] = str(error)
            return None
        if not data.target_subset.asset_keys:
            return None
        out["target"] = serialize_value(data.target_subset)
        running, storage_id = [], 10
        for _ in range(12):
            materialized, failed, still = [], [], []
            for asset_key, partition in running:
                fate = rng.random()
                if fate < 0.75:
                    materialized.append((asset_key, partition))
                elif fate < 0.83:
                    failed.append((asset_key, partition))
                else:
                    still.append((asset_key, partition))
            out_failed.extend(failed)
            running = still
            storage_id += 10

            def materialized_subset(backfill_id, data, graph, queryer):
                return data.materialized_subset | AssetGraphSubset.from_asset_partition_set(
                    {AssetKeyPartitionKey(*m) for m in materialized}, asset_graph)

            def failed_subset(view, backfill_id, materialized_subset):
                return AssetGraphSubset.from_asset_partition_set(
                    {AssetKeyPartitionKey(*f) for f in out_failed}, asset_graph) - materialized_subset

            view = AssetGraphView(temporal_context=TemporalContext(effective_dt=NOW, last_event_id=None),
                                  instance=instance, asset_graph=asset_graph)
            iteration = {"materialized": [[k.path, p] for k, p in materialized],
                         "failed": [[k.path, p] for k, p in out_failed], "storage_id": storage_id}
            out["iterations"].append(iteration)
            with mock.patch.object(asset_backfill, "get_asset_backfill_iteration_materialized_subset",
                                   materialized_subset), \
                 mock.patch.object(asset_backfill, "_get_failed_asset_graph_subset", failed_subset), \
                 mock.patch.object(asset_backfill, "_get_next_latest_storage_id", lambda _: storage_id):
                try:
                    result = asset_backfill.execute_asset_backfill_iteration_inner(
                        "backfill", data, view, NOW.timestamp(), LOG, None)
                except Exception as error:
                    iteration["error"] = str(error)[:300]
                    break
            iteration["requests"] = [
                [sorted(k.path for k in request.asset_selection), request.partition_key, dict(request.tags),
                 None if request.asset_check_keys is None else sorted(
                     k.to_user_string() for k in request.asset_check_keys)]
                for request in result.run_requests]
            data = result.backfill_data.with_run_requests_submitted(result.run_requests, view)
            iteration["after"] = serialize_value(data)
            for request in result.run_requests:
                for asset_key in request.asset_selection:
                    running += [(asset_key, p) for p in partitions_of(request, asset_key, asset_graph)]
            running = sorted(running, key=str)
            if not running and not result.run_requests:
                break
    return out


made = 0
while made < COUNT:
    out_failed = []
    try:
        line = case()
    except (dg.DagsterInvalidDefinitionError, dg.DagsterInvariantViolationError) as error:
        continue  # not every random graph is one Dagster accepts
    if line is not None:
        print(json.dumps(line))
        made += 1
