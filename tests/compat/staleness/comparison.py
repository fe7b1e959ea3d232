"""What two servers tell of the staleness of every asset of the worlds, and where they differ."""

import collections
import dataclasses
import json
import random
from collections.abc import Iterator

import dagster as dg
from definitions import partitions
from servers import ask

CAUSES = "{ key { path } partitionKey category reason dependency { path } dependencyPartitionKey }"
FIELDS = (("staleStatus", ""), ("staleCauses", CAUSES), ("dataVersion", ""))
# Partitions that there are not, asked one by one, as each may be an error.
STRANGE = ("no such", "2030-01-01")


@dataclasses.dataclass
class Difference:
    world: int
    key: list
    field: str
    partition: str | None
    reference: object
    here: object

    def __str__(self) -> str:
        of = f" of {json.dumps(self.partition, ensure_ascii=False)}" if self.partition is not None else ""
        order = " (in another order)" if in_order(self.reference) == in_order(self.here) else ""
        answers = [json.dumps(one, ensure_ascii=False) for one in (self.reference, self.here)]
        return f"{'/'.join(self.key)}: {self.field}{of}{order}\n    {answers[0]}\n    here {answers[1]}"


def in_order(answer):
    return sorted(map(json.dumps, answer)) if isinstance(answer, list) else answer


class Comparison:
    """Asks both; `compared` counts the answers to a field, `seen` how often which status and which cause was told."""

    def __init__(self, instance: dg.DagsterInstance, reference: str, url: str):
        self.instance, self.urls = instance, (reference, url)
        self.compared = 0
        self.seen = collections.Counter()

    def differences(self, world: dict) -> Iterator[Difference]:
        rng = random.Random(1)
        worded = differently_worded(world)
        for spec in world["assets"]:
            keys = self._some_partitions(rng, world, spec)
            yield from self._of_asset(world, spec, keys, tuple(spec["key"]) in worded)
            if spec.get("partitions"):
                yield from self._of_strange_partitions(world, spec, tuple(spec["key"]) in worded)

    def _some_partitions(self, rng, world, spec) -> list:
        if not spec.get("partitions"):
            return []
        definition = partitions(spec["partitions"], world["number"])
        keys = list(definition.get_partition_keys(dynamic_partitions_store=self.instance))
        return keys[-7:] + rng.sample(keys[:-7], min(4, len(keys[:-7])))

    def _of_asset(self, world, spec, keys, worded) -> Iterator[Difference]:
        (expected, errors), (actual, errors_here) = (ask(url, query(spec["key"], fields(keys))) for url in self.urls)
        nodes = [(data or {}).get("assetNodeOrError") or {} for data in (expected, actual)]
        if not errors and nodes[0].get("__typename") != "AssetNode":
            raise LookupError(f"the reference server does not have {spec['key']}")
        if errors or errors_here:
            self.seen["errors"] += 1
            self.compared += 1
            if errors != errors_here and not (worded and errors and errors_here):
                yield Difference(world["number"], spec["key"], "errors", None, errors, errors_here)
            if errors and errors_here:
                return
        for field in sorted(nodes[0].keys() | nodes[1].keys()):
            sides = nodes[0].get(field), nodes[1].get(field)
            name, _, number = field.partition("_of_")
            self._count(name, sides[0])
            if sides[0] != sides[1]:
                partition = keys[int(number)] if number else None
                yield Difference(world["number"], spec["key"], name, partition, *sides)

    def _of_strange_partitions(self, world, spec, worded) -> Iterator[Difference]:
        for partition in STRANGE:
            for field, selected in FIELDS:
                asked = query(spec["key"], [f"{field}(partition: {json.dumps(partition)}) {selected}"])
                (expected, errors), (actual, errors_here) = (ask(url, asked) for url in self.urls)
                self.compared += 1
                both_fail = bool(errors and errors_here)
                if errors != errors_here and not (worded and both_fail):
                    yield Difference(world["number"], spec["key"], field, partition, errors, errors_here)
                elif expected != actual and not both_fail:
                    yield Difference(world["number"], spec["key"], field, partition, expected, actual)

    def _count(self, field, answer):
        self.compared += 1
        if field == "staleStatus" and answer:
            self.seen[answer] += 1
        elif field == "staleCauses":
            self.seen.update(cause["reason"].split(" on ")[0] for cause in answer or [])


def fields(keys: list) -> list[str]:
    """The fields of an asset, and of each of these partitions, and of two of them at once."""
    asked = [f"{field} {selected}" for field, selected in FIELDS]
    for number, key in enumerate(keys):
        key = json.dumps(key, ensure_ascii=False)
        asked += [f"{field}_of_{number}: {field}(partition: {key}) {selected}" for field, selected in FIELDS]
    if keys:
        some = json.dumps(keys[:2], ensure_ascii=False)
        asked += [f"{field}ByPartition(partitions: {some}) {selected}" for field, selected in FIELDS]
    return asked


def query(key: list, asked: list[str]) -> str:
    path = json.dumps(key, ensure_ascii=False)
    return (
        f"{{ assetNodeOrError(assetKey: {{path: {path}}}) {{ __typename ... on AssetNode {{ {' '.join(asked)} }} }} }}"
    )


def differently_worded(world: dict) -> set[tuple]:
    """Assets of which both servers fail to tell the staleness, each in its own words: those without partitions which
    have a mapping between time windows, and all below them."""
    found = set()
    for _ in world["assets"]:
        for spec in world["assets"] + world["second"]:
            for dep in spec["deps"]:
                window = (dep["mapping"] or [None])[0] == "window" and not spec.get("partitions")
                if window or tuple(dep["key"]) in found:
                    found.add(tuple(spec["key"]))
    return found
