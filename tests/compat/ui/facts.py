"""What a server has that operations can be about: assets, jobs, runs, schedules, evaluations and so on."""

import json
import random
import sys
import time
import urllib.error
import urllib.request

FACTS = """{
  repositoriesOrError { ... on RepositoryConnection { nodes {
    name location { name }
    jobs { name isAssetJob modes { name } nodeHandles: solidHandles { handleID
      solid { name definition { name __typename } } } }
    schedules { name scheduleState { id selectorId ticks(limit: 8) { tickId timestamp } } }
    sensors { name sensorState { id selectorId ticks(limit: 8) { tickId timestamp } } }
    allTopLevelResourceDetails { name }
    assetGroups { groupName }
    usedSolids { definition { name } }
    partitionSets { name pipelineName }
    assetNodes { assetKey { path } opNames jobNames partitionKeys groupName
      assetChecksOrError { ... on AssetChecks { checks { name } } } }
  } } }
  runsOrError(limit: 150) { ... on Runs { results { runId status pipelineName pipelineSnapshotId
    tags { key value } eventConnection(limit: 1000) { events { __typename ... on LogsCapturedEvent { fileKey } } } } } }
  partitionBackfillsOrError { ... on PartitionBackfills { results { id } } }
  instance { concurrencyLimits { concurrencyKey } }
}"""
EVALUATIONS = """query($key: AssetKeyInput!) {
  assetConditionEvaluationRecordsOrError(assetKey: $key, limit: 5) { ... on AssetConditionEvaluationRecords {
    records { evaluationId evaluationNodes { uniqueId } } } }
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
    """All of them, as the reference server tells them."""

    def __init__(self, url: str):
        answer = ask(url, FACTS, {})
        if answer.get("errors"):
            sys.exit(f"the reference server does not answer: {answer['errors'][0]['message']}")
        data = answer["data"]
        self.now = time.time()
        self.runs = data["runsOrError"]["results"] or [None]
        self.backfills = [one["id"] for one in data["partitionBackfillsOrError"]["results"]] or ["no_such_backfill"]
        self.pools = [one["concurrencyKey"] for one in data["instance"]["concurrencyLimits"]] + ["no_such_pool"]
        self.repositories = data["repositoriesOrError"]["nodes"]
        self.evaluations = list(evaluations(url, self.repositories))

    def scene(self, rng: random.Random) -> dict:
        """One of each kind of thing."""
        repository = rng.choice(self.repositories)
        pick = lambda kind: rng.choice(repository[kind] or [None])  # noqa: E731
        asset, job = pick("assetNodes"), pick("jobs")
        with_partitions = [one for one in repository["assetNodes"] if one["partitionKeys"]]
        with_checks = [one for one in repository["assetNodes"] if one["assetChecksOrError"].get("checks")]
        return {
            "repository": {
                "repositoryName": repository["name"],
                "repositoryLocationName": repository["location"]["name"],
            },
            "asset": asset, "job": job,
            "partitioned": rng.choice(with_partitions or [asset]),
            "checked": rng.choice(with_checks or [asset]),
            "assets": rng.sample(repository["assetNodes"], min(5, len(repository["assetNodes"]))),
            "schedule": pick("schedules"), "sensor": pick("sensors"), "op": pick("usedSolids"),
            "resource": pick("allTopLevelResourceDetails"), "group": pick("assetGroups"), "set": pick("partitionSets"),
            "run": rng.choice(self.runs), "backfill": rng.choice(self.backfills), "pool": rng.choice(self.pools),
            # Now and then none: an asset that was never evaluated.
            "evaluation": rng.choice(self.evaluations) if self.evaluations and rng.random() < 0.85 else None,
            "now": self.now,
        }  # fmt: skip


def evaluations(url: str, repositories: list[dict]):
    """Each of the last evaluations of each asset: its asset, its id, the ids of its nodes."""
    for repository in repositories:
        for asset in repository["assetNodes"]:
            data = ask(url, EVALUATIONS, {"key": {"path": asset["assetKey"]["path"]}}).get("data") or {}
            for record in (data.get("assetConditionEvaluationRecordsOrError") or {}).get("records", []):
                nodes = [node["uniqueId"] for node in record["evaluationNodes"]]
                yield {"asset": asset, "id": record["evaluationId"], "nodes": nodes}
