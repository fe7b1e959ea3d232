"""Asks two servers on the same storage everything that the official web application asks, and compares the answers.

Usage: replay.py REFERENCE_URL URL [--only NAME] [--samples N] [--show N]

The queries are those of the bundle (operations.py). Their variables are filled from what the reference server
has: assets, jobs, runs, schedules and so on, a few of each. What differs between two servers by nature (load
times, process ids, stack traces) is not compared. Closes with 'N passed, N failed'; exit status 1 if any failed.
"""

import argparse
import itertools
import json
import random
import re
import sys
import time
import urllib.error
import urllib.request

from graphql import OperationDefinitionNode, OperationType, parse
from operations import bundle, operations

# Sets in Python: their order changes from process to process there. Of some fields only those within another one.
UNORDERED = {
    "assetNodeDefinitionCollisions", "assetSelection", "assets", "assetsLatestInfo", "concurrencyLimits", "executionPlan.assetKeys",
    "executionPlan.steps", "partitions.partitionKeys", "partitionsTargetedForAssetKey.partitionKeys", "recursiveConfigTypes",
    "rootTargetedPartitions.partitionKeys", "tags.values",
}  # fmt: skip
# Different on two servers by nature, or only known to the one that loaded the code.
VOLATILE = {"updatedTimestamp", "updateTimestamp", "stack", "versionKey", "hostedPid", "lastHeartbeatTime"}

FACTS = """{
  repositoriesOrError { ... on RepositoryConnection { nodes {
    name location { name }
    jobs { name isAssetJob modes { name } nodeHandles: solidHandles { handleID solid { name definition { name __typename } } } }
    schedules { name scheduleState { id selectorId ticks(limit: 1) { tickId } } }
    sensors { name sensorState { id selectorId ticks(limit: 1) { tickId } } }
    allTopLevelResourceDetails { name }
    assetGroups { groupName }
    usedSolids { definition { name } }
    partitionSets { name pipelineName }
    assetNodes { assetKey { path } opNames jobNames partitionKeys groupName
      assetChecksOrError { ... on AssetChecks { checks { name } } } }
  } } }
  runsOrError(limit: 40) { ... on Runs { results { runId status pipelineName pipelineSnapshotId
    tags { key value } eventConnection(limit: 1000) { events { __typename ... on LogsCapturedEvent { fileKey } } } } } }
  partitionBackfillsOrError { ... on PartitionBackfills { results { id } } }
  instance { concurrencyLimits { concurrencyKey } }
}"""


def ask(url: str, query: str, variables: dict) -> dict:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        return json.load(error)


class Facts:
    """What the reference server has, and a value for each variable of a query about it."""

    def __init__(self, url: str):
        answer = ask(url, FACTS, {})
        if answer.get("errors"):
            sys.exit(f"the reference server does not answer: {answer['errors'][0]['message']}")
        data = answer["data"]
        self.runs = data["runsOrError"]["results"] or [None]
        self.backfills = [one["id"] for one in data["partitionBackfillsOrError"]["results"]] or ["no_such_backfill"]
        self.pools = [one["concurrencyKey"] for one in data["instance"]["concurrencyLimits"]] or ["no_such_pool"]
        self.repositories = data["repositoriesOrError"]["nodes"]

    def scene(self, rng: random.Random) -> dict:
        """One of each kind of thing."""
        repository = rng.choice(self.repositories)
        pick = lambda kind: rng.choice(repository[kind] or [None])  # noqa: E731
        asset, job = pick("assetNodes"), pick("jobs")
        with_partitions = [one for one in repository["assetNodes"] if one["partitionKeys"]]
        with_checks = [one for one in repository["assetNodes"] if one["assetChecksOrError"].get("checks")]
        return {
            "repository": {"repositoryName": repository["name"], "repositoryLocationName": repository["location"]["name"]},
            "asset": asset, "job": job,
            "partitioned": rng.choice(with_partitions or [asset]),
            "checked": rng.choice(with_checks or [asset]),
            "assets": rng.sample(repository["assetNodes"], min(5, len(repository["assetNodes"]))),
            "schedule": pick("schedules"), "sensor": pick("sensors"), "op": pick("usedSolids"),
            "resource": pick("allTopLevelResourceDetails"), "group": pick("assetGroups"), "set": pick("partitionSets"),
            "run": rng.choice(self.runs), "backfill": rng.choice(self.backfills), "pool": rng.choice(self.pools),
        }  # fmt: skip


def job_selector(scene: dict, name: str | None = None) -> dict:
    return {"pipelineName": name or scene["job"]["name"], **scene["repository"]}


def instigator(scene: dict) -> tuple[dict, dict]:
    """A schedule or a sensor, and its state: one with ticks if there is any, the same for all variables of a query."""
    kinds = [(scene[kind], scene[kind][f"{kind}State"]) for kind in ("schedule", "sensor") if scene[kind]]
    return max(kinds, key=lambda one: len(one[1]["ticks"]))


def value(operation: str, name: str, scene: dict, rng: random.Random):  # noqa: C901, PLR0911, PLR0912
    """A value for one variable; KeyError or TypeError when the scene has none."""
    asset = scene["partitioned"] if "Partition" in operation else scene["asset"]
    if "Check" in operation:
        asset = scene["checked"]
    repository = scene["repository"]
    run = scene["run"]
    match name:
        case "assetKey" | "key" | "input":
            return {"path": asset["assetKey"]["path"]}
        case "assetKeys" | "assetSelection" | "upstreamAssetKeys":
            return [{"path": one["assetKey"]["path"]} for one in scene["assets"]]
        case "checkName":
            return asset["assetChecksOrError"]["checks"][0]["name"]
        case "assetCheckKey":
            return {"assetKey": {"path": asset["assetKey"]["path"]}, "name": asset["assetChecksOrError"]["checks"][0]["name"]}
        case "assetJobKey":
            return {"jobName": scene["job"]["name"], "repositorySelector": repository}
        case "partitionKey" | "partition" | "partitionName":
            return (asset["partitionKeys"] or ["2026-11-20"])[-1]
        case "partitionNames" | "partitions":
            return asset["partitionKeys"][-2:] or None
        case "repositorySelector":
            return repository
        case "repositoryName" | "repositoryLocationName":
            return repository[name]
        case "locationName":
            return repository["repositoryLocationName"]
        case "pipelineSelector" | "params" | "pipeline" | "job" | "snapshotPipelineSelector":
            return job_selector(scene)
        case "pipelineName" | "jobName":
            return scene["job"]["name"]
        case "scheduleSelector":
            return {"scheduleName": scene["schedule"]["name"], **repository}
        case "sensorSelector":
            return {"sensorName": scene["sensor"]["name"], **repository}
        case "instigationSelector":
            return {"name": instigator(scene)[0]["name"], **repository}
        case "resourceSelector":
            return {"resourceName": scene["resource"]["name"], **repository}
        case "graphSelector":
            return {"graphName": scene["job"]["name"], **repository}
        case "selector" if operation in {"SingleScheduleQuery"}:
            return {"scheduleName": scene["schedule"]["name"], **repository}
        case "selector" if operation in {"SingleSensorQuery"}:
            return {"sensorName": scene["sensor"]["name"], **repository}
        case "selector" if operation in {"ScheduleStateQuery", "SensorStateQuery"}:
            return {"name": scene["schedule" if "Schedule" in operation else "sensor"]["name"], **repository}
        case "selector" if operation in {"WorkspaceGraphsQuery", "WorkspaceResourcesQuery"}:
            return repository
        case "selector" if operation == "SidebarGraphOpQuery":
            return {"graphName": scene["job"]["name"], **repository}
        case "selector" if operation == "AssetGroupMetadataQuery":
            return {"groupName": scene["group"]["groupName"], **repository}
        case "group":
            return {"groupName": scene["group"]["groupName"], **repository}
        case "selector":
            return job_selector(scene)
        case "partitionSetName":
            return scene["set"]["name"]
        case "mode":
            return scene["job"]["modes"][0]["name"]
        case "runConfigData":
            return {}
        case "runId":
            return run["runId"]
        case "snapshotId":
            return run["pipelineSnapshotId"]
        case "logKey":
            keys = [one["fileKey"] for one in run["eventConnection"]["events"] if one.get("fileKey")]
            return [run["runId"], "compute_logs", keys[0]]
        case "backfillId":
            return scene["backfill"]
        case "pool" | "concurrencyKey":
            return scene["pool"]
        case "handleID":
            return rng.choice(scene["job"]["nodeHandles"])["handleID"]
        case "rootHandleID":
            return ""
        case "requestScopeHandleID":
            return None
        case "name" if operation.startswith("LocationWorkspace"):
            return repository["repositoryLocationName"]
        case "name":
            return scene["op"]["definition"]["name"]
        case "id" if operation in {"ScheduleStateQuery", "SensorStateQuery"}:
            return scene["schedule" if "Schedule" in operation else "sensor"][
                "scheduleState" if "Schedule" in operation else "sensorState"
            ]["id"]
        case "tickId":
            return instigator(scene)[1]["ticks"][0]["tickId"]
        case "dagsterTypeName":
            return rng.choice(["Any", "Int", "String"])
        case "view":
            return rng.choice(["RUNS", "ROOTS", "BACKFILLS"])
        case "filter" | "runsFilter":
            return rng.choice([{}, {"pipelineName": scene["job"]["name"]}, {"statuses": ["SUCCESS", "FAILURE"]}])
        case "inProgressFilter":
            return {"statuses": ["STARTED", "STARTING", "CANCELING"]}
        case "queuedFilter":
            return {"statuses": ["QUEUED"]}
        case "completedFilter":
            return {"statuses": ["SUCCESS", "FAILURE", "CANCELED"]}
        case "tagKeys":
            return [rng.choice(run["tags"])["key"]]
        case "eventTypeSelectors":
            return ["MATERIALIZATION", "OBSERVATION", "FAILED_TO_MATERIALIZE"]
        case "limit":
            return rng.choice([1, 5, 25])
        case "ticksAfter" | "ticksBefore":
            return 3
        case "evaluationId" | "asOfEvaluationId":
            return "1"
        case "nodeUniqueId":
            return "none"
        case "tickCursor" | "startTimestamp":
            return 1_763_700_000.0
        case "ticksUntil":
            return 1_763_710_000.0
        case "timestamp":
            return "1763700000000"
    return None


def differences(expected, actual, path="$"):
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() | actual.keys():
            if key not in VOLATILE:
                sides = expected.get(key), actual.get(key)
                within = re.sub(r"\[\d+\]", "", path.rsplit(".", 1)[-1])
                if UNORDERED & {key, f"{within}.{key}"} and all(isinstance(side, list) for side in sides):
                    sides = tuple(sorted(side, key=lambda one: json.dumps(one, sort_keys=True)) for side in sides)
                yield from differences(*sides, f"{path}.{key}")
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


def comparable(answer: dict) -> dict:
    """Of errors only that there are any: their paths and messages are the GraphQL library's."""
    if answer.get("errors"):
        return {"errors": True}
    return without_words(answer.get("data"))


def variants(name: str, operation: OperationDefinitionNode, facts: Facts, samples: int):
    """Different sets of variables for one operation, always the same ones."""
    rng = random.Random(name)
    seen = set()
    for _ in range(samples * 5):
        scene = facts.scene(rng)
        try:
            variables = {one.variable.name.value: value(name, one.variable.name.value, scene, rng) for one in operation.variable_definitions}
        except (KeyError, TypeError, IndexError):
            continue
        key = json.dumps(variables, sort_keys=True)
        if key not in seen and len(seen) < samples:
            seen.add(key)
            yield variables


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
        found, asked = [], 0
        for variables in variants(name, operation, facts, options.samples):
            asked += 1
            answers = []
            for url in spent:
                start = time.perf_counter()
                answers.append(ask(url, text, variables))
                spent[url] += time.perf_counter() - start
            if name in NOTHING_THERE and answers[0].get("errors"):
                continue
            difference = list(itertools.islice(differences(*map(comparable, answers)), options.show))
            if difference:
                error = (answers[1].get("errors") or [{}])[0].get("message", "")
                found.append((variables, difference, error))
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
