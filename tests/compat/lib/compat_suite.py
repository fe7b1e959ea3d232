"""pytest plugin common to both comparisons: which tests run, and what came of them.

Environment (run.sh sets it):
  COMPAT_OUT           folder for results-<shard>.jsonl and for logs
  COMPAT_SHARD         "i/n": this process runs part i of n
  COMPAT_UNATTAINABLE  list of tests to leave out; absent: none

A test that passes without one request to Rondel has proven nothing about it; `reached` is counted per test and
report.py tells such passes apart.
"""

import json
import os
import signal

import pytest

OUT = os.path.abspath(os.environ.get("COMPAT_OUT", "compat-out"))
SHARD = os.environ.get("COMPAT_SHARD", "0/1")

# Counts what reached Rondel during the present test; a plugin may replace it (the daemon's counts across processes).
reach_counter = {"read": lambda: _reached[0]}
_reached = [0]
# "[…]" of a test's context variant is put here by the GraphQL plugin, to keep such tests together.
group_of = {"variant": lambda nodeid: ""}

current = {"nodeid": ""}
_results = {}
_start = {}


def reached():
    _reached[0] += 1


def read_unattainable(path):
    """[(entry, reason)]: a line beginning with `#` is the reason of the entries after it."""
    entries, reason = [], ""
    with open(path, encoding="utf8") as f:
        for line in (line.strip() for line in f):
            if line.startswith("#"):
                reason = line.lstrip("# ")
            elif line:
                entries.append((line, reason))
    return entries


def is_listed(nodeid, entries):
    """An entry names a file, a class, a function or one parametrization of it."""
    parts = [nodeid, nodeid.split("[")[0]]
    names = parts[1].split("::")
    parts += ["::".join(names[:n]) for n in range(1, len(names))]
    return any(p in entries for p in parts)


def pytest_configure(config):
    # Ended from outside, the plugins still stop what they started.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    kept = items
    listed = os.environ.get("COMPAT_UNATTAINABLE")
    if listed:
        entries = {entry for entry, _ in read_unattainable(listed)}
        kept = [item for item in kept if not is_listed(item.nodeid, entries)]
    kept = _of_this_shard(kept)
    chosen = {id(item) for item in kept}
    dropped = [item for item in items if id(item) not in chosen]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    items[:] = kept


def _of_this_shard(items):
    """Tests of one class and variant share servers and stay together; the largest groups are dealt out first."""
    index, total = (int(x) for x in SHARD.split("/"))
    groups = {}
    for item in items:
        key = item.nodeid.split("[")[0].rpartition("::")[0] + group_of["variant"](item.nodeid)
        groups.setdefault(key, []).append(item)
    loads, mine = [0] * total, set()
    for key in sorted(groups, key=lambda k: (-len(groups[k]), k)):
        lightest = loads.index(min(loads))
        loads[lightest] += len(groups[key]) + 3
        if lightest == index:
            mine.update(id(item) for item in groups[key])
    return [item for item in items if id(item) in mine]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logstart(nodeid):
    current["nodeid"] = nodeid
    _start[nodeid] = reach_counter["read"]()


def pytest_runtest_logreport(report):
    r = _results.setdefault(report.nodeid, {"id": report.nodeid, "outcome": None, "seconds": 0.0, "why": ""})
    r["seconds"] = round(r["seconds"] + report.duration, 2)
    if report.failed:
        r["outcome"] = "failed"
        crash = getattr(report.longrepr, "reprcrash", None)
        r["why"] = r["why"] or (crash.message if crash else str(report.longrepr))[:1000]
    elif report.skipped:
        r["outcome"] = r["outcome"] or "skipped"
        r["why"] = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)[:300]
    elif report.when == "call":
        r["outcome"] = r["outcome"] or "passed"
    if report.when == "teardown":
        r["reached"] = reach_counter["read"]() - _start.get(report.nodeid, 0)
        os.makedirs(OUT, exist_ok=True)
        with open(os.path.join(OUT, f"results-{SHARD.split('/')[0]}.jsonl"), "a", encoding="utf8") as f:
            f.write(json.dumps(r) + "\n")
