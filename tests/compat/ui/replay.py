"""Asks two servers on the same storage everything that the official web application asks, and compares the answers.

Usage: replay.py REFERENCE_URL URL [--only NAME] [--samples N] [--show N]

The queries are those of the bundle (operations.py). Their variables are filled from what the reference server
has (facts.py, values.py): assets, jobs, runs, schedules and so on, a few of each; of lists in pages two more pages
are asked for. What differs between two servers by nature (load times, process ids, stack traces) is not compared.
Closes with 'N passed, N failed'; exit status 1 if any failed.
"""

import argparse
import collections
import itertools
import json
import re
import sys
import time

from facts import Facts, ask
from graphql import OperationDefinitionNode, OperationType, parse
from operations import bundle, operations
from values import variants

# Sets in Python: their order changes from process to process there. Of some fields only those within another one.
UNORDERED = {
    "assetCheckSelection", "assetNodeDefinitionCollisions", "assetSelection", "assets", "assetsLatestInfo",
    "concurrencyLimits", "executionPlan.assetKeys", "executionPlan.steps", "inputs.dependsOn",
    "partitionBackfillOrError.partitionNames", "partitions.partitionKeys",
    "partitionsTargetedForAssetKey.partitionKeys", "recursiveConfigTypes", "rootTargetedPartitions.partitionKeys",
    "tags.values",
}  # fmt: skip
# Different on two servers by nature, or only known to the one that loaded the code.
VOLATILE = {"updatedTimestamp", "updateTimestamp", "stack", "versionKey", "hostedPid", "lastHeartbeatTime"}
# How many pages of a list are asked for after the first one.
PAGES = 2


def differences(expected, actual, path="$"):
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() | actual.keys():
            yield from differences(expected.get(key), actual.get(key), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{path}: {len(expected)} items, here {len(actual)}"
        for index, (one, other) in enumerate(zip(expected, actual)):
            yield from differences(one, other, f"{path}[{index}]")
    elif expected != actual:
        yield f"{path}: {json.dumps(expected)[:160]}, here {json.dumps(actual)[:160]}"


# A Python exception as Dagster shows it: its class, then what it says.
ERROR = re.compile(r"[\w.]+(?=: )")
# Where the reference raises a KeyError instead of telling that there is nothing.
NOTHING_THERE = {"BackfillPartitionsForAssetKey"}


def sections(info: str) -> list[str]:
    """The sections of an instance's configuration as YAML, sorted: the settings among them are a set in Python.
    The one of captured output is left out: the reference has nothing to say of it until something asked for such output."""
    return sorted(one for one in re.split(r"\n(?=\w)", info.strip()) if not one.startswith("compute_logs"))


def without_words(answer):
    """Of exceptions their class: what they say is their library's, and may name ids or list a set."""
    if isinstance(answer, dict):
        if isinstance(answer.get("message"), str) and (error := ERROR.match(answer["message"])):
            answer = {**answer, "message": error[0], "errorChain": None}
        if isinstance(answer.get("info"), str):
            answer = {**answer, "info": sections(answer["info"])}
        return {key: without_words(one) for key, one in answer.items()}
    return [without_words(one) for one in answer] if isinstance(answer, list) else answer


def in_order(answer, within=""):
    """The same without what is volatile, and with what is a set in Python sorted, from the inside out: a list is sorted
    by the text of what is in it."""
    if isinstance(answer, list):
        return [in_order(one, within) for one in answer]
    if not isinstance(answer, dict):
        return answer
    kept = {}
    for key in answer.keys() - VOLATILE:
        one = in_order(answer[key], key)
        of_assets = key == "partitionNames" and answer.get("isAssetBackfill")
        if isinstance(one, list) and (of_assets or UNORDERED & {key, f"{within}.{key}"}):
            one = sorted(one, key=lambda each: json.dumps(each, sort_keys=True))
        kept[key] = one
    return kept


def comparable(answer: dict) -> dict:
    """Of errors only that there are any: their paths and messages are the GraphQL library's."""
    if answer.get("errors"):
        return {"errors": True}
    return in_order(without_words(answer.get("data")))


def next_cursor(answer) -> str | None:
    """The last of the cursors in an answer."""
    last = None
    for key, one in answer.items() if isinstance(answer, dict) else enumerate(answer):
        if key in ("cursor", "nextCursor") and isinstance(one, str) and one:
            last = one
        elif isinstance(one, (dict, list)):
            last = next_cursor(one) or last
    return last


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference")
    parser.add_argument("url")
    parser.add_argument("--only")
    parser.add_argument("--samples", type=int, default=6)
    parser.add_argument("--show", type=int, default=4, help="differences printed of each operation")
    options = parser.parse_args()
    facts = Facts(options.reference)
    passed = failed = 0
    spent = {options.reference: 0.0, options.url: 0.0}
    for name, text in sorted(operations(bundle()).items()):
        operation = next(one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode))
        if operation.operation != OperationType.QUERY or (options.only and options.only != name):
            continue
        in_pages = any(one.variable.name.value == "cursor" for one in operation.variable_definitions)
        found, failing, asked = [], [], 0
        questions = collections.deque((one, PAGES) for one in variants(name, operation, facts, options.samples))
        while questions:
            variables, more_pages = questions.popleft()
            asked += 1
            answers = []
            for url in spent:
                start = time.perf_counter()
                answers.append(ask(url, text, variables))
                spent[url] += time.perf_counter() - start
            if answers[0].get("errors"):
                failing.append(answers[0]["errors"][0]["message"])
                if name in NOTHING_THERE:
                    continue
            elif in_pages and more_pages and (cursor := next_cursor(answers[0]["data"])):
                questions.append(({**variables, "cursor": cursor}, more_pages - 1))
            difference = list(itertools.islice(differences(*map(comparable, answers)), options.show))
            if difference:
                error = (answers[1].get("errors") or [{}])[0].get("message", "")
                found.append((variables, difference, error))
        if len(failing) == asked and asked:
            print(f"{name}: nothing but errors there: {failing[0][:200]}")
        if found:
            failed += 1
            print(f"{name}: {len(found)} of {asked} answers differ")
            for variables, difference, error in found[:1]:
                print(f"    variables {json.dumps(variables)[:300]}")
                for line in difference:
                    print(f"    {line} {error}")
        elif asked:
            passed += 1
        else:
            print(f"{name}: nothing to ask about")
    print(f"seconds waited: {', '.join(f'{url} {seconds:.1f}' for url, seconds in spent.items())}")
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed) or not passed)


if __name__ == "__main__":
    sys.exit(main())
