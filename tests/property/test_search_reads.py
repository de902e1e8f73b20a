"""What a search reads, and what people noted, is never of anything outside the grant; on either database."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.errors import RefusedError, StoreError
from synopticon.governance.grant import Scope
from synopticon.store.marks import Mark
from synopticon.values.traits import COLUMNS, UNTIMED
from tests.grants import NOW, grant_for
from tests.holdings import traits_of
from tests.property.test_reads import expected, held, many, scopes

__all__ = ["held"]
MOST = st.sampled_from([1, 20, 1000])  # rows of a view: several views, or one


def ids(views):
    return [i.decode() for v in views for i in v["ids"].tolist()]


@pytest.mark.slow
@many
@given(scopes, MOST)
def test_traits_are_those_of_the_scope(held, scope, most):
    grant = grant_for("search.attributes", scope)
    views = list(held.traits.views(grant, most))
    found = ids(views)
    assert len(found) == len(set(found))
    assert set(found) == expected(scope, held)
    of_footage = {m.id: m for m in held.made}
    for view in views:
        assert len(view) == len(view["label"]) == len(view["footage"])
        for k, track in enumerate(view["ids"].tolist()):
            made = of_footage[view.sources[view["footage"][k]].footage]
            assert track.decode() in {t.id for t in made.tracks}
            assert view.cameras[view["camera"][k]] == made.camera
            assert (view["low"][k] == UNTIMED) == (made.start is None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scopes, st.integers(0, 2**32 - 1))
def test_picked_rows_are_the_rows_of_the_column(held, scope, seed):
    chance = np.random.default_rng(seed)
    for view in held.traits.views(grant_for("search.attributes", scope)):
        rows = chance.integers(0, len(view), 7) if len(view) else np.zeros(0, np.intp)
        fresh = next(iter(held.traits.views(grant_for("search.attributes", scope))))
        for name in ("ids", "upper", "start", "camera", "heading"):
            np.testing.assert_array_equal(fresh.pick(name, rows), view[name][rows])


def test_every_column_comes_back_as_it_was_put(held):
    everything = Scope(digests=tuple(d for m in held.made for d in m.files))
    (view,) = held.traits.views(grant_for("statistics", everything))
    joined = view.traits()
    for made in held.made:
        here = joined.footage == joined.footages.index(made.id)
        put = traits_of(made)
        for name in set(COLUMNS) - {"camera", "footage", "start", "end", "low", "high"}:
            np.testing.assert_array_equal(getattr(joined, name)[here], getattr(put, name), err_msg=name)


@pytest.mark.slow
@settings(many, max_examples=200)
@given(scopes)
def test_marks_are_those_of_the_scope_and_the_case(held, scope):
    whole = Scope(digests=tuple(d for m in held.made for d in m.files))
    marks = [
        Mark(t.id, m.camera, m.part, "accepted", "user-1", NOW, ("seen",))
        for m in held.made
        for t in m.tracks
    ]
    if not held.marks.read(grant_for("view.masked", whole)):
        held.marks.put(grant_for("case.mark", whole), marks)
    assert {m.track for m in held.marks.read(grant_for("view.masked", scope))} == expected(scope, held)
    assert not held.marks.read(grant_for("view.masked", scope, case="case-2"))


def test_a_grant_for_something_else_reads_nothing(held):
    for capability in ("audit.read", "ingest"):
        with pytest.raises(RefusedError):
            list(held.traits.views(grant_for(capability, Scope())))


def test_a_block_that_was_changed_does_not_open(held):
    made = held.made[0]
    (path,) = (held.place.root / made.camera / made.part / made.id).glob("traits-*/columns")
    data = path.read_bytes()
    path.write_bytes(bytes(b ^ 1 for b in data))
    held.vault.kept.forget(but=frozenset())
    (view,) = held.traits.views(grant_for("search.attributes", Scope(digests=made.files)))
    for name in ("label", "ids", "begin"):
        with pytest.raises(StoreError, match="damaged"):
            view[name]
    path.unlink()
    (view,) = held.traits.views(grant_for("search.attributes", Scope(digests=made.files)))
    with pytest.raises(StoreError, match="cannot be read"):
        view["label"]
    path.write_bytes(data)


def test_other_columns_replace_those_before(held):
    made = held.made[1]
    folder = held.place.root / made.camera / made.part / made.id
    grant = grant_for("ingest", Scope(digests=made.files))
    key = held.vault.make(grant, made.camera, made.part)
    held.traits.replace(grant, made.id, traits_of(made), made.tracks, key)
    assert len(list(folder.glob("traits-*"))) == 1
    (view,) = held.traits.views(grant_for("search.attributes", Scope(digests=made.files)))
    assert len(view) == len(made.tracks)


def test_a_view_is_no_longer_read_than_its_permission_lasts(held):
    made = held.made[0]
    (view,) = held.traits.views(grant_for("search.attributes", Scope(digests=made.files)))
    view._clock = lambda: NOW + timedelta(hours=2)
    with pytest.raises(RefusedError, match=r"grant\.not-expired"):
        view["label"]
