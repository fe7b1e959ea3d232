"""workspace.yaml entries from the code-location origins of a test's workspace."""

import os

from compat_errors import Unmappable


def entry(origin, name=None, make_absolute=False):
    """One entry of `load_from`. `make_absolute`: a file's path and folder, as the process that wrote it saw them."""
    from dagster._core.remote_origin import GrpcServerCodeLocationOrigin

    name = name or origin.location_name
    if isinstance(origin, GrpcServerCodeLocationOrigin):
        fields = {
            "host": origin.host,
            "port": origin.port,
            "socket": origin.socket,
            "location_name": name,
            "ssl": origin.use_ssl or None,
            "additional_metadata": origin.additional_metadata or None,
        }
        return {"grpc_server": _present(fields)}
    target = getattr(origin, "loadable_target_origin", None)
    if target is None:
        raise Unmappable(f"a code location of {type(origin).__name__}")
    fields = {
        "location_name": name,
        "attribute": target.attribute or None,
        "working_directory": target.working_directory or None,
        "executable_path": target.executable_path or None,
    }
    if target.python_file:
        path = target.python_file
        if make_absolute:
            # The file's default folder is that of workspace.yaml, the test's is its current directory.
            path = os.path.abspath(path)
            fields["working_directory"] = target.working_directory or os.getcwd()
        return {"python_file": _present({"relative_path": path, **fields})}
    if target.module_name:
        return {"python_module": _present({"module_name": target.module_name, **fields})}
    if target.package_name:
        return {"python_package": _present({"package_name": target.package_name, **fields})}
    module = getattr(target, "autoload_defs_module_name", None)
    if module:
        fields.pop("attribute")
        return {"autoload_defs_module": _present({"module_name": module, **fields})}
    raise Unmappable(f"a code location with the target {target}")


def _present(fields):
    return {key: value for key, value in fields.items() if value is not None}
