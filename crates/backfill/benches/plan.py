"""Plans a backfill of many partitioned assets as Dagster does; prints the graph, the target, what is requested and
how many seconds of computing that took, as one JSON object."""

import json
import logging
import sys
import time
import warnings
from datetime import datetime, timedelta, timezone
from unittest import mock

warnings.simplefilter("ignore")

import dagster as dg
from dagster._core.asset_graph_view.asset_graph_view import AssetGraphView, TemporalContext
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.definitions.assets.graph.remote_asset_graph import RemoteWorkspaceAssetGraph
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.execution import asset_backfill
from dagster._core.execution.asset_backfill import AssetBackfillData
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster._core.test_utils import mock_workspace_from_repos
from dagster._serdes import serialize_value

CHAINS, LENGTH, PARTITIONS = (int(number) for number in sys.argv[1:4])
START = datetime(2020, 1, 1, tzinfo=timezone.utc)
NOW = START + timedelta(days=PARTITIONS, hours=5)
DAILY = dg.DailyPartitionsDefinition(START.strftime("%Y-%m-%d"))
LOG = logging.getLogger("backfill")
LOG.setLevel(logging.CRITICAL)


def asset(chain, place):
    deps = [f"asset_{chain}_{place - 1}"] if place else []

    @dg.asset(name=f"asset_{chain}_{place}", deps=deps, partitions_def=DAILY)
    def made():
        pass

    return made


assets = [asset(chain, place) for chain in range(CHAINS) for place in range(LENGTH)]


@dg.repository
def repo():
    return assets


instance = dg.DagsterInstance.ephemeral()
with partition_loading_context(NOW, instance):
    graph = RemoteWorkspaceAssetGraph.build(mock_workspace_from_repos([repo]))
    keys = sorted(graph.materializable_asset_keys)
    began = time.process_time()
    data = AssetBackfillData.from_asset_partitions(
        graph, None, keys, instance, NOW.timestamp(), all_partitions=True)
    view = AssetGraphView(
        temporal_context=TemporalContext(effective_dt=NOW, last_event_id=None), instance=instance, asset_graph=graph)
    nothing = AssetGraphSubset()
    with mock.patch.object(
        asset_backfill, "get_asset_backfill_iteration_materialized_subset", lambda *_: nothing
    ), mock.patch.object(asset_backfill, "_get_failed_asset_graph_subset", lambda *_, **__: nothing), mock.patch.object(
        asset_backfill, "_get_next_latest_storage_id", lambda _: 1
    ):
        result = asset_backfill.execute_asset_backfill_iteration_inner(
            "backfill", data, view, NOW.timestamp(), LOG, None)
    seconds = time.process_time() - began

print(json.dumps({
    "repository": serialize_value(RepositorySnap.from_def(repo)),
    "now": NOW.timestamp(),
    "assets": [key.path for key in keys],
    "runs": len(result.run_requests),
    "asset_partitions": sum(len(request.asset_selection) for request in result.run_requests),
    "seconds": seconds,
}))
