"""Lets two servers, each on a copy of the same storage, do everything that the official web application can do,
and compares the answers and what is there afterwards.

Usage: act.py REFERENCE_URL URL [--show N]

The mutations are those of the bundle (operations.py), in an order in which later ones find what earlier ones made,
each with arguments that fit and with some that do not, for each repository that has assets. Ids that are made anew,
times and stack traces are not compared. Both servers need code servers that can run jobs. Closes with 'N passed, N failed'; exit status 1 if any
failed.
"""

import argparse
import itertools
import json
import sys
import time

from facts import Facts, ask
from operations import bundle, operations
from replay import comparable, differences

# Made anew by each server.
MADE = {"runId", "id", "backfillId", "timestamp", "startTime", "endTime", "tickId", "evaluationTimestamp", "rootRunId", "parentRunId", "startTimestamp"}

AFTERWARDS = """{
  runsOrError { ... on Runs { results { pipelineName status assetSelection { path } tags { key value } } } }
  partitionBackfillsOrError { ... on PartitionBackfills { results { status title numPartitions isAssetBackfill assetSelection { path } tags { key value } } } }
  instance { concurrencyLimits { concurrencyKey slotCount } autoMaterializePaused }
  repositoriesOrError { ... on RepositoryConnection { nodes { name
    schedules { name scheduleState { status } } sensors { name sensorState { status typeSpecificData { ... on SensorData { lastCursor } } } }
    assetNodes { assetKey { path } partitionStats { numMaterialized numFailed numPartitions }
      assetMaterializations(limit: 3) { partition description label metadataEntries { label } } }
  } } }
}"""
# Tags that hold ids made anew.
OWN_TAGS = {"dagster/backfill", "dagster/parent_run_id", "dagster/root_run_id", "dagster/run_key", ".dagster/grpc_info", "dagster/from_ui"}


def without_made(answer):
    if isinstance(answer, dict):
        if set(answer) == {"key", "value"} and answer["key"] in OWN_TAGS:
            return {"key": answer["key"]}
        return {key: without_made(one) for key, one in answer.items() if key not in MADE}
    if isinstance(answer, list):
        return [without_made(one) for one in answer]
    return answer


class Side:
    """One server, with the ids that it made."""

    def __init__(self, url: str):
        self.url, self.made = url, {}

    def act(self, text: str, variables: dict) -> dict:
        answer = ask(self.url, text, fill(variables, self.made))
        for name, value in ids(answer.get("data")):
            self.made[name] = value
        return answer


def fill(value, made: dict):
    """The same with "$name" replaced by the id that was made last under the name."""
    if isinstance(value, dict):
        return {key: fill(one, made) for key, one in value.items()}
    if isinstance(value, list):
        return [fill(one, made) for one in value]
    if isinstance(value, str) and value.startswith("$"):
        return made.get(value[1:], "missing")
    return value


def ids(answer):
    if isinstance(answer, dict):
        for key, one in answer.items():
            if key in {"runId", "backfillId"} and isinstance(one, str):
                yield key, one
            elif key in {"scheduleState", "sensorState"} and isinstance(one, dict) and one.get("id"):
                yield key, one["id"]
            yield from ids(one)
    elif isinstance(answer, list):
        for one in answer:
            yield from ids(one)


def acts(facts: Facts):
    """Name of the mutation and its variables, in order."""
    yield "SetNuxSeen", {}
    yield "LogTelemetryMutation", {"action": "a", "metadata": "{}", "clientTime": "0", "clientId": "c"}
    for paused in (True, False):
        yield "SetAutoMaterializePausedMutation", {"paused": paused}
    for limit in (2, 0, -1, 5_000):
        yield "SetConcurrencyLimit", {"concurrencyKey": "act", "limit": limit}
    yield "DeleteConcurrencyLimit", {"concurrencyKey": "act"}
    yield "DeleteConcurrencyLimit", {"concurrencyKey": "never_there"}
    yield "FreeConcurrencySlots", {"runId": "no_run", "stepKey": None}
    for repository in facts.repositories:
        if repository["assetNodes"]:
            yield from acts_in(repository)
    yield "CancelBackfill", {"backfillId": "no_such_backfill"}
    yield "resumeBackfill", {"backfillId": "no_such_backfill"}
    yield "ReloadRepositoryLocationMutation", {"location": "no_such_location"}
    yield "ReloadWorkspaceMutation", {}


def acts_in(repository: dict):
    selector = {"repositoryName": repository["name"], "repositoryLocationName": repository["location"]["name"]}
    location = selector["repositoryLocationName"]
    plain = [one for one in repository["assetNodes"] if not one["partitionKeys"] and one["jobNames"]]
    parted = [one for one in repository["assetNodes"] if one["partitionKeys"] and one["jobNames"]]
    checked = [one for one in repository["assetNodes"] if one["assetChecksOrError"].get("checks")]
    key = lambda one: {"path": one["assetKey"]["path"]}  # noqa: E731
    nowhere = {"path": ["no", "such", "asset"]}
    for schedule in [one["name"] for one in repository["schedules"]] + ["no_such_schedule"]:
        named = {**selector, "scheduleName": schedule}
        yield "StartThisSchedule", {"scheduleSelector": named}
        yield "StartThisSchedule", {"scheduleSelector": named}
        yield "StopSchedule", {"id": "$scheduleState"}
        yield "ResetSchedule", {"scheduleSelector": named}
        yield "ScheduleDryRunMutation", {"selectorData": named, "timestamp": 1_763_700_000.0}
    for sensor in [one["name"] for one in repository["sensors"]] + ["no_such_sensor"]:
        named = {**selector, "sensorName": sensor}
        yield "StartSensor", {"sensorSelector": named}
        yield "SetSensorCursorMutation", {"sensorSelector": named, "cursor": "here"}
        yield "SetSensorCursorMutation", {"sensorSelector": named, "cursor": None}
        yield "StopRunningSensor", {"id": "$sensorState"}
        yield "ResetSensor", {"sensorSelector": named}
        yield "SensorDryRunMutation", {"selectorData": named, "cursor": None}
    for which in [key(plain[0]), nowhere] if plain else [nowhere]:
        report = {"eventType": "ASSET_MATERIALIZATION", "assetKey": which, "description": "by hand"}
        yield "ReportEventMutation", {"eventParams": report}
        yield "ReportEventMutation", {"eventParams": {**report, "eventType": "ASSET_OBSERVATION"}}
    for one in parted[:2]:
        report = {"eventType": "ASSET_MATERIALIZATION", "assetKey": key(one), "description": "by hand"}
        yield "ReportEventMutation", {"eventParams": {**report, "partitionKeys": one["partitionKeys"][:2]}}
        yield "ReportEventMutation", {"eventParams": {**report, "partitionKeys": ["no_such_partition"]}}
    for one in checked[:1]:
        name = one["assetChecksOrError"]["checks"][0]["name"]
        report = {"assetKey": key(one), "checkName": name, "passed": False, "severity": "WARN"}
        yield "ReportCheckEvaluationMutation", {"eventParams": report}
        yield "ReportCheckEvaluationMutation", {"eventParams": {**report, "checkName": "no_such_check"}}
    dynamic = {"repositorySelector": selector, "partitionsDefName": "no_such_definition"}
    yield "AddDynamicPartitionMutation", {**dynamic, "partitionKey": "a"}
    yield "DeleteDynamicPartitionsMutation", {**dynamic, "partitionKeys": ["a"], "wipeMaterializations": False}
    for job in [one for one in repository["jobs"] if not one["isAssetJob"]][:3] + [{"name": "no_such_job"}]:
        target = {"selector": {**selector, "pipelineName": job["name"]}, "mode": "default"}
        tags = {"tags": [{"key": "who", "value": "me"}]}
        yield "LaunchPipelineExecution", {"executionParams": {**target, "runConfigData": "{}", "executionMetadata": tags}}
        yield "LaunchPipelineExecution", {"executionParams": {**target, "runConfigData": '{"no": {"such": 1}}'}}
        yield "LaunchPipelineExecution", {"executionParams": {**target, "runConfigData": "ops: [", "executionMetadata": tags}}
        yield "LaunchPipelineReexecution", {"executionParams": None, "reexecutionParams": {"parentRunId": "$runId", "strategy": "ALL_STEPS"}}
        yield "LaunchPipelineReexecution", {"executionParams": None, "reexecutionParams": {"parentRunId": "$runId", "strategy": "FROM_FAILURE"}}
        yield "Terminate", {"runIds": ["$runId", "no_such_run"], "terminatePolicy": "MARK_AS_CANCELED_IMMEDIATELY"}
        yield "Delete", {"runId": "$runId"}
        yield "Delete", {"runId": "no_such_run"}
    assets = {"selector": {**selector, "pipelineName": "__ASSET_JOB", "assetSelection": [key(one) for one in plain[:2]]}, "mode": "default", "runConfigData": "{}"}
    yield "LaunchMultipleRuns", {"executionParamsList": [assets, {**assets, "selector": {**selector, "pipelineName": "no_such_job"}}]}
    yield "Terminate", {"runIds": ["$runId"], "terminatePolicy": "SAFE_TERMINATE"}
    for one in parted[:2]:
        backfill = {"assetSelection": [key(one)], "title": "act", "tags": [{"key": "who", "value": "me"}]}
        yield "LaunchPartitionBackfill", {"backfillParams": {**backfill, "partitionNames": one["partitionKeys"][-2:]}}
        yield "CancelBackfill", {"backfillId": "$backfillId"}
        yield "resumeBackfill", {"backfillId": "$backfillId"}
        yield "reexecuteBackfill", {"reexecutionParams": {"parentRunId": "$backfillId", "strategy": "ALL_STEPS"}}
        yield "LaunchPartitionBackfill", {"backfillParams": {**backfill, "partitionNames": ["no_such_partition"]}}
        yield "LaunchPartitionBackfill", {"backfillParams": {**backfill, "allPartitions": True}}
        yield "LaunchPartitionBackfill", {"backfillParams": {**backfill, "title": "no\nlines", "partitionNames": one["partitionKeys"][:1]}}
    yield "LaunchPartitionBackfill", {"backfillParams": {"assetSelection": [nowhere], "partitionNames": ["a"]}}
    for which in [key(one) for one in plain[:1] + parted[:1]] + [nowhere]:
        yield "AssetWipeMutation", {"assetPartitionRanges": [{"assetKey": which}]}
    if parted:
        part = {"range": {"start": parted[0]["partitionKeys"][0], "end": parted[0]["partitionKeys"][-1]}}
        yield "AssetWipeMutation", {"assetPartitionRanges": [{"assetKey": key(parted[0]), "partitions": part}]}
    yield "RefreshComponentStateMutation", {"locationName": location, "defsStateKey": "no_such_key"}
    yield "DeleteAppManagedComponentMutation", {"locationName": location, "componentId": "none"}
    yield "SetAppManagedComponentMutation", {"locationName": location, "componentId": "none", "componentType": "no.Type", "attributes": "{}"}
    yield "ReloadRepositoryLocationMutation", {"location": location}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference")
    parser.add_argument("url")
    parser.add_argument("--show", type=int, default=4, help="differences printed of each act")
    options = parser.parse_args()
    documents = operations(bundle())
    facts = Facts(options.reference)
    sides = [Side(options.reference), Side(options.url)]
    passed = failed = 0
    seen = set()

    def compare(title: str, answers: list, what: dict) -> bool:
        found = list(itertools.islice(differences(*(without_made(comparable(one)) for one in answers)), options.show))
        if found:
            print(f"{title} {json.dumps(what)[:300]}")
            for line in found:
                print(f"    {line}")
            for side, answer in zip(("reference", "here"), answers):
                for error in answer.get("errors", [])[:1]:
                    print(f"    {side}: {error['message'][:200]}")
        return not found

    for name, variables in acts(facts):
        seen.add(name)
        answers = [side.act(documents[name], variables) for side in sides]
        if compare(name, answers, variables):
            passed += 1
        else:
            failed += 1
    time.sleep(1)
    if compare("afterwards", [ask(side.url, AFTERWARDS, {}) for side in sides], {}):
        passed += 1
    else:
        failed += 1
    left = {name for name, text in documents.items() if text.startswith("mutation")} - seen
    if left:
        print(f"never done: {', '.join(sorted(left))}")
    print(f"{passed} passed, {failed} failed")
    return int(bool(failed) or not passed)


if __name__ == "__main__":
    sys.exit(main())
