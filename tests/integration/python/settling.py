"""An asset that is requested when what it depends on was updated."""

import dagster as dg


@dg.asset
def source(): ...


@dg.asset(deps=[source], automation_condition=dg.AutomationCondition.any_deps_updated())
def follower(): ...


defs = dg.Definitions(
    assets=[source, follower],
    sensors=[
        dg.AutomationConditionSensorDefinition(
            "automation", target="*", default_status=dg.DefaultSensorStatus.RUNNING
        )
    ],
)
