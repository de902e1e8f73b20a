"""Cameras, footage, keys and destruction on both databases."""

import threading
from datetime import timedelta

import pytest

from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import BoxKey
from synopticon.store.erase import erase_part, sweep
from synopticon.store.footage import Registered, digest_of
from synopticon.store.granted import open_granted
from synopticon.store.tracks import Wanted
from synopticon.store.vault import Vault
from tests.grants import NOW, clock, grant_for
from tests.holdings import CAMERAS, DAY, footage_of, world

WEEK = Window(DAY - timedelta(days=2), DAY + timedelta(days=5))
ALL = Scope(CAMERAS, (WEEK,))


@pytest.fixture
def held(database_url, tmp_path):
    made = world(database_url, tmp_path / "blobs", count=5)
    yield made
    made.engine.dispose()


def of(held, known):
    return next(m for m in held.made if (m.start is not None) == known)


def named(made, capability="view.masked"):
    return grant_for(capability, Scope(digests=made.files))


def test_footage_is_registered_once(held):
    made, recording = footage_of(1, 0)
    again = Registered("foot-other", digest_of(made.files), made.camera, made.part, "registered")
    found = held.footage.register(named(made, "ingest"), recording, again)
    assert found.id == made.id
    assert {r.id for r in held.footage.known(made.files).values()} == {made.id}
    assert held.footage.count() == len(held.made)


def test_a_file_of_other_footage_is_refused(held):
    made = next(m for m in held.made if len(m.files) == 2)
    _, recording = footage_of(1, int(made.id.rpartition("-")[2]))
    from dataclasses import replace

    half = replace(recording, files=recording.files[:1], gaps=())
    new = Registered("foot-half", made.files[0], made.camera, made.part, "registered")
    found = held.footage.register(named(made, "ingest"), half, new)
    assert found.id == made.id


def test_setting_a_clock_moves_what_is_in_scope(held):
    made = of(held, known=False)
    hours = grant_for("view.masked", ALL)
    before = {r.id for r in held.tracks.find(hours)}
    assert not before & {t.id for t in made.tracks}
    held.footage.set_clock(named(made, "camera.clock"), made.id, DAY, 5.0, "UTC")
    rows = {r.id: r for r in held.tracks.find(hours) if r.footage == made.id}
    assert set(rows) == {t.id for t in made.tracks}
    for t in made.tracks:
        assert abs((rows[t.id].start - DAY).total_seconds() - t.start) < 1e-5
    first = min(t.start for t in made.tracks)
    edge = DAY + timedelta(seconds=first)
    near = Scope(CAMERAS, (Window(edge - timedelta(seconds=4.9), WEEK.end),))
    assert not [
        r
        for r in held.tracks.find(grant_for("view.masked", near), Wanted(footages=(made.id,)))
        if r.start == edge
    ]
    assert held.blobs.get(hours, made.id, made.blobs[1].name)
    assert [s.start for s in held.footage.stretches(hours) if s.footage == made.id] == [DAY]


def test_a_clock_is_set_only_where_the_grant_reaches(held):
    made = of(held, known=True)
    with pytest.raises(UsageError, match="scope"):
        held.footage.set_clock(grant_for("camera.clock", Scope()), made.id, DAY, 0.0, "")
    with pytest.raises(RefusedError):
        held.footage.set_clock(named(made), made.id, DAY, 0.0, "")
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="uncertain"):
            held.footage.set_clock(named(made, "camera.clock"), made.id, DAY, wrong, "")


def test_a_grant_that_ended_or_is_for_something_else_reads_nothing(held):
    late = grant_for("view.masked", ALL, now=NOW - timedelta(hours=2))
    reads = [
        held.tracks.find,
        held.tracks.count,
        held.tracks.tubes,
        held.footage.stretches,
        held.footage.gaps,
        lambda g: held.footage.files(g, "foot-0"),
        held.footage.whole,
        held.footage.kept,
        lambda g: held.blobs.get(g, "foot-0", "x"),
        lambda g: held.blobs.names(g, "foot-0"),
        lambda g: held.vault.key_for(g, "foot-0"),
        lambda g: open_granted(held.engine, held.place, held.vault, clock, g, "foot-0"),
    ]
    for read in reads:
        with pytest.raises(RefusedError, match="ended"):
            read(late)
    for read in reads[:-2]:
        with pytest.raises(RefusedError):
            read(grant_for("audit.read", ALL))
    with pytest.raises(RefusedError):
        held.tracks.tubes(grant_for("statistics", ALL))


def test_a_clear_thumbnail_needs_its_own_capability(held):
    made = held.made[0]
    clear = made.blobs[0]
    with pytest.raises(RefusedError, match=r"view\.unmasked"):
        held.blobs.get(named(made), made.id, clear.name)
    assert held.blobs.get(named(made, "view.unmasked"), made.id, clear.name)


def test_no_other_key_opens_it(held):
    made = held.made[0]
    stranger = Vault(held.engine, {}, [BoxKey.make()], clock)
    with pytest.raises(StoreError, match="private key is not here"):
        stranger.key_for(named(made), made.id)
    with pytest.raises(StoreError, match="no role"):
        stranger.make(named(made, "ingest"), "cam-a", "2026-01-01")


def test_of_two_who_make_a_key_at_once_both_get_the_same(held):
    ingest, found = grant_for("ingest", ALL), []
    both = threading.Barrier(4)

    def make():
        both.wait()
        found.append(held.vault.make(ingest, "cam-a", "2026-01-01"))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key.raw for key in found}) == 1
    assert len(found) == 4


def test_a_part_is_destroyed_and_others_stay(held):
    made = of(held, known=True)
    grant = grant_for("retention.run")
    others = [m for m in held.made if (m.camera, m.part) != (made.camera, made.part)]
    done = erase_part(held.engine, held.place, held.vault, clock, grant, made.camera, made.part, 7)
    assert done.keys == 1
    assert set(done.digests) >= set(made.files)
    assert done.tracks >= len(made.tracks)
    assert sweep(held.engine)
    assert held.footage.known(made.files) == {}
    assert set(held.footage.erased(made.files)) == set(made.files)
    assert (made.camera, made.part) not in held.vault.parts()
    assert not (held.place.root / made.camera / made.part).exists()
    for other in others:
        assert {r.id for r in held.tracks.find(named(other))} == {t.id for t in other.tracks}
        assert held.vault.key_for(named(other), other.id)
    again = erase_part(held.engine, held.place, held.vault, clock, grant, made.camera, made.part, 8)
    assert (again.keys, again.recordings) == (0, 0)
    with pytest.raises(RefusedError):
        erase_part(held.engine, held.place, held.vault, clock, named(made), made.camera, made.part, 9)


def test_keys_that_were_destroyed_are_forgotten_by_the_next_question(held):
    everything = grant_for("view.masked", Scope(digests=tuple(d for m in held.made for d in m.files)))
    before = held.vault.keys_for(everything)
    assert held.vault.keys_for(everything) == before
    assert set(held.vault._opened.values()) == set(before.values())
    part = next(iter(before))
    held.vault.destroy(grant_for("retention.run"), *part)
    after = held.vault.keys_for(everything)
    assert after == {p: key for p, key in before.items() if p != part}
    assert before[part] not in held.vault._opened.values()


def test_what_a_destroyed_key_opened_is_forgotten_by_the_next_question_about_anything(held):
    everything = grant_for("search.attributes", Scope(digests=tuple(d for m in held.made for d in m.files)))
    for view in held.traits.views(everything):
        assert len(view["label"])
    gone, *others = held.made
    kept = held.vault.kept
    assert {key for one in kept._kept.values() for key in one.keys} == set(held.vault._opened.values())
    held.vault.destroy(grant_for("retention.run"), gone.camera, gone.part)
    elsewhere = next(m for m in others if m.camera != gone.camera)
    list(held.traits.views(grant_for("search.attributes", Scope(digests=elsewhere.files))))
    names = str(list(kept._kept))
    assert f"{gone.camera}/{gone.part}/" not in names
    assert f"{elsewhere.camera}/{elsewhere.part}/" in names


def test_names_of_cameras_are_theirs_alone(held):
    from dataclasses import replace

    known = held.cameras.find("a")
    with pytest.raises(UsageError, match="already"):
        held.cameras.add(replace(known, id="cam-new"))
    held.cameras.change(replace(known, purpose="theft"))
    assert held.cameras.find("cam-a").purpose == "theft"
    with pytest.raises(UsageError, match="camera list"):
        held.cameras.change(replace(known, id="cam-none"))


def test_what_a_request_may_be_about_is_counted_and_not_shown(held):
    """By the clock's error at both ends; footage of unknown times is counted apart."""
    timed, untimed = of(held, known=True), of(held, known=False)
    end = timed.start + timedelta(seconds=timed.seconds + timed.uncertainty)
    inside = Window(end - timedelta(seconds=1), end + timedelta(hours=1))
    after = Window(end + timedelta(seconds=1), end + timedelta(hours=1))
    alone = [m for m in held.made if m.camera == timed.camera]

    def about(window, camera):
        return held.footage.about(grant_for("request.open", Scope((camera,), (window,)), case=None))

    within = sum(
        m.start is not None
        and m.start - timedelta(seconds=m.uncertainty) < inside.end
        and m.start + timedelta(seconds=m.seconds + m.uncertainty) > inside.start
        for m in alone
    )
    assert about(inside, timed.camera)[0] == within >= 1
    assert about(after, timed.camera)[0] == within - 1
    assert about(inside, untimed.camera)[1] == 1
    with pytest.raises(RefusedError):
        held.footage.about(grant_for("view.masked", ALL))
