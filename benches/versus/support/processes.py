"""Processes under measurement: started in a session of their own, what their tree has cost, and their end."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """A process and those below it."""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(one for child in children for one in tree(int(child)))]
    return []


def cpu(pid: int) -> float:
    """CPU seconds of a process tree, with those of its children that have ended and were waited for."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def resident(pid: int) -> float:
    """Resident memory of a process tree, MiB."""
    return memory(pid, "VmRSS")


def most_resident(pid: int) -> float:
    """The most that the processes of a tree have had, each at its time, MiB."""
    return memory(pid, "VmHWM")


def memory(pid: int, line: str) -> float:
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            total += int(next(text for text in lines if text.startswith(line)).split()[1])
    return total / 1024


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def running(command: list, log: Path, **environment: str) -> Iterator[int]:
    """A process while the block lasts; it and all it started are gone afterwards. Yields its id."""
    inherited = {**os.environ, "DAGSTER_DISABLE_TELEMETRY": "yes", **environment}
    with log.open("ab") as file:
        child = subprocess.Popen(
            list(map(str, command)), stdout=file, stderr=file, cwd=log.parent, env=inherited, start_new_session=True
        )
    try:
        yield child.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def until(what: str, probe: Callable[[], T], limit: float = 600, pause: float = 0.05) -> T:
    """The first true answer of `probe`. What a server that is not up yet makes of it is not an answer."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError, KeyError, RuntimeError):
            if found := probe():
                return found
        time.sleep(pause)
    raise TimeoutError(f"no {what} within {limit} s")


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
