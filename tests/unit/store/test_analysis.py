"""What is stored comes back as it was; damage is found and named; writers do not disturb each other."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from synopticon.errors import OutputError, StoreError, UsageError
from synopticon.store.analysis import AnalysisStore
from synopticon.values.scene import Background, Bank
from synopticon.values.track import Dropped, Track
from synopticon.values.tube import BlobRef, Chunk, TubePart


def bank(scenes=3, height=31, width=46):
    chance = np.random.default_rng(1)
    made = []
    for i in range(scenes):
        y = chance.integers(0, 256, (height, width), np.uint8)
        u, v = (chance.integers(0, 256, ((height + 1) // 2, (width + 1) // 2), np.uint8) for _ in "uv")
        small = chance.normal(100, 30, (16, 23)).astype(np.float32)
        noise = chance.normal(3, 1, (16, 23)).astype(np.float32)
        made.append(Background(i * 9.5, (i + 1) * 9.5, y, u, v, small, noise, small > 120, 2))
    return Bank(tuple(made), 0.25, ((1.0, 2.5),))


def track(name="aa-0-0", count=5, start=0):
    k = np.arange(count)
    boxes = np.stack([k, k, k + 10, k + 30], 1).astype(np.float32)
    return Track(name, "person", 0.7, np.zeros(count, np.int32), start + k * 40, k / 25, boxes, k % 2 == 0)


def chunk(part, of, first, count, offset=0, data=b"0123456789", clear=True):
    origins = np.stack([np.arange(first, first + count) * 2] * 2, 1).astype(np.int32)
    ref = BlobRef(part, offset, len(data), first, count)
    return Chunk(
        of.id,
        0,
        int(of.pts[first]),
        (32, 48),
        origins,
        ref,
        (32, 48) if clear else (0, 0),
        origins,
        ref if clear else None,
        7,
    )


def part(name, chunks, data=b"0123456789"):
    return TubePart(name, tuple(chunks), data, data)


def same_bank(a, b):
    assert a.moving == b.moving
    assert a.quiet == b.quiet
    for one, two in zip(a.scenes, b.scenes, strict=True):
        for name in Background.__slots__:
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_an_empty_store_knows_nothing(tmp_path):
    store = AnalysisStore(tmp_path / "new" / "store")
    assert store.load_bank() is None
    assert store.load_tracks() is None
    assert store.load_arrays("segment-0") is None
    assert store.tubes() == ()
    assert store.names() == store.parts() == ()


def test_a_stretch_of_a_bank_has_the_scenes_of_that_time(tmp_path):
    store = AnalysisStore(tmp_path)
    made = bank(6)
    store.save_bank(made)
    for start, end in (
        (-1.0, 1e9),
        (0.0, made.scenes[0].end),
        (made.scenes[2].start, made.scenes[4].start + 0.1),
    ):
        found = store.load_bank(start, end)
        same_bank(
            Bank(tuple(s for s in made.scenes if s.end > start and s.start < end), made.moving, made.quiet),
            found,
        )
        for time in np.linspace(max(start, 0.0), min(end, made.scenes[-1].end), 20, endpoint=False):
            assert found.at(time).start == made.at(time).start
    assert store.load_bank(1e8, 1e9).scenes[0].start == made.scenes[-1].start


def test_a_bank_comes_back_without_loss(tmp_path):
    store = AnalysisStore(tmp_path)
    made = bank()
    store.save_bank(made)
    found = AnalysisStore(tmp_path).load_bank()
    same_bank(made, found)
    assert found.scenes[0].small.dtype == np.float32


def test_still_backgrounds_are_small(tmp_path):
    store = AnalysisStore(tmp_path)
    rows, columns = np.mgrid[:300, :400]
    y = (80 + rows / 7 + columns / 9).astype(np.uint8)
    half = np.full((150, 200), 128, np.uint8)
    small = y[::2, ::2].astype(np.float32)
    one = Background(0, 1, y, half, half, small, small * 0 + 2, small < 0, 2)
    store.save_bank(Bank((one,) * 10))
    assert (tmp_path / "bank.npz").stat().st_size < 10 * y.size / 20


def test_tracks_and_what_was_dropped_come_back(tmp_path):
    store = AnalysisStore(tmp_path)
    tracks = [track(), track("bb-1-0", 1)]
    dropped = [Dropped("x", "car", 0, 1.5, 2.5, "too uncertain: é")]
    store.save_tracks(tracks, dropped)
    found, left = AnalysisStore(tmp_path).load_tracks()
    assert list(left) == dropped
    for one, two in zip(tracks, found, strict=True):
        for name in Track.__slots__:
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    store.save_tracks([], [])
    assert store.load_tracks() == ((), ())


def test_arrays_come_back_by_name_and_only_safe_names_are_taken(tmp_path):
    store = AnalysisStore(tmp_path)
    store.save_arrays("segment-000", {"a": np.arange(5), "texts": np.array(["x", "yé"])})
    found = store.load_arrays("segment-000")
    assert found["a"].tolist() == [0, 1, 2, 3, 4]
    assert found["texts"].tolist() == ["x", "yé"]
    assert store.names() == ("segment-000",)
    for name in ("../up", "a/b", "", ".hidden", "x" * 101, "a\nb"):
        with pytest.raises(UsageError):
            store.save_arrays(name, {})
    with pytest.raises(ValueError, match="Object arrays"):
        store.save_arrays("code", {"a": np.array([print], object)})


def test_the_same_content_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        store = AnalysisStore(tmp_path / name)
        store.save_bank(bank())
        store.save_tracks([track()])
        store.save_tubes(part("p0", [chunk("p0", track(), 0, 5)]))
    files = [sorted(p for p in (tmp_path / n).rglob("*") if p.is_file()) for n in ("one", "two")]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]


def test_chunks_of_several_parts_make_one_tube(tmp_path):
    store = AnalysisStore(tmp_path)
    long, other = track("bb-0-0", 9), track("aa-0-0", 4)
    store.save_tracks([long, other])
    store.save_tubes(part("p1", [chunk("p1", long, 4, 5)]))
    assert store.tubes() == ()
    store.save_tubes(part("p0", [chunk("p0", long, 0, 4), chunk("p0", other, 0, 4, clear=False)]))
    first, second = store.tubes()
    assert (first.id, second.id) == ("aa-0-0", "bb-0-0")
    assert first.clear == ()
    assert first.clear_origins is None
    assert [(r.part, r.first, r.count) for r in second.picture] == [("p0", 0, 4), ("p1", 4, 5)]
    assert second.pixels == 14
    assert second.origins[:, 0].tolist() == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert store.blob("clear", second.clear[1]) == b"0123456789"


def test_chunks_of_an_older_state_of_a_track_are_not_used(tmp_path):
    store = AnalysisStore(tmp_path)
    store.save_tubes(part("p0", [chunk("p0", track(), 0, 5)]))
    store.save_tracks([track(start=80)])
    assert store.tubes() == ()
    store.save_tracks([track(count=4)])
    assert store.tubes() == ()
    store.save_tracks([track()])
    assert len(store.tubes()) == 1


def test_a_part_that_is_replaced_is_seen(tmp_path):
    store, reader = AnalysisStore(tmp_path), AnalysisStore(tmp_path)
    store.save_tracks([track()])
    for data in (b"0123456789", b"9876543210"):
        store.save_tubes(part("p0", [chunk("p0", track(), 0, 5)], data))
        (tube,) = reader.tubes()
        assert reader.blob("picture", tube.picture[0]) == data


def stored(folder):
    store = AnalysisStore(folder)
    store.save_bank(bank())
    store.save_arrays("seg", {"a": np.arange(500)})
    store.save_tracks([track()])
    store.save_tubes(part("p0", [chunk("p0", track(), 0, 5)]))
    return store


def read_all(folder):
    store = AnalysisStore(folder)
    store.load_bank()
    store.load_arrays("seg")
    for tube in store.tubes():
        store.blob("picture", tube.picture[0])
        store.blob("clear", tube.clear[0])


NAMES = ["analysis.json", "bank.npz", "arrays/seg.npz", "tracks.npz", "tubes/p0.npz", "*.picture", "*.clear"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["cut", "empty", "flip", "noise"])
def test_damage_is_found_and_named_with_the_remedy(tmp_path, name, damage):
    stored(tmp_path)
    read_all(tmp_path)
    (path,) = tmp_path.rglob(name) if "*" in name else (tmp_path / name,)
    data = bytearray(path.read_bytes())
    if damage == "cut":
        data = data[: len(data) * 2 // 3]
    elif damage == "empty":
        data.clear()
    elif damage == "flip":
        data[len(data) // 2] ^= 0x55
    else:
        data = bytearray(np.random.default_rng(2).bytes(len(data)))
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        read_all(tmp_path)
    message = str(caught.value)
    assert str(path) in message
    assert "delete" in message
    assert "\n" not in message


def test_a_blob_that_is_gone_is_an_error(tmp_path):
    store = stored(tmp_path)
    (tube,) = store.tubes()
    next(tmp_path.rglob("*.clear")).unlink()
    assert store.blob("picture", tube.picture[0])
    with pytest.raises(StoreError, match="clear"):
        store.blob("clear", tube.clear[0])
    with pytest.raises(StoreError, match="nowhere"):
        store.blob("picture", BlobRef("nowhere", 0, 1, 0, 1))


def test_another_version_or_another_folder_is_refused(tmp_path):
    AnalysisStore(tmp_path / "a")
    (tmp_path / "a/analysis.json").write_text('{"format": "synopticon-analysis", "version": 99}')
    with pytest.raises(StoreError, match=r"version 99.*version 1.*delete"):
        AnalysisStore(tmp_path / "a")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "holiday.jpg").write_bytes(b"")
    with pytest.raises(StoreError, match="not empty"):
        AnalysisStore(tmp_path / "mine")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        AnalysisStore(tmp_path / "file")


KILLED = """
import os, signal, sys
import numpy as np
from pathlib import Path
from synopticon.store import analysis, atomic
from tests.unit.store.test_analysis import bank, chunk, part, track
left = int(sys.argv[2])
flush = atomic.flush
def dying(path):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    flush(path)
atomic.flush = dying
store = analysis.AnalysisStore(Path(sys.argv[1]))
store.save_bank(bank())
store.save_tracks([track()])
store.save_tubes(part("p0", [chunk("p0", track(), 0, 5)]))
os._exit(0)
"""


@pytest.mark.parametrize("writes", range(7))
def test_killed_between_any_two_writes_it_stays_consistent(tmp_path, writes):
    """A process dies before its n-th write is complete; another opens the store and goes on."""
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(writes)]
    code = subprocess.run(command, check=False, cwd=sys.path[0] or ".").returncode
    assert code == (0 if writes == 6 else -9)
    store = AnalysisStore(tmp_path)
    assert len(store.tubes()) == (writes == 6)
    found = store.load_bank()
    assert (found is not None) == (writes >= 2)
    store = stored(tmp_path)
    read_all(tmp_path)
    assert len(store.tubes()) == 1


def test_two_writers_at_once_leave_one_consistent_store(tmp_path):
    """Both write the same part with different content: what is read is one of them, whole."""

    def write(data):
        store = AnalysisStore(tmp_path)
        for _ in range(5):
            store.save_tracks([track()])
            store.save_tubes(part("p0", [chunk("p0", track(), 0, 5)], data))

    def read():
        seen = set()
        for _ in range(30):
            store = AnalysisStore(tmp_path)
            seen |= {store.blob("picture", t.picture[0]) for t in store.tubes()}
        return seen

    texts = [bytes([n]) * 10 for n in range(3)]
    with ThreadPoolExecutor(4) as pool:
        reading = pool.submit(read)
        list(pool.map(write, texts))
    assert reading.result() <= set(texts)
    (tube,) = AnalysisStore(tmp_path).tubes()
    assert AnalysisStore(tmp_path).blob("clear", tube.clear[0]) in texts


def test_sizes_are_counted_by_kind(tmp_path):
    sizes = stored(tmp_path).size()
    assert sizes["picture"] == sizes["clear"] == 10
    assert sizes["index"] > 0
    assert sizes["other"] > 0
