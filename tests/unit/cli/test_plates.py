"""``plates bench`` on photos that the test draws."""

import cv2
import numpy as np
import pytest

from synopticon.cli.main import main
from tests.unit.cli.test_reports import check


@pytest.fixture
def photos(tmp_path):
    for name, text in (("a", "AB-123-CD"), ("b", "WA 56660")):
        photo = np.full((300, 480, 3), 70, np.uint8)
        photo[180:230, 130:360] = 235
        cv2.putText(photo, text, (140, 217), cv2.FONT_HERSHEY_DUPLEX, 1.2, (20, 20, 20), 2, cv2.LINE_AA)
        cv2.imwrite(str(tmp_path / f"{name}.png"), photo)
        (tmp_path / f"{name}.txt").write_text(f"{name}.png\t130\t180\t230\t50\t{text}\n")
    return tmp_path


@pytest.mark.model
def test_the_report(photos, capsys, tmp_path):
    empty = tmp_path / "models"
    assert main(["plates", "bench", str(photos), "--json", "--models-folder", str(empty)]) == 0
    report = check("plates-bench", capsys.readouterr().out)
    assert (report["n"], report["found"], report["exact"], report["cer"]) == (2, 1.0, 1.0, 0.0)
    assert report["intervals"]["exact"][0] < 1
    assert report["missed"] == []
    assert main(["plates", "bench", str(photos), "--models-folder", str(empty)]) == 0
    assert "exact: 1.000 [0." in capsys.readouterr().out


def test_a_folder_without_labels_is_named(tmp_path, capsys):
    assert main(["plates", "bench", str(tmp_path)]) == 1
    assert "holds no labels" in capsys.readouterr().err
