"""Evaluations of automation conditions, replaced by `rondel automation evaluate`.

The request holds the repository's snapshot, in which the conditions are; the answer holds the evaluations as Dagster
stores them. Instances in memory become files in these tests, for the command to read.
"""

import dataclasses
import json
import os
import shutil
import sys
import tempfile

import compat_suite
import yaml
from command import call, frozen_now, home_of
from compat_errors import Unmappable
from run_folder import RUN_FOLDER, new_folder

_SUITE = "/automation_condition_tests/"
_SCENARIO = "dagster_tests.declarative_automation_tests.scenario_utils.automation_condition_scenario"
_homes = []


def install():
    import dagster
    import dagster._core.definitions.declarative_automation.automation_condition_tester as tester
    from dagster._core.instance import DagsterInstance

    in_memory = DagsterInstance.ephemeral

    def ephemeral(*args, **kwargs):
        if _SUITE not in compat_suite.current["nodeid"]:
            return in_memory(*args, **kwargs)
        settings = kwargs.get("settings") or (args[2] if len(args) > 2 else None) or {}
        home = tempfile.mkdtemp(prefix="home", dir=RUN_FOLDER)
        _homes.append(home)
        with open(os.path.join(home, "dagster.yaml"), "w", encoding="utf8") as f:
            yaml.safe_dump({"telemetry": {"enabled": False}, **settings}, f)
        return DagsterInstance.from_config(home)

    DagsterInstance.ephemeral = staticmethod(ephemeral)
    tester.evaluate_automation_conditions = _evaluate_all
    dagster.evaluate_automation_conditions = _evaluate_all


def remove_homes():
    while _homes:
        shutil.rmtree(_homes.pop(), ignore_errors=True)


def _as_json(value):
    from dagster._serdes import serialize_value

    return json.loads(serialize_value(value))


def _from_json(value):
    from dagster._serdes import deserialize_value

    return deserialize_value(json.dumps(value))


def _request(repository, graph, instance, keys, cursor, evaluation_time, **more):
    from dagster._core.remote_representation.external_data import RepositorySnap

    home = home_of(instance)
    for key in keys:
        condition = graph.get(key).automation_condition
        if condition is not None and not condition.is_serializable:
            raise Unmappable("a condition of user code, which the code location evaluates")
    request = {
        "repository_snapshot": _as_json(RepositorySnap.from_def(repository)),
        "entity_keys": [_as_json(key) for key in sorted(keys, key=str)],
        "cursor": _as_json(cursor) if cursor is not None else None,
        "evaluation_time": evaluation_time.timestamp() if evaluation_time is not None else None,
        "emit_backfills": False,
        **more,
    }
    path = os.path.join(new_folder(), "request.json")
    with open(path, "w", encoding="utf8") as f:
        json.dump(request, f)
    now = frozen_now()
    at = ["--at", repr(float(now))] if now is not None else []
    return call(["automation", "evaluate", "--request", path, *at], home)


class _Result:
    """The parts of an AutomationResult that tests look at."""

    def __init__(self, view, condition, evaluation, tree, value_hash=None, cursor=None):
        tree = tree or {}
        if tree.get("condition"):
            condition = _from_json(tree["condition"])
        self.condition = condition
        self.serializable_evaluation = evaluation
        self.value_hash = value_hash or tree.get("value_hash")
        self._cursor = cursor
        self.true_subset = view.get_subset_from_serializable_subset(evaluation.true_subset)
        parts = evaluation.child_evaluations
        conditions = list(getattr(condition, "children", None) or [])
        if len(conditions) != len(parts):
            conditions = [None] * len(parts)
        trees = tree.get("children") or [None] * len(parts)
        self.child_results = [_Result(view, *part) for part in zip(conditions, parts, trees)]

    @property
    def key(self):
        return self.true_subset.key

    def get_new_cursor(self):
        return self._cursor


def _view(graph, instance, at):
    from dagster._core.asset_graph_view.asset_graph_view import AssetGraphView, TemporalContext

    last = instance.event_log_storage.get_maximum_record_id()
    when = TemporalContext(effective_dt=at, last_event_id=last)
    return AssetGraphView(temporal_context=when, instance=instance, asset_graph=graph)


def _results(answer, graph, view):
    results = []
    for part in answer["results"]:
        evaluation = _from_json(part["evaluation"])
        condition = graph.get(evaluation.true_subset.key).automation_condition
        cursor = _from_json(part["condition_cursor"])
        tree = part.get("condition_tree")
        results.append(_Result(view, condition, evaluation, tree, part.get("value_hash"), cursor))
    return results


def _evaluate_all(defs, instance, asset_selection=None, evaluation_time=None, cursor=None):
    """As `dagster.evaluate_automation_conditions`."""
    import hardcoded  # noqa: F401  its class may be in the answer
    from dagster import AssetSelection, Definitions
    from dagster._core.definitions.declarative_automation.automation_condition_tester import (
        EvaluateAutomationConditionsResult,
    )
    from dagster._core.definitions.partitions.context import partition_loading_context
    from dagster._time import get_current_datetime

    defs = defs if isinstance(defs, Definitions) else Definitions(assets=defs)
    if asset_selection is None:
        asset_selection = AssetSelection.all(include_sources=True) | AssetSelection.all_asset_checks()
    graph = defs.resolve_asset_graph()
    selected = asset_selection.resolve(graph) | asset_selection.resolve_checks(graph)
    keys = {key for key in selected if graph.get(key).automation_condition is not None}
    keys |= graph.automatable_asset_job_keys
    answer = _request(defs.get_repository_def(), graph, instance, keys, cursor, evaluation_time)
    with partition_loading_context(effective_dt=evaluation_time, dynamic_partitions_store=instance) as loading:
        view = _view(graph, instance, evaluation_time or get_current_datetime())
        requested = answer.get("requested_subsets", [])
        return EvaluateAutomationConditionsResult(
            cursor=_from_json(answer["cursor"]),
            requested_subsets=[view.get_subset_from_serializable_subset(_from_json(s)) for s in requested],
            results=_results(answer, graph, view),
            partition_loading_context=loading,
        )


def replace_in_loaded_tests():
    """The scenario class of the condition tests and their hardcoded condition; once these modules are imported."""
    scenario = sys.modules.get(_SCENARIO)
    if scenario is None or scenario.AutomationConditionScenarioState.evaluate is _evaluate_one:
        return
    import hardcoded

    scenario.AutomationConditionScenarioState.evaluate = _evaluate_one
    for name, module in list(sys.modules.items()):
        if "automation_condition_tests" in name and hasattr(module, "get_hardcoded_condition"):
            module.get_hardcoded_condition = hardcoded.get_hardcoded_condition


async def _evaluate_one(self, asset):
    """As `AutomationConditionScenarioState.evaluate`: the condition of one asset, outside of a whole tick."""
    import dagster
    from dagster._core.definitions.asset_daemon_cursor import AssetDaemonCursor
    from dagster._core.definitions.auto_materialize_policy import AutoMaterializePolicy
    from dagster._core.definitions.declarative_automation.operators import boolean_operators as operators
    from dagster._core.test_utils import freeze_time

    key = dagster.AssetKey.from_coercible(asset)
    condition = self.automation_condition
    if self.ensure_empty_result:
        # The test's own always-false condition cannot be serialized; "not (and of nothing)" is never true either.
        never = operators.NotAutomationCondition(operand=operators.AndAutomationCondition(operands=[]))
        condition = operators.AndAutomationCondition(operands=[condition, never])
    policy = AutoMaterializePolicy.from_automation_condition(condition)
    spec = self.scenario_spec.with_asset_properties(keys=[asset], auto_materialize_policy=policy)
    graph = spec.asset_graph
    with freeze_time(self.current_time):
        previous = [self.condition_cursor] if self.condition_cursor else []
        cursor = AssetDaemonCursor.empty().with_updates(0, 0, [], previous, graph)
        view = _view(graph, self.instance, self.current_time)
        requested = self._get_request_subsets_by_key(view).values()
        answer = _request(
            spec.defs.get_repository_def(),
            graph,
            self.instance,
            [key],
            cursor,
            None,
            mode="node",
            requested_subsets=[_as_json(subset.convert_to_serializable_subset()) for subset in requested],
            evaluation_id=cursor.evaluation_id,
        )
        result = _results(answer, graph, view)[0]
    state = dataclasses.replace(self, condition_cursor=result.get_new_cursor())
    return state, (result.child_results[0] if self.ensure_empty_result else result)
