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
