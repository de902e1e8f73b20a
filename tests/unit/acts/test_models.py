import pytest

from synopticon.acts import capabilities, demo, doctor, models, samples
from synopticon.errors import ModelError
from synopticon.models import cards, fetch
from synopticon.models.cards import ModelFile, Source


def test_the_default_is_one_that_a_package_index_gives():
    card = models.default_model()
    assert card.task == "detect.object"
    assert all(f.sources[0].kind == "wheel" for f in card.files)


def test_models_are_listed_as_auto_prefers_them(tmp_path):
    listed = [(s.card.task, s.card.rank) for s in models.list_models(tmp_path)]
    assert listed[0][0] == "detect.object"
    for wanted in {task for task, _ in listed}:
        ranks = [rank for task, rank in listed if task == wanted]
        used = [r for r in ranks if r]
        assert used == sorted(used)
        assert ranks == used + [0] * (len(ranks) - len(used))


def test_states(tmp_path):
    state = {s.card.name: s for s in models.list_models(tmp_path)}["yolox-nano"]
    assert state.state == "missing"
    assert "models add" in state.remedy
    (tmp_path / state.card.files[0].name).write_bytes(b"half")
    state = {s.card.name: s for s in models.list_models(tmp_path)}["yolox-nano"]
    assert state.state == "damaged"
    assert "delete it" in state.remedy


def test_one_failure_does_not_stop_the_others(tmp_path, monkeypatch):
    fetched = []

    def fake(card, folder, say):
        if card.name == "yolox-s":
            raise ModelError("no answer")
        fetched.append(card.name)

    monkeypatch.setattr(fetch, "fetch_model", fake)
    with pytest.raises(ModelError, match="no answer"):
        models.fetch_models(("yolox-s", "nanodet-plus"), tmp_path, lambda _: None)
    assert fetched == ["nanodet-plus"]


def test_an_unknown_name_stops_before_anything(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "fetch_model", lambda *_: pytest.fail("fetched"))
    with pytest.raises(ModelError, match="no model is called"):
        models.fetch_models(("nanodet-plus", "typo"), tmp_path, lambda _: None)


def test_the_sample_is_pinned_and_has_two_sources():
    assert len(samples.VTEST.sha256) == 64
    assert [s.kind for s in samples.VTEST.sources] == ["url", "deb"]


def test_the_sample_goes_into_our_own_folder(monkeypatch, tmp_path):
    data = b"a recording"
    mine = tmp_path / "mine.avi"
    mine.write_bytes(data)
    pinned = ModelFile("vtest.avi", cards.digest(mine), len(data), (Source("path", str(mine)),))
    monkeypatch.setattr(samples, "VTEST", pinned)
    assert samples.fetch_samples(None, lambda _: None) == cards.home() / "samples" / "vtest.avi"


@pytest.fixture
def stage(monkeypatch, tmp_path):
    """The demonstration with everything slow replaced; gives the requests that were made."""
    made = []
    monkeypatch.setattr(demo, "fetch_samples", lambda _folder, _say: tmp_path / "vtest.avi")
    monkeypatch.setattr(demo, "make_synopsis", lambda request, _progress: made.append(request))
    return made


def test_the_demonstration_goes_on_without_a_model(stage, monkeypatch, tmp_path):
    def fail(*_):
        raise ModelError("no index")

    said = []
    monkeypatch.setattr(demo, "fetch_models", fail)
    demo.demonstrate(tmp_path / "demo", said.append)
    assert said == ["no model could be fetched, so motion alone decides: no index"]
    assert stage[0].output == tmp_path / "demo" / "vtest.synopsis.mp4"
    assert stage[0].overwrite
    assert not stage[0].unmasked


def test_the_demonstration_uses_the_model_that_is_here(stage, monkeypatch, tmp_path):
    def fail(*_):
        raise ModelError("no index")

    said = []
    monkeypatch.setattr(demo, "fetch_models", fail)
    monkeypatch.setattr(demo, "resolve", lambda _: (cards.find("yolox-nano"), tmp_path))
    demo.demonstrate(tmp_path / "demo", said.append)
    assert "yolox-nano, which is here, is used" in said[0]


def test_without_a_recording_there_is_no_demonstration(stage, monkeypatch, tmp_path):
    def fail(*_):
        raise ModelError("vtest.avi could not be fetched")

    monkeypatch.setattr(demo, "fetch_models", lambda *_: ())
    monkeypatch.setattr(demo, "fetch_samples", fail)
    with pytest.raises(ModelError, match=r"vtest\.avi"):
        demo.demonstrate(tmp_path / "demo", lambda _: None)
    assert not stage


def test_doctor_says_when_nothing_may_be_written(monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    found = [f for f in doctor.examine() if f.what == "storage"]
    assert found[0].level == "problem"
    assert "SYNOPTICON_HOME" in found[0].remedy


def test_doctor_warns_of_two_opencvs(monkeypatch):
    class Build:
        def __init__(self, name):
            self.metadata = {"Name": name}
            self.version = "5"

    both = [Build("opencv-python"), Build("opencv-python-headless")]
    monkeypatch.setattr(doctor.importlib.metadata, "distributions", lambda: both)
    found = [f for f in doctor._libraries() if f.what == "opencv"]
    assert found[0].level == "note"
    assert "headless" in found[0].remedy


def test_doctor_warns_of_a_damaged_model(tmp_path):
    (tmp_path / "yolox_nano.onnx").write_bytes(b"half")
    found = [f for f in doctor.examine(tmp_path) if f.level == "problem"]
    assert "damaged" in found[0].found


def test_the_statement_is_read_from_the_build():
    stated = capabilities.state_capabilities()
    assert not stated.names_people
    assert {m.name for m in stated.models} == {c.name for c in cards.load_cards()}
    assert all(m.task in stated.tasks for m in stated.models)
