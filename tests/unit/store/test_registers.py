"""What documents may know of all footage, on both databases."""

import pytest
from sqlalchemy import update

from synopticon.errors import RefusedError
from synopticon.governance.grant import NOTHING
from synopticon.store.database import writing
from synopticon.store.erase import erase_part
from synopticon.store.registers import Registers
from synopticon.store.tables_footage import run
from tests.grants import clock, grant_for
from tests.holdings import world


@pytest.fixture
def held(database_url, tmp_path):
    made = world(database_url, tmp_path / "blobs", count=4)
    yield made
    made.engine.dispose()


def test_the_length_of_each_file(held):
    found = Registers(held.engine, clock).seconds(grant_for("documents", NOTHING))
    assert set(found) == {digest for made in held.made for digest in made.files}
    for made in held.made:
        assert sum(found[digest] for digest in made.files) == pytest.approx(made.seconds)


def test_the_models_whose_tracks_are_kept(held):
    registers, grant = Registers(held.engine, clock), grant_for("documents", NOTHING)
    assert registers.models(grant) == (), "motion alone is no model"
    with writing(held.engine) as connection:
        for made, name in zip(held.made, ("b", "a", "a"), strict=False):
            values = {"model": name, "model_digest": name * 64}
            connection.execute(update(run).where(run.c.footage == made.id).values(**values))
    assert registers.models(grant) == (("a", "a" * 64), ("b", "b" * 64))


def test_what_was_destroyed_and_by_which_entry(held):
    made, purge = held.made[0], grant_for("retention.run", NOTHING)
    more = [m for m in held.made if (m.camera, m.part) == (made.camera, made.part)]
    erase_part(held.engine, held.place, held.vault, clock, purge, made.camera, made.part, 41)
    (found,) = Registers(held.engine, clock).destroyed(grant_for("documents", NOTHING))
    assert (found.camera, found.part, found.entry) == (made.camera, made.part, 41)
    assert found.files == sum(len(m.files) for m in more)
    assert found.at == clock()


@pytest.mark.parametrize("name", ["seconds", "models", "destroyed"])
def test_other_permissions_are_refused(held, name):
    with pytest.raises(RefusedError, match="documents"):
        getattr(Registers(held.engine, clock), name)(grant_for("synopsis", NOTHING))
