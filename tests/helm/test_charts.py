"""Both charts as they are: lint, schemas, least privilege."""

import unittest

import helm_python
import kubernetes_validate

from rendering import KUBERNETES, charts, render, values


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
                if kind in ("ServiceMonitor", "PodMonitor"):
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
