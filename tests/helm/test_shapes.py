"""What objects a release has, by its values."""

import base64
import unittest

from rendering import config, container, render, values


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
        self.assertEqual(
            config(objects, "prod-dagster-instance", "dagster.yaml")["run_coordinator"]["class"], "SyncInMemoryRunCoordinator"
        )

    def test_steps_are_executed_without_a_run_pod_when_asked_for(self):
        self.assertEqual(list(render("rondel", {})["ConfigMap", "prod-dagster-instance"]["data"]), ["dagster.yaml"])
        objects = render("rondel", {"rondel": {"kubernetesExecutor": "host"}})
        settings = config(objects, "prod-dagster-instance", "rondel.yaml")
        self.assertEqual(settings, {"kubernetes_executor": "host"})
        for name in ["prod-dagster-daemon", "prod-dagster-webserver"]:
            mounts = container(objects["Deployment", name])["volumeMounts"]
            paths = [mount["mountPath"] for mount in mounts if mount.get("subPath") == "rondel.yaml"]
            self.assertEqual(len(paths), 1, name)

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
        self.assertEqual(container(daemon)["command"][-2:], ["--metrics-address", "0.0.0.0:9464"])
        self.assertEqual(container(daemon)["ports"], [{"name": "metrics", "containerPort": 9464, "protocol": "TCP"}])
        monitor = objects["PodMonitor", "prod-dagster-daemon"]["spec"]
        labels = daemon["spec"]["template"]["metadata"]["labels"]
        self.assertLessEqual(monitor["selector"]["matchLabels"].items(), labels.items())
        self.assertEqual(monitor["podMetricsEndpoints"][0]["port"], "metrics")
        collected = objects["NetworkPolicy", "prod-dagster-daemon"]["spec"]["ingress"]
        self.assertEqual(collected, [{"ports": [{"port": "metrics", "protocol": "TCP"}]}])
        self.assertNotIn("ports", container(alone))
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
            objects = render("rondel", {"concurrency": {"enabled": True, "runs": {"maxConcurrentRuns": runs}}})
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
