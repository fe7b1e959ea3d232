"""dagster.yaml from a test's instance object, so that another process opens the same instance."""

import enum
import json

import yaml
from compat_errors import Unmappable

# Test-only classes and what takes their place in a process of its own (None: Dagster's default).
# SyncInMemoryRunCoordinator does what DefaultRunCoordinator does. SyncInMemoryRunLauncher runs in the test's process:
# the server launches by the default launcher, and the adapter waits for the run.
IN_PLACE_OF = {
    "FilesystemTestScheduler": None,
    "ExplodingRunLauncher": None,
    "SyncInMemoryRunLauncher": None,
    "SyncInMemoryRunCoordinator": {"module": "dagster._core.run_coordinator", "class": "DefaultRunCoordinator"},
}


def plain_json(value):
    """For json.dumps(default=...): enums by value, mappings and iterables of any kind."""
    if isinstance(value, enum.Enum):
        return value.value
    if hasattr(value, "items"):
        return dict(value)
    if hasattr(value, "__iter__"):
        return list(value)
    raise TypeError(f"{value!r} has no JSON form")


def instance_config(instance):
    """The content of dagster.yaml. Sections which are as Dagster's defaults are left out."""
    from dagster._core.instance.ref import InstanceRef

    if instance.is_ephemeral:
        raise Unmappable("an instance in memory")
    ref = instance.get_ref()
    if ref.custom_instance_class_data is not None:
        raise Unmappable("an instance class of the test")
    defaults = InstanceRef.config_defaults(instance.root_directory)
    config = {}
    if not _same(ref.storage_data, defaults["storage"]):
        config.update(_storage(ref))
    for key, data in (
        ("local_artifact_storage", ref.local_artifact_storage_data),
        ("compute_logs", ref.compute_logs_data),
        ("scheduler", ref.scheduler_data),
        ("run_coordinator", ref.run_coordinator_data),
        ("run_launcher", ref.run_launcher_data),
    ):
        if data is None or _same(data, defaults[key]):
            continue
        if data.class_name.startswith("Mock"):
            raise Unmappable(f"{key} is {data.class_name}")
        if data.class_name == "QueuedRunCoordinator" and not _config(data):
            continue
        section = IN_PLACE_OF.get(data.class_name, _section(data))
        if section:
            config[key] = section
    if ref.secrets_loader_data is not None:
        config["secrets"] = {"custom": _section(ref.secrets_loader_data)}
    if ref.defs_state_storage_data is not None:
        config["defs_state_storage"] = _section(ref.defs_state_storage_data)
    config.update(json.loads(json.dumps(ref.settings or {}, default=plain_json)))
    config["telemetry"] = {"enabled": False}
    return config


def _config(data):
    return yaml.safe_load(data.config_yaml) or {}


def _section(data):
    section = {"module": data.module_name, "class": data.class_name}
    if _config(data):
        section["config"] = _config(data)
    return section


def _same(data, default):
    if data is None or default is None:
        return data is default
    identity = lambda d: (d.module_name, d.class_name, _config(d))  # noqa: E731
    return identity(data) == identity(default)


def _storage(ref):
    kind = ref.storage_data.class_name
    if kind == "DagsterPostgresStorage":
        return {"storage": {"postgres": _config(ref.storage_data)}}
    if kind == "DagsterSqliteStorage":
        return {"storage": {"sqlite": _config(ref.storage_data)}}
    if kind != "CompositeStorage":
        return {"storage": {"custom": _section(ref.storage_data)}}
    parts = {
        "run_storage": ref.run_storage_data,
        "event_log_storage": ref.event_storage_data,
        "schedule_storage": ref.schedule_storage_data,
    }
    urls = {_config(part).get("postgres_url") for part in parts.values()}
    of_postgres = all(part.module_name.startswith("dagster_postgres") for part in parts.values())
    if of_postgres and len(urls) == 1 and None not in urls:
        return {"storage": {"postgres": {"postgres_url": urls.pop()}}}
    return {key: _section(part) for key, part in parts.items()}
