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
from tests.media import write_beginning
from tests.people import HOUR, NOW

pytestmark = [pytest.mark.footage, pytest.mark.slow]
BEGIN = NOW + 2 * HOUR
CAPABILITIES = ("ingest", "search.*", "export.masked", "export.original")


@pytest.fixture(scope="module")
def exported(tmp_path_factory, footage_folder):
    """The first 13 seconds of ``traffic_camera_vfr.mp4``, of a variable rate from 11.5 on: where they lie.

    And two packages, of seconds 2 to 6, and of seconds 8 to 12.
    """
    folder = tmp_path_factory.mktemp("vfr")
    whole = footage_folder / "dvr_scan" / "traffic_camera_vfr.mp4"
    path = write_beginning(whole, folder / "traffic.mp4", 13)
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(folder, patch)
        found.case = found.open_case(capabilities=CAPABILITIES)
        found.allow("export.masked", "export.original")
        asked = IngestRequest((str(path),), "gate", model="none", start=BEGIN, case=found.case)
        assert ingest(found.workspace, asked).recordings[0].state == "analysed"
        yield path, [part(found, folder / f"from-{first}", first) for first in (2, 8)]
        found.workspace.engine.dispose()


def part(found, output, first):
    """An export of four seconds."""
    since, until = ((BEGIN + timedelta(seconds=s)).isoformat() for s in (first, first + 4))
    choice = Choice(since=since, until=until)
    return export(
        found.workspace, ExportRequest("The court", output, choice, found.case, WHY, originals=True)
    )


def packets(path):
    """Bytes, time and whether it is a key frame of each packet of the pictures."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(bytes(p), p.pts * p.time_base, p.is_keyframe) for p in container.demux(stream) if p.size]


def test_every_packet_of_the_original_part_is_the_source_s(exported):
    path, (made, _) = exported
    (part,) = made.originals
    source, got = packets(path), packets(made.package / part)
    first = next(n for n, p in enumerate(source) if p[0] == got[0][0])
    assert [p[0] for p in got] == [p[0] for p in source[first : first + len(got)]]
    start, end = source[0][1] + 2, source[0][1] + 6
    assert source[first][2]  # a key frame, and the last before the time asked for
    assert [p[1] for p in source if p[2] and p[1] <= start][-1] == source[first][1]
    after = source[first + len(got) :]
    assert after[0][2]
    assert after[0][1] >= end
    assert check_package(made.package).good


def test_the_working_copy_shows_the_same_pictures_at_the_same_times(exported):
    path, (_, made) = exported
    begin = min(p[1] for p in packets(path))
    source = sorted(time - begin for _, time, _ in packets(path) if 8 <= time - begin < 12)
    copy = sorted(time for _, time, _ in packets(made.package / made.working_copies[0]))
    assert [t - copy[0] for t in copy] == [t - source[0] for t in source]
    assert len({b - a for a, b in pairwise(source)}) > 1  # it is variable
