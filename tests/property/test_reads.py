"""No read gives anything outside its grant, on either database; and everything inside is given."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.errors import RefusedError
from synopticon.governance.grant import Scope, Window
from synopticon.store.granted import open_granted
from synopticon.store.tracks import Wanted
from tests.databases import POSTGRES, fresh_database
from tests.described import descriptors, put_all, vector_of
from tests.grants import clock, grant_for
from tests.holdings import CAMERAS, DAY, MARK, STEP, footage_of, world

MICRO = timedelta(microseconds=1)
DIGESTS = tuple(d for n in range(15) for d in footage_of(1, n)[0].files)


@pytest.fixture(scope="module", params=["sqlite", POSTGRES])
def held(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("held")
    url = f"sqlite:///{folder / 'a.db'}"
    if request.param != "sqlite":
        url = fresh_database(request.getfixturevalue("postgres_server"))
    made = world(url, folder / "blobs")
    put_all(made)
    yield made
    made.engine.dispose()


# Edges lie on the grid of the footage, give or take a clock's error or a microsecond.
moments = st.builds(
    lambda n, shift, micro: DAY + n * STEP + shift * timedelta(seconds=1.5) + micro * MICRO,
    st.integers(-6, 300),
    st.sampled_from([0, 0, 1, -1, 400, -400]),
    st.sampled_from([0, 0, 0, 1, -1, 2]),
)
windows = st.builds(
    lambda a, b: Window(min(a, b), max(a, b)) if a != b else Window(a, a + MICRO), moments, moments
)
scopes = st.builds(
    Scope,
    st.lists(st.sampled_from([*CAMERAS, "cam-x"]), max_size=3).map(tuple),
    st.lists(windows, max_size=5).map(tuple),
    st.one_of(st.just(()), st.lists(st.sampled_from([*DIGESTS, "0" * 64]), max_size=4).map(tuple)),
)


def inside(scope, made, start, end):
    """The slow reference: seconds of the timeline, ``end`` that of the last frame."""
    if all(scope.covers_digest(d) for d in made.files):
        return True
    if made.start is None:
        return False
    a, b = made.start + timedelta(seconds=start), made.start + timedelta(seconds=end) + MICRO
    return scope.covers(made.camera, a, b, made.uncertainty)


def named(scope, made):
    return all(scope.covers_digest(d) for d in made.files)


def expected(scope, held):
    return {t.id for m in held.made for t in m.tracks if inside(scope, m, t.start, t.end)}


def shown_seconds(stretches):
    return [(s.footage, round(s.seconds, 3)) for s in stretches]


def seconds_of(scope, held):
    """What of each recording lies in each window, by the slow reference."""
    for m in held.made:
        if named(scope, m):
            yield m.id, round(m.seconds, 3)
        elif m.start is not None and m.camera in scope.cameras:
            slack = timedelta(seconds=m.uncertainty)
            for w in scope.windows:
                a = max(m.start, w.start + slack)
                b = min(m.start + timedelta(seconds=m.seconds), w.end - slack)
                if a < b:
                    yield m.id, round((b - a).total_seconds(), 3)


many = settings(
    max_examples=1000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@many
@given(scopes)
def test_tracks_and_tubes_are_those_of_the_scope(held, scope):
    grant = grant_for("search.attributes", scope)
    wanted = expected(scope, held)
    rows = held.tracks.find(grant)
    assert {r.id for r in rows} == wanted
    assert sum(held.tracks.count(grant).values()) == len(wanted)
    assert {r.id for r in held.tracks.tubes(grant)} == wanted
    for row in rows:
        by_digest = all(scope.covers_digest(d) for m in held.made if m.id == row.footage for d in m.files)
        slack = next(m.uncertainty for m in held.made if m.id == row.footage)
        assert by_digest or scope.covers(row.camera, row.start, row.end, slack)


@pytest.mark.slow
@many
@given(scopes, st.integers(0, 14))
def test_stretches_gaps_and_blobs_are_those_of_the_scope(held, scope, number):
    grant = grant_for("view.masked", scope)
    by_id = {m.id: m for m in held.made}
    reached = set()
    for stretch in held.footage.stretches(grant):
        made = by_id[stretch.footage]
        reached.add(made.id)
        slack = made.uncertainty
        assert named(scope, made) or scope.covers(made.camera, stretch.start, stretch.end, slack)
    for blind in held.footage.gaps(grant):
        made = by_id[blind.footage]
        assert named(scope, made) or scope.covers(made.camera, blind.start, blind.end, made.uncertainty)
    assert sorted(shown_seconds(held.footage.stretches(grant))) == sorted(seconds_of(scope, held))
    made = held.made[number]
    assert bool(held.footage.files(grant, made.id)) == (made.id in reached)
    wanted = {b.name for b in made.blobs if inside(scope, made, b.start, b.end)}
    assert set(held.blobs.names(grant, made.id)) == wanted
    whole = {m.id for m in held.made if inside(scope, m, 0.0, m.seconds - 1e-6)}
    assert {r.id for r in held.footage.whole(grant)} == whole


@pytest.mark.slow
@many
@given(scopes, st.integers(0, 14))
def test_pictures_and_boxes_are_those_of_the_scope(held, scope, number):
    """Reads that open what is sealed: tubes, their sprites, thumbnails, boxes, backgrounds."""
    made = held.made[number]
    grant = grant_for("view.masked", scope)
    wanted = {t.id for t in made.tracks if inside(scope, made, t.start, t.end)}
    for blob in made.blobs:
        allowed = inside(scope, made, blob.start, blob.end) and not blob.clear
        try:
            assert held.blobs.get(grant, made.id, blob.name) == f"{MARK}{blob.name}".encode()
            assert allowed
        except RefusedError:
            assert not allowed
    try:
        granted = open_granted(held.engine, held.place, held.vault, clock, grant, made.id)
        key = held.vault.key_for(grant, made.id)
    except RefusedError:
        assert not wanted
        return
    assert {t.id for t in granted.tubes()} == wanted
    assert {t.id for t in held.tracks.tracks(grant, key, Wanted(footages=(made.id,)))} == wanted
    for tube in granted.tubes():
        assert granted.blob("picture", tube.picture[0]) == f"{MARK}{tube.id}".encode()
        with pytest.raises(RefusedError, match=r"view\.unmasked"):
            granted.blob("clear", tube.clear[0])
    bank = granted.load_bank()
    for background in bank.scenes if bank else ():
        assert inside(scope, made, background.start, min(background.end, made.seconds) - 1e-6)


@pytest.mark.slow
@many
@given(scopes)
def test_descriptors_are_those_of_the_scope(held, scope):
    """Columns by the same rule as rows; each row still has its own numbers."""
    grant = grant_for("search.similar", scope)
    store = descriptors(held)
    wanted = expected(scope, held)
    found = {}
    for (camera, part), block in store.read(grant):
        for n, name in enumerate(block.ids.tolist()):
            made = next(m for m in held.made if m.id == block.footages[block.footage[n]])
            assert (made.camera, made.part) == (camera, part)
            found[name.decode()] = block.vectors[n].tolist()
    assert set(found) == wanted
    assert all(found[name] == vector_of(name).tolist() for name in wanted)
    sources = store.sources(grant)
    assert sum(s.tubes for s in sources) == len(wanted)
    assert {s.footage for s in sources} == {
        m.id for m in held.made if any(inside(scope, m, t.start, t.end) for t in m.tracks)
    }
