"""Which context variants of a test are kept.

The suite runs a test in up to a dozen contexts which differ in storage, launcher and the way code is loaded. One of
each kind is kept, the cheapest to start first: the server under test is the same in all.
"""

import os

KINDS = {
    "sqlite": [
        [
            "sqlite_with_default_run_launcher_deployed_grpc_env",
            "sqlite_with_default_run_launcher_managed_grpc_env",
            "sqlite_with_default_run_launcher_code_server_cli_env",
        ],
        [
            "non_launchable_sqlite_instance_deployed_grpc_env",
            "non_launchable_sqlite_instance_managed_grpc_env",
            "non_launchable_sqlite_instance_multi_location",
            "non_launchable_sqlite_instance_lazy_repository",
        ],
        ["sqlite_read_only_with_default_run_launcher_managed_grpc_env"],
        ["sqlite_with_queued_run_coordinator_managed_grpc_env"],
        ["sqlite_with_default_concurrency_managed_grpc_env"],
        ["asset_aware_instance_in_process_env"],
    ],
    "postgres": [
        [
            "postgres_with_default_run_launcher_deployed_grpc_env",
            "postgres_with_default_run_launcher_managed_grpc_env",
        ],
        [
            "non_launchable_postgres_instance_managed_grpc_env",
            "non_launchable_postgres_instance_multi_location",
            "non_launchable_postgres_instance_lazy_repository",
        ],
    ],
}

CHOSEN = os.environ.get("COMPAT_VARIANT", "sqlite")
_ALL = sorted((name for kinds in KINDS.values() for kind in kinds for name in kind), key=len, reverse=True)


def split(nodeid):
    """(node id without the variant, the variant or "")."""
    base, bracket, parameters = nodeid.partition("[")
    if bracket:
        parameters = parameters[:-1]
        for name in _ALL:
            if parameters == name:
                return base, name
            if parameters.startswith(name + "-"):
                return f"{base}[{parameters[len(name) + 1:]}]", name
    return nodeid, ""


def select(items):
    """Tests without a variant have an instance of their own, on SQLite."""
    preference = {name: (k, p) for k, kind in enumerate(KINDS[CHOSEN]) for p, name in enumerate(kind)}
    best = {}
    for item in items:
        base, variant = split(item.nodeid)
        if variant in preference:
            kind, place = preference[variant]
        elif not variant and CHOSEN == "sqlite":
            kind, place = None, 0
        else:
            continue
        if (base, kind) not in best or place < best[base, kind][0]:
            best[base, kind] = (place, item)
    chosen = {id(item) for _, item in best.values()}
    return [item for item in items if id(item) in chosen]
