"""One study for several processes and machines: a journal file on a shared disk, or a database. Imports no torch."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from gan_lab.errors import GanLabError
from gan_lab.runs.lock import wait_for
from gan_lab.runs.system_lock import lockable
from gan_lab.sweep.search_record import open_journal
from gan_lab.terminal.commands import from_here

ADDRESS = "GAN_LAB_STORAGE"
"""The environment variable with the storage of the search, for the processes of its trials. No file has it, since it
may hold a password."""
DRIVERS = {"psycopg": "postgresql+psycopg", "psycopg2": "postgresql+psycopg2"}
PATIENCE = 60
"""Seconds for which SQLite waits for other processes."""


class SharedStudy:
    """A study in a storage that several processes have open: the path of a journal file on a disk that all of them see,
    `sqlite:///FILE` for one machine, or `postgresql://USER@HOST/DATABASE`.

    Raises GanLabError for any other storage. A password is neither printed nor written into a file.
    """

    def __init__(self, storage: str, name: str) -> None:
        self.name = name
        self.url = url_of(storage) if "://" in storage else None
        database = self.url and self.url.drivername == "sqlite" and self.url.database
        self.file = Path(database or storage).absolute() if self.url is None or database else None
        if self.url is not None and self.file is not None:
            self.url = self.url.set(database=str(self.file))

    @property
    def address(self) -> str:
        """The storage with whole paths, and with its password."""
        return str(self.file) if self.url is None else self.url.render_as_string(hide_password=False)

    def __str__(self) -> str:
        """Returns how it is printed: without user, password and options."""
        if self.file is not None:
            return from_here(self.file)
        assert self.url is not None
        return f"{self.url.get_backend_name()}://{self.url.host or ''}/{self.url.database or ''}"

    def open(self, pruner: optuna.pruners.BasePruner | None = None) -> optuna.Study:
        """Opens the study, a new one if there is none."""
        if self.url is None:
            assert self.file is not None
            return open_journal(self.file, self.name, pruner)
        with self.database_errors(RuntimeError):  # as Optuna calls tables of another version
            options = {"connect_args": {"timeout": PATIENCE}} if self.file else {"pool_pre_ping": True}
            storage = RDBStorage(self.address, engine_kwargs=options)
            return optuna.create_study(storage=storage, study_name=self.name, load_if_exists=True, pruner=pruner)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Lets one process at a time into the block. The turn of a process that dies is over."""
        if self.file is not None:
            path = self.file.with_name(f".{self.file.name}.turn")
            path.touch()
            with lockable(path) as descriptor:
                wait_for(descriptor, f"another process uses {self}: waiting until it is done")
                with self.database_errors():
                    yield
            return
        # the server gives the lock back when this connection ends, which no pool keeps
        with self.database_errors(), create_engine(self.address, poolclass=NullPool).connect() as connection:
            key = int.from_bytes(hashlib.blake2b(self.name.encode(), digest_size=8).digest(), signed=True)
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
            yield

    @contextmanager
    def database_errors(self, *more: type[Exception]) -> Iterator[None]:
        """Raises GanLabError for what the database refuses, of the library's text with its first line alone, which
        holds no statement, and without the password."""
        refused: tuple[type[Exception], ...] = (SQLAlchemyError, StorageInternalError, *more)
        try:
            yield
        except refused as error:
            cause: Any = error.__cause__ if isinstance(error, StorageInternalError) else error
            said = str(getattr(cause, "orig", None) or type(cause).__name__).strip().partition("\n")[0]
            password = None if self.url is None else self.url.password
            said = said.replace(password, "***") if password else said
            raise GanLabError(f"the storage {self} cannot be used: {said}") from None


def url_of(storage: str) -> URL:
    """Returns the parts of a database's address. Raises GanLabError for what is none, or of another kind."""
    allowed = "the path of a journal file, sqlite:///FILE or postgresql://USER@HOST/DATABASE"
    try:
        url = make_url(storage.replace("postgres://", "postgresql://", 1))
    except SQLAlchemyError:
        raise GanLabError(f"hydra.sweeper.storage cannot be read: it is {allowed}") from None
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    if url.drivername not in ("postgresql", *DRIVERS.values()):
        raise GanLabError(f"hydra.sweeper.storage is an address of {url.drivername}: it must be {allowed}")
    drivers = [name for package, name in DRIVERS.items() if find_spec(package)]
    if not drivers:
        raise GanLabError("postgresql:// needs a driver: pip install '.[postgresql]' in the folder of the source")
    return url.set(drivername=drivers[0]) if url.drivername == "postgresql" else url
