"""The clock's place is found, and read at any time, whoever reads the text."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from synopticon.footage.probe import probe
from synopticon.vision.clock import frame_at, read_clock
from tests.media import fast_mp4, number_of, truncate

START = datetime(2024, 5, 17, 8, 30, 0)


class Reader:
    """Text over the whole picture: what ``says`` makes of the picture's number."""

    def __init__(self, says):
        self.says = says

    def detect_text(self, picture):
        high, wide = picture.shape[:2]
        return np.array([[[0, 0], [wide, 0], [wide, high], [0, high]]], np.float32)

    def read_lines(self, crops):
        texts = [self.says(number_of(crop[:, :, 0])) for crop in crops]
        return [(text, (1.0,) * len(text)) for text in texts]


def clock(number):
    return (START + timedelta(seconds=number / 25)).strftime("%d.%m.%Y %H:%M:%S")


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    return fast_mp4(tmp_path_factory.mktemp("clock") / "long.mp4", 250)


def test_a_clock_is_found_and_read(long):
    read = read_clock(probe([long]), Reader(clock))
    found = read.finding.proposal
    assert found.format == "DD.MM.YYYY hh:mm:ss"
    assert abs((found.moment - START).total_seconds()) <= found.start.uncertainty <= 0.1
    assert read.lines.shape == (1, 4)


@pytest.mark.parametrize(
    "says", [lambda n: "", lambda n: "EXIT 4", lambda n: f"{n:06}", lambda n: "17.05.2024 08:30:00"]
)
def test_other_text_gives_no_proposal(long, says):
    read = read_clock(probe([long]), Reader(says))
    assert read.finding.proposal is None
    assert read.finding.why


def test_damage_and_short_files_give_none_or_the_truth(tmp_path):
    cut = read_clock(probe([truncate(fast_mp4(tmp_path / "cut.mp4", 250), 0.5)]), Reader(clock)).finding
    assert cut.proposal is None or abs((cut.proposal.moment - START).total_seconds()) < 1
    short = read_clock(probe([fast_mp4(tmp_path / "short.mp4", 1)]), Reader(clock)).finding
    assert short.proposal is None


def test_no_picture_lies_after_the_end(long):
    assert frame_at(probe([long]), 60.0) is None
