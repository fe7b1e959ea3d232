"""A condition that is true for what a test puts into a set, as data.

Tests make such conditions of closures, which no other process can evaluate. This one says the same in entries
`[kind, key, partition or null]` (kind `asset`: the key as a/b; kind `check`: asset/path:check), which
`rondel automation evaluate` reads under the class's name.
"""

from collections.abc import Sequence

from dagster import AutomationResult
from dagster._core.definitions.asset_checks.asset_check_spec import AssetCheckKey
from dagster._core.definitions.asset_key import AssetKey
from dagster._core.definitions.declarative_automation.automation_condition import BuiltinAutomationCondition
from dagster._core.definitions.declarative_automation.operators import any_downstream_conditions_operator
from dagster._record import record
from dagster._serdes import whitelist_for_serdes


def _entry(item):
    if isinstance(item, AssetCheckKey):
        return ["check", f"{item.asset_key.to_user_string()}:{item.name}", None]
    if isinstance(item, AssetKey):
        return ["asset", item.to_user_string(), None]
    return ["asset", item.asset_key.to_user_string(), item.partition_key]


@whitelist_for_serdes
@record
class RondelTestHardcodedCondition(BuiltinAutomationCondition):
    entries: Sequence

    @property
    def name(self) -> str:
        return "HardcodedCondition"

    @property
    def description(self) -> str:
        return "..."

    def evaluate(self, context):
        view, key = context.asset_graph_view, context.key
        partitions = [e[2] for e in self.entries if e[:2] == _entry(key)[:2]]
        if context.partitions_def is not None and None not in partitions:
            subset = context.candidate_subset.compute_intersection_with_partition_keys(set(partitions))
        elif partitions:
            subset = view.get_full_subset(key=key)
        else:
            subset = view.get_empty_subset(key=key)
        return AutomationResult(context, true_subset=subset)


class _Mirrored(set):
    """A set whose content is copied to the condition's entries whenever it changes."""

    def __init__(self, entries):
        super().__init__()
        self._entries = entries


def _mirroring(name):
    def change(self, *args, **kwargs):
        result = getattr(set, name)(self, *args, **kwargs)
        self._entries[:] = [_entry(item) for item in self]
        return result

    return change


for _name in ("add", "remove", "discard", "clear", "update", "difference_update", "pop", "__ior__", "__isub__"):
    setattr(_Mirrored, _name, _mirroring(_name))


def get_hardcoded_condition():
    entries = []
    return RondelTestHardcodedCondition(entries=entries), _Mirrored(entries)


# An evaluation may name the wrapper which any_downstream_conditions makes; Dagster never stores it.
whitelist_for_serdes(any_downstream_conditions_operator.DownstreamConditionWrapperCondition)
