"""Values files of the official charts."""

import json
import unittest

import yaml

from rendering import config, container, render, values


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


class Equivalents(unittest.TestCase):
    """Single keys of the dagster chart whose meaning is easily missed."""

    maxDiff = None

    def instance(self, given: dict) -> dict:
        return config(render("rondel", given), "prod-dagster-instance", "dagster.yaml")

    def code_server(self, code: dict, **given) -> dict:
        whole = {"name": "sales", "image": {"repository": "a", "tag": "1", "pullPolicy": "Always"}, "port": 3030, **code}
        given = {"dagster-user-deployments": {"enabled": True, "deployments": [whole], **given}}
        return render("rondel", given)["Deployment", "prod-dagster-user-deployments-sales"]

    def test_runs_are_not_limited_unless_asked_for(self):
        self.assertEqual(self.instance({})["run_coordinator"]["config"]["max_concurrent_runs"], -1)
        given = {"dagsterDaemon": {"runCoordinator": {"config": {"queuedRunCoordinator": {"maxConcurrentRuns": 0}}}}}
        self.assertEqual(self.instance(given)["run_coordinator"]["config"]["max_concurrent_runs"], 0)

    def test_limits_stand_under_concurrency_when_that_is_enabled(self):
        limits = {"pools": {"defaultLimit": 1, "granularity": "run"}, "runs": {"maxConcurrentRuns": 0}}
        self.assertNotIn("concurrency", self.instance({"concurrency": limits}))
        instance = self.instance({"concurrency": {"enabled": True, **limits}})
        self.assertEqual(
            instance["concurrency"],
            {"pools": {"default_limit": 1, "granularity": "run"}, "runs": {"max_concurrent_runs": 0}},
        )
        self.assertNotIn("max_concurrent_runs", instance["run_coordinator"]["config"])

    def test_without_a_queue_runs_are_launched_at_once(self):
        instance = self.instance({"dagsterDaemon": {"runCoordinator": {"enabled": False}}})
        self.assertEqual(instance["run_coordinator"]["class"], "SyncInMemoryRunCoordinator")

    def test_threads_of_backfills_are_passed_on(self):
        instance = self.instance({"dagsterDaemon": {"backfills": {"useThreads": True, "numWorkers": 2}}})
        self.assertEqual(instance["backfills"], {"use_threads": True, "num_workers": 2})

    def test_state_of_components_is_kept_where_the_values_say(self):
        storage = {"basePath": "s3://acme/state", "storageOptions": {"anon": False}}
        given = {"type": "BlobStorageStateStorage", "config": {"blobStorageStateStorage": storage}}
        self.assertEqual(
            self.instance({"defsStateStorage": given})["defs_state_storage"],
            {
                "module": "dagster._core.storage.defs_state.blob_storage_state_storage",
                "class": "UPathDefsStateStorage",
                "config": {"base_path": "s3://acme/state", "storage_options": {"anon": False}},
            },
        )
        custom = {"module": "acme.state", "class": "Storage", "config": {"a": 1}}
        given = {"type": "CustomDefsStateStorage", "config": {"customDefsStateStorage": custom}}
        self.assertEqual(self.instance({"defsStateStorage": given})["defs_state_storage"], custom)

    def test_code_servers_find_the_instance_when_asked_for(self):
        pod = self.code_server({}, includeInstance=True)["spec"]["template"]["spec"]
        self.assertEqual(pod["volumes"], [{"name": "dagster-instance", "configMap": {"name": "prod-dagster-instance"}}])
        self.assertEqual(
            pod["containers"][0]["volumeMounts"],
            [
                {
                    "name": "dagster-instance",
                    "mountPath": "/opt/dagster/dagster_home/dagster.yaml",
                    "subPath": "dagster.yaml",
                    "readOnly": True,
                }
            ],
        )
        code = {"name": "sales", "image": {"repository": "a", "tag": "1"}, "port": 3030}
        given = {"includeInstance": True, "instanceConfigMap": "prod-dagster-instance", "deployments": [code]}
        alone = render("rondel-user-deployments", given)["Deployment", "prod-dagster-user-deployments-sales"]
        self.assertEqual(alone["spec"]["template"]["spec"]["volumes"], pod["volumes"])

    def test_a_code_server_is_replaced_as_asked(self):
        self.assertNotIn("strategy", self.code_server({})["spec"])
        strategy = {"type": "Recreate"}
        self.assertEqual(self.code_server({"deploymentStrategy": strategy})["spec"]["strategy"], strategy)

    def test_pods_of_code_locations_stay_when_the_chart_changes(self):
        # To Kubernetes `securityContext: {}` is another pod than none at all.
        given = {key: {} for key in ("affinity", "securityContext", "podSecurityContext", "resources", "nodeSelector")}
        workload = self.code_server({**given, "labels": {"team": "sales"}})
        pod = workload["spec"]["template"]["spec"]
        self.assertEqual(workload["metadata"]["labels"]["team"], "sales")
        self.assertEqual(pod["affinity"], {})
        self.assertIs(pod["automountServiceAccountToken"], True)
        self.assertEqual(pod["containers"][0]["securityContext"], {})
        self.assertNotIn("ports", pod["containers"][0])
        celery = {"secretRef": {"name": "dagster-celery-config-secret", "optional": True}}
        self.assertIn(celery, pod["containers"][0]["envFrom"])
        pod = self.code_server({})["spec"]["template"]["spec"]
        self.assertEqual([key for key in ("affinity", "securityContext") if key in pod], [])

    def test_accounts_are_mounted_by_the_pods_that_use_them_alone(self):
        objects = render("rondel", values("production"))
        names = {name for kind, name in objects if kind == "ServiceAccount"}
        self.assertEqual(names, {"prod-dagster", "prod-dagster-user-deployments-user-deployments"})
        for name in names:
            self.assertIs(objects["ServiceAccount", name]["automountServiceAccountToken"], False)
        self.assertIn(("Role", "prod-dagster-user-deployments-role"), objects)
        self.assertIn(("RoleBinding", "prod-dagster-user-deployments-rolebinding"), objects)

    def test_the_migration_mounts_what_the_webserver_mounts(self):
        volume, mount = {"name": "ca", "secret": {"secretName": "ca"}}, {"name": "ca", "mountPath": "/etc/ca"}
        objects = render("rondel", {"dagsterWebserver": {"volumes": [volume], "volumeMounts": [mount]}})
        pod = objects["Job", "prod-dagster-webserver-instance-migrate"]["spec"]["template"]["spec"]
        self.assertIn(volume, pod["volumes"])
        self.assertIn(mount, pod["containers"][0]["volumeMounts"])
