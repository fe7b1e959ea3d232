"""The history that a world gets: runs, observations, reported events, wipes and changed definitions, in random order.

The world is changed on the way, so that what a code server finds in it is what the last step of the history left.
"""

import collections
import json
import random

import dagster as dg
from dagster._core.definitions.events import AssetMaterialization, AssetObservation
from dagster._core.definitions.observe import observe as observe_assets
from definitions import UserCode, build, observing, partitions
from worlds import CODES, make_dep, make_world, random_mapping, random_partitions

VERSIONS = ["v1", "v1", "v1", "v2", "v2", "v3", "UNKNOWN", "INITIAL", "NULL", ""]


class History:
    """What happens to one world in an instance: `steps` tells it in order, `counts` how often each kind of step."""

    def __init__(self, rng: random.Random, instance: dg.DagsterInstance, world: dict, counts: collections.Counter):
        self.rng, self.instance, self.world, self.counts = rng, instance, world, counts
        self.number = world["number"]
        self.steps = []
        for name in ("p", "q"):
            instance.add_dynamic_partitions(f"w{self.number}_{name}", rng.sample(["d1", "d2", "d3", "d 2"], 3))

    def spec(self, key):
        return next(spec for spec in self.world["assets"] if spec["key"] == key)

    def keys(self, partitions_spec):
        found = partitions(partitions_spec, self.number).get_partition_keys(dynamic_partitions_store=self.instance)
        return list(found)

    def some_key(self, partitions_spec):
        keys = self.keys(partitions_spec)
        return self.rng.choice(keys[-4:] if self.rng.random() < 0.7 else keys) if keys else None

    def log(self, what):
        self.counts[what] += 1

    def check_definitions(self):
        """Raises what Dagster has against the definitions."""
        first, second = build(self.world)
        for assets in (first, second):
            repository = dg.Definitions(assets=assets).get_repository_def()
            _ = repository.asset_graph
            for key in repository.asset_graph.get_all_asset_keys():
                repository.asset_graph.get(key)

    def run(self):
        """Some assets that fit into one run, now and then with one that fails."""
        rng = self.rng
        made = [spec for spec in self.world["assets"] if spec["kind"] == "asset"]
        if not made:
            return
        lead = rng.choice(made)
        part = lead.get("partitions")
        others = [it for it in made if it is not lead and it.get("partitions") in (None, part)]
        chosen = [lead, *rng.sample(others, rng.randint(0, min(len(others), 6)))]
        UserCode.versions = {
            tuple(spec["key"]): rng.choice(["v1", "v1", "v2", "v3"]) for spec in chosen if rng.random() < 0.25
        }
        UserCode.failing = {tuple(rng.choice(chosen)["key"])} if rng.random() < 0.12 else set()
        more = {}
        if any(it.get("partitions") for it in chosen):
            part = next(it["partitions"] for it in chosen if it.get("partitions"))
            keys = self.keys(part)
            if not keys:
                return
            if part["kind"] != "multi" and rng.random() < 0.35:
                at = rng.randint(max(0, len(keys) - 6), len(keys) - 1)
                last = min(len(keys) - 1, at + rng.randint(0, 3))
                more["tags"] = {
                    "dagster/asset_partition_range_start": keys[at],
                    "dagster/asset_partition_range_end": keys[last],
                }
            else:
                more["partition_key"] = self.some_key(part)
        self.steps.append(["run", [it["key"] for it in chosen], more, sorted(map(list, UserCode.failing))])
        first, _ = build(self.world)
        result = dg.materialize(
            first,
            selection=dg.AssetSelection.assets(*[dg.AssetKey(it["key"]) for it in chosen]),
            instance=self.instance,
            raise_on_error=False,
            **more,
        )
        self.log("run" if result.success else "failed run")

    def observe(self):
        rng = self.rng
        sources = [spec for spec in self.world["assets"] if spec["kind"] == "observable"]
        if not sources:
            return
        spec = rng.choice(sources)
        UserCode.versions = {tuple(spec["key"]): rng.choice(["v1", "v1", "v2", "v3"])}
        if spec.get("partitions"):
            keys = self.keys(spec["partitions"])
            UserCode.observed = rng.sample(keys[-8:], min(len(keys), rng.randint(1, 3)))
        observe_assets([observing(self.number, spec)], instance=self.instance, raise_on_error=False)
        self.steps.append(["observe", spec["key"], UserCode.versions[tuple(spec["key"])], UserCode.observed])
        self.log("observe")

    def pointer(self, key):
        """What a provenance tells of an input: the id and the data version of some event, or what else stands there."""
        key, rng = dg.AssetKey(key), self.rng
        records = list(self.instance.fetch_materializations(key, limit=4).records)
        records += list(self.instance.fetch_observations(key, limit=3).records)
        if not records or rng.random() < 0.15:
            return rng.choice(["NULL", "NULL", "NULL", "0"]), "INITIAL"
        record = rng.choice(records) if rng.random() < 0.5 else max(records, key=lambda it: it.storage_id)
        event = record.asset_materialization or record.event_log_entry.asset_observation
        return str(record.storage_id), (event.tags or {}).get("dagster/data_version", "INITIAL")

    def tags(self, spec):
        """Tags of a reported event: its versions and what it was made of, more or less as they could be."""
        rng, tags = self.rng, {}
        if rng.random() < 0.7:
            tags["dagster/data_version" if rng.random() < 0.92 else "dagster/logical_version"] = rng.choice(VERSIONS)
            if rng.random() < 0.05:
                tags["dagster/logical_version"] = "old"
            if rng.random() < 0.3:
                tags["dagster/data_version_is_user_provided"] = rng.choice(["true", "true", "false"])
        if rng.random() < 0.6:
            own = rng.random() < 0.7
            tags["dagster/code_version"] = (spec.get("code") if own else None) or rng.choice(CODES)
            named = [dep["key"] for dep in spec["deps"] if rng.random() < 0.88]
            if rng.random() < 0.12:
                named.append(rng.choice(self.world["assets"])["key"])
            if rng.random() < 0.05:
                named.append([f"w{self.number}", "gone"])
            for key in named:
                pointer, version = self.pointer(key)
                if rng.random() < 0.3:
                    version = rng.choice(VERSIONS)
                prefix = "dagster/input_data_version/" if rng.random() < 0.93 else "dagster/input_logical_version/"
                if rng.random() < 0.95:
                    tags[prefix + "/".join(key)] = version
                if rng.random() < 0.95:
                    tags["dagster/input_event_pointer/" + "/".join(key)] = pointer
        return tags

    def report(self):
        rng = self.rng
        spec = rng.choice(self.world["assets"])
        materialized = 0.35 if spec["kind"] == "observable" else 0.7
        kind = AssetMaterialization if rng.random() < materialized else AssetObservation
        partition = None
        if spec.get("partitions") and rng.random() < 0.93:
            partition = self.some_key(spec["partitions"])
        elif rng.random() < 0.03:
            partition = "stray"
        tags = self.tags(spec)
        event = kind(asset_key=dg.AssetKey(spec["key"]), partition=partition, tags=tags or None)
        self.instance.report_runless_asset_event(event)
        self.steps.append(["report", kind.__name__, spec["key"], partition, tags])
        self.log("report")

    def wipe(self):
        spec = self.rng.choice(self.world["assets"])
        self.instance.wipe_assets([dg.AssetKey(spec["key"])])
        self.steps.append(["wipe", spec["key"]])
        self.log("wipe")

    def dynamic(self):
        name = f"w{self.number}_{self.rng.choice('pq')}"
        key = self.rng.choice(["d1", "d2", "d3", "d 2"])
        if self.instance.has_dynamic_partition(name, key):
            self.instance.delete_dynamic_partition(name, key)
        else:
            self.instance.add_dynamic_partitions(name, [key])
        self.steps.append(["dynamic", name, key])
        self.log("dynamic")

    def redefine(self):
        rng, before = self.rng, json.dumps(self.world)
        spec = rng.choice(self.world["assets"])
        what = rng.choice(
            ["code"] * 6 + ["add"] * 3 + ["remove"] * 3 + ["mapping"] * 2 + ["partitions"] * 3 + ["kind"] * 2
        )
        at = self.world["assets"].index(spec)
        if what == "code" and spec["kind"] == "asset":
            spec["code"] = rng.choice([None, *CODES])
        elif what == "add" and at and spec["kind"] == "asset":
            parent = rng.choice(self.world["assets"][:at])
            if all(dep["key"] != parent["key"] for dep in spec["deps"]):
                spec["deps"].append(make_dep(rng, spec, parent))
        elif what == "remove" and spec["deps"] and spec["kind"] != "virtual":
            spec["deps"].remove(rng.choice(spec["deps"]))
        elif what == "mapping" and spec["deps"]:
            dep = rng.choice(spec["deps"])
            if dep["key"] != spec["key"]:
                above = self.spec(dep["key"]).get("partitions")
                dep["mapping"] = random_mapping(rng, spec.get("partitions"), above)
        elif what == "partitions" and spec["kind"] in ("asset", "external", "observable"):
            if spec.get("partitions") or rng.random() < 0.5:
                spec.pop("partitions", None)
            else:
                spec["partitions"] = random_partitions(rng)
        elif what == "kind" and spec["kind"] == "asset" and not any(d["key"] == spec["key"] for d in spec["deps"]):
            if sum(it.get("op") == spec["op"] for it in self.world["assets"]) == 1:
                spec.update(kind="external")
                spec.pop("op")
        if json.dumps(self.world) == before:
            return
        try:
            self.check_definitions()
        except Exception as e:
            self.world.clear()
            self.world.update(json.loads(before))
            self.log("refused: " + type(e).__name__)
            return
        self.steps.append(["redefine", what, spec["key"]])
        self.log("redefine " + what)

    def make(self):
        rng = self.rng
        runs = rng.randint(5, 9)
        steps = ["run"] * runs + ["observe"] * 2 + ["report"] * rng.randint(14, 30) + ["wipe"] * rng.randint(0, 2)
        steps += ["dynamic"] * rng.randint(0, 2) + ["redefine"] * rng.randint(4, 12)
        rng.shuffle(steps)
        for step in ["run", "run", *steps]:
            try:
                getattr(self, step)()
            except Exception as e:  # a step which Dagster refuses is none
                self.log(f"{step} raised {type(e).__name__}: {str(e)[:90]}")


def random_world(instance: dg.DagsterInstance, number: int, counts: collections.Counter) -> dict | None:
    """The world of that number with the steps of its history, made in the instance; None if Dagster refuses it."""
    rng = random.Random(number)
    world = make_world(rng, number)
    history = History(rng, instance, world, counts)
    try:
        history.check_definitions()
    except Exception as e:
        counts[f"refused world: {type(e).__name__}"] += 1
        return None
    history.make()
    return {"world": world, "steps": history.steps}
