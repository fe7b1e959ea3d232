"""Renders the Helm charts without a cluster. run.sh brings Helm's engine and the schemas of Kubernetes."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import helm_python
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
