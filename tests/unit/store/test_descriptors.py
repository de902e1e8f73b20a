"""Descriptors of a case, on both databases: sealed twice, read within a scope, gone with case or day."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from synopticon.errors import RefusedError, StoreError, SynopticonError
from synopticon.governance.grant import Scope, Window
from synopticon.store.database import reading
from synopticon.store.descriptors import Described, _about, _packed, _unpacked
from synopticon.store.erase import erase_part
from synopticon.store.journeys import CONFIRMED, REJECTED, JourneyStore, Link, Place, Way, Ways
from synopticon.store.tables_similar import case_key, descriptor, journey_link
from tests.described import SIZE, block_of, descriptors, put_all, vector_of
from tests.grants import NOW, clock, grant_for
from tests.holdings import CAMERAS, DAY, world

EVER = Scope(CAMERAS, (Window(DAY - timedelta(days=9), DAY + timedelta(days=9)),))


@pytest.fixture
def held(database_url, tmp_path):
    made = world(database_url, tmp_path / "blobs", count=5)
    yield made
    made.engine.dispose()


def named(*made):
    return Scope(digests=tuple(d for m in made for d in m.files))


def rows(held, table):
    with reading(held.engine) as connection:
        return connection.execute(select(table)).mappings().all()


def found(held, grant):
    return {name.decode() for _, block in descriptors(held).read(grant) for name in block.ids.tolist()}


def test_what_is_kept_is_read_back_whole(held):
    put_all(held)
    grant = grant_for("search.similar", named(*held.made))
    for (camera, part), block in descriptors(held).read(grant):
        here = [m for m in held.made if (m.camera, m.part) == (camera, part)]
        whole = block_of(*here)
        for column in Described.__slots__:
            np.testing.assert_array_equal(getattr(block, column), getattr(whole, column))


def test_another_capability_reads_and_writes_nothing(held):
    put_all(held)
    for capability in ("synopsis", "search.attributes", "view.unmasked", "ingest"):
        grant = grant_for(capability, named(*held.made))
        made = held.made[0]
        with pytest.raises(RefusedError):
            list(descriptors(held).read(grant))
        with pytest.raises(RefusedError):
            descriptors(held).put(grant, made.camera, made.part, block_of(made))
        with pytest.raises(RefusedError):
            descriptors(held).sources(grant)
        with pytest.raises(RefusedError):
            held.vault.case_key(grant)


def test_nothing_is_put_where_the_grant_does_not_reach(held):
    one, other = next((a, b) for a in held.made for b in held.made if a.part != b.part)
    with pytest.raises(RefusedError, match="out of scope"):
        descriptors(held).put(grant_for("journey", named(one)), other.camera, other.part, block_of(other))
    assert not rows(held, descriptor)


def test_another_case_sees_nothing_of_it(held):
    put_all(held)
    other = grant_for("search.similar", named(*held.made), case="case-2")
    assert found(held, other) == set()
    put_all(held, "case-2")
    assert {r["case_id"] for r in rows(held, descriptor)} == {"case-1", "case-2"}
    mine = {r["case_id"]: r["block"] for r in rows(held, descriptor) if r["camera"] == held.made[0].camera}
    with pytest.raises(SynopticonError):  # one case's key does not open the other's
        held.vault.case_key(other).open(mine["case-1"], _about(other, held.made[0].camera, held.made[0].part))


def test_it_is_sealed_under_the_case_and_under_the_day(held):
    put_all(held)
    made = held.made[0]
    grant = grant_for("search.similar", named(*held.made))
    sealed = [r["block"] for r in rows(held, descriptor)]
    for track in made.tracks:
        for piece in (track.id.encode(), vector_of(track.id).tobytes()[:12]):
            assert not any(piece in block for block in sealed)
    about = _about(grant, made.camera, made.part)
    (block,) = [
        r["block"] for r in rows(held, descriptor) if (r["camera"], r["part"]) == (made.camera, made.part)
    ]
    outer = held.vault.case_key(grant).open(block, about)
    with pytest.raises(SynopticonError):
        held.vault.key_for(grant, made.id).open(block, about)
    assert held.vault.key_for(grant, made.id).open(outer, about).startswith(b"SYND")


def test_of_another_run_nothing_is_read(held):
    made = held.made[0]
    grant = grant_for("search.similar", named(made))
    stale = replace(block_of(made), runs=("run-before",))
    descriptors(held).put(grant, made.camera, made.part, stale)
    assert found(held, grant) == set()


def test_sources_say_how_much_there_is(held):
    grant = grant_for("journey", EVER)
    for source in descriptors(held).sources(grant):
        made = next(m for m in held.made if m.id == source.footage)
        assert (source.camera, source.part, source.run) == (made.camera, made.part, f"run-{made.id}")
        assert (source.start, source.uncertainty) == (made.start, made.uncertainty)
        assert (source.width, source.height, source.tubes) == (640, 480, len(made.tracks))
    assert not [s for s in descriptors(held).sources(grant) if s.start is None]


def test_forgetting_a_case_leaves_the_others(held, tmp_path):
    put_all(held)
    put_all(held, "case-2")
    store = descriptors(held)
    blocks = [r["block"] for r in rows(held, descriptor) if r["case_id"] == "case-1"]
    retention = grant_for("retention.run")
    assert store.cases(retention) == ("case-1", "case-2")
    with pytest.raises(RefusedError):
        store.forget(grant_for("search.similar", EVER), "case-1")
    assert store.forget(grant_for("case.close"), "case-1") == len(blocks)
    assert store.cases(retention) == ("case-2",)
    assert {r["case_id"] for r in rows(held, case_key)} == {"case-2"}
    assert found(held, grant_for("journey", named(*held.made))) == set()
    assert found(held, grant_for("journey", named(*held.made), case="case-2"))
    if held.engine.dialect.name == "sqlite":
        for path in (tmp_path / "data").iterdir():
            data = path.read_bytes()
            assert not any(block[k : k + 40] in data for block in blocks for k in (0, len(block) // 2))
    assert store.forget(retention, "case-1") == 0


def test_a_key_without_a_block_is_forgotten_too(held):
    held.vault.case_key(grant_for("journey", EVER, case="case-3"))
    assert descriptors(held).cases(grant_for("retention.run")) == ("case-3",)
    descriptors(held).forget(grant_for("retention.run"), "case-3")
    assert not rows(held, case_key)


def test_the_end_of_a_day_takes_its_descriptors_and_links(held):
    put_all(held)
    one, other = next((a, b) for a in held.made for b in held.made if a.part != b.part)
    grant = grant_for("journey", named(*held.made))
    for verdict, (a, b) in ((CONFIRMED, (one, other)), (REJECTED, (other, other))):
        first, second = (Place(m.tracks[k].id, m.camera, m.part) for k, m in enumerate((a, b)))
        JourneyStore(held.engine, clock).decide(grant, Link(first, second, verdict, "user-1", NOW, "why"))
    assert len(rows(held, journey_link)) == 2
    retention = grant_for("retention.run")
    erase_part(held.engine, held.place, held.vault, clock, retention, one.camera, one.part, 1)
    assert (one.camera, one.part) not in {(r["camera"], r["part"]) for r in rows(held, descriptor)}
    assert not found(held, grant) & {t.id for t in one.tracks}
    (left,) = JourneyStore(held.engine, clock).links(grant)
    assert (left.verdict, left.note, left.at) == (REJECTED, "why", NOW)
    assert left.first.camera == left.second.camera == other.camera


def test_links_are_of_one_case_and_may_be_changed(held):
    store = JourneyStore(held.engine, clock)
    a, b = (Place(t.id, held.made[0].camera, held.made[0].part) for t in held.made[0].tracks[:2])
    grant = grant_for("journey", EVER)
    store.decide(grant, Link(b, a, CONFIRMED, "user-1", NOW))
    store.decide(grant, Link(a, b, REJECTED, "user-2", NOW + timedelta(seconds=1)))
    (link,) = store.links(grant)
    assert (link.verdict, link.by, link.first.track) == (REJECTED, "user-2", min(a.track, b.track))
    assert store.links(grant_for("journey", EVER, case="case-2")) == ()
    for other in ("search.similar", "synopsis"):
        with pytest.raises(RefusedError):
            store.links(grant_for(other, EVER))


def test_a_way_has_two_ends_and_one_meaning(held):
    ways = Ways(held.engine)
    ways.set(Way("cam-b", "cam-a", 20, 120, "left", "top"))
    assert ways.all() == (Way("cam-a", "cam-b", 20, 120, "top", "left"),)
    ways.set(Way("cam-a", "cam-b", 5, 9))
    assert ways.all() == (Way("cam-a", "cam-b", 5, 9),)
    assert ways.all()[0].turned().turned() == ways.all()[0]


def test_blocks_are_joined_without_losing_whose_they_are(held):
    a, b, c = held.made[:3]
    joined = Described.join([block_of(a, b), block_of(b, c), Described.none(SIZE)])
    assert joined.footages == (a.id, b.id, c.id)
    of = [joined.footages[k] for k in joined.footage]
    assert of == [m.id for m in (a, b, b, c) for _ in m.tracks]


def test_damage_is_named(held):
    data = _packed(block_of(held.made[0]))
    assert len(_unpacked(data)) == len(held.made[0].tracks)
    for wrong in (b"", data[:9], data[:-5], b"SYND0" + data[5:], data[:9] + b"?" + data[10:]):
        with pytest.raises(StoreError, match="descriptors are damaged"):
            _unpacked(wrong)


def test_columns_must_agree():
    whole = Described.none(4)
    with pytest.raises(ValueError, match="one length"):
        replace(whole, vectors=np.zeros((2, 4), np.int8))
