"""The operator's part of the chart."""

import json
import unittest

from rendering import ROOT, container, merge, render, values


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
                "pods": ["list"],
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
