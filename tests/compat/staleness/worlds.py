"""Random worlds of assets as plain data: the assets of a first code location, and those of a second one, which defines
some of the same assets once more. `definitions.py` makes Dagster definitions of them."""

from definitions import STATIC

DAILY_START = "2026-11-12"  # most partitions have a fixed end: both servers and the runs then see the same ones
CODES = ["1", "2", "2", "3", ""]


def random_partitions(rng):
    kind = rng.choice(["static"] * 4 + ["daily"] * 5 + ["dynamic"] * 2 + ["weekly", "hourly", "multi"])
    if kind == "static":
        return {"kind": kind, "of": rng.choice(["abc"] * 6 + ["odd"] * 4 + ["num"] * 2 + ["many", "hundred", "near"])}
    if kind == "dynamic":
        return {"kind": kind, "of": rng.choice(["p", "q"])}
    if kind == "multi":
        t = rng.choice([{"kind": "daily", "start": DAILY_START, "end": "2026-11-18"}, {"kind": "static", "of": "num"}])
        return {"kind": kind, "t": t}
    if kind == "daily":
        start, end = rng.choice(
            [
                (DAILY_START, "2026-11-18"),
                (DAILY_START, "2026-11-18"),
                (DAILY_START, None),
                ("2026-11-14", "2026-11-17"),
                ("2026-07-01", "2026-11-18"),
                ("2026-08-11", "2026-11-19"),
            ]
        )
        return {"kind": kind, "start": start, "end": end}
    return {"kind": kind}


def random_mapping(rng, below, above):
    """A mapping which Dagster takes between these partitions, most often its default."""
    if above is None:
        return None if below is None or rng.random() < 0.8 else ["identity"] if rng.random() < 0.3 else None
    up = STATIC[above["of"]] if above["kind"] == "static" else None
    options = [None, None, ["all"], ["last"]]
    if up:
        options.append(["specific", sorted(rng.sample(up, min(len(up), 2)))])
    if below is None:
        return rng.choice(options)
    windows = ("daily", "weekly", "hourly")
    if below["kind"] in windows and above["kind"] in windows:
        start = rng.choice([-2, -1, 0, 0])
        options += [["window", start, rng.choice([start, 0]), rng.random() < 0.7]] * 3 + [None] * 3
    elif below["kind"] == above["kind"] == "static":
        if below != above:
            down = STATIC[below["of"]]
            options.append(["static", {key: rng.choice(down) for key in rng.sample(up, min(3, len(up)))}])
            options.remove(None)
            options.remove(None)
        else:
            options += [["identity"], ["identity"], ["static", {key: rng.choice(up) for key in up[:8]}]]
    elif below["kind"] == "multi" or above["kind"] == "multi":
        if below == above:
            options += [["identity"]]
        else:
            multi, single = (below, above) if below["kind"] == "multi" else (above, below)
            if single == multi["t"]:
                options += [["dimension", "t"], None]
            else:
                options = [["all"], ["last"]]
    elif below == above:
        options += [["identity"], None]
    else:
        options = [["all"], ["last"]]
    return rng.choice(options)


def random_key(rng, number, index):
    base = [f"w{number}"]
    return base + rng.choice(
        [[f"a{index}"], [f"a{index}"], [f"a_{index}"], ["a", f"b{index}"], [f"A{index}"], [f"a{index}", "c"]]
    )


def make_dep(rng, spec, parent):
    return {"key": parent["key"], "mapping": random_mapping(rng, spec.get("partitions"), parent.get("partitions"))}


def make_world(rng, number):
    """The world of that number; now and then one that Dagster refuses: see `History.check_definitions`."""
    size = rng.randint(10, 20)
    shared = [random_partitions(rng) for _ in range(3)]
    assets = []
    for index in range(size):
        kind = rng.choice(["asset"] * 13 + ["observable"] * 3 + ["external"] * 3 + ["virtual"])
        if index < 2 and rng.random() < 0.4:
            kind = rng.choice(["observable", "external"])
        key = random_key(rng, number, index)
        if kind == "external" and rng.random() < 0.3:
            strange = ["a#b", "é", "a b", "a'b"] * (rng.random() < 0.1)  # Dagster refuses most worlds with such a key
            key = [f"w{number}", rng.choice(["a-b", "a-b", "a.b", "a.b"] + strange) + str(index)]
        spec = {"key": key, "kind": kind, "deps": []}
        if kind == "asset":
            spec["op"] = f"w{number}_op{index}"
            spec["code"] = rng.choice([None, None, *CODES])
        if kind == "external" and rng.random() < 0.2:
            spec["code"] = "1"
        if kind != "virtual" and rng.random() < 0.55:
            spec["partitions"] = rng.choice(shared) if rng.random() < 0.8 else random_partitions(rng)
        spec["freshness"] = kind in ("asset", "external") and rng.random() < 0.2
        if kind == "asset" or (kind in ("external", "virtual") and rng.random() < 0.6):
            count = min(len(assets), rng.choice([0, 1, 1, 2, 2, 3, 4]))
            if kind == "virtual":
                count = max(count, min(len(assets), 1))
            for parent in rng.sample(assets, count):
                spec["deps"].append(make_dep(rng, spec, parent))
        own = spec.get("partitions")
        if kind == "asset" and own and own["kind"] == "daily" and rng.random() < 0.5:
            spec["deps"].append({"key": key, "mapping": ["window", -1, -1, True]})
        assets.append(spec)
    # some ops make several assets of one partitions definition
    made = [spec for spec in assets if spec["kind"] == "asset"]
    for spec in made:
        others = [it for it in made if it["op"] != spec["op"] and it.get("partitions") == spec.get("partitions")]
        if others and rng.random() < 0.15 and not any(dep["key"] == spec["key"] for dep in spec["deps"]):
            spec["op"] = rng.choice(others)["op"]
    second = []
    for spec in assets:
        if rng.random() < 0.15:
            copy = {"key": spec["key"], "deps": [], "kind": rng.choice(["external", "external", "observable", "asset"])}
            if copy["kind"] == "asset":
                copy["op"] = f"w{number}_second_" + "_".join(spec["key"]).replace("-", "_")
                plain = all(part.replace("_", "").isalnum() for part in spec["key"])
                if spec["kind"] in ("asset", "virtual") or not plain:
                    copy["kind"] = "external"
            if copy["kind"] == "observable" and spec["kind"] == "virtual":
                copy["kind"] = "external"
            if spec.get("partitions") and rng.random() < 0.85:
                copy["partitions"] = spec["partitions"]
            if rng.random() < 0.3:
                copy["code"] = "s"
            if copy["kind"] != "observable" and rng.random() < 0.3:
                below = [it for it in assets[: assets.index(spec)] if it["kind"] != "virtual"]
                if below:
                    copy["deps"].append(make_dep(rng, copy, rng.choice(below)))
            second.append(copy)
    return {"number": number, "assets": assets, "second": second}
