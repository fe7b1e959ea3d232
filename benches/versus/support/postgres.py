"""Databases on the PostgreSQL server of a measurement, and the CPU time of that server.

The CPU time is that of all its processes, since Dagster opens a connection for each statement and a backend's
time must not be lost with it: nothing else may use the server meanwhile. It is known only for a server on this
machine whose processes this user can see.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from support.processes import cpu, parent


class Database:
    """A database: its URL, statements against it, the CPU time of its server."""

    def __init__(self, server: str, name: str):
        self.server = server
        self.name = name
        self.url = urlsplit(server)._replace(path=f"/{name}").geturl()
        self.postmaster = postmaster(server)
        self.own_cpu = 0.0

    @contextlib.contextmanager
    def observing(self) -> Iterator:
        """A connection of the measurement itself: what it costs the server is kept apart."""
        with contextlib.closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            try:
                with connection.cursor() as cursor:
                    yield cursor
            finally:
                if self.postmaster:
                    self.own_cpu += cpu(connection.info.backend_pid)

    def execute(self, statement: str) -> None:
        with self.observing() as cursor:
            cursor.execute(statement)

    def query(self, statement: str) -> list[tuple]:
        with self.observing() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def wait_for(self, statement: str, count: int, limit: float = 1800) -> None:
        """Until the number that `statement` gives is at least `count`."""
        deadline = time.monotonic() + limit
        with self.observing() as cursor:
            while True:
                cursor.execute(statement)
                (found,) = cursor.fetchone()
                if found >= count:
                    return
                if time.monotonic() > deadline:
                    raise TimeoutError(f"only {found} of {count} after {limit} s: {statement}")
                time.sleep(0.05)

    def cpu(self) -> float | None:
        """CPU seconds of the server, without what this measurement asked of it."""
        return cpu(self.postmaster) - self.own_cpu if self.postmaster else None

    def create(self) -> None:
        admin(self.server, f'CREATE DATABASE "{self.name}"')

    def drop(self) -> None:
        admin(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextlib.contextmanager
def throwaway(server: str) -> Iterator[Database]:
    made = Database(server, f"rondel_bench_{time.time_ns()}")
    made.create()
    try:
        yield made
    finally:
        made.drop()


def admin(server: str, statement: str) -> None:
    with contextlib.closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def postmaster(server: str) -> int | None:
    """The process of the server which all its backends are children of, if it runs on this machine."""
    with contextlib.closing(psycopg2.connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
        with contextlib.suppress(OSError, ValueError):
            if b"postgres" in Path(f"/proc/{backend}/cmdline").read_bytes():
                return parent(backend)
    return None
