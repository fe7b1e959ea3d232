"""What a stretch of work has cost: seconds, CPU of the process and of the database."""

import time
from collections.abc import Callable

from support.postgres import Database
from support.processes import cpu


def meter(pid: int, database: Database) -> Callable[[], dict[str, float]]:
    """Starts measuring; the answer tells what was used since."""
    began, process, backends = time.perf_counter(), cpu(pid), database.cpu()

    def read() -> dict[str, float]:
        used = {"seconds": time.perf_counter() - began, "process_cpu": cpu(pid) - process}
        if backends is not None:
            used["database_cpu"] = database.cpu() - backends
            used["cpu"] = used["process_cpu"] + used["database_cpu"]
        return used

    return read
