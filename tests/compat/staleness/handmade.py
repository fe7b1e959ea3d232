"""A world made by hand: the smallest history of each difference that the random worlds have shown."""

import dagster as dg
from dagster._core.definitions.events import AssetMaterialization, AssetObservation

NUMBER = 90000


class HandMade:
    """The assets so far, in two locations, and their events, which go to the instance at once."""

    def __init__(self, instance: dg.DagsterInstance):
        self.instance = instance
        self.assets, self.second = [], []

    def asset(self, name, above=(), kind="asset", partitions=None):
        spec = {"key": [f"w{NUMBER}", name], "kind": kind}
        spec["deps"] = [{"key": [f"w{NUMBER}", one], "mapping": None} for one in above]
        if kind == "asset":
            spec["op"] = f"w{NUMBER}_op{len(self.assets)}"
        if partitions:
            spec["partitions"] = {"kind": "static", "of": partitions}
        self.assets.append(spec)
        return spec

    def also_observed(self, name, partitions=None):
        """An asset which the second location defines as an observable source."""
        spec = self.asset(name, partitions=partitions)
        self.second.append({**spec, "kind": "observable"})

    def materialized(self, name, partition=None, version=None, inputs=None):
        return self._report(AssetMaterialization, name, partition, version, inputs)

    def observed(self, name, partition=None, version=None):
        return self._report(AssetObservation, name, partition, version, None)

    def _report(self, kind, name, partition, version, inputs):
        """The id of the event. `inputs`: what it was made of, as the data version and the event id of each input."""
        key = dg.AssetKey([f"w{NUMBER}", name])
        tags = {"dagster/data_version": version} if version is not None else {}
        if inputs is not None:
            tags["dagster/code_version"] = "1"
            for above, (used, pointer) in inputs.items():
                tags[f"dagster/input_data_version/w{NUMBER}/{above}"] = used
                tags[f"dagster/input_event_pointer/w{NUMBER}/{above}"] = str(pointer)
        self.instance.report_runless_asset_event(kind(asset_key=key, partition=partition, tags=tags or None))
        materialized = kind is AssetMaterialization
        fetch = self.instance.fetch_materializations if materialized else self.instance.fetch_observations
        return fetch(key, limit=1).records[0].storage_id


def hand_made_world(instance: dg.DagsterInstance) -> dict:
    world = HandMade(instance)
    _literal_versions(world)
    _observed_and_materialized(world)
    _pointers(world)

    # The order of causes by keys with characters before the quote.
    world.asset("odd", partitions="odd")
    world.asset("of_odd", ["odd"])
    world.materialized("of_odd", inputs={})

    # A mapping between time windows for an asset without partitions: both servers fail.
    world.asset("days")["partitions"] = {"kind": "daily", "start": "2026-11-12", "end": "2026-11-18"}
    world.materialized("days", "2026-11-14")
    world.asset("of_days", ["days"])["deps"][0]["mapping"] = ["window", -1, 0, True]
    world.materialized("of_days")
    return {"world": {"number": NUMBER, "assets": world.assets, "second": world.second}, "steps": []}


def _literal_versions(world):
    """Data versions that read like the words for none."""
    world.asset("null")
    world.materialized("null", version="NULL")
    world.asset("never")
    world.asset("of_never", ["never"])
    world.materialized("of_never", inputs={"never": ("NULL", "NULL")})
    world.asset("of_null", ["null"])
    world.materialized("of_null", inputs={"null": ("INITIAL", "NULL")})
    world.asset("plain", partitions="abc")
    made = world.materialized("plain", "a")
    world.materialized("plain", "a", "INITIAL")
    world.asset("of_plain", ["plain"], partitions="abc")
    world.materialized("of_plain", "a", inputs={"plain": ("INITIAL", made)})


def _observed_and_materialized(world):
    # An observable source which was also materialized.
    world.asset("source", kind="observable")
    world.observed("source", version="v1")
    world.materialized("source", version="v2")
    world.asset("of_source", ["source"])
    world.materialized("of_source", inputs={"source": ("v2", 1)})
    world.asset("only_made", kind="observable")
    world.materialized("only_made", version="v2")
    world.asset("parts_source", kind="observable", partitions="abc")
    world.observed("parts_source", "a", "v1")
    world.materialized("parts_source", "a", "v2")
    world.materialized("parts_source", "b", "v2")

    # Materialized in one location, observed in another.
    world.also_observed("both")
    world.materialized("both", version="v1")
    world.observed("both", version="v2")
    world.also_observed("both_observed")
    world.observed("both_observed", version="v2")
    world.also_observed("both_parts", partitions="abc")
    world.materialized("both_parts", "a", "v1")
    world.materialized("both_parts", "b", "v1")
    world.observed("both_parts", "b", "v2")
    world.also_observed("both_none", partitions="abc")
    world.observed("both_none", "a", "v1")


def _pointers(world):
    # The pointer 0.
    world.asset("parts", partitions="abc")
    world.materialized("parts", "a", "v1")
    world.asset("of_parts", ["parts"], partitions="abc")
    world.materialized("of_parts", "a", inputs={"parts": ("v1", 0)})

    # An external asset of which partitions were materialized.
    world.asset("outside", kind="external", partitions="abc")
    made = world.materialized("outside", "a", "v1")
    world.materialized("outside", "a", "v2")
    world.asset("of_outside", ["outside"], partitions="abc")
    world.materialized("of_outside", "a", inputs={"outside": ("v1", made)})
