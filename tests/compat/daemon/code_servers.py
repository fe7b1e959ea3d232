"""The workspace of a test as files for another process, with the code servers that serve it already.

Locations which a test loads in its own process are served from a thread of it by Dagster's own gRPC server: objects
made while the test runs exist nowhere else, and the frozen clock holds for the location too.
"""

import atexit
import logging
import os
import tempfile
import threading
from unittest import mock

from compat_errors import Unmappable
from compat_workspace import entry
from run_folder import RUN_FOLDER

_threads = {}  # (home, origin id) -> ServerThread, the oldest first
_MOST_THREADS = 4


class ServerThread:
    def __init__(self, instance, origin):
        import dagster._grpc.server as grpc_server

        self.socket = tempfile.mktemp(prefix="code", dir=RUN_FOLDER)
        self.stopping = threading.Event()
        logger = logging.getLogger("dagster.code_server")
        pool = grpc_server.FuturesAwareThreadPoolExecutor(max_workers=8, thread_name_prefix="code-server")
        self.api = grpc_server.DagsterApiServer(
            server_termination_event=self.stopping,
            logger=logger,
            server_threadpool_executor=pool,
            loadable_target_origin=origin.loadable_target_origin,
            location_name=origin.location_name,
            container_image=getattr(origin, "container_image", None),
            container_context=getattr(origin, "container_context", None),
            inject_env_vars_from_instance=False,
            instance_ref=instance.get_ref(),
        )
        self.grpc = grpc_server.DagsterGrpcServer(
            server_termination_event=self.stopping,
            dagster_api_servicer=self.api,
            logger=logger,
            threadpool_executor=pool,
            socket=self.socket,
        )
        self.grpc.server.start()
        self.grpc._health_servicer.set("DagsterApi", 1)

    def stop(self):
        self.grpc.server.stop(grace=0)
        self.stopping.set()
        self.api._exit_stack.close()


def _thread_for(instance, home, origin):
    key = (home, origin.get_id())
    server = _threads.pop(key, None)
    if server is None:
        while len(_threads) >= _MOST_THREADS:
            _threads.pop(next(iter(_threads))).stop()
        server = ServerThread(instance, origin)
    _threads[key] = server
    return {"host": "localhost", "port": None, "socket": server.socket}


@atexit.register
def _stop_all():
    for server in _threads.values():
        try:
            server.stop()
        except Exception:
            pass  # the process ends


def describe(context, home):
    """(content of workspace.yaml, {location: where it is served or how it failed})."""
    from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, InProcessCodeLocationOrigin
    from dagster._core.remote_representation.code_location import GrpcServerCodeLocation

    if context is None:
        return {"load_from": []}, {}
    if isinstance(context, mock.Mock):
        raise Unmappable("a mocked workspace")
    request_context = context.create_request_context() if hasattr(context, "create_request_context") else context
    load_from, served = [], {}
    for name, location in request_context.get_code_location_entries().items():
        if isinstance(location, mock.Mock) or isinstance(location.code_location, mock.Mock):
            raise Unmappable("a mocked code location")
        origin, loaded = location.origin, location.code_location
        load_from.append(entry(origin, name))
        if loaded is None:
            served[name] = {"error": _error(location.load_error)}
        elif isinstance(origin, InProcessCodeLocationOrigin):
            served[name] = _thread_for(context.instance, home, origin)
        elif isinstance(loaded, GrpcServerCodeLocation) and not isinstance(origin, GrpcServerCodeLocationOrigin):
            served[name] = {"host": loaded.host, "port": loaded.port, "socket": loaded.socket}
    return {"load_from": load_from}, served


def _error(info):
    if info is None:
        return {"message": "not loaded", "stack": [], "cls_name": None}
    return {"message": info.message, "stack": list(info.stack), "cls_name": info.cls_name}
