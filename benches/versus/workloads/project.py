"""A large project: VERSUS_ASSETS assets in groups of a hundred, each with up to three upstream assets."""

import os
import random

import dagster as dg

COUNT = int(os.environ.get("VERSUS_ASSETS", "10000"))
rng = random.Random(7)


def key(index: int) -> str:
    return f"asset_{index:05}"


def make(index: int) -> dg.AssetsDefinition:
    near = range(max(0, index - 200), index)
    upstream = rng.sample(near, min(len(near), rng.randint(0, 3)))

    @dg.asset(
        name=key(index),
        group_name=f"group_{index // 100:03}",
        deps=[key(one) for one in upstream],
        kinds={"python"},
        owners=["team:data"],
        description=f"Number {index} of a large project.",
    )
    def one() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": index, "path": f"s3://bucket/{key(index)}"})

    return one


defs = dg.Definitions(
    assets=[make(index) for index in range(COUNT)],
    jobs=[dg.define_asset_job(f"group_{number:03}_job", selection=dg.AssetSelection.groups(f"group_{number:03}")) for number in range(min(20, COUNT // 100))],
)
