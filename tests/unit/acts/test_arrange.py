import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from synopticon.cli.main import main

ROOT = Path(__file__).parents[3]
VERB = ["--size", "64x48", "--fps", "5", "--duration", "400"]


@pytest.fixture
def tracks(tmp_path):
    rng = np.random.default_rng(0)
    rows = ["frame,id,x,y,w,h"]
    for k in range(20):
        begin = int(rng.integers(0, 360))
        rows += [f"{begin + t},{k},{2 * t},{k},8,12" for t in range(20)]
    path = tmp_path / "tracks.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def schema(name):
    return json.loads((ROOT / "docs" / "schemas" / name).read_text("utf-8"))


def test_the_plan_is_as_its_schema_says(tracks, tmp_path, capsys):
    out = tmp_path / "plan.json"
    assert main(["arrange", str(tracks), *VERB, "--max-collision", "0", "-o", str(out)]) == 0
    plan = json.loads(out.read_text("utf-8"))
    jsonschema.validate(plan, schema("plan.schema.json"))
    assert sorted(plan["starts"], key=int) == [str(k) for k in range(20)]
    assert plan["measures"]["OAnew"] == 0
    assert plan["deterministic"] is True
    assert capsys.readouterr().out.strip() == str(out)


def test_the_report_is_as_its_schema_says(tracks, tmp_path, capsys):
    out = tmp_path / "plan.json"
    assert main(["arrange", str(tracks), *VERB, "--length", "10s", "--json", "-o", str(out)]) == 0
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, schema("arrange.schema.json"))
    assert report["length_frames"] <= 50


def test_the_same_bytes_twice(tracks, tmp_path):
    outs = [tmp_path / "one.json", tmp_path / "two.json"]
    for out in outs:
        assert main(["arrange", str(tracks), *VERB, "--length", "60", "-o", str(out)]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_an_output_that_exists_is_kept(tracks, tmp_path, capsys):
    out = tmp_path / "plan.json"
    out.write_text("mine", "utf-8")
    assert main(["arrange", str(tracks), *VERB, "-o", str(out)]) == 1
    assert out.read_text("utf-8") == "mine"
    assert "--overwrite" in capsys.readouterr().err
    assert main(["arrange", str(tracks), *VERB, "-o", str(out), "--overwrite"]) == 0


def test_bad_tracks_name_file_and_line(tmp_path, capsys):
    bad = tmp_path / "bad.txt"
    bad.write_text("1,1,0,0,4,4\n2,1,0,0,four,4\n", "utf-8")
    assert main(["arrange", str(bad), *VERB, "-o", str(tmp_path / "plan.json")]) == 2
    line = capsys.readouterr().err.strip()
    assert "bad.txt, line 2" in line
    assert "\n" not in line
    assert not (tmp_path / "plan.json").exists()
