import hashlib
from pathlib import Path
from typing import get_args

import pytest

from synopticon.errors import ModelError, RefusedError
from synopticon.models import cards
from synopticon.models.cards import Input, ModelCard, ModelFile
from synopticon.models.kinds import Task

CARD = """
name = "small"
title = "a test"
task = "detect.object"
runtime = "onnxruntime"
decode = "yolox"
licence = "MIT"
homepage = "https://example.org"
rank = 1
[[files]]
name = "small.onnx"
sha256 = "{sha}"
size = 3
[input]
size = [32, 32]
[classes]
person = [0]
car = [2, 7]
"""


def make_card(name: str, data: bytes, rank: int = 1, **more) -> ModelCard:
    weights = ModelFile(f"{name}.onnx", hashlib.sha256(data).hexdigest(), len(data))
    return ModelCard(
        name=name,
        title="a test",
        task=more.pop("task", "detect.object"),
        runtime="onnxruntime",
        decode="yolox",
        licence="MIT",
        homepage="https://example.org",
        files=(weights, *more.pop("others", ())),
        input=Input((32, 32)),
        rank=rank,
        **more,
    )


@pytest.fixture
def small_cards(monkeypatch):
    made = (
        make_card("worse", b"worse", 2),
        make_card("better", b"better", 1),
        make_card("never", b"never", 0),
    )
    monkeypatch.setattr(cards, "load_cards", lambda: made)
    return made


def test_cards_of_the_build_are_sound():
    names = [card.name for card in cards.load_cards()]
    assert {"yolox-nano", "yolox-s", "nanodet-plus", "ssd-mobilenet-v3"} <= set(names)
    assert len(names) == len(set(names))
    for card in cards.load_cards():
        assert cards.check_card(card) == []
        assert card.known_failures, f"{card.name}: every model fails somewhere"
        assert all(f.sources for f in card.files)


def test_no_task_could_name_a_person():
    allowed = {"detect.object", "detect.face", "detect.plate", "read.plate", "describe.clothing"}
    assert set(get_args(Task)) == allowed
    assert {card.task for card in cards.load_cards()} <= allowed


def test_ranks_for_a_task_differ():
    ranks = [(card.task, card.rank) for card in cards.load_cards() if card.rank]
    assert len(ranks) == len(set(ranks))


def test_a_card_reads_from_toml():
    card = cards.parse_card(CARD.format(sha="0" * 64), "small.toml")
    assert card.class_table() == {0: 1, 2: 4, 7: 4}
    assert card.input.size == (32, 32)
    assert card.size == 3


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('task = "detect.object"', 'task = "recognise.face"', "recognise.face"),
        ('runtime = "onnxruntime"', 'runtime = "torch"', "torch"),
        ("person = [0]", "emotion = [0]", "emotion"),
        ("0" * 64, "abc", "sha256"),
        ('name = "small.onnx"', 'name = "../small.onnx"', "plain file name"),
        ("size = 3", "", "size"),
        ("rank = 1", "rank = ", "small.toml"),
        ("rank = 1", "surprise = 1", "surprise"),
    ],
)
def test_a_wrong_card_is_refused(old, new, says):
    text = CARD.format(sha="0" * 64)
    assert old in text
    with pytest.raises(ModelError, match=says):
        cards.parse_card(text.replace(old, new, 1), "small.toml")


def test_auto_takes_the_best_present(tmp_path, small_cards):
    assert cards.resolve("auto", tmp_path) is None
    for name in ("never", "worse"):
        (tmp_path / f"{name}.onnx").write_bytes(name.encode())
    card, path = cards.resolve("auto", tmp_path)
    assert (card.name, path.name) == ("worse", "worse.onnx")
    (tmp_path / "better.onnx").write_bytes(b"better")
    assert cards.resolve("auto", tmp_path)[0].name == "better"


def test_none_is_none(tmp_path, small_cards):
    (tmp_path / "better.onnx").write_bytes(b"better")
    assert cards.resolve("none", tmp_path) is None


def test_a_name_finds_its_file(tmp_path, small_cards):
    with pytest.raises(ModelError, match=r"better is not in .*models add"):
        cards.resolve("better", tmp_path)
    (tmp_path / "better.onnx").write_bytes(b"better")
    assert cards.resolve("better", tmp_path)[0].name == "better"


def test_one_changed_byte_is_refused(tmp_path, small_cards):
    (tmp_path / "better.onnx").write_bytes(b"bettex")
    with pytest.raises(ModelError, match="not what the card"):
        cards.resolve("better", tmp_path)
    with pytest.raises(ModelError, match="not what the card"):
        cards.resolve("auto", tmp_path)


def test_an_unknown_name_lists_the_known(small_cards):
    with pytest.raises(ModelError, match=r"'best'.*worse, better"):
        cards.resolve("best")


def test_a_path_is_known_by_its_digest(tmp_path, small_cards):
    path = tmp_path / "renamed.onnx"
    path.write_bytes(b"better")
    assert cards.resolve(str(path)) == (small_cards[1], path)


def test_an_unknown_digest_is_refused_with_its_rule(tmp_path):
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"mine")
    with pytest.raises(RefusedError, match=cards.RULE_UNKNOWN) as refused:
        cards.resolve(str(path))
    assert refused.value.exit_code == 3
    card, found = cards.resolve(str(path), unsafe_unknown_model=True)
    assert card.unsafe
    assert found == path
    assert card.sha256.startswith(card.name.removeprefix("unsafe-"))


def test_a_missing_path_is_said(tmp_path):
    with pytest.raises(ModelError, match="there is no model file"):
        cards.resolve(str(tmp_path / "no.onnx"))


def test_all_files_must_be_there_and_right(tmp_path, monkeypatch):
    graph = ModelFile("graph.pbtxt", hashlib.sha256(b"graph").hexdigest(), 5)
    two = make_card("two", b"two", others=(graph,))
    monkeypatch.setattr(cards, "load_cards", lambda: (two,))
    weights = tmp_path / "two.onnx"
    weights.write_bytes(b"two")
    assert cards.resolve("auto", tmp_path) is None
    with pytest.raises(ModelError, match=r"needs graph\.pbtxt"):
        cards.resolve(str(weights))
    (tmp_path / "graph.pbtxt").write_bytes(b"graph")
    card, path = cards.resolve("auto", tmp_path)
    assert card.paths(path) == (weights, tmp_path / "graph.pbtxt")
    with pytest.raises(ModelError, match="is not its weights"):
        cards.resolve(str(tmp_path / "graph.pbtxt"))


def test_a_face_detector_finds_no_objects(tmp_path, monkeypatch):
    face = make_card("face", b"face", task="detect.face")
    monkeypatch.setattr(cards, "load_cards", lambda: (face,))
    (tmp_path / "face.onnx").write_bytes(b"face")
    assert cards.resolve("auto", tmp_path) is None
    for choice in ("face", str(tmp_path / "face.onnx")):
        with pytest.raises(ModelError, match=r"detect\.face"):
            cards.resolve(choice, tmp_path)


def test_home_is_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path))
    assert cards.models_folder() == tmp_path / "models"
    monkeypatch.delenv("SYNOPTICON_HOME")
    assert cards.home().is_absolute()
    assert cards.home() != Path.cwd()


@pytest.mark.footage
@pytest.mark.model
def test_the_shared_detector_is_on_a_card(models_folder_shared):
    card, _ = cards.resolve("yolox-nano", models_folder_shared)
    assert card.decode == "yolox"


def test_a_model_is_found_in_an_installed_package(tmp_path, monkeypatch):
    for name in ("reads.onnx", "finds.onnx"):
        (tmp_path / name).write_bytes(name.encode())

    class Package:
        def locate_file(self, member):
            return tmp_path / Path(member).name

    source = cards.Source("wheel", "package==1.0", "package/models/reads.onnx", "0" * 64)
    files = tuple(
        ModelFile(n, hashlib.sha256(n.encode()).hexdigest(), len(n), (source,))
        for n in ("reads.onnx", "finds.onnx")
    )
    card = ModelCard(
        "reader", "a test", "read.plate", "onnxruntime", "pp-ocr", "MIT", "", files, Input((192, 48)), rank=1
    )
    monkeypatch.setattr(cards, "load_cards", lambda: (card,))
    monkeypatch.setattr(cards.metadata, "distribution", lambda _name: Package())
    assert cards.packaged("read.plate") == (card, tmp_path / "reads.onnx")
    assert cards.packaged("detect.plate") is None
    assert cards.at(tmp_path / "reads.onnx", "read.plate") == (card, tmp_path / "reads.onnx")
    with pytest.raises(ModelError, match=r"not for detect\.plate"):
        cards.at(tmp_path / "reads.onnx", "detect.plate")
    (tmp_path / "finds.onnx").write_bytes(b"another version")
    assert cards.packaged("read.plate") is None
