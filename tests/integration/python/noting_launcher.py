"""A run launcher of a company's own, whose workers die and can be resumed: it only notes which runs it started or
resumed, a line each in `launched`, and a worker lives from when it has been resumed."""

import os
from pathlib import Path

from dagster._core.launcher.base import CheckRunHealthResult, RunLauncher, WorkerStatus
from dagster._serdes import ConfigurableClass


class NotingLauncher(RunLauncher, ConfigurableClass):
    def __init__(self, inst_data=None):
        self._inst_data = inst_data
        super().__init__()

    @property
    def inst_data(self):
        return self._inst_data

    @classmethod
    def config_type(cls):
        return {}

    @classmethod
    def from_config_value(cls, inst_data, config_value):
        return cls(inst_data)

    @property
    def file(self):
        return Path(os.environ["DAGSTER_HOME"], "launched")

    def note(self, run_id):
        with self.file.open("a") as file:
            file.write(run_id + "\n")

    def launch_run(self, context):
        self.note(context.dagster_run.run_id)

    def terminate(self, run_id):
        return False

    @property
    def supports_resume_run(self):
        return True

    def resume_run(self, context):
        self.note(context.dagster_run.run_id)

    @property
    def supports_check_run_worker_health(self):
        return True

    def check_run_worker_health(self, run):
        lives = self.file.exists() and run.run_id in self.file.read_text()
        return CheckRunHealthResult(WorkerStatus.RUNNING if lives else WorkerStatus.FAILED)
