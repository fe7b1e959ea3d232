"""Compares what `rondel webserver` and dagster-webserver tell of the staleness of assets in random worlds.

A world is a dozen assets in two code locations with a random history: runs, observations, reported events, wipes and
definitions changed on the way. One world made by hand comes first. Both servers read one instance, and each of the
worlds' assets is asked for its stale status, its causes and its data version, as a whole and by partition. For a
mapping between time windows at an asset without partitions both fail, with different words: compared is that they do.

With --home the folder is kept: the instance, the worlds and their histories (worlds.json), what the servers said. If
it has worlds already, these are compared. Each difference is printed (asset, field, both answers); the last line is
'N compared, N differ'. Exit status 1 if any differ.
"""

import argparse
import collections
import contextlib
import json
import logging
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import dagster as dg
from comparison import Comparison
from handmade import hand_made_world
from histories import random_world
from servers import webservers

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
INSTANCE = "telemetry:\n  enabled: false\npython_logs:\n  python_log_level: CRITICAL\n"


def make_worlds(instance: dg.DagsterInstance, seed: int, count: int) -> list[dict]:
    counts = collections.Counter()
    made = [hand_made_world(instance)]
    number = seed * 1000
    while len(made) <= count:
        number += 1
        if one := random_world(instance, number, counts):
            made.append(one)
    print(f"{len(made)} worlds: {told(counts)}", flush=True)
    return made


def told(counts: collections.Counter) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())


def compare(home: Path, rondel: Path, seed: int, count: int, results: Path | None) -> int:
    """The number of differences, which are printed."""
    kept = home / "worlds.json"
    differ = 0
    with dg.DagsterInstance.get() as instance, contextlib.ExitStack() as opened:
        if not kept.exists():
            kept.write_text(json.dumps(make_worlds(instance, seed, count), indent=1), encoding="utf8")
        worlds = [one["world"] for one in json.loads(kept.read_text(encoding="utf8"))]
        reference, url = opened.enter_context(webservers(home, rondel))
        comparison = Comparison(instance, reference, url)
        for world in worlds:
            start = time.monotonic()
            found = [str(one) for one in comparison.differences(world)]
            differ += len(found)
            for one in found:
                print(one, flush=True)
            if results:
                add_result(results, f"world {world['number']}", "".join(found[:1]), time.monotonic() - start)
    print(f"told: {told(comparison.seen)}")
    print(f"{comparison.compared} compared, {differ} differ")
    return differ


def add_result(results: Path, name: str, why: str, seconds: float):
    """A line as those of the test suites (lib/compat_suite.py); without a reason it has passed."""
    outcome = "failed" if why else "passed"
    line = {"id": f"staleness::{name}", "outcome": outcome, "why": why, "seconds": seconds, "reached": 1}
    with results.open("a", encoding="utf8") as f:
        f.write(json.dumps(line) + "\n")


def end(number, _):
    """Leaves by way of all that ends the servers, which another signal is not to interrupt."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rondel", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--worlds", type=int, default=10, metavar="N", help="random worlds [10]")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of which worlds: the same are made again [1]")
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="where all is kept [a temporary folder]")
    parser.add_argument("--results", type=Path, metavar="FILE", help="for run.sh: a line for each world is added")
    options = parser.parse_args()
    for number in ENDING:
        signal.signal(number, end)
    logging.disable(logging.CRITICAL)  # of the runs
    with contextlib.ExitStack() as opened:
        home = options.home or Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="staleness-")))
        home = home.resolve()
        home.mkdir(parents=True, exist_ok=True)
        (home / "dagster.yaml").write_text(INSTANCE, encoding="utf8")
        os.environ["DAGSTER_HOME"] = str(home)
        try:
            return int(compare(home, options.rondel.resolve(), options.seed, options.worlds, options.results) > 0)
        except Exception as e:
            if options.results:
                add_result(options.results, "servers", str(e) or type(e).__name__, 0)
            raise


if __name__ == "__main__":
    sys.exit(main())
