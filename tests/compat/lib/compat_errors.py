"""Exceptions of Dagster by name: over HTTP or from a command only the name of a class can arrive."""

import builtins
import importlib

_MODULES = (
    "dagster._core.errors",
    "dagster._check",
    "dagster_shared.check",
    "dagster_graphql.implementation.utils",
    "graphql",
)


class Unmappable(Exception):
    """What this test set up exists in its own process only: there is no file or flag which says it."""


def exception_class(name):
    """The exception class of that name, or None."""
    if not name:
        return None
    candidates = [builtins]
    for module in _MODULES:
        try:
            candidates.append(importlib.import_module(module))
        except ImportError:
            pass
    for module in candidates:
        cls = getattr(module, name, None)
        if isinstance(cls, type) and issubclass(cls, Exception) and cls is not Exception:
            return cls
    return None
