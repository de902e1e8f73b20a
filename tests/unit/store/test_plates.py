"""Readings of plates, on both databases: sealed, read within a scope for one act, gone with their day."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select, update

from synopticon.errors import RefusedError, StoreError, SynopticonError, UsageError
from synopticon.governance.grant import Scope, Window
from synopticon.search.plates import answering, asked
from synopticon.store.database import reading, writing
from synopticon.store.erase import erase_part
from synopticon.store.plate_lists import Listed, PlateList, PlateLists
from synopticon.store.plates import Plates, PlateStore, _about, _packed, _unpacked
from synopticon.store.tables_demands import demand, restricted
from synopticon.store.tables_footage import footage
from synopticon.store.tables_plates import plate_block, plate_list
from tests.grants import NOW, clock, grant_for
from tests.holdings import CAMERAS, DAY, Made, world
from tests.plates import plate_of, put_plates

EVER = Scope(CAMERAS, (Window(DAY - timedelta(days=9), DAY + timedelta(days=9)),))


@pytest.fixture
def held(database_url, tmp_path):
    made = world(database_url, tmp_path / "blobs", count=8)
    yield made
    made.engine.dispose()


def texts_of(made: Made) -> dict[str, str]:
    return {t.id: plate_of(hash_of(t.id)) for t in made.tracks}


def hash_of(track: str) -> int:
    return sum(map(ord, track)) % 900


def put_all(held) -> PlateStore:
    for made in held.made:
        store = put_plates(held, made, texts_of(made))
    return store


def plates(held) -> PlateStore:
    return PlateStore(held.engine, held.vault, clock)


def named(*made):
    return Scope(digests=tuple(d for m in made for d in m.files))


def rows(held, table):
    with reading(held.engine) as connection:
        return connection.execute(select(table)).mappings().all()


def read(found: Plates) -> dict[str, str]:
    lines = zip(found.ids.tolist(), found.text, strict=True)
    return {i.decode(): bytes(t).rstrip(b"\0").decode() for i, t in lines}


def everything(view) -> dict[str, str]:
    return read(view.like(lambda texts: np.ones(len(texts), np.bool_)))


def test_what_is_kept_is_found_by_text_by_mark_and_by_track(held):
    put_all(held)
    view = plates(held).view(grant_for("search.plate", named(*held.made)))
    whole = {i: text for made in held.made for i, text in texts_of(made).items()}
    assert everything(view) == whole
    for text in set(whole.values()):
        assert read(view.same((text,))) == {i: t for i, t in whole.items() if t == text}
    assert read(view.same(tuple(set(whole.values())))) == whole
    some = list(whole)[::3]
    assert read(view.of(some, {(m.camera, m.part) for m in held.made})) == {i: whole[i] for i in some}
    assert not len(view.of(some, ()))
    assert not len(view.same(("AB123CX",)))
    assert not len(view.same(()))
    pattern = asked(f"{whole[some[0]][:3]}*")
    assert some[0] in read(view.like(partial(answering, pattern)))


def test_another_capability_reads_nothing(held):
    store = put_all(held)
    for capability in ("synopsis", "search.attributes", "journey", "view.unmasked", "ingest"):
        with pytest.raises(RefusedError):
            store.view(grant_for(capability, named(*held.made)))
    made = held.made[0]
    key = held.vault.key_for(grant_for("synopsis", named(made)), made.id)
    with pytest.raises(RefusedError):
        store.replace(grant_for("search.plate", named(made)), made.id, "run", (), made.tracks, key)


def test_only_what_lies_in_the_scope_is_given(held):
    put_all(held)
    for scope in (
        named(held.made[1]),
        EVER,
        Scope(CAMERAS[:1], (Window(DAY, DAY + timedelta(hours=20)),)),
        Scope(),
    ):
        grant = grant_for("search.plate", scope)
        there = {t.id for t in held.tracks.find(grant)}
        view = plates(held).view(grant)
        assert set(everything(view)) == there
        for made in held.made:
            for track, text in texts_of(made).items():
                assert (track in read(view.same((text,)))) == (track in there)
    narrow = Scope(
        (held.made[0].camera,), (Window(held.made[0].start, held.made[0].start + timedelta(minutes=25)),)
    )
    grant = grant_for("search.plate", narrow)
    assert set(everything(plates(held).view(grant))) == {t.id for t in held.tracks.find(grant)}


def test_a_clock_that_is_set_moves_plates_too(held):
    put_all(held)
    made = next(m for m in held.made if m.start and not m.uncertainty)
    later = timedelta(days=300)
    with writing(held.engine) as connection:
        moved = {
            name: footage.c[name] + later // timedelta(microseconds=1) for name in ("start", "low", "high")
        }
        connection.execute(update(footage).where(footage.c.id == made.id).values(**moved))
    scope = Scope((made.camera,), (Window(made.start + later, made.start + later + timedelta(hours=5)),))
    view = plates(held).view(grant_for("search.plate", scope))
    assert set(everything(view)) == {t.id for t in made.tracks}


def test_readings_of_another_run_are_not_found(held):
    made = held.made[0]
    store = plates(held)
    ingest = grant_for("ingest", named(made))
    key = held.vault.make(ingest, made.camera, made.part)
    put_plates(held, made, texts_of(made))
    kept = everything(store.view(grant_for("search.plate", named(made))))
    assert set(kept) == {t.id for t in made.tracks}
    with writing(held.engine) as connection:
        connection.execute(update(footage).where(footage.c.id == made.id).values(run="run-after"))
    assert not everything(store.view(grant_for("search.plate", named(made))))
    assert store.replace(ingest, made.id, "run-after", (), made.tracks, key) == 0
    assert not [r for r in rows(held, plate_block) if (r["camera"], r["part"]) == (made.camera, made.part)]


def test_footage_of_one_day_is_replaced_by_itself(held):
    a = held.made[0]
    b = of_the_same_day(held, a)
    put_plates(held, a, texts_of(a))
    put_plates(held, b, texts_of(b))
    put_plates(held, a, dict(list(texts_of(a).items())[:2]))
    view = plates(held).view(grant_for("search.plate", named(a, b)))
    assert len(everything(view)) == 2 + len(b.tracks)
    assert len(rows(held, plate_block)) == 1


def of_the_same_day(held, one: Made) -> Made:
    """Another recording of its camera, put into its part before anything of it was kept."""
    other = next(m for m in held.made if m.start and m.id != one.id and m.camera == one.camera)
    with writing(held.engine) as connection:
        connection.execute(update(footage).where(footage.c.id == other.id).values(part=one.part))
    return replace(other, part=one.part)


def test_no_text_is_anywhere_and_the_block_opens_with_the_key_of_its_day(held):
    put_all(held)
    blocks = [dict(r) for r in rows(held, plate_block)]
    for text in {t for made in held.made for t in texts_of(made).values()}:
        assert not any(text.encode() in bytes(b["block"]) or text in b["name"] for b in blocks)
    one, other = blocks[0], blocks[1]
    keys = held.vault.keys_for(grant_for("search.plate", named(*held.made)))
    key = keys[one["camera"], one["part"]]
    assert len(_unpacked(key.open(one["block"], _about(one["camera"], one["part"])))) == one["rows"]
    with pytest.raises(SynopticonError):
        key.open(one["block"], _about(other["camera"], other["part"]))
    with pytest.raises(SynopticonError):
        keys[other["camera"], other["part"]].open(one["block"], _about(one["camera"], one["part"]))


def test_the_same_plate_has_another_mark_on_another_day(held):
    a, b = next((x, y) for x in held.made for y in held.made if (x.camera, x.part) != (y.camera, y.part))
    for made in (a, b):
        put_plates(held, made, {made.tracks[0].id: "AB123CD"})
    view = plates(held).view(grant_for("search.plate", named(a, b)))
    found = view.same(("AB123CD",))
    assert len(found) == 2
    assert len(set(found.mark.tolist())) == 2


def test_restricted_tracks_are_passed_over(held):
    put_all(held)
    made = held.made[0]
    with writing(held.engine) as connection:
        asked_ = {"id": "d1", "kind": "restriction", "scope": "{}", "seen_by": "u", "opened": 0}
        connection.execute(demand.insert().values(**asked_))
        connection.execute(restricted.insert().values(demand="d1", track=made.tracks[0].id))
    view = plates(held).view(grant_for("search.plate", named(made)))
    assert set(everything(view)) == {t.id for t in made.tracks[1:]}


def test_a_day_takes_its_plates_with_it(held):
    put_all(held)
    made = held.made[0]
    grant = grant_for("search.plate", named(*held.made))
    view = plates(held).view(grant)
    assert set(everything(view)) >= {t.id for t in made.tracks}
    erase_part(
        held.engine, held.place, held.vault, clock, grant_for("retention.run"), made.camera, made.part, 7
    )
    assert not [r for r in rows(held, plate_block) if (r["camera"], r["part"]) == (made.camera, made.part)]
    after = everything(plates(held).view(grant))
    assert after
    assert not set(after) & {t.id for t in made.tracks}
    with pytest.raises(StoreError):
        everything(view)


def test_a_destroyed_key_is_enough(held):
    put_all(held)
    made = held.made[0]
    everything(plates(held).view(grant_for("search.plate", named(made))))
    held.vault.destroy(grant_for("retention.run"), made.camera, made.part)
    assert rows(held, plate_block)
    view = plates(held).view(grant_for("search.plate", named(made)))
    assert not everything(view)
    assert not len(view.same((plate_of(1),)))


def test_damage_is_said(held):
    with pytest.raises(StoreError, match="damaged"):
        _unpacked(b"SYNOP\x02 of a later version")
    put_all(held)
    made = held.made[0]
    view = plates(held).view(grant_for("search.plate", named(made)))
    found = view.of([made.tracks[0].id], {(made.camera, made.part)})
    with pytest.raises(StoreError, match="damaged"):
        _unpacked(_packed(found)[:-9])
    with writing(held.engine) as connection:
        connection.execute(update(plate_block).values(block=b"x" * 99))
    with pytest.raises(StoreError):
        everything(PlateStore(held.engine, replaced(held), clock).view(grant_for("search.plate", EVER)))


def replaced(held):
    """The same keys in a process that has opened nothing yet."""
    from synopticon.store.vault import Vault

    vault = held.vault
    return Vault(held.engine, vault._boxes, list(vault._own.values()), clock)


def test_of_no_track_nothing_is_read(held):
    made = held.made[0]
    strange = replace(made, tracks=(replace(made.tracks[0], id="another"),))
    store, ingest = plates(held), grant_for("ingest", named(made))
    key = held.vault.make(ingest, made.camera, made.part)
    from tests.plates import reading as read_

    with pytest.raises(StoreError, match="no track"):
        store.replace(ingest, made.id, "run", [read_(strange.tracks[0], "AB123CD")], made.tracks, key)


# --- lists -------------------------------------------------------------------------------------------------


def lists(held, now=NOW) -> PlateLists:
    return PlateLists(held.engine, held.vault, lambda: now)


def a_list(name="stolen", days=3) -> PlateList:
    return PlateList("case-1", name, "user-1", NOW, NOW + timedelta(days=days), 2)


WORDS = Listed(("AB123CD", "XY987ZT"), "thefts in the harbour")


def test_a_list_is_of_one_case_sealed_and_ends(held):
    grant = grant_for("search.plate")
    lists(held).put(grant, a_list(), WORDS)
    assert lists(held).all(grant) == ((a_list(), WORDS),)
    assert lists(held).read(grant, "stolen") == WORDS
    (row,) = rows(held, plate_list)
    assert not any(p.encode() in bytes(row["sealed"]) for p in (*WORDS.plates, "harbour"))
    with pytest.raises(UsageError, match="no list"):
        lists(held).read(grant_for("search.plate", case="case-2"), "stolen")
    assert lists(held).all(grant_for("search.plate", case="case-2")) == ()
    with pytest.raises(RefusedError) as refused:
        lists(held).put(grant_for("search.plate", case=None), a_list(), WORDS)
    assert refused.value.rule == "case.named"
    for capability in ("search.attributes", "journey", "case.read"):
        with pytest.raises(RefusedError):
            lists(held).read(grant_for(capability), "stolen")


def test_after_its_end_a_list_is_refused_and_destroyed(held):
    grant, later = grant_for("search.plate"), NOW + timedelta(days=3)
    lists(held).put(grant, a_list(), WORDS)
    then = grant_for("search.plate", now=later)
    with pytest.raises(RefusedError) as refused:
        lists(held, later).read(then, "stolen")
    assert refused.value.rule == "plates.list-not-ended"
    assert lists(held, later).all(then) == ((a_list(), Listed((), "")),)
    assert lists(held).forget_ended(grant_for("retention.run")) == 0
    assert lists(held, later).forget_ended(grant_for("retention.run", now=later)) == 1
    assert not rows(held, plate_list)


def test_a_list_can_be_dropped_and_goes_with_its_case(held):
    from synopticon.store.descriptors import DescriptorStore

    grant = grant_for("search.plate")
    lists(held).put(grant, a_list(), WORDS)
    assert lists(held).drop(grant, "stolen")
    assert not lists(held).drop(grant, "stolen")
    lists(held).put(grant, a_list(), WORDS)
    DescriptorStore(held.engine, held.vault, clock).forget(grant_for("case.close"), "case-1")
    assert not rows(held, plate_list)
