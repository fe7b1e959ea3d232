"""What the Helm charts render, checked without a cluster. Run by run.sh, which brings Helm's engine and the schemas."""

import base64
import json
import shutil
import tempfile
import unittest
from functools import cache
from pathlib import Path

import helm_python
import kubernetes_validate
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
# The oldest Kubernetes that the charts accept and whose schemas are at hand, and the newest.
KUBERNETES = ("1.25", "1.37")


@cache
def charts() -> Path:
    """A copy of the charts with the dependency of one on the other in place."""
    folder = Path(tempfile.mkdtemp(prefix="rondel-helm-"))
    shutil.copytree(ROOT / "helm", folder / "helm", ignore=shutil.ignore_patterns("charts", "Chart.lock"))
    helm_python.dependency_update(str(folder / "helm" / "rondel"))
    return folder / "helm"


def merge(into: dict, extra: dict) -> dict:
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value
    return into


def values(name: str) -> dict:
    return yaml.safe_load((HERE / "values" / f"{name}.yaml").read_text())


def render(chart: str, given: dict, release: str = "prod") -> dict[tuple[str, str], dict]:
    """The objects of a release in the namespace `data`, by kind and name."""
    with helm_python.Chart.load(str(charts() / chart)) as loaded:
        rendered = loaded.render(values=given, name=release, namespace="data")
    found: dict[tuple[str, str], dict] = {}
    for path, text in rendered.items():
        if path.endswith("NOTES.txt"):
            continue
        for item in yaml.safe_load_all(text):
            if item is None:
                continue
            key = (item["kind"], item["metadata"]["name"])
            if key in found and found[key]["metadata"]["namespace"] != item["metadata"]["namespace"]:
                key = (item["kind"], f"{item['metadata']['namespace']}/{item['metadata']['name']}")
            if key in found:
                raise AssertionError(f"{key} is rendered twice")
            found[key] = item
    return found


def container(workload: dict) -> dict:
    return workload["spec"]["template"]["spec"]["containers"][0]


def config(objects: dict, name: str, file: str) -> dict:
    return yaml.safe_load(objects["ConfigMap", name]["data"][file])


class Charts(unittest.TestCase):
    maxDiff = None

    def test_both_charts_pass_lint(self):
        for chart, given in [("rondel", {}), ("rondel", values("production")), ("rondel-user-deployments", values("code"))]:
            report = helm_python.lint(str(charts() / chart), values=given, strict=True, with_subcharts=True)
            self.assertEqual(report["errors"], [])
            bad = [each for each in report["messages"] if each["severity"] >= 2]
            self.assertEqual(bad, [])

    def test_every_object_is_valid_for_kubernetes(self):
        cases = [
            ("rondel", {}),
            ("rondel", values("production")),
            ("rondel", values("separate")),
            ("rondel", values("everything")),
            ("rondel", values("operator")),
            ("rondel", {"operator": {"enabled": True, "namespace": "*"}}),
            ("rondel-user-deployments", values("code")),
        ]
        for chart, given in cases:
            for (kind, name), item in render(chart, given).items():
                if kind == "ServiceMonitor":
                    continue  # not Kubernetes' own
                for version in KUBERNETES:
                    with self.subTest(chart=chart, kind=kind, name=name, version=version):
                        kubernetes_validate.validate(item, version, strict=True)

    def test_nothing_runs_as_root_or_writes_its_own_image(self):
        for given in ({}, values("production"), values("everything"), values("operator")):
            for (kind, name), item in render("rondel", given).items():
                if kind not in ("Deployment", "StatefulSet", "Job") or "user-deployments" in name:
                    continue
                with self.subTest(kind=kind, name=name):
                    pod = item["spec"]["template"]["spec"]
                    self.assertIs(pod["securityContext"]["runAsNonRoot"], True)
                    for each in pod["containers"] + pod.get("initContainers", []):
                        context = each["securityContext"]
                        self.assertIs(context["readOnlyRootFilesystem"], True)
                        self.assertIs(context["allowPrivilegeEscalation"], False)
                        self.assertEqual(context["capabilities"], {"drop": ["ALL"]})

    def test_roles_name_what_they_need(self):
        for given in (values("production"), values("operator"), {"operator": {"enabled": True, "namespace": "*"}}):
            for item in render("rondel", given).values():
                for rule in item.get("rules", []):
                    self.assertNotIn("*", rule["verbs"] + rule["resources"] + rule["apiGroups"])
                    self.assertNotIn("secrets", rule["resources"])


class OfficialValues(unittest.TestCase):
    """A values file written for the dagster chart leads to the same names, addresses and dagster.yaml."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.objects = render("rondel", values("production"))

    def test_objects_have_the_names_and_selectors_of_the_dagster_chart(self):
        wanted = [
            ("Deployment", "prod-dagster-webserver"),
            ("Service", "prod-dagster-webserver"),
            ("Deployment", "prod-dagster-daemon"),
            ("ConfigMap", "prod-dagster-instance"),
            ("ConfigMap", "prod-dagster-workspace-yaml"),
            ("ConfigMap", "prod-dagster-webserver-env"),
            ("ConfigMap", "prod-dagster-daemon-env"),
            ("ConfigMap", "prod-dagster-pipeline-env"),
            ("Ingress", "prod-dagster-ingress"),
            ("Role", "prod-dagster-role"),
            ("ServiceAccount", "prod-dagster"),
            ("Deployment", "prod-dagster-user-deployments-sales"),
            ("Service", "sales"),
            ("ConfigMap", "prod-dagster-user-deployments-sales-user-env"),
            ("Job", "prod-dagster-webserver-instance-migrate"),
        ]
        self.assertEqual([key for key in wanted if key not in self.objects], [])
        self.assertEqual(
            self.objects["Deployment", "prod-dagster-daemon"]["spec"]["selector"]["matchLabels"],
            {
                "app.kubernetes.io/name": "dagster",
                "app.kubernetes.io/instance": "prod",
                "component": "dagster-daemon",
                "deployment": "daemon",
            },
        )

    def test_a_release_named_like_the_chart_keeps_its_short_names(self):
        names = {name for _, name in render("rondel", {}, release="dagster")}
        self.assertLessEqual({"dagster-instance", "dagster-daemon", "dagster-dagster-webserver"}, names)

    def test_dagster_yaml_says_the_same(self):
        storage = {
            "postgres_db": {
                "username": "dagster",
                "password": {"env": "DAGSTER_PG_PASSWORD"},
                "hostname": "db.acme.io",
                "db_name": "dagster",
                "port": 5433,
                "params": {"sslmode": "require"},
            }
        }
        self.assertEqual(
            config(self.objects, "prod-dagster-instance", "dagster.yaml"),
            {
                "scheduler": {"module": "dagster.core.scheduler", "class": "DagsterDaemonScheduler"},
                "schedule_storage": {
                    "module": "dagster_postgres.schedule_storage",
                    "class": "PostgresScheduleStorage",
                    "config": storage,
                },
                "run_storage": {
                    "module": "dagster_postgres.run_storage",
                    "class": "PostgresRunStorage",
                    "config": storage,
                },
                "event_log_storage": {
                    "module": "dagster_postgres.event_log",
                    "class": "PostgresEventLogStorage",
                    "config": storage,
                },
                "run_launcher": {
                    "module": "dagster_k8s",
                    "class": "K8sRunLauncher",
                    "config": {
                        "load_incluster_config": True,
                        "job_namespace": "runs",
                        "image_pull_policy": "IfNotPresent",
                        "image_pull_secrets": [{"name": "registry"}],
                        "service_account_name": "prod-dagster",
                        "dagster_home": "/opt/dagster/dagster_home",
                        "instance_config_map": "prod-dagster-instance",
                        "postgres_password_secret": "warehouse-postgres",
                        "env_secrets": ["snowflake"],
                        "env_vars": ["LOG_LEVEL=info"],
                        "labels": {"team": "data"},
                        "resources": {"requests": {"cpu": "500m"}},
                        "run_k8s_config": {
                            "pod_spec_config": {"nodeSelector": {"pool": "runs"}},
                            "job_spec_config": {"ttlSecondsAfterFinished": 7200},
                        },
                    },
                },
                "run_coordinator": {
                    "module": "dagster.core.run_coordinator",
                    "class": "QueuedRunCoordinator",
                    "config": {
                        "max_concurrent_runs": 25,
                        "tag_concurrency_limits": [
                            {"key": "database", "value": "redshift", "limit": 4},
                            {"key": "customer", "value": {"applyLimitPerUniqueValue": True}, "limit": 1},
                        ],
                        "dequeue_use_threads": True,
                        "dequeue_num_workers": 4,
                    },
                },
                "compute_logs": {
                    "module": "dagster_aws.s3.compute_log_manager",
                    "class": "S3ComputeLogManager",
                    "config": {
                        "bucket": "acme-logs",
                        "prefix": "dagster",
                        "region": "eu-central-1",
                        "show_url_only": True,
                    },
                },
                "python_logs": {"python_log_level": "INFO", "managed_python_loggers": ["sales"]},
                "run_monitoring": {
                    "enabled": True,
                    "start_timeout_seconds": 600,
                    "poll_interval_seconds": 60,
                    "max_resume_run_attempts": 2,
                    "free_slots_after_run_end_seconds": 0,
                },
                "run_retries": {"enabled": True, "max_retries": 3},
                "sensors": {"use_threads": True, "num_workers": 4},
                "schedules": {"use_threads": True, "num_workers": 4},
                "telemetry": {"enabled": False},
                "retention": {
                    "schedule": {"purge_after_days": 90},
                    "sensor": {"purge_after_days": {"failure": 30, "skipped": 7, "started": 30, "success": 90}},
                    "auto_materialize": {
                        "purge_after_days": {"failure": -1, "skipped": 7, "started": -1, "success": -1}
                    },
                },
                "freshness": {"enabled": True},
            },
        )

    def test_the_workspace_lists_the_code_locations(self):
        self.assertEqual(
            config(self.objects, "prod-dagster-workspace-yaml", "workspace.yaml"),
            {
                "load_from": [
                    {"grpc_server": {"host": "sales", "port": 3030, "location_name": "sales"}},
                    {"grpc_server": {"host": "marketing", "port": 3031, "location_name": "marketing"}},
                ]
            },
        )

    def test_the_webserver_is_configured_as_asked(self):
        workload = self.objects["Deployment", "prod-dagster-webserver"]
        pod, main = workload["spec"]["template"]["spec"], container(workload)
        self.assertEqual(workload["spec"]["replicas"], 2)
        command = "rondel webserver -h 0.0.0.0 -p 8080 -w /dagster-workspace/workspace.yaml --log-format json"
        command += " --db-statement-timeout 60000 --path-prefix /dagster --log-level info"
        self.assertEqual(main["command"], command.split())
        self.assertEqual(main["image"], "rondel:0.1.0")
        self.assertIn({"name": "TEAM", "value": "data"}, main["env"])
        self.assertIn({"secretRef": {"name": "sso"}}, main["envFrom"])
        self.assertEqual(main["readinessProbe"]["httpGet"], {"path": "/dagster/server_info", "port": 8080})
        self.assertEqual(main["livenessProbe"]["httpGet"], {"path": "/dagster/health", "port": "http"})
        self.assertEqual(pod["nodeSelector"], {"pool": "system"})
        self.assertEqual(pod["imagePullSecrets"], [{"name": "registry"}])
        self.assertEqual(workload["spec"]["template"]["metadata"]["labels"]["team"], "data")

    def test_the_daemon_is_configured_as_asked(self):
        workload = self.objects["Deployment", "prod-dagster-daemon"]
        main = container(workload)
        self.assertEqual(workload["spec"]["replicas"], 2)
        command = "rondel daemon run -w /dagster-workspace/workspace.yaml --log-format json"
        self.assertEqual(main["command"], command.split())
        self.assertIn({"name": "DAGSTER_DAEMON_HEARTBEAT_TOLERANCE", "value": "1800"}, main["env"])
        env = self.objects["ConfigMap", "prod-dagster-daemon-env"]["data"]
        self.assertEqual(env["SLACK_CHANNEL"], "#data")
        self.assertEqual(env["DAGSTER_HOME"], "/opt/dagster/dagster_home")
        self.assertEqual(main["livenessProbe"]["exec"], {"command": ["rondel", "daemon", "liveness-check"]})
        self.assertNotIn("httpGet", main["livenessProbe"])

    def test_a_code_location_is_what_the_dagster_chart_makes_of_it(self):
        workload = self.objects["Deployment", "prod-dagster-user-deployments-sales"]
        main = container(workload)
        self.assertEqual(main["image"], "registry.acme.io/sales:2026.11.21")
        self.assertEqual(main["args"], "dagster api grpc -h 0.0.0.0 -p 3030 -m sales.definitions".split())
        env = {each["name"]: each.get("value") for each in main["env"]}
        self.assertEqual(env["DAGSTER_CURRENT_IMAGE"], "registry.acme.io/sales:2026.11.21")
        self.assertEqual(env["WAREHOUSE"], "prod")
        self.assertEqual(
            json.loads(env["DAGSTER_CLI_API_GRPC_CONTAINER_CONTEXT"]),
            {
                "k8s": {
                    "image_pull_policy": "Always",
                    "image_pull_secrets": [{"name": "registry"}],
                    "env_config_maps": ["prod-dagster-user-deployments-sales-user-env", "shared-settings"],
                    "env_secrets": ["snowflake"],
                    "volume_mounts": [{"name": "cache", "mountPath": "/cache"}],
                    "volumes": [{"name": "cache", "emptyDir": {}}],
                    "labels": {"team": "sales"},
                    "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}},
                    "namespace": "data",
                    "service_account_name": "prod-dagster-user-deployments-user-deployments",
                    "env": [{"name": "WAREHOUSE", "value": "prod"}],
                    "run_k8s_config": {
                        "pod_spec_config": {"automount_service_account_token": True},
                        "pod_template_spec_metadata": {"annotations": {"iam.amazonaws.com/role": "sales"}},
                    },
                }
            },
        )
        health = {"command": "dagster api grpc-health-check -p 3030".split()}
        self.assertEqual(main["readinessProbe"]["exec"], health)
        self.assertEqual(main["startupProbe"], {"exec": health, "periodSeconds": 5, "failureThreshold": 30})

    def test_env_as_a_map_and_tags_as_numbers_are_taken(self):
        main = container(self.objects["Deployment", "prod-dagster-user-deployments-marketing"])
        self.assertEqual(main["image"], "registry.acme.io/marketing:42")
        self.assertEqual(main["args"][:3], ["dagster", "code-server", "start"])
        self.assertNotIn("readinessProbe", main)
        self.assertFalse([each for each in main["env"] if "CONTEXT" in each["name"]])
        data = self.objects["ConfigMap", "prod-dagster-user-deployments-marketing-user-env"]["data"]
        self.assertEqual(data, {"REGION": "eu"})

    def test_runs_of_another_namespace_are_launched_with_rights_there(self):
        self.assertEqual(self.objects["Role", "prod-dagster-role"]["metadata"]["namespace"], "runs")
        binding = self.objects["RoleBinding", "prod-dagster-rolebinding"]
        self.assertEqual(binding["subjects"][0]["namespace"], "data")

    def test_the_ingress_keeps_the_order_of_its_paths(self):
        spec = self.objects["Ingress", "prod-dagster-ingress"]["spec"]
        self.assertEqual(spec["ingressClassName"], "nginx")
        self.assertEqual(spec["tls"], [{"hosts": ["dagster.acme.io"], "secretName": "dagster-tls"}])
        paths = spec["rules"][0]["http"]["paths"]
        self.assertEqual([each["path"] for each in paths], ["/oauth2", "/dagster"])
        self.assertEqual(paths[0]["backend"]["service"]["port"], {"name": "http"})
        self.assertEqual(paths[1]["backend"]["service"], {"name": "prod-dagster-webserver", "port": {"number": 8080}})


class Shapes(unittest.TestCase):
    maxDiff = None

    def test_tables_are_migrated_before_the_new_pods_start(self):
        for given, hooks in [(values("production"), "pre-install,pre-upgrade"), ({}, "pre-upgrade")]:
            objects = render("rondel", given)
            job = objects["Job", "prod-dagster-webserver-instance-migrate"]
            self.assertEqual(job["metadata"]["annotations"]["helm.sh/hook"], hooks)
            self.assertEqual(container(job)["command"], ["rondel", "instance", "migrate"])
            # What the Job reads exists before it starts.
            made = objects["ConfigMap", "prod-dagster-webserver-instance-migrate"]
            self.assertEqual(made["metadata"]["annotations"]["helm.sh/hook"], hooks)
            self.assertLess(int(made["metadata"]["annotations"]["helm.sh/hook-weight"]), 0)
            self.assertEqual(made["data"], objects["ConfigMap", "prod-dagster-instance"]["data"])
        self.assertNotIn(("Job", "prod-dagster-webserver-instance-migrate"), render("rondel", {"migrate": {"enabled": False}}))

    def test_the_builtin_database_is_reached_with_its_password(self):
        objects = render("rondel", values("separate"))
        instance = config(objects, "prod-dagster-instance", "dagster.yaml")
        self.assertEqual(instance["run_storage"]["config"]["postgres_db"]["hostname"], "prod-postgresql")
        self.assertIn(("StatefulSet", "prod-postgresql"), objects)
        secret = objects["Secret", "dagster-postgresql-secret"]["data"]["postgresql-password"]
        self.assertEqual(base64.b64decode(secret), b"secret")

    def test_code_locations_of_another_release_are_listed_by_address(self):
        objects = render("rondel", values("separate"))
        self.assertEqual(
            config(objects, "prod-dagster-workspace-yaml", "workspace.yaml")["load_from"],
            [
                {"grpc_server": {"host": "sales.code.svc", "port": 3030, "location_name": "sales"}},
                {
                    "grpc_server": {
                        "host": "marketing.code.svc",
                        "port": 3031,
                        "location_name": "marketing.code.svc",
                        "ssl": True,
                    }
                },
            ],
        )
        self.assertNotIn(("ServiceAccount", "prod-dagster"), objects)
        read_only = container(objects["Deployment", "prod-dagster-webserver-read-only"])
        self.assertIn("--read-only", read_only["command"])
        rules = objects["Ingress", "prod-dagster-ingress"]["spec"]["rules"]
        self.assertEqual([each["host"] for each in rules], ["dagster.acme.io", "view.dagster.acme.io"])
        self.assertNotIn("run_coordinator", config(objects, "prod-dagster-instance", "dagster.yaml"))

    def test_a_workspace_made_elsewhere_is_mounted(self):
        given = {"dagsterWebserver": {"workspace": {"enabled": True, "externalConfigmap": "ours"}}}
        given["dagster-user-deployments"] = {"enabled": True, "enableSubchart": False}
        objects = render("rondel", given)
        volumes = objects["Deployment", "prod-dagster-daemon"]["spec"]["template"]["spec"]["volumes"]
        self.assertIn({"name": "dagster-workspace-yaml", "configMap": {"name": "ours"}}, volumes)
        self.assertNotIn(("ConfigMap", "prod-dagster-workspace-yaml"), objects)

    def test_what_only_this_chart_has(self):
        objects = render("rondel", values("everything"))
        daemon = objects["Deployment", "prod-dagster-daemon"]
        self.assertEqual(daemon["spec"]["replicas"], 3)
        self.assertEqual(daemon["spec"]["strategy"]["type"], "RollingUpdate")
        alone = render("rondel", {"dagsterDaemon": {"replicaCount": 1}})["Deployment", "prod-dagster-daemon"]
        self.assertEqual(alone["spec"]["strategy"], {"type": "Recreate"})
        self.assertEqual(container(daemon)["image"], "registry.acme.io/rondel:0.1.0")
        self.assertIn(("ServiceMonitor", "prod-dagster-webserver"), objects)
        self.assertEqual(objects["PodDisruptionBudget", "prod-dagster-webserver"]["spec"]["minAvailable"], 2)
        policies = {name for kind, name in objects if kind == "NetworkPolicy"}
        self.assertEqual(
            policies,
            {"prod-dagster-webserver", "prod-dagster-daemon", "prod-dagster-code", "prod-postgresql"},
        )
        # Deployments as a map: the key is the name.
        self.assertIn(("PodDisruptionBudget", "prod-dagster-user-deployments-sales"), objects)
        code = objects["Deployment", "prod-dagster-user-deployments-sales"]
        self.assertEqual(code["spec"]["template"]["spec"]["serviceAccountName"], "sales")
        self.assertEqual(objects["ConfigMap", "extra"]["data"], {"release": "prod"})
        self.assertIn(("ConfigMap", "prod-text"), objects)

    def test_a_changed_dagster_yaml_restarts_what_reads_it(self):
        sums = set()
        for runs in (1, 2):
            objects = render("rondel", {"concurrency": {"runs": {"maxConcurrentRuns": runs}}})
            template = objects["Deployment", "prod-dagster-daemon"]["spec"]["template"]
            sums.add(template["metadata"]["annotations"]["checksum/dagster-instance"])
        self.assertEqual(len(sums), 2)

    def test_the_chart_of_code_locations_stands_alone(self):
        objects = render("rondel-user-deployments", values("code"))
        main = container(objects["Deployment", "prod-dagster-user-deployments-sales"])
        self.assertEqual(main["image"], "docker.io/dagster/user-code-example:1.13.27")
        password = next(each for each in main["env"] if each["name"] == "DAGSTER_PG_PASSWORD")
        self.assertEqual(password["valueFrom"]["secretKeyRef"]["name"], "warehouse-postgres")
        shared = objects["ConfigMap", "prod-dagster-user-deployments-user-deployments-shared-env"]["data"]
        self.assertEqual(shared["DAGSTER_HOME"], "/home/dagster")
        self.assertFalse([name for kind, name in objects if kind == "Role" and "user-deployments" not in name])


class Operator(unittest.TestCase):
    """CodeLocation resources and announced Services."""

    maxDiff = None

    def command(self, objects: dict, name: str) -> list[str]:
        return container(objects["Deployment", f"prod-dagster-{name}"])["command"]

    def rules(self, objects: dict, kind: str, name: str) -> dict:
        return {rule["resources"][0]: sorted(rule["verbs"]) for rule in objects[kind, name]["rules"]}

    def test_nothing_of_it_is_there_unless_asked_for(self):
        objects = render("rondel", {})
        self.assertFalse([name for _, name in objects if "operator" in name or "discovery" in name])
        self.assertFalse([kind for kind, _ in objects if kind in ("CustomResourceDefinition", "ClusterRole")])
        self.assertFalse([word for word in self.command(objects, "daemon") if "discover" in word])

    def test_the_operator_looks_after_the_namespace_of_its_release(self):
        objects = render("rondel", values("operator"))
        command = "rondel operator run --namespace data --log-format json"
        self.assertEqual(self.command(objects, "operator"), command.split())
        pod = objects["Deployment", "prod-dagster-operator"]["spec"]["template"]["spec"]
        self.assertEqual(pod["serviceAccountName"], "prod-dagster-operator")
        self.assertIn(("ServiceAccount", "prod-dagster-operator"), objects)
        self.assertIn(("NetworkPolicy", "prod-dagster-operator"), objects)
        self.assertEqual(
            self.rules(objects, "Role", "prod-dagster-operator-role"),
            {
                "codelocations": ["delete", "get", "list", "watch"],
                "codelocations/status": ["get", "patch"],
                "codelocations/finalizers": ["update"],
                "deployments": ["create", "delete", "get", "list", "patch", "watch"],
                "services": ["create", "delete", "get", "list", "patch", "watch"],
            },
        )
        binding = objects["RoleBinding", "prod-dagster-operator-rolebinding"]
        self.assertEqual(binding["subjects"][0]["name"], "prod-dagster-operator")
        # It makes no Jobs, and those who make them may not touch Deployments.
        self.assertNotIn("deployments", self.rules(objects, "Role", "prod-dagster-role"))

    def test_code_servers_open_the_instance_and_pull_with_the_secrets_of_the_release(self):
        variables = container(render("rondel", values("operator"))["Deployment", "prod-dagster-operator"])["env"]
        defaults = json.loads(next(each["value"] for each in variables if each["name"] == "RONDEL_CODE_SERVER_DEFAULTS"))
        secret = {"name": "dagster-postgresql-secret", "key": "postgresql-password"}
        self.assertEqual(
            defaults,
            {
                "container": {
                    "env": [
                        {"name": "DAGSTER_PG_PASSWORD", "valueFrom": {"secretKeyRef": secret}},
                        {"name": "DAGSTER_HOME", "value": "/opt/dagster/dagster_home"},
                        {"name": "REGION", "value": "eu"},
                    ]
                },
                "pod": {"nodeSelector": {"pool": "code"}, "imagePullSecrets": [{"name": "registry"}]},
            },
        )

    def test_services_are_discovered_where_they_are_announced(self):
        objects = render("rondel", values("operator"))
        flag = "--discover-services=team-a,team-b,data"
        self.assertIn(flag, self.command(objects, "daemon"))
        self.assertIn(flag, container(objects["Deployment", "prod-dagster-webserver"])["command"])
        for place in ("", "team-b/", "data/"):
            role = objects["Role", f"{place}prod-dagster-discovery-role"]
            self.assertEqual(role["rules"], [{"apiGroups": [""], "resources": ["services"], "verbs": ["get", "list", "watch"]}])
        binding = objects["RoleBinding", "team-b/prod-dagster-discovery-rolebinding"]
        self.assertEqual(binding["subjects"], [{"kind": "ServiceAccount", "name": "prod-dagster", "namespace": "data"}])

    def test_all_namespaces_take_cluster_roles(self):
        objects = render("rondel", {"operator": {"enabled": True, "namespace": "*"}})
        self.assertEqual(self.command(objects, "operator"), "rondel operator run --log-format json".split())
        self.assertIn("--discover-services=*", self.command(objects, "daemon"))
        names = {name for kind, name in objects if kind == "ClusterRole"}
        wanted = {f"data-prod-dagster-{name}" for name in ("role", "discovery-role", "operator-role")}
        self.assertEqual(names, wanted)
        binding = objects["ClusterRoleBinding", "data-prod-dagster-rolebinding"]
        self.assertEqual(binding["roleRef"]["name"], "data-prod-dagster-role")
        self.assertFalse([name for kind, name in objects if kind == "Role" and "user-deployments" not in name])

    def test_runs_of_resources_are_launched_where_these_lie(self):
        given = merge(values("production"), {"operator": {"enabled": True, "namespace": "code"}})
        objects = render("rondel", given)
        self.assertEqual(objects["Role", "prod-dagster-role"]["metadata"]["namespace"], "runs")
        launching = objects["Role", "prod-dagster-role"]["rules"]
        self.assertEqual(objects["Role", "code/prod-dagster-role"]["rules"], launching)

    def test_the_resource_definition_is_brought_up_to_date_and_outlives_the_release(self):
        definition = render("rondel", values("operator"))["CustomResourceDefinition", "codelocations.rondel.dev"]
        self.assertEqual(definition["metadata"]["annotations"], {"helm.sh/resource-policy": "keep"})
        self.assertEqual(definition["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm")
        self.assertEqual(definition["spec"]["names"]["kind"], "CodeLocation")
        self.assertFalse((ROOT / "helm" / "rondel" / "crds").exists())
        without = render("rondel", {"operator": {"enabled": True, "installDefinition": False}})
        self.assertNotIn(("CustomResourceDefinition", "codelocations.rondel.dev"), without)
        self.assertIn(("Deployment", "prod-dagster-operator"), without)

    def test_an_account_made_elsewhere_is_used(self):
        objects = render("rondel", {"operator": {"enabled": True, "serviceAccountName": "ours"}})
        pod = objects["Deployment", "prod-dagster-operator"]["spec"]["template"]["spec"]
        self.assertEqual(pod["serviceAccountName"], "ours")
        self.assertNotIn(("ServiceAccount", "prod-dagster-operator"), objects)


class Refused(unittest.TestCase):
    def refuses(self, given: dict, *words: str, chart: str = "rondel"):
        with self.assertRaises(helm_python.HelmError) as caught:
            render(chart, given)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_what_rondel_does_not_do_is_refused_by_name(self):
        cases = [
            ({"runLauncher": {"type": "CeleryK8sRunLauncher"}}, "runLauncher.type: CeleryK8sRunLauncher"),
            ({"runLauncher": {"type": "CustomRunLauncher"}}, "runLauncher.type: CustomRunLauncher"),
            ({"scheduler": {"type": "CustomScheduler"}}, "scheduler.type: CustomScheduler"),
            ({"computeLogManager": {"type": "CustomComputeLogManager"}}, "computeLogManager.type"),
            (
                {"dagsterDaemon": {"runCoordinator": {"type": "CustomRunCoordinator"}}},
                "dagsterDaemon.runCoordinator.type",
            ),
            ({"redis": {"enabled": True}}, "redis.enabled"),
            ({"rabbitmq": {"enabled": True}}, "rabbitmq.enabled"),
            ({"flower": {"enabled": True}}, "flower.enabled"),
            ({"postgresql": {"enabled": False}}, "postgresql.postgresqlHost"),
            (
                {"dagsterWebserver": {"image": {"repository": "registry.acme.io/dagster-with-plugins"}}},
                "dagsterWebserver.image.repository",
            ),
            ({"ingress": {"enabled": True, "apiVersion": "extensions/v1beta1/Ingress"}}, "ingress.apiVersion"),
            ({"additionalInstanceConfig": {"run_storage": {}}}, "additionalInstanceConfig.run_storage"),
            ({"operator": {"enabled": True, "namespace": "a,b"}}, "operator.namespace"),
        ]
        for given, words in cases:
            with self.subTest(words):
                self.refuses(given, words)

    def test_all_problems_are_told_at_once(self):
        self.refuses(
            {"redis": {"enabled": True}, "scheduler": {"type": "CustomScheduler"}}, "redis.enabled", "scheduler.type"
        )

    def test_unknown_keys_are_refused_by_name(self):
        self.refuses({"dagsterWebServer": {}}, "dagsterWebServer")
        self.refuses({"dagsterDaemon": {"replicas": 2}}, "replicas")
        self.refuses({"defsStateStorage": {"type": "BlobStorageStateStorage"}}, "defsStateStorage")
        given = {"deployments": [{"name": "a", "image": {"repository": "a"}, "port": 1, "command": ["x"]}]}
        self.refuses(given, "command", chart="rondel-user-deployments")

    def test_a_code_location_is_started_in_one_way(self):
        code = {"name": "a", "image": {"repository": "a", "tag": "1"}, "port": 1}
        given = {"deployments": [{**code, "codeServerArgs": ["-m", "a"], "dagsterApiGrpcArgs": ["-m", "a"]}]}
        self.refuses(given, "dagsterApiGrpcArgs and codeServerArgs", chart="rondel-user-deployments")


if __name__ == "__main__":
    unittest.main()
