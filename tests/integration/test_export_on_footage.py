"""An export of a recording with a variable rate: packets are the source's, times are kept to the tick."""

from datetime import timedelta
from itertools import pairwise

import av
import pytest

from synopticon.acts.chosen import Choice
from synopticon.acts.export import ExportRequest, export
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.verify import check_package
from tests.investigation import WHY, investigate
from tests.people import HOUR, NOW

pytestmark = [pytest.mark.footage, pytest.mark.slow]
BEGIN = NOW + 2 * HOUR
CAPABILITIES = ("ingest", "search.*", "export.masked", "export.original")


@pytest.fixture(scope="module")
def exported(tmp_path_factory, footage_folder):
    """Seconds 8 to 12 of ``traffic_camera_vfr.mp4``: where it lies, and the package."""
    folder = tmp_path_factory.mktemp("vfr")
    path = footage_folder / "dvr_scan" / "traffic_camera_vfr.mp4"
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(folder, patch)
        found.case = found.open_case(capabilities=CAPABILITIES)
        found.allow("export.masked", "export.original")
        asked = IngestRequest((str(path),), "gate", model="none", start=BEGIN, case=found.case)
        assert ingest(found.workspace, asked).recordings[0].state == "analysed"
        times = [(BEGIN + timedelta(seconds=s)).isoformat() for s in (8, 12)]
        request = ExportRequest(
            "The court",
            folder / "out",
            Choice(since=times[0], until=times[1]),
            found.case,
            WHY,
            originals=True,
        )
        yield path, export(found.workspace, request)
        found.workspace.engine.dispose()


def packets(path):
    """Bytes, time and whether it is a key frame of each packet of the pictures."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(bytes(p), p.pts * p.time_base, p.is_keyframe) for p in container.demux(stream) if p.size]


def test_every_packet_of_the_original_part_is_the_source_s(exported):
    path, made = exported
    (part,) = made.originals
    source, got = packets(path), packets(made.package / part)
    first = next(n for n, p in enumerate(source) if p[0] == got[0][0])
    assert [p[0] for p in got] == [p[0] for p in source[first : first + len(got)]]
    start, end = source[0][1] + 8, source[0][1] + 12
    assert source[first][2]  # a key frame, and the last before the time asked for
    assert [p[1] for p in source if p[2] and p[1] <= start][-1] == source[first][1]
    after = source[first + len(got) :]
    assert not after or (after[0][2] and after[0][1] >= end)
    assert check_package(made.package).good


def test_the_working_copy_shows_the_same_pictures_at_the_same_times(exported):
    path, made = exported
    begin = min(p[1] for p in packets(path))
    source = sorted(time - begin for _, time, _ in packets(path) if 8 <= time - begin < 12)
    copy = sorted(time for _, time, _ in packets(made.package / made.working_copies[0]))
    assert [t - copy[0] for t in copy] == [t - source[0] for t in source]
    assert len({b - a for a, b in pairwise(source)}) > 1  # it is variable
