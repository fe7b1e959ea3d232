"""The chart in a real cluster, in a namespace and a database of its own. on_cluster.sh runs it.

One release goes through its life: installed with a code location, the operator and two daemons, a run launched through its
webserver, upgraded, upgraded in a way that must fail and change nothing, uninstalled. The webserver is reached through
the API server, so that this machine need not be in the cluster's network.
"""

import json
import os
import time
import unittest
import uuid
from urllib.parse import urlsplit

import helm_python
import kubernetes
import psycopg2

from rendering import charts, merge

RELEASE = "prod"
PATIENCE = 300
# What a namespace has by itself.
OWN = {("configmaps", "kube-root-ca.crt"), ("serviceaccounts", "default")}
KINDS = (
    "configmaps", "secrets", "serviceaccounts", "services", "pods", "persistentvolumeclaims",
    "apps/v1/deployments", "apps/v1/statefulsets", "batch/v1/jobs", "policy/v1/poddisruptionbudgets",
    "networking.k8s.io/v1/networkpolicies", "networking.k8s.io/v1/ingresses",
    "rbac.authorization.k8s.io/v1/roles", "rbac.authorization.k8s.io/v1/rolebindings",
)  # fmt: skip
CODE = """
import dagster as dg

@dg.op
def greet(context):
    context.log.info("greetings from a release")

@dg.job
def hello():
    greet()

@dg.schedule(job=hello, cron_schedule="0 0 1 1 *")
def yearly():
    return dg.SkipReason("it is not new year")

defs = dg.Definitions(jobs=[hello], schedules=[yearly])
"""
LAUNCH = """mutation($job: JobOrPipelineSelector!) {
  launchRun(executionParams: {selector: $job, runConfigData: {}, mode: "default"}) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
  name loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


def wait_for(what: str, probe, limit: float = PATIENCE):
    end, said = time.monotonic() + limit, None
    while time.monotonic() < end:
        try:
            if found := probe():
                return found
        except (kubernetes.client.ApiException, LookupError) as error:
            said = error
        time.sleep(0.3)
    raise AssertionError(f"no {what} within {limit} s; {said}")


class Release:
    """A namespace, a database and Helm."""

    def __init__(self):
        file = os.environ["RONDEL_TEST_KUBECONFIG"]
        kubernetes.config.load_kube_config(file)
        self.core, self.api = kubernetes.client.CoreV1Api(), kubernetes.client.ApiClient()
        self.name = f"rondel-helm-{uuid.uuid4().hex[:8]}"
        self.database = self.name.replace("-", "_")
        self.server = os.environ["RONDEL_TEST_POSTGRES_URL"]
        self.admin(f"CREATE DATABASE {self.database}")
        self.core.create_namespace({"metadata": {"name": self.name}})
        self.core.create_namespaced_config_map(
            self.name, {"metadata": {"name": "code"}, "data": {"definitions.py": CODE}}
        )
        self.helm = helm_python.Config(kubeconfig_path=file, namespace=self.name)

    def admin(self, statement: str, url: str | None = None):
        connection = psycopg2.connect(url or self.server)
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else []
        connection.close()
        return found

    def in_database(self, statement: str):
        return self.admin(statement, urlsplit(self.server)._replace(path=f"/{self.database}").geturl())

    def values(self, **changes) -> dict:
        url = urlsplit(self.server)
        rondel, tag = os.environ["RONDEL_TEST_KUBERNETES_RONDEL_IMAGE"].rsplit(":", 1)
        image = os.environ["RONDEL_TEST_KUBERNETES_IMAGE"].rsplit(":", 1)
        values = {
            "rondel": {"image": {"repository": rondel, "tag": tag}},
            "postgresql": {
                "enabled": False,
                "postgresqlHost": url.hostname,
                "postgresqlUsername": url.username,
                "postgresqlPassword": url.password or "none",
                "postgresqlDatabase": self.database,
                "service": {"port": url.port or 5432},
            },
            "dagsterDaemon": {
                "replicaCount": 2,
                "runMonitoring": {"enabled": True, "pollIntervalSeconds": 5},
                "runCoordinator": {"enabled": True, "type": "QueuedRunCoordinator"},
            },
            "operator": {"enabled": True},
            "runLauncher": {"config": {"k8sRunLauncher": {"imagePullPolicy": "IfNotPresent"}}},
            "dagster-user-deployments": {
                "deployments": [{
                    "name": "sales",
                    "image": {"repository": image[0], "tag": image[1], "pullPolicy": "IfNotPresent"},
                    "dagsterApiGrpcArgs": ["-f", "/opt/sales/definitions.py"],
                    "port": 3030,
                    "volumes": [{"name": "code", "configMap": {"name": "code"}}],
                    "volumeMounts": [{"name": "code", "mountPath": "/opt/sales"}],
                    "includeConfigInLaunchedRuns": {"enabled": True},
                }],
            },
        }  # fmt: skip
        return merge(values, changes)

    def objects(self) -> dict[tuple[str, str], dict]:
        found = {}
        for kind in KINDS:
            root = f"/apis/{kind.rsplit('/', 1)[0]}" if "/" in kind else "/api/v1"
            plural = kind.rsplit("/", 1)[-1]
            listed = self.get(f"{root}/namespaces/{self.name}/{plural}")
            found |= {(plural, item["metadata"]["name"]): item for item in listed["items"]}
        return found

    def get(self, path: str) -> dict:
        return self.call("GET", path)

    def call(self, method: str, path: str, body=None) -> dict:
        answer = self.api.call_api(
            path,
            method,
            header_params={"Accept": "application/json", "Content-Type": "application/json"},
            body=body,
            auth_settings=["BearerToken"],
            _preload_content=False,
        )
        return json.loads(answer.data)

    def graphql(self, query: str, **variables) -> dict:
        service = f"{RELEASE}-dagster-webserver:http"
        path = f"/api/v1/namespaces/{self.name}/services/{service}/proxy/graphql"
        answer = self.call("POST", path, {"query": query, "variables": variables})
        if answer.get("errors"):
            raise AssertionError(answer["errors"])
        return answer["data"]

    def migrations(self) -> int:
        """How many Jobs of hooks the cluster has seen to their end; events outlive their Jobs."""
        events = self.core.list_namespaced_event(self.name).items
        return len({
            event.involved_object.uid
            for event in events
            if event.involved_object.kind == "Job"
            and event.involved_object.name.endswith("instance-migrate")
            and event.reason == "Completed"
        })

    def deployments(self) -> dict[str, dict]:
        listed = self.get(f"/apis/apps/v1/namespaces/{self.name}/deployments")["items"]
        return {item["metadata"]["name"].removeprefix(f"{RELEASE}-"): item for item in listed}

    def end(self):
        try:
            self.helm.uninstall(RELEASE, ignore_not_found=True)
        finally:
            self.core.delete_namespace(self.name)
            self.admin(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")


class OnCluster(unittest.TestCase):
    def test_a_release_is_installed_upgraded_and_removed(self):
        self.release = Release()
        self.addCleanup(self.release.end)
        self.chart = str(charts() / "rondel")
        for step in (self.install, self.run_a_job, self.serve_a_resource, self.upgrade, self.refuse, self.uninstall):
            began = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - began:.1f} s", flush=True)

    def install(self):
        release = self.release
        release.helm.install(self.chart, RELEASE, release.values(), wait="watcher", timeout=PATIENCE)
        ready = {name: item["status"].get("readyReplicas", 0) for name, item in release.deployments().items()}
        expected = {"dagster-webserver": 1, "daemon": 2, "operator": 1, "dagster-user-deployments-sales": 1}
        self.assertEqual(sorted(ready.values()), sorted(expected.values()), ready)
        self.assertEqual(release.migrations(), 1)
        # the hook's Job made the tables, and took what it needed away with it
        self.assertTrue(release.in_database("SELECT version_num FROM alembic_version"))
        left = [name for _, name in release.objects() if name.endswith("instance-migrate")]
        self.assertEqual(left, [])

    def locations(self) -> dict[str, str]:
        entries = self.release.graphql(LOCATIONS)["workspaceOrError"]["locationEntries"]
        return {
            entry["name"]: entry["locationOrLoadError"]["__typename"]
            for entry in entries
            if entry["loadStatus"] == "LOADED"
        }

    def run_a_job(self):
        release = self.release
        wait_for("code location", lambda: self.locations() == {"sales": "RepositoryLocation"})
        job = {"jobName": "hello", "repositoryName": "__repository__", "repositoryLocationName": "sales"}
        launched = release.graphql(LAUNCH, job=job)["launchRun"]
        run_id = launched["run"]["runId"]

        def ended():
            status = release.graphql(STATUS, id=run_id)["runOrError"]["status"]
            self.assertNotIn(status, ("FAILURE", "CANCELED"))
            return status == "SUCCESS"

        wait_for("run that is SUCCESS", ended)
        jobs = [item for (kind, _), item in release.objects().items() if kind == "jobs"]
        self.assertEqual([item["metadata"]["labels"]["dagster/run-id"] for item in jobs], [run_id])

    def serve_a_resource(self):
        release = self.release
        base = f"/apis/rondel.dev/v1alpha1/namespaces/{release.name}/codelocations"
        volumes = [{"name": "code", "configMap": {"name": "code"}}]
        release.call("POST", base, {
            "apiVersion": "rondel.dev/v1alpha1",
            "kind": "CodeLocation",
            "metadata": {"name": "etl"},
            "spec": {
                "image": os.environ["RONDEL_TEST_KUBERNETES_IMAGE"],
                "codeServerArgs": ["-f", "/opt/etl/definitions.py"],
                "container": {"volumeMounts": [{"name": "code", "mountPath": "/opt/etl"}]},
                "pod": {"volumes": volumes},
            },
        })  # fmt: skip
        wait_for("ready CodeLocation", lambda: release.get(f"{base}/etl")["status"]["phase"] == "Ready")
        wait_for("location in the webserver", lambda: self.locations().get("etl") == "RepositoryLocation")
        release.call("DELETE", f"{base}/etl")
        wait_for("webserver without the location", lambda: "etl" not in self.locations())
        wait_for("end of its objects", lambda: not [name for _, name in release.objects() if name.startswith("etl")])

    def upgrade(self):
        release = self.release
        before = {name: item["metadata"]["generation"] for name, item in release.deployments().items()}
        changed = release.values(dagsterWebserver={"replicaCount": 2, "env": {"TEAM": "data"}})
        release.helm.upgrade(self.chart, RELEASE, changed, wait="watcher", timeout=PATIENCE)
        self.assertEqual(release.migrations(), 2)
        after = release.deployments()
        touched = {name for name, item in after.items() if item["metadata"]["generation"] != before[name]}
        self.assertEqual(touched, {"dagster-webserver"})
        self.assertEqual(after["dagster-webserver"]["status"]["readyReplicas"], 2)
        wait_for("code location", lambda: self.locations() == {"sales": "RepositoryLocation"})

    def refuse(self):
        """An upgrade whose migration cannot be done stops before anything of the release is touched."""
        release = self.release
        before = release.deployments()
        wrong = release.values(postgresql={"postgresqlDatabase": "there_is_no_such_database"})
        with self.assertRaises(helm_python.HelmError):
            release.helm.upgrade(self.chart, RELEASE, wrong, timeout=30)
        after = release.deployments()
        generations = [{name: item["metadata"]["generation"] for name, item in one.items()} for one in (before, after)]
        self.assertEqual(*generations)
        self.assertEqual(self.locations(), {"sales": "RepositoryLocation"})
        # the next one, with the right values, goes through
        release.helm.upgrade(self.chart, RELEASE, release.values(), wait="watcher", timeout=PATIENCE)
        self.assertEqual(release.migrations(), 3)

    def uninstall(self):
        release = self.release
        release.helm.uninstall(RELEASE, wait="watcher", timeout=PATIENCE)

        def left():
            return {
                key
                for key, item in release.objects().items()
                if key not in OWN and key != ("configmaps", "code")
                # runs belong to whoever launched them, as with the dagster chart
                and "dagster/run-id" not in (item["metadata"].get("labels") or {})
            }

        wait_for("end of everything", lambda: not left(), 60)
