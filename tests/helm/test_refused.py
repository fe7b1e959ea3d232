"""Values that the charts refuse by name."""

import unittest

import helm_python

from rendering import render


def limits(key: str, value) -> dict:
    """The same limit in both places that have it."""
    queue = {"config": {"queuedRunCoordinator": {key: value}}}
    return {"concurrency": {"enabled": True, "runs": {key: value}}, "dagsterDaemon": {"runCoordinator": queue}}


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
            (limits("maxConcurrentRuns", 5), "concurrency.runs.maxConcurrentRuns"),
            (limits("tagConcurrencyLimits", [{"key": "a", "limit": 1}]), "concurrency.runs.tagConcurrencyLimits"),
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
        self.refuses({"defsStateStorage": {"type": "GitStateStorage"}}, "defsStateStorage")
        given = {"deployments": [{"name": "a", "image": {"repository": "a"}, "port": 1, "command": ["x"]}]}
        self.refuses(given, "command", chart="rondel-user-deployments")

    def test_the_instance_of_another_release_has_to_be_named(self):
        code = {"name": "a", "image": {"repository": "a", "tag": "1"}, "port": 1}
        given = {"includeInstance": True, "deployments": [code]}
        self.refuses(given, "includeInstance", "instanceConfigMap", chart="rondel-user-deployments")

    def test_a_code_location_is_started_in_one_way(self):
        code = {"name": "a", "image": {"repository": "a", "tag": "1"}, "port": 1}
        given = {"deployments": [{**code, "codeServerArgs": ["-m", "a"], "dagsterApiGrpcArgs": ["-m", "a"]}]}
        self.refuses(given, "dagsterApiGrpcArgs and codeServerArgs", chart="rondel-user-deployments")
