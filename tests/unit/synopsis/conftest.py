from datetime import UTC, datetime
from pathlib import Path

import pytest

from synopticon.synopsis.compose import compose
from synopticon.synopsis.manifest import Manifest
from tests.street import Street, make_street


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Street:
    folder = tmp_path_factory.mktemp("street")
    return make_street(folder, start=datetime(2026, 3, 28, 13, 20, tzinfo=UTC))


@pytest.fixture(scope="session")
def synopsis(street: Street, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A synopsis of the street with all defaults."""
    path = tmp_path_factory.mktemp("synopsis") / "out.mp4"
    return path, compose(street.footage, street.bank, street.tubes, street.plan(), street.store, path)
