"""What the pages of the official web application ask, with the figures of a large project."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests" / "compat" / "ui"))
from operations import bundle, operations  # noqa: E402

LATEST = """query($assetKeys: [AssetKeyInput!]!) { assetsLatestInfo(assetKeys: $assetKeys) {
  id assetKey { path } unstartedRunIds inProgressRunIds latestMaterialization { timestamp runId } latestRun { id status } } }"""


def page_queries(run_id: str, assets: int) -> dict[str, tuple[str, dict]]:
    """Title -> document and variables."""
    ui = operations(bundle())
    keys = [{"path": [f"asset_{index:05}"]} for index in range(assets)]
    ended = {"statuses": ["SUCCESS", "FAILURE", "CANCELED"]}
    return {
        "runs feed, 30 entries": (ui["RunsFeedRootQuery"], {"limit": 30, "view": "RUNS", "filter": {}}),
        "log of a run": (ui["RunLogsQuery"], {"runId": run_id, "limit": 1000}),
        "latest info of 500 assets": (LATEST, {"assetKeys": keys[:500]}),
        "live data of 100 assets": (ui["AssetGraphLiveQuery"], {"assetKeys": keys[:100]}),
        "health of 100 assets": (ui["AssetHealthQuery"], {"assetKeys": keys[:100]}),
        f"the whole graph, {assets} assets": (ui["LocationWorkspaceAssetsQuery"], {"name": "large"}),
        "run timeline": (ui["CompletedRunTimelineQuery"], {"completedFilter": ended, "limit": 500}),
        "page of a run": (ui["RunRootQuery"], {"runId": run_id}),
    }
