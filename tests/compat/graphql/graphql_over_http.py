"""pytest plugin: every GraphQL query of dagster-graphql's test suite goes by HTTP to a server process.

The suite executes queries in its own process through the functions of `dagster_graphql.test.utils`. They are replaced
before any test is imported. A context's first query starts a server on the same storage and the same code servers;
it lives as long as the context does, however often the test wipes the storage under it. `dagster.yaml` and
`workspace.yaml` are written from the context's objects; what has no form there raises `Unmappable`.
"""

import asyncio
import atexit
import os
import shutil
import tempfile
import time
from contextlib import contextmanager

import compat_suite
import pytest
import suite_variants
import yaml
from compat_errors import Unmappable, exception_class
from compat_workspace import entry
from instance_file import instance_config, plain_json
from suite_server import Server

POSTGRES_URL = os.environ.get("COMPAT_POSTGRES_URL")
compat_suite.group_of["variant"] = lambda nodeid: suite_variants.split(nodeid)[1]

_servers = {}  # what the server was started for -> Server
_used_by_test = []

# ---- servers for contexts


def server_for(context):
    process_context = _process_context(context)
    origins = [e.origin for e in context.get_current_workspace().code_location_entries.values()]
    key = (
        id(process_context),
        bool(context.read_only),
        # settings which a test makes by environment variable
        tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith("DAGSTER_") and k != "DAGSTER_HOME")),
        tuple((origin.location_name, origin.get_id()) for origin in origins),
    )
    server = _servers.get(key)
    if server is None or not server.alive():
        home = context.instance.root_directory if not context.instance.is_ephemeral else None
        config = instance_config(context.instance)
        with open(os.path.join(home, "dagster.yaml"), "w", encoding="utf8") as f:
            yaml.safe_dump(config, f, sort_keys=False)
        server = Server(home, _workspace(process_context, origins), bool(context.read_only))
        server.instance = context.instance
        _servers[key] = server
    if server not in _used_by_test:
        _used_by_test.append(server)
    return server


def _process_context(context):
    from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext

    if type(context) is not WorkspaceRequestContext:
        raise Unmappable(f"a request context of {type(context).__name__}")
    if not isinstance(context.process_context, WorkspaceProcessContext):
        raise Unmappable(f"a process context of {type(context.process_context).__name__}")
    if getattr(context, "_read_only_locations", None):
        raise Unmappable("permissions of single locations")
    return context.process_context


def _workspace(process_context, origins):
    if not suite_variants.split(compat_suite.current["nodeid"])[1]:
        # Contexts of a single test: share the code servers it has started already, as `dagster dev` does.
        try:
            specs = process_context.get_code_server_specs()
            return {"load_from": yaml.safe_load(yaml.safe_dump(_plain(specs)))}
        except Exception:
            pass  # a location that does not load: the server has to find that out itself
    return {"load_from": [entry(origin, make_absolute=True) for origin in origins]}


def _plain(value):
    import json

    return json.loads(json.dumps(value, default=plain_json))


def stop_servers(process_context=None):
    for key in list(_servers):
        if process_context is None or key[0] == id(process_context):
            server = _servers.pop(key)
            if server in _used_by_test:
                _used_by_test.remove(server)
            server.stop()


# ---- queries


class Result:
    def __init__(self, data, errors=None):
        self.data = data
        self.errors = errors


def execute(context, query, variables=None, schema=None):
    import dagster_graphql.test.utils as utils

    if schema is not None and schema is not utils.SCHEMA:
        raise Unmappable("a schema object of the test")
    server = server_for(context)
    if "reloadWorkspace" in query:
        # Tests replace the list of origins; the file which the server reads again has to say the same.
        target = getattr(context.process_context, "_workspace_load_target", None)
        origins = target.create_origins() if target else []
        server.write_workspace({"load_from": [entry(origin, make_absolute=True) for origin in origins]})
    payload = _post(server, context.instance, query, variables)
    context.loaders.clear()
    if payload.get("errors"):
        raise _error(payload["errors"][0])
    return Result(payload.get("data"))


async def execute_async(context, query, variables=None, schema=None):
    return await asyncio.to_thread(execute, context, query, variables, schema)


def subscribe(context, query, variables=None, schema=None):
    server = server_for(context)
    compat_suite.reached()
    payload = server.first_of_subscription(query, variables)
    return [] if payload is None else [Result(payload.get("data"), payload.get("errors"))]


def execute_for_cli(workspace_process_context, query, variables=None):
    context = workspace_process_context.create_request_context()
    return _post(server_for(context), context.instance, query.strip("'\" \n\t"), variables)


def _post(server, instance, query, variables):
    payload = server.post(query, variables)
    compat_suite.reached()
    launched = _launched_runs(payload.get("data"))
    server.launched.extend(launched)
    launcher = instance.get_ref().run_launcher_data
    if launched and launcher is not None and launcher.class_name == "SyncInMemoryRunLauncher":
        _wait_for_runs(instance, launched, 60)
    return payload


def _error(error):
    """Raised as the class that the server names; without a name, as any of those the suite expects."""
    from dagster._core.errors import DagsterInvariantViolationError
    from dagster_graphql.implementation.utils import UserFacingGraphQLError

    message = error.get("message", "")
    info = (error.get("extensions") or {}).get("errorInfo") or {}
    base = exception_class(info.get("cls_name"))
    bases = (base,) if base else (UserFacingGraphQLError, DagsterInvariantViolationError)
    members = {
        "__init__": lambda self, text: Exception.__init__(self, text),
        "__str__": lambda self: str(self.args[0]),
    }
    try:
        return type("ErrorOverHttp", bases, members)(message)
    except TypeError:
        return Exception(message)


def _launched_runs(data):
    """Run ids in the answers of mutations whose name begins with `launch`."""
    found = []

    def walk(value):
        if isinstance(value, list):
            for part in value:
                walk(part)
        elif isinstance(value, dict):
            for key, part in value.items():
                if key in ("runId", "id") and isinstance(part, str) and len(part) == 36:
                    found.append(part)
                elif key == "launchedRunIds" and isinstance(part, list):
                    found.extend(run_id for run_id in part if isinstance(run_id, str))
                else:
                    walk(part)

    for key, value in (data or {}).items():
        if key.startswith("launch"):
            walk(value)
    return found


def _wait_for_runs(instance, run_ids, seconds):
    from dagster._core.storage.dagster_run import DagsterRunStatus as Status

    working = (Status.STARTING, Status.STARTED, Status.CANCELING)
    deadline = time.monotonic() + seconds
    for run_id in run_ids:
        while time.monotonic() < deadline:
            run = instance.get_run_by_id(run_id)
            if run is None or run.status not in working:
                break
            time.sleep(0.05)


# ---- what is replaced in the test's process


class _AnyNumber:
    """Equal to every number: how often a server reads its storage cannot be seen from outside."""

    __hash__ = None
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False


class _AnyCounts(dict):
    def __bool__(self):
        return True

    def get(self, key, default=None):
        return _AnyNumber()

    __getitem__ = get


def _replace():
    import dagster._utils
    import dagster._utils.test as dagster_test_utils
    import dagster_graphql.cli as cli
    import dagster_graphql.test.utils as utils
    from dagster._core.scheduler import DagsterDaemonScheduler
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._utils.test.postgres_instance import TestPostgresInstance

    utils.execute_dagster_graphql = execute
    utils.async_execute_dagster_graphql = execute_async
    utils.execute_dagster_graphql_subscription = subscribe
    cli.execute_query = execute_for_cli
    dagster._utils.Counter.counts = lambda self: _AnyCounts()

    class FilesystemTestScheduler(DagsterDaemonScheduler):
        """The suite's scheduler as the server has it: Dagster's."""

        @classmethod
        def config_type(cls):
            return {"base_dir": str}

        @classmethod
        def from_config_value(cls, inst_data, config_value):
            return cls(inst_data=inst_data)

    dagster_test_utils.FilesystemTestScheduler = FilesystemTestScheduler

    leave = WorkspaceProcessContext.__exit__

    def stop_and_leave(self, *args):
        stop_servers(self)
        return leave(self, *args)

    WorkspaceProcessContext.__exit__ = stop_and_leave

    @contextmanager
    def postgres(*_args, **_kwargs):
        if not POSTGRES_URL:
            pytest.skip("no PostgreSQL in this variant")
        yield POSTGRES_URL

    TestPostgresInstance.docker_service_up = staticmethod(postgres)
    TestPostgresInstance.docker_service_up_or_skip = staticmethod(postgres)
    TestPostgresInstance.conn_string = staticmethod(lambda *_args, **_kwargs: POSTGRES_URL)


_replace()
atexit.register(stop_servers)

_client_schema = []


def _schema_of_server():
    from graphql import build_client_schema, get_introspection_query

    if not _client_schema:
        home = tempfile.mkdtemp(prefix="compat-home-")
        with open(os.path.join(home, "dagster.yaml"), "w", encoding="utf8") as f:
            f.write("telemetry: {enabled: false}\n")
        server = Server(home, {"load_from": []}, read_only=False)
        try:
            payload = server.post(get_introspection_query(), None)
        finally:
            server.stop()
            shutil.rmtree(home, ignore_errors=True)
        _client_schema.append(build_client_schema(payload["data"]))
    return _client_schema[0]


# ---- pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    kept = suite_variants.select(items)
    chosen = {id(item) for item in kept}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
    items[:] = kept


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """Queries of old clients are validated against the server's schema in place of the Python package's."""
    if fixturedef.argname != "validator_client":
        return None
    from gql import Client

    client = Client(schema=_schema_of_server())
    fixturedef.cached_result = (client, fixturedef.cache_key(request), None)
    return client


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item, nextitem):
    _used_by_test.clear()
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if "validator_client" in getattr(item, "fixturenames", ()):
        compat_suite.reached()


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    # The launcher object in the test's process does not know of the server's runs.
    for server in list(_used_by_test):
        _wait_for_runs(server.instance, server.launched, 30)
        server.launched = []
    yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in _used_by_test:
            report.sections.append((f"end of {server.log_path}", server.tail()))


def pytest_sessionfinish(session, exitstatus):
    stop_servers()
