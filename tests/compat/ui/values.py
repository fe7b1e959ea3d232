"""Variables for the queries of the web application, of what a server has."""

import json
import random

from facts import Facts
from graphql import OperationDefinitionNode, print_ast

# This variable is of another kind.
OTHER = object()


def variants(name: str, operation: OperationDefinitionNode, facts: Facts, samples: int):
    """Different sets of variables for one operation: of the same server always about the same things."""
    rng = random.Random(name)
    seen = set()
    for _ in range(samples * 6):
        scene = facts.scene(rng)
        try:
            variables = {
                one.variable.name.value: value(name, one.variable.name.value, print_ast(one.type), scene, rng)
                for one in operation.variable_definitions
            }
        except (KeyError, TypeError, IndexError):
            continue
        key = json.dumps(variables, sort_keys=True)
        if key not in seen and len(seen) < samples:
            seen.add(key)
            yield variables


def job_selector(scene: dict, name: str | None = None) -> dict:
    return {"pipelineName": name or scene["job"]["name"], **scene["repository"]}


def instigator(scene: dict) -> tuple[dict, dict]:
    """A schedule or a sensor, and its state: the one with more ticks, the same for all variables of a query."""
    kinds = [(scene[kind], scene[kind][f"{kind}State"]) for kind in ("schedule", "sensor") if scene[kind]]
    return max(kinds, key=lambda one: len(one[1]["ticks"]))


def value(operation: str, name: str, kind: str, scene: dict, rng: random.Random):
    """A value for one variable of a GraphQL type; KeyError, TypeError or IndexError when the scene has none."""
    found = of_evaluation(operation, name, kind, scene, rng)
    if found is OTHER:
        found = of_time(name, kind, scene, rng)
    return of_scene(operation, name, kind, scene, rng) if found is OTHER else found


def of_evaluation(operation: str, name: str, kind: str, scene: dict, rng: random.Random):
    evaluation = scene["evaluation"]
    if not evaluation or not ("Evaluation" in operation or operation == "PartitionSubsetListQuery"):
        return OTHER
    match name:
        case "assetKey":
            return {"path": evaluation["asset"]["assetKey"]["path"]}
        case "evaluationId" | "asOfEvaluationId":
            return evaluation["id"]
        case "nodeUniqueId":
            return rng.choice(evaluation["nodes"])
        case "partition" | "partitionName":
            return (evaluation["asset"]["partitionKeys"] or ["2026-11-20"])[-1]
        case "assetCheckKey" | "assetJobKey" if not kind.endswith("!"):
            return None
    return OTHER


def of_time(name: str, kind: str, scene: dict, rng: random.Random):
    now = scene["now"]
    ticks = [tick for one in ("schedule", "sensor") if scene[one] for tick in scene[one][f"{one}State"]["ticks"]]
    after_a_tick = rng.choice(ticks)["timestamp"] + 0.5 if ticks else now - 200
    match name:
        case "tickCursor":
            return after_a_tick
        case "beforeTimestamp" | "afterTimestamp" | "cursor" if "Float" in kind:
            return rng.choice([None, after_a_tick])
        case "ticksUntil":
            # Rondel tells at most a week of a schedule that ticks every minute.
            return now + 86_400 * rng.choice([0, 1, 6])
        case "before" | "after":
            return rng.choice([None, str(int(now * 1000) - rng.randint(0, 900_000))])
        case "startTimestamp":
            return now - rng.choice([900, 300])
        case "timestamp":
            latest = str(int(now * 1000)) if kind.endswith("!") else None
            return rng.choice([latest, str(int(now * 1000) - 300_000)])
        case "dayRange":
            return rng.choice([None, 1, 2])
        case "dayOffset":
            return rng.choice([None, 0, 1])
    return OTHER


def of_scene(operation: str, name: str, kind: str, scene: dict, rng: random.Random):  # noqa: C901, PLR0911, PLR0912
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
            name = asset["assetChecksOrError"]["checks"][0]["name"]
            return {"assetKey": {"path": asset["assetKey"]["path"]}, "name": name}
        case "assetJobKey":
            return {"jobName": scene["job"]["name"]}
        case "partitionKey" | "partition" | "partitionName":
            return (asset["partitionKeys"] or ["2026-11-20"])[-1]
        case "partitionNames" if operation == "BackfillPreviewQuery":
            if rng.random() < 0.7:
                scene["assets"] = [scene["partitioned"]]  # most assets have no partitions in common with others
            keys = scene["partitioned"]["partitionKeys"]
            return rng.sample(keys, min(3, len(keys))) or ["no_such_partition"]
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
            with_resource = {"resources": {"store": {"config": {"path": "elsewhere"}}}}
            return rng.choice([{}, {"ops": {"no": {}}}, "ops: {}", {"execution": {"config": {}}}, with_resource])
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
        case "rootHandleID" | "requestScopeHandleID":
            nodes = [(one["handleID"], one["solid"]["definition"]["__typename"]) for one in scene["job"]["nodeHandles"]]
            graphs = [handle for handle, definition in nodes if definition == "CompositeSolidDefinition"]
            if graphs and rng.random() < 0.6:
                return rng.choice(graphs)
            return "" if name == "rootHandleID" else None
        case "name" if operation.startswith("LocationWorkspace"):
            return repository["repositoryLocationName"]
        case "name":
            return scene["op"]["definition"]["name"]
        case "id" if operation in {"ScheduleStateQuery", "SensorStateQuery"}:
            which = "schedule" if "Schedule" in operation else "sensor"
            return scene[which][f"{which}State"]["id"]
        case "tickId":
            return rng.choice(instigator(scene)[1]["ticks"])["tickId"]
        case "statuses" if "InstigationTickStatus" in kind:
            return rng.choice([None, ["SUCCESS"], ["FAILURE", "SKIPPED"], ["STARTED"]])
        case "dagsterTypeName":
            return rng.choice(["Any", "Int", "String", "Nothing", "PoorMansDataFrame", "no_such_type"])
        case "view":
            return rng.choice(["RUNS", "ROOTS", "BACKFILLS"])
        case "filter" | "runsFilter":
            return rng.choice(run_filters(scene, rng))
        case "inProgressFilter":
            return {"statuses": ["STARTED", "STARTING", "CANCELING"]}
        case "queuedFilter":
            return {"statuses": ["QUEUED"]}
        case "completedFilter":
            return {"statuses": ["SUCCESS", "FAILURE", "CANCELED"]}
        case "tagKeys":
            return [tag["key"] for tag in rng.sample(run["tags"], min(2, len(run["tags"])))]
        case "eventTypeSelectors":
            return ["MATERIALIZATION", "OBSERVATION", "FAILED_TO_MATERIALIZE"]
        case "limit":
            return rng.choice([1, 3, 5, 25])
        case "ticksAfter" | "ticksBefore":
            return 3
        case "evaluationId" | "asOfEvaluationId":
            return "1"
        case "nodeUniqueId":
            return "none"
    return None


def run_filters(scene: dict, rng: random.Random) -> list[dict]:
    run, now = scene["run"], scene["now"]
    tag = rng.choice(run["tags"] or [{"key": "a", "value": "b"}])
    return [
        {},
        {"pipelineName": scene["job"]["name"]},
        {"pipelineName": run["pipelineName"]},
        {"statuses": ["SUCCESS", "FAILURE"]},
        {"statuses": ["QUEUED", "STARTED"]},
        {"runIds": [run["runId"], "no_such_run"]},
        {"tags": [{"key": tag["key"], "value": tag["value"]}]},
        {"createdBefore": now - 200},
        {"createdAfter": now - 300},
        {"updatedAfter": now - 600},
        {"snapshotId": run["pipelineSnapshotId"]},
        {"mode": "default"},
    ]
