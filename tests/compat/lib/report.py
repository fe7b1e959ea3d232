#!/usr/bin/env python3
"""Prints the outcome of one or more runs by module.

usage: report.py FOLDER...     each with the results-*.jsonl of one run

The last line is `N passed, N failed, N skipped`. Skipped are the tests which the suite skips itself, and those which
passed without any call to Rondel (they test Dagster's Python only). Exit status 1 when a test failed or none ran.
"""

import collections
import glob
import json
import os
import sys

UNREACHED = "passed without a call to Rondel"


def read(folder):
    results = {}
    for path in sorted(glob.glob(os.path.join(folder, "results-*.jsonl"))):
        with open(path, encoding="utf8") as f:
            for line in f:
                r = json.loads(line)
                if r["outcome"] == "passed" and not r["reached"]:
                    r["outcome"], r["why"] = "skipped", UNREACHED
                results[r["id"]] = r
    return results


def module(nodeid):
    return nodeid.split("::")[0]


def table(results):
    rows = collections.defaultdict(lambda: collections.Counter(seconds=0))
    for r in results.values():
        row = rows[module(r["id"])]
        row[r["outcome"]] += 1
        row["seconds"] += r["seconds"]
    width = max((len(name) for name in rows), default=6)
    print(f"{'module':{width}}  passed  failed  skipped  seconds")
    for name in sorted(rows):
        row = rows[name]
        print(f"{name:{width}}  {row['passed']:6}  {row['failed']:6}  {row['skipped']:7}  {row['seconds']:7.0f}")


def main(folders):
    total = collections.Counter()
    for folder in folders:
        results = read(folder)
        print(f"\n{os.path.basename(folder)}: logs in {folder}")
        table(results)
        for r in sorted(results.values(), key=lambda r: r["id"]):
            if r["outcome"] == "failed":
                print(f"failed {r['id']}\n       {(r['why'].strip().splitlines() or [''])[0][:200]}")
        reasons = collections.Counter(r["why"] for r in results.values() if r["outcome"] == "skipped")
        for reason, count in reasons.most_common():
            print(f"skipped {count}: {reason}")
        counts = collections.Counter(r["outcome"] for r in results.values())
        total.update(counts)
        print(f"{os.path.basename(folder)}: {counts['passed']} of {sum(counts.values())} passed")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
