"""The code location of the worlds of the instance: what the environment's STALENESS_LOCATION names, first or second."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import dagster as dg
from definitions import build

WHICH = ["first", "second"].index(os.environ["STALENESS_LOCATION"])
MADE = json.loads(Path(os.environ["DAGSTER_HOME"], "worlds.json").read_text(encoding="utf8"))

defs = dg.Definitions(assets=[asset for one in MADE for asset in build(one["world"])[WHICH]])
