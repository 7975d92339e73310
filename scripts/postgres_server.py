"""A PostgreSQL server for tests and benchmarks: unprivileged, in a folder of its own, on a socket of its own.

    with serving() as server:
        database = open_url(server.new_database())

PostgreSQL refuses to run as root; then it runs as `postgres`, the account that Debian's package makes.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from gateway.store.engine import open_url
from gateway.store.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST_FIRST = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
_SECONDS = 60
# A test that crashes the server itself turns fsync on; the others lose nothing by a power cut of the machine.
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "60", "shared_buffers": "64MB"}


@dataclass
class Server:
    """A running server. Its superuser is `huren`, who comes in by the socket alone and without a password."""

    folder: Path
    settings: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count, init=False)
    _idle: list[str] = field(default_factory=list, init=False)

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.folder / "data"

    def url(self, name: str, user: str = "huren") -> str:
        """As `database_url` in a gateway's settings."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {**FAST, **self.settings, "listen_addresses": "", "unix_socket_directories": str(self.folder)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [NEWEST_FIRST[0], "-D", self.data, *words],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - it calls the kernel once, and takes no lock
                **_as_whom(),
            )
        until = time.monotonic() + _SECONDS
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions and writes everything down; SIGQUIT is a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(_SECONDS)
            self.process = None

    def run(self, statement: str | sql.Composed, database: str = "postgres") -> list[Any]:
        """Run a statement as the superuser, outside of a transaction; its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> str:
        """The URL of an empty one."""
        name = f"d{next(self._numbers)}"
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.url(name)

    def lend(self) -> str:
        """The URL of one that has its tables, with no row in them; given back it serves the next test."""
        if self._idle:
            return self._idle.pop()
        url = self.new_database()
        open_url(url).close()
        return url

    def take_back(self, url: str) -> None:
        """Empty it, which takes less time than making another: only what has rows, or has had, is touched."""
        tables = [sql.Identifier(table.name) for table in Base.metadata.sorted_tables]
        used = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(table.as_string()), table)
            for table in tables
        )
        with psycopg.connect(self.url(_name_of(url)), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if full := [sql.SQL(name) for (name,) in connection.execute(used).fetchall()]:
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(full)))
            counted = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"
            for (name,) in connection.execute(counted).fetchall():
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))
        self._idle.append(url)

    def drop(self, url: str) -> None:
        """Have done with a database."""
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name_of(url))))


def _name_of(url: str) -> str:
    return url.split("@/")[1].split("?", maxsplit=1)[0]


_LIBC: Final = ctypes.CDLL(None)
_PR_SET_PDEATHSIG: Final = 1


def _end_with_parent() -> None:
    """A test run that is killed leaves no server behind (prctl(2)): SIGINT has it end at once and in order."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _as_whom() -> dict[str, Any]:
    """What makes a child process run as somebody whom PostgreSQL accepts."""
    if os.getuid() != 0:
        return {}
    who = pwd.getpwnam("postgres")
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": [], "cwd": "/"}


@contextlib.contextmanager
def serving(**settings: str) -> Iterator[Server]:
    """A new server in a folder of /tmp (a socket's path has at most 107 bytes), gone with the block."""
    if not NEWEST_FIRST:
        raise FileNotFoundError("PostgreSQL is missing: make setup")
    folder = Path(tempfile.mkdtemp(prefix="huren-pg-", dir="/tmp"))
    server = Server(folder, settings)
    try:
        if whom := _as_whom():
            os.chown(folder, whom["user"], whom["group"])
        initdb = NEWEST_FIRST[0].with_name("initdb")
        words = ["-D", str(server.data), "-U", "huren", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([initdb, *words], check=True, capture_output=True, timeout=_SECONDS, **_as_whom())
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
