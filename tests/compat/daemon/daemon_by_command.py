"""pytest plugin: each daemon iteration of Dagster's test suites becomes one run of `rondel daemon tick`.

The test keeps its own instance object on the same files; code servers which it started stay and are named to the
command; launchers and coordinators that exist in the test only are reached over the launcher bridge. The value of
Dagster's frozen clock becomes `--at`.
"""

import sys
import types

import compat_suite
import conditions
import redirects
import run_folder

compat_suite.reach_counter["read"] = run_folder.calls


def _stand_in_for_unpublished_package():
    """The suite's conftest imports one function of `dagster_test`, which is not on PyPI."""
    utils = types.ModuleType("dagster_test.dg_utils.utils")
    utils.scrub_tox_uv_project_environment = lambda *_args, **_kwargs: None
    for name in ("dagster_test", "dagster_test.dg_utils"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules.setdefault(utils.__name__, utils)


_stand_in_for_unpublished_package()  # conftest files are read before any hook


def pytest_configure(config):
    redirects.install()
    conditions.install()


def pytest_runtest_setup(item):
    conditions.replace_in_loaded_tests()


def pytest_runtest_teardown(item):
    conditions.remove_homes()
