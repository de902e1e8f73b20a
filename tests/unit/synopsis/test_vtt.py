import re
from dataclasses import replace
from pathlib import Path

import pytest

from synopticon.synopsis.manifest import Manifest
from synopticon.synopsis.vtt import stamp, write_vtt
from tests.street import Street

TIME = r"\d\d:\d\d:\d\d\.\d\d\d"


def test_one_cue_for_each_object(street: Street, synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    write_vtt(synopsis[1], tmp_path / "o.vtt")
    text = (tmp_path / "o.vtt").read_text("utf-8")
    assert text.startswith("WEBVTT\n\nNOTE SYNOPSIS")
    cues = re.findall(rf"^(\S+)\n({TIME}) --> ({TIME})\n(.+)$", text, re.MULTILINE)
    assert [c[0] for c in cues] == [t.id for t in street.tubes]
    assert all(start < end for _, start, end, _ in cues)
    assert cues[1][1] == "00:00:00.500"
    assert cues[2][3].startswith("bicycle 13:20:04, ")
    assert cues[2][3].endswith("street.mp4 0:00:04")


def test_names_cannot_break_a_cue(synopsis: tuple[Path, Manifest], tmp_path: Path) -> None:
    manifest = synopsis[1]
    odd = replace(manifest.footage.files[0], path=tmp_path / "a --> b\n\n<i>&.mp4")
    write_vtt(replace(manifest, footage=replace(manifest.footage, files=(odd,))), tmp_path / "o.vtt")
    text = (tmp_path / "o.vtt").read_text("utf-8")
    assert text.count("-->") == len(manifest.objects)
    assert "<" not in text.replace("&lt;", "")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00:00.000"), (59.9996, "00:01:00.000"), (360000.5, "100:00:00.500")]
)
def test_stamps(seconds: float, text: str) -> None:
    assert stamp(seconds) == text
