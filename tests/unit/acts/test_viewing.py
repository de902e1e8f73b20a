"""Pieces of a look: they tile it, are made once, and are masked as the whole copy is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from math import inf
from threading import Barrier

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.acts.redact import USUAL
from synopticon.acts.viewing import PIECE, NoPieceError, Part, Piece, Pieces, Wish, open_viewing, piece_of
from synopticon.errors import FootageError, RefusedError, UsageError
from synopticon.evidence.redact import RedactSettings, redact
from synopticon.store.granted import open_granted
from synopticon.vision.masks import MaskSettings, kinds, plan_masks
from synopticon.vision.observations import Observations
from tests.investigation import WHY, investigate
from tests.people import NOW
from tests.site import acts

PART = Part("foot", "cam", "gate.mp4", NOW, 0.0, 10.0, 0.5, "user")
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield investigate(tmp_path_factory.mktemp("viewing"), patch)


@pytest.fixture
def gate(found):
    return found.workspace.cameras.find("gate").id


def look(found, wish):
    return open_viewing(found.workspace, wish, case=found.case, reason=WHY)


def decoded(data):
    """Times and pictures (luma) of a piece."""
    with av.open(BytesIO(data)) as container:
        return [(float(f.time), f.to_ndarray()[: f.height]) for f in container.decode(video=0)]


@given(begin=st.floats(0, 5000), length=st.floats(0.01, 4000))
def test_pieces_tile_a_part(begin, length):
    part = replace(PART, begin=begin, end=begin + length)
    spans = [part.span(number) for number in part.pieces]
    assert spans[0][0] == part.begin
    assert spans[-1][1] == part.end
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert all(0 < end - start <= PIECE for start, end in spans)
    for number in (part.pieces.start - 1, part.pieces.stop):
        with pytest.raises(NoPieceError):
            part.span(number)


WRONG = [
    Wish(),
    Wish(cameras=("a",), tracks=("b",)),
    Wish(cameras=("a",)),
    Wish(cameras=("a",), start=NOW, end=NOW),
    Wish(cameras=("a",), start=NOW, end=NOW + 61 * MINUTE),
    Wish(cameras=tuple("abcde"), start=NOW, end=NOW + MINUTE),
    Wish(tracks=tuple(f"track-{n}" for n in range(21))),
    Wish(footage="foot", begin=3.0, until=2.0),
]


@pytest.mark.parametrize("wish", WRONG)
def test_a_look_is_of_one_thing_and_not_too_long(wish):
    with pytest.raises(UsageError):
        wish.check()


def test_a_piece_is_made_once_by_many_at_once_and_tried_again_after_it_failed():
    pieces, start, made = Pieces(), Barrier(8), []

    def ask():
        start.wait()
        return pieces.take(("foot", 0.0, 2.0, 720, True), lambda: made.append(1) or Piece(b"x", 0.0))

    with ThreadPoolExecutor(8) as pool:
        results = [future.result() for future in [pool.submit(ask) for _ in range(8)]]
    assert len(made) == 1
    assert all(one is results[0] for one in results)
    failing = [FootageError("gone"), None]

    def make():
        if error := failing.pop(0):
            raise error
        return Piece(b"y", 0.0)

    other = ("foot", 2.0, 4.0, 720, True)
    with pytest.raises(FootageError):
        pieces.take(other, make)
    assert pieces.take(other, make).data == b"y"


def test_one_look_is_one_entry_and_its_pieces_are_masked_as_the_whole_copy(found, gate, tmp_path):
    workspace, pieces = found.workspace, Pieces()
    with acts(workspace) as said:
        viewing = look(found, Wish(cameras=(gate,), start=NOW - MINUTE, end=NOW + MINUTE))
        (part,) = viewing.parts
        made = [piece_of(workspace, viewing, 0, number, pieces) for number in part.pieces]
    assert [(kind, what) for kind, what, _ in said if kind == "record"] == [("record", "view.masked")]
    opened = open_granted(
        workspace.engine, workspace.place, workspace.vault, workspace.clock, viewing.grant, part.footage
    )
    seen = Observations.join([Observations.of(a) for a in opened.watched()])
    recording = opened.load_recording()
    plan = plan_masks(seen, opened.everybody(), MaskSettings(kinds(USUAL), floor=recording.height))
    whole = tmp_path / "whole.mp4"
    redact(recording, plan, None, whole, RedactSettings(0.0, inf, in_case=True))
    shown = [(one.first + t, y) for one in made for t, y in decoded(one.data)]
    wanted = decoded(whole.read_bytes())
    assert [t for t, _ in shown] == pytest.approx([t for t, _ in wanted], abs=1e-3)
    filled = 0
    for (_, piece), (time, copy) in zip(shown, wanted, strict=True):
        assert np.abs(piece.astype(int) - copy).mean() < 3
        for x1, y1, x2, y2 in plan.at(time).clip(0).astype(int).tolist():
            inside = piece[y1 + 2 : y2 - 2, x1 + 2 : x2 - 2]
            filled += inside.size
            assert inside.size == 0 or abs(float(np.median(inside)) - 40) < 6
    assert filled


def test_a_track_is_played_with_what_is_around_it_and_named_in_the_log(found):
    track = found.tracks("hall")[1]
    viewing = look(found, Wish(tracks=(track.id,)))
    (part,) = viewing.parts
    assert part.tracks == (track.id,)
    shown = part.start, part.start + timedelta(seconds=part.end - part.begin)
    assert shown[0] <= track.start
    assert shown[1] >= track.end
    entry = next(found.workspace.log.entries(viewing.entry, viewing.entry + 1))
    assert entry.payload["subjects"] == [track.id]


def test_what_is_out_of_the_scope_is_refused_and_what_is_not_there_is_empty(found, gate):
    later = NOW + timedelta(hours=2)
    assert look(found, Wish(cameras=(gate,), start=later, end=later + MINUTE)).parts == ()
    with pytest.raises(RefusedError):
        look(found, Wish(tracks=("track-of-nobody",)))
    with pytest.raises(UsageError, match="no such camera"):
        look(found, Wish(cameras=("cam-unknown",), start=NOW, end=NOW + MINUTE))
    viewing = look(found, Wish(cameras=(gate,), start=NOW, end=NOW + MINUTE))
    for part, number in ((1, 0), (0, 999), (-1, 0)):
        with pytest.raises(NoPieceError):
            piece_of(found.workspace, viewing, part, number, Pieces())


def test_a_recording_that_changed_is_not_played(found, gate):
    viewing = look(found, Wish(footage=found.footage["gate"], begin=0.0, until=4.0))
    one = viewing.opened(found.workspace, found.footage["gate"])
    path = one.recording.files[0].path
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"x")
        with pytest.raises(FootageError, match="changed since ingest"):
            piece_of(found.workspace, viewing, 0, 0, Pieces())
    finally:
        path.write_bytes(before)
